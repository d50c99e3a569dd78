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

/** Long texts scroll in steps, so that not every key moves the whole line. */
const dropOf = (before: readonly string[]): number => Math.min(before.length, 8);
