import {rowText, type Screen} from '../domain/screen.ts';

/** What a terminal printed since a moment. `exact`: false when it was more than could be followed. */
export type Came = {lines: number; exact: boolean; changed: boolean};

export const nothingCame: Came = {lines: 0, exact: true, changed: false};

/** Lines at the head of a screen by which it is found again in the one before. */
const HEAD = 4;

/** With one more screen: how far it scrolled, as far as that can be seen from the two. */
export function cameBetween({seen, came}: {seen: Screen | null; came: Came}, screen: Screen): Came {
  if (seen === null) return came;
  const before = seen.lines.map(rowText);
  const after = screen.lines.map(rowText);
  if (before.length === after.length && before.every((text, i) => text === after[i])) return came;
  const gone = scrolledBy(before.slice(0, filled(before)), after);
  const added = gone === null ? screen.rows : Math.max(0, filled(after) + gone - filled(before));
  return {lines: came.lines + added, exact: came.exact && gone !== null, changed: true};
}

/** How many lines left at the top; null: the two have nothing in common. A screen that is drawn anew in place has not scrolled. */
function scrolledBy(before: readonly string[], after: readonly string[]): number | null {
  const head = after.slice(0, HEAD);
  if (head.every(text => text === '')) return 0;
  for (let gone = 0; gone < before.length; gone++) {
    const common = Math.min(head.length, before.length - gone);
    if (common < Math.min(2, head.length)) break;
    if (head.slice(0, common).every((text, i) => text === before[gone + i])) return gone;
  }
  return null;
}

function filled(lines: readonly string[]): number {
  let end = lines.length;
  while (end > 0 && lines[end - 1] === '') end--;
  return end;
}

/** What came, for the border; empty: nothing did. */
export function cameText(came: Came): string {
  if (!came.changed) return '';
  if (came.lines === 0) return 'changed since';
  const count = countOf(came);
  return `${count} line${count === '1' ? '' : 's'} since`;
}

/** Coarse from ten on: who reads is not to be disturbed by a number that runs. */
function countOf({lines, exact}: Came): string {
  if (lines < 10) return `${lines}${exact ? '' : '+'}`;
  const step = 10 ** Math.min(3, Math.floor(Math.log10(lines)));
  return `${Math.floor(lines / step) * step}+`;
}
