import {fit, width} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import type {Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type HelpLine = {keys: readonly string[]; help: string; whyNot: string | null};

export type HelpProps = {theme: Theme; body: Size; lines: readonly HelpLine[]; at: number};

const WIDEST = 84;
/** Narrower than this, a line shows its first key, and why it cannot be run only when it is chosen. */
const NARROW = 60;

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
  const narrow = columns < NARROW;
  const keysOf = ({keys}: HelpLine): string => (narrow ? keys.slice(0, 1) : keys).join(' ');
  const keyWidth = Math.max(...lines.map(entry => width(keysOf(entry))));
  const shown = lines.slice(top, top + rows).map((entry, i) => {
    const keys = keysOf(entry).padEnd(keyWidth + 2);
    const disabled = entry.whyNot !== null;
    if (top + i === at) {
      const text: Span[] = [['choice', ` ${keys}${chosenText(entry, narrow)}`]];
      return chosenLine(theme, columns - 2, text);
    }
    const why: Span[] = disabled && !narrow ? [['faint', entry.whyNot!]] : [];
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

function chosenText({help, whyNot}: HelpLine, narrow: boolean): string {
  if (whyNot === null) return help;
  return narrow ? whyNot : `${help}: ${whyNot}`;
}

/** The choice fills its whole line. */
function chosenLine(theme: Theme, columns: number, spans: readonly Span[]): string {
  const [, text] = spans[0]!;
  return theme.paint('choice', `${fit(text, columns - 1, theme.shapes.ellipsis)} `);
}
