import {fit, width} from '../draw/cells.ts';
import {fieldSpans} from '../draw/field.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {litSpans} from '../draw/highlight.ts';
import {cutSpans, fill, type Span} from '../draw/spans.ts';
import type {HelpEntry} from '../help-entries.ts';
import type {Size} from '../layout.ts';
import type {Field} from '../text-field.ts';
import type {Theme} from '../theme.ts';

type Line = Omit<HelpEntry, 'binding'>;

export type HelpProps = {
  theme: Theme;
  body: Size;
  /** What is searched for. */
  field: Field;
  lines: readonly Line[];
  /** The chosen line; null: there is none. */
  at: number | null;
};

const WIDEST = 84;
/** A reason takes at most this share of a line that is not chosen, and leaves as much to what the key does, in cells. */
const WHY_SHARE = 0.45;
const HELP_MIN = 26;
/** With less room than this a reason says nothing: it stands on the line once that is chosen. */
const WHY_MIN = 16;
const KEYS_MAX = 15;
/** Narrower than this, a line shows its first key, and why it cannot be run only when it is chosen. */
const NARROW = 60;

/** Keys and what they do; the chosen line is run by enter, and a line that cannot be run says why. */
export function helpPane({theme, body, field, lines, at}: HelpProps): {lines: string[]; columns: number} {
  const columns = Math.min(body.cols, WIDEST);
  const rows = Math.max(1, body.rows - 3);
  const top = Math.max(0, Math.min((at ?? 0) - Math.floor(rows / 2), lines.length - rows));
  const frame: Frame = {
    theme,
    columns,
    heavy: true,
    token: 'selected',
    left: [['strong', 'Keys']],
    right: lines.length === 0 ? [] : [['dim', at === null ? `${lines.length} found` : `${at + 1} of ${lines.length}`]],
  };
  const narrow = columns < NARROW;
  const keysOf = ({keys}: Line): string => (narrow ? keys.slice(0, 1) : keys).join(' ');
  const keyWidth = Math.min(KEYS_MAX, Math.max(4, ...lines.map(entry => width(keysOf(entry)))));
  const shown = lines.slice(top, top + rows).map((entry, i) => {
    const keys = `${fit(keysOf(entry), keyWidth, theme.shapes.ellipsis)}  `;
    if (top + i === at) {
      return theme.paint('choice', ` ${fit(keys + chosenText(entry, narrow), columns - 4, theme.shapes.ellipsis)} `);
    }
    const off = entry.whyNot !== null;
    const text = litSpans(entry.help, entry.lit, {token: off ? 'faint' : 'dim', lit: 'selected'});
    const help = Math.min(HELP_MIN, width(entry.help));
    const room = Math.min(Math.floor(columns * WHY_SHARE), columns - 4 - width(keys) - help - 2);
    const why: Span[] = off && !narrow && room >= WHY_MIN ? [['faint', entry.whyNot!]] : [];
    const right = cutSpans(why, room, theme.shapes.ellipsis);
    return inside(frame, [[off ? 'faint' : 'key', keys], ...text], right);
  });
  if (lines.length === 0) shown.push(inside(frame, [['faint', 'no key does that']]));
  const pointer: Span = ['tab', `${theme.shapes.pointer} `];
  const placeholder = 'type to search; enter does what the line says';
  const search = fieldSpans({theme, field, columns: columns - 6, focused: true, placeholder});
  return {lines: framed(frame, [inside(frame, [pointer, ...search]), ...fill(shown, rows, columns - 2)]), columns};
}

function chosenText({help, whyNot}: Line, narrow: boolean): string {
  if (whyNot === null) return help;
  return narrow ? whyNot : `${help}: ${whyNot}`;
}
