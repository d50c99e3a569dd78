import {statSync} from 'node:fs';
import type {ContextSaid, Usage} from '../domain/ledger.ts';

const ROWS_AT_ONCE = 2000;
/** How long another program may hold the file, in ms. */
const BUSY_MS = 2000;

/** What is asked of the database of an agent. */
export type Query = {
  /** With three parameters: the time and the id behind which rows are wanted, and how many. Rows have `id` and `changed`. */
  sql: string;
  /** Throws what is damaged. */
  row: (row: Record<string, unknown>) => {usage: Usage | null; context: ContextSaid | null};
};

/** Behind the last row that was read. `changed`: ms since the epoch. */
export type RowMark = {changed: number; id: string};

export type Rows = {usages: Usage[]; contexts: ContextSaid[]; mark: RowMark; skipped: number};

/** Calls `take` with what is new, piece by piece. Throws what SQLite says. A file that is not there has nothing new. */
export async function readRows(
  file: string,
  {query, mark, take}: {query: Query; mark: RowMark; take: (rows: Rows) => void},
): Promise<void> {
  if (statSync(file, {throwIfNoEntry: false}) === undefined) return;
  // It is native, and most users have no such database.
  const {default: sqlite} = await import('sqlite3');
  const database = await new Promise<InstanceType<typeof sqlite.Database>>((resolve, reject) => {
    const opened = new sqlite.Database(file, sqlite.OPEN_READONLY, error => (error ? reject(error) : resolve(opened)));
  });
  database.configure('busyTimeout', BUSY_MS);
  try {
    for (let at = mark; ; ) {
      const rows = await new Promise<Record<string, unknown>[]>((resolve, reject) => {
        database.all<Record<string, unknown>>(query.sql, [at.changed, at.id, ROWS_AT_ONCE], (error, found) =>
          error ? reject(error) : resolve(found),
        );
      });
      const last = rows.at(-1);
      if (last === undefined) return;
      at = {changed: Number(last['changed']), id: String(last['id'])};
      take({...said(rows, query), mark: at});
      if (rows.length < ROWS_AT_ONCE) return;
    }
  } finally {
    await new Promise<void>(resolve => database.close(() => resolve()));
  }
}

function said(rows: readonly Record<string, unknown>[], query: Query): Omit<Rows, 'mark'> {
  const found: Omit<Rows, 'mark'> = {usages: [], contexts: [], skipped: 0};
  for (const row of rows) {
    try {
      const {usage, context} = query.row(row);
      if (usage !== null) found.usages.push(usage);
      if (context !== null) found.contexts.push(context);
    } catch {
      found.skipped++;
    }
  }
  return found;
}
