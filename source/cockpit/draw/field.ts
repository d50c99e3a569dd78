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
  const shown = characters(field.text).map(character => (character === '\n' ? shapes.newline : plain(character)));
  if (!focused) return [['input', cut(shown.join(''), columns)]];
  const under = shown[field.at] ?? ' ';
  let before = shown.slice(0, field.at);
  while (before.length > 0 && width(before.join('')) + width(under) > columns) before = before.slice(dropOf(before));
  const head: Span[] = [
    ['input', before.join('')],
    ['cursor', under],
  ];
  const room = Math.max(0, columns - spansWidth(head));
  return [...head, ['input', cut(shown.slice(field.at + 1).join(''), room)]];
}

export type FieldRowsProps = {field: Field; columns: number; rows: number};

/** A text being written in as many lines as it needs, at most `rows`: those around the cursor stay in sight. */
export function fieldRows({field, columns, rows}: FieldRowsProps): Span[][] {
  const lines = brokenLines(characters(field.text), columns);
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
  for (const [i, character] of all.entries()) {
    if (character === '\n') {
      lines.push({from: i + 1, shown: []});
      continue;
    }
    const line = lines.at(-1)!;
    line.shown.push(plain(character));
    if (width(line.shown.join('')) < columns) continue;
    // A word goes to the next line as a whole, if it is not a line by itself.
    const blank = line.shown.lastIndexOf(' ');
    const rest = line.shown.splice(blank === -1 ? line.shown.length - 1 : blank + 1);
    lines.push({from: i + 1 - rest.length, shown: rest});
  }
  return lines;
}

/** Long texts scroll in steps, so that not every key moves the whole line. */
const dropOf = (before: readonly string[]): number => Math.min(before.length, 8);
