import {fit, width} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import type {Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type HelpLine = {keys: readonly string[]; help: string; whyNot: string | null};

export type HelpProps = {theme: Theme; body: Size; lines: readonly HelpLine[]; at: number};

const WIDEST = 84;

/** Every key of this screen; the chosen line is run by enter, and a line that cannot be run says why. */
export function helpPane({theme, body, lines, at}: HelpProps): {lines: string[]; columns: number} {
  const columns = Math.min(body.cols, WIDEST);
  const rows = Math.min(body.rows - 2, lines.length);
  const top = Math.max(0, Math.min(at - Math.floor(rows / 2), lines.length - rows));
  const frame: Frame = {
    theme,
    columns,
    heavy: true,
    token: 'selected',
    left: [['strong', 'Keys']],
    right: [['dim', lines.length > rows ? `${at + 1} of ${lines.length}` : 'enter does it']],
  };
  const keyWidth = Math.min(14, Math.max(...lines.map(entry => width(entry.keys.join(' ')))));
  const shown = lines.slice(top, top + rows).map((entry, i) => {
    const keys = entry.keys.join(' ').padEnd(keyWidth + 2);
    const disabled = entry.whyNot !== null;
    if (top + i === at) {
      const text: Span[] = [['choice', ` ${keys}${entry.help}${disabled ? `: ${entry.whyNot}` : ''}`]];
      return chosenLine(theme, columns - 2, text);
    }
    const why: Span[] = disabled ? [['faint', entry.whyNot!]] : [];
    return inside(
      frame,
      [
        [disabled ? 'faint' : 'key', keys],
        [disabled ? 'faint' : 'dim', entry.help],
      ],
      why,
    );
  });
  return {lines: framed(frame, shown), columns};
}

/** The choice fills its whole line. */
function chosenLine(theme: Theme, columns: number, spans: readonly Span[]): string {
  const [, text] = spans[0]!;
  return theme.paint('choice', `${fit(text, columns - 1, theme.shapes.ellipsis)} `);
}
