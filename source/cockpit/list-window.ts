import {type Item, isGroup} from './grouping.ts';
import type {Layout} from './layout.ts';

type Area = NonNullable<Layout['cards']>;

/** Items side by side; the header of a group has a row by itself. `from`: the place of the first one among all. */
type ListRow = {from: number; items: readonly Item[]};

/** All rows of the list. */
export function rowsOf(items: readonly Item[], columns: number): ListRow[] {
  const rows: {from: number; items: Item[]}[] = [];
  for (const [i, item] of items.entries()) {
    const last = rows.at(-1);
    const fits = last !== undefined && !isGroup(item) && !isGroup(last.items[0]!) && last.items.length < columns;
    if (fits) last.items.push(item);
    else rows.push({from: i, items: [item]});
  }
  return rows;
}

/** Lines that a row takes. */
const heightOf = ({items}: ListRow, {cardRows}: Area): number => (isGroup(items[0]!) ? 1 : cardRows);

/** The rows in sight, whole ones only. `top`: an item of the first one. */
export function rowsInSight(items: readonly Item[], {top, area}: {top: number; area: Area}): ListRow[] {
  const rows = rowsOf(items, area.columns);
  const first = rows.findLastIndex(({from}) => from <= top);
  let room = area.lines;
  const shown: ListRow[] = [];
  for (const row of rows.slice(Math.max(0, first))) {
    room -= heightOf(row, area);
    if (room < 0 && shown.length > 0) break;
    shown.push(row);
  }
  return shown;
}

/**
 * The first item to show so that the one at `index` is in sight, moving as little as possible from `top`, and with no
 * room left below the last one. A header comes along with the first row of its group.
 */
export function topFor(items: readonly Item[], {top, index, area}: {top: number; index: number; area: Area}): number {
  const rows = rowsOf(items, area.columns);
  if (rows.length === 0) return 0;
  const rowAt = (place: number): number =>
    Math.max(
      0,
      rows.findLastIndex(({from}) => from <= place),
    );
  const wanted = rowAt(Math.max(0, index));
  const header = rows[wanted - 1]?.items[0];
  const upper = header !== undefined && isGroup(header) && !isGroup(rows[wanted]!.items[0]!) ? wanted - 1 : wanted;
  let first = Math.min(rowAt(top), upper, firstThatEnds(rows, {last: rows.length - 1, area}));
  first = Math.max(first, firstThatEnds(rows, {last: wanted, area}));
  return rows[first]!.from;
}

/** The first of the rows that are in sight together with `last` as the lowest one. */
function firstThatEnds(rows: readonly ListRow[], {last, area}: {last: number; area: Area}): number {
  let room = area.lines - heightOf(rows[last]!, area);
  let first = last;
  while (first > 0 && room >= heightOf(rows[first - 1]!, area)) {
    first--;
    room -= heightOf(rows[first]!, area);
  }
  return first;
}

/** The item a row above or below, as far as there is one; in its column, or at the end of a shorter row. */
export function itemBeside(
  items: readonly Item[],
  {at, by, columns}: {at: number; by: number; columns: number},
): number {
  const rows = rowsOf(items, columns);
  const row = Math.max(
    0,
    rows.findLastIndex(({from}) => from <= at),
  );
  const to = rows[Math.max(0, Math.min(rows.length - 1, row + by))];
  if (to === undefined || to === rows[row]) return at;
  return to.from + Math.min(to.items.length - 1, Math.max(0, at - rows[row]!.from));
}

type Cell = {x: number; y: number};

/** What stands at a cell of the list, counted from its upper left corner; null: nothing. */
export function itemAt(items: readonly Item[], {top, area, x, y}: {top: number; area: Area} & Cell): Item | null {
  if (x < 0 || y < 0 || x >= area.cols) return null;
  let line = 0;
  for (const row of rowsInSight(items, {top, area})) {
    line += heightOf(row, area);
    if (y < line) return row.items[isGroup(row.items[0]!) ? 0 : Math.floor(x / (area.cardCols + 1))] ?? null;
  }
  return null;
}
