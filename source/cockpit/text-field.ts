import {characters} from './draw/cells.ts';

/** A text being written; `at` counts characters before the cursor. */
export type Field = {text: string; at: number};

export type Edit =
  | {do: 'insert'; text: string}
  | {do: 'up' | 'down'}
  | {do: 'left' | 'right' | 'start' | 'end' | 'erase' | 'erase-next' | 'erase-word' | 'erase-before' | 'erase-after'};

/** Longest text that a field takes, in characters. */
export const FIELD_MAX = 100_000;

export const fieldOf = (text = ''): Field => ({text, at: characters(text).length});

export function edit(field: Field, change: Edit): Field {
  const all = characters(field.text);
  const before = all.slice(0, field.at);
  const after = all.slice(field.at);
  switch (change.do) {
    case 'insert': {
      if (tooLong(field, change.text)) return field;
      return joined([...before, clean(change.text)], after);
    }
    case 'left':
      return {...field, at: Math.max(0, field.at - 1)};
    case 'right':
      return {...field, at: Math.min(all.length, field.at + 1)};
    case 'start':
      return {...field, at: field.at - columnOf(before)};
    case 'end':
      return {...field, at: field.at + lineEnd(after)};
    case 'up': {
      const column = columnOf(before);
      if (column === field.at) return field;
      const above = before.slice(0, -column - 1);
      return {...field, at: above.length - columnOf(above) + Math.min(column, columnOf(above))};
    }
    case 'down': {
      const end = lineEnd(after);
      if (end === after.length) return field;
      return {...field, at: field.at + end + 1 + Math.min(columnOf(before), lineEnd(after.slice(end + 1)))};
    }
    case 'erase':
      return joined(before.slice(0, -1), after);
    case 'erase-next':
      return joined(before, after.slice(1));
    case 'erase-word':
      return joined(characters(before.join('').replace(/\S+\s*$|\s+$/, '')), after);
    case 'erase-before':
      return joined([], after);
    case 'erase-after':
      return joined(before, []);
  }
}

/** Whether the field has no room for it and stays as it is. */
export function tooLong(field: Field, added: string): boolean {
  if (field.text.length + added.length <= FIELD_MAX) return false;
  return characters(field.text).length + characters(clean(added)).length > FIELD_MAX;
}

/** Characters since the start of the line that ends here. */
const columnOf = (before: readonly string[]): number => before.length - 1 - before.lastIndexOf('\n');

/** Characters up to the end of the line that begins here. */
function lineEnd(after: readonly string[]): number {
  const end = after.indexOf('\n');
  return end === -1 ? after.length : end;
}

/** Counted anew after joining: a combining mark may have become part of the character before it. */
function joined(before: readonly string[], after: readonly string[]): Field {
  const head = before.join('');
  return {text: head + after.join(''), at: characters(head).length};
}

/** Line breaks stay; other control characters can only come from a paste and mean nothing here. */
function clean(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, '  ')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
}
