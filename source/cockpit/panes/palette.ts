import {fit, width} from '../draw/cells.ts';
import {fieldSpans} from '../draw/field.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {litSpans} from '../draw/highlight.ts';
import {cutSpans, fill, type Span, spansWidth} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import {type Command, usageOf} from '../palette/command.ts';
import type {Entry} from '../palette/entries.ts';
import type {Field} from '../text-field.ts';
import type {Theme} from '../theme.ts';

export type PaletteProps = {
  theme: Theme;
  body: Size;
  field: Field;
  entries: readonly Entry[];
  /** The chosen line; null: what is written is meant. */
  at: number | null;
  /** Whose arguments are being written. */
  command: Command | null;
};

const WIDEST = 96;
const LIST_ROWS = 12;
const NAME_MAX = 24;
/** Narrower than this, a line is its name and its keys. */
const NARROW = 60;

/** The command palette: always of one height, so that nothing jumps while one types. */
export function palettePane(props: PaletteProps): {lines: string[]; columns: number} {
  const {theme, body, field, entries, at, command} = props;
  const columns = Math.min(body.cols, WIDEST);
  const room = columns - 4;
  const frame: Frame = {
    theme,
    columns,
    heavy: true,
    token: 'selected',
    left: [['strong', command === null ? 'Command' : command.name]],
    right: entries.length === 0 ? [] : [['dim', at === null ? `${entries.length}` : `${at + 1} of ${entries.length}`]],
  };
  const rows = Math.max(1, Math.min(LIST_ROWS, body.rows - 5));
  const top = Math.max(0, Math.min((at ?? 0) - Math.floor(rows / 2), entries.length - rows));
  const narrow = columns < NARROW;
  const nameCols = Math.min(NAME_MAX, Math.max(8, ...entries.map(({name}) => width(name))));
  const list = entries.slice(top, top + rows).map((entry, i) => {
    const line: LineProps = {theme, entry, room, nameCols: narrow ? room : nameCols, narrow};
    return top + i === at ? chosenLine(line) : inside(frame, ...entryLine(line));
  });
  if (entries.length === 0 && command === null) list.push(inside(frame, [['faint', 'nothing is called that']]));
  const pointer: Span = ['tab', `${theme.shapes.pointer} `];
  const placeholder = 'a few letters of what is to be done';
  const lines = [
    inside(frame, [pointer, ...fieldSpans({theme, field, columns: room - 2, focused: true, placeholder})]),
    inside(frame, [['faint', noteOf({command, chosen: at === null ? undefined : entries[at], narrow})]]),
    ...fill(list, rows, columns - 2),
  ];
  return {lines: framed(frame, lines), columns};
}

type Note = {command: Command | null; chosen: Entry | undefined; narrow: boolean};

/** What the command wants; where a line has no room for it, what the chosen one does. */
function noteOf({command, chosen, narrow}: Note): string {
  if (command !== null) return `${usageOf(command)}  ${command.help}`.trim();
  return narrow && chosen !== undefined ? (chosen.whyNot ?? chosen.about) : '';
}

type LineProps = {theme: Theme; entry: Entry; room: number; nameCols: number; narrow: boolean};

function entryLine({theme, entry, room, nameCols, narrow}: LineProps): [left: Span[], right: Span[]] {
  const {whyNot, lit} = entry;
  const off = whyNot !== null;
  const right: Span[] = off && !narrow ? [['faint', whyNot]] : [[off ? 'faint' : 'key', entry.right]];
  const rightPart = cutSpans(right, Math.floor(room / 2), theme.shapes.ellipsis);
  const name = litSpans(entry.name, lit.name, {token: off ? 'faint' : 'strong', lit: 'selected'});
  if (narrow) return [name, rightPart];
  const gap: Span = [null, ' '.repeat(Math.max(0, nameCols - spansWidth(name)) + 2)];
  const about = litSpans(entry.about, lit.about, {token: off ? 'faint' : 'dim', lit: 'selected'});
  return [[...cutSpans(name, nameCols, theme.shapes.ellipsis), gap, ...about], rightPart];
}

/** The choice fills its whole line. */
function chosenLine({theme, entry, room, nameCols, narrow}: LineProps): string {
  const {name, about, right, whyNot} = entry;
  const text = narrow
    ? name
    : `${fit(name, nameCols, theme.shapes.ellipsis)}  ${whyNot === null ? about : `${about}: ${whyNot}`}`;
  const keys = whyNot === null ? right : '';
  const left = Math.max(0, room - width(keys) - (keys === '' ? 0 : 1));
  return theme.paint('choice', ` ${fit(text, left, theme.shapes.ellipsis)}${keys === '' ? '' : ` ${keys}`} `);
}
