import type {BoardState, Column} from './board.ts';
import {AmuxError} from './errors.ts';

/** What every board has: claims and `next` go by their names. */
export const baseColumns = ['backlog', 'todo', 'doing', 'review', 'done'] as const;
/** Columns of one board, and the length of a name. */
export const COLUMNS_MAX = 12;
export const COLUMN_NAME_MAX = 20;
/** A short word. */
export const COLUMN_NAME = /^[a-z][a-z0-9-]{0,19}$/;

/** The columns that were asked for, with those of the base that they leave out: each behind its neighbour, `done` last. */
export function withBase(asked: readonly Column[]): Column[] {
  const columns = [...new Set(asked)];
  baseColumns.forEach((base, i) => {
    if (columns.includes(base)) return;
    const before = baseColumns[i - 1];
    if (base === 'done') columns.push(base);
    else columns.splice(before === undefined ? 0 : columns.indexOf(before) + 1, 0, base);
  });
  return columns;
}

/** With those that no configuration names any more and cards still stand in: nothing is lost by a name. */
export function allColumns({columns, cards}: Pick<BoardState, 'columns' | 'cards'>): Column[] {
  const all = new Set(columns);
  for (const {status, archived} of cards.values()) if (!archived) all.add(status);
  return [...all];
}

/** Throws `input.invalid` with the columns that there are. */
export function checkColumn(known: readonly Column[], status: Column | undefined): void {
  if (status === undefined || known.includes(status)) return;
  const why = `status: there is no column "${status.slice(0, COLUMN_NAME_MAX * 2)}"`;
  throw new AmuxError('input.invalid', {why, next: `the columns are ${known.join(', ')}`});
}
