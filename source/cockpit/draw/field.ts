import type {Field} from '../text-field.ts';
import type {Theme} from '../theme.ts';
import {characters, cut, plain, width} from './cells.ts';
import {type Span, spansWidth} from './spans.ts';

export type FieldProps = {theme: Theme; field: Field; columns: number; focused: boolean; placeholder?: string};

/** A text being written in one line of at most `columns`; the part around the cursor stays in sight. */
export function fieldSpans({theme, field, columns, focused, placeholder = ''}: FieldProps): Span[] {
  const {shapes} = theme;
  if (field.text === '') {
    const hint: Span[] = [['faint', cut(placeholder, columns - (focused ? 2 : 0))]];
    return focused ? [['cursor', ' '], [null, placeholder === '' ? '' : ' '], ...hint] : hint;
  }
  // Texts may be long: what is out of sight is not looked at.
  const all = charactersOf(field.text);
  const shown = (from: number, to: number): string =>
    all
      .slice(from, to)
      .map(character => (character === '\n' ? shapes.newline : plain(character)))
      .join('');
  if (!focused) return [['input', cut(shown(0, columns), columns)]];
  const under = field.at < all.length ? shown(field.at, field.at + 1) : ' ';
  const fits = (from: number): boolean => width(shown(from, field.at)) + width(under) <= columns;
  let first = Math.max(0, field.at - columns);
  first += -first & (STEP - 1);
  while (first < field.at && !fits(first)) first += STEP;
  const head: Span[] = [
    ['input', shown(Math.min(first, field.at), field.at)],
    ['cursor', under],
  ];
  const room = Math.max(0, columns - spansWidth(head));
  return [...head, ['input', cut(shown(field.at + 1, field.at + 1 + room), room)]];
}

/** Long texts scroll in steps of so many characters, a power of two, so that not every key moves the whole line. */
const STEP = 8;

let last: {text: string; characters: readonly string[]} = {text: '', characters: []};

/** A text is taken apart once, not in each frame. */
function charactersOf(text: string): readonly string[] {
  if (last.text !== text) last = {text, characters: characters(text)};
  return last.characters;
}

export type FieldRowsProps = {field: Field; columns: number; rows: number};

/** A text being written in as many lines as it needs, at most `rows`: those around the cursor stay in sight. */
export function fieldRows({field, columns, rows}: FieldRowsProps): Span[][] {
  const lines = brokenLines(charactersOf(field.text), columns);
  const cursorLine = lines.findLastIndex(({from}) => from <= field.at);
  const top = Math.max(0, Math.min(cursorLine - Math.floor(rows / 2), lines.length - rows));
  return lines.slice(top, top + rows).map(({from, shown}, i) => {
    if (top + i !== cursorLine) return [['input', shown.join('')]];
    const at = field.at - from;
    return [
      ['input', shown.slice(0, at).join('')],
      ['cursor', shown[at] ?? ' '],
      ['input', shown.slice(at + 1).join('')],
    ];
  });
}

type Line = {from: number; shown: string[]};

/** Lines of less than `columns`, so that the cursor has room behind them; `from`: their first character in the text. */
function brokenLines(all: readonly string[], columns: number): Line[] {
  const lines: Line[] = [{from: 0, shown: []}];
  let cells = 0;
  for (const [i, character] of all.entries()) {
    if (character === '\n') {
      lines.push({from: i + 1, shown: []});
      cells = 0;
      continue;
    }
    const line = lines.at(-1)!;
    const shown = plain(character);
    line.shown.push(shown);
    cells += width(shown);
    if (cells < columns) continue;
    // A word goes to the next line as a whole, if it is not a line by itself.
    const blank = line.shown.lastIndexOf(' ');
    const rest = line.shown.splice(blank === -1 ? line.shown.length - 1 : blank + 1);
    lines.push({from: i + 1 - rest.length, shown: rest});
    cells = width(rest.join(''));
  }
  return lines;
}
