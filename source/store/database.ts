import {closeSync, copyFileSync, mkdtempSync, openSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {KeyvSqlite} from '@keyv/sqlite';
import type Keyv from 'keyv';
import {AmuxError} from '../domain/errors.ts';
import {emptyState, type FleetState, type TableName, tableNames} from '../domain/events.ts';
import {complete} from '../domain/session.ts';
import {checkVersion, corrupt, schemaVersion, unwritable} from './database-file.ts';
import type {Taken} from './pending.ts';

/** How long a statement waits for another process's lock, ms. */
const BUSY_MS = 5000;
/** Rows that one query of an iteration fetches. */
const ROWS_AT_ONCE = 1000;
const CURSOR = 'cursor';

/** What the database holds, with the journal's cursor up to which it holds everything. */
export type Loaded = {state: FleetState; cursor: number};

/** The cursor is written last. */
export type Batch = {records: Taken; cursor: number};

/** Brings a database of version `to - 1` to version `to`. */
export type Step = {to: number; run: (query: KeyvSqlite['query']) => Promise<void>};

/** 2: tables of their own for tokens, cards and notes, 3: and for conversations; they are made when they are opened. */
const steps: Step[] = [
  {to: 2, run: async () => {}},
  {to: 3, run: async () => {}},
];

type Table<T> = {name: string; sql: KeyvSqlite; records: Keyv<T>};
type Tables = Record<TableName, Table<object>>;

/** The tables of `amux.db`. Each has a connection of its own: clearing one of two namespaces of a store clears both. */
export class Database {
  readonly #file: string;
  readonly #tables: Tables;
  readonly #meta: Table<number>;

  private constructor(file: string, {tables, meta}: {tables: Tables; meta: Table<number>}) {
    this.#file = file;
    this.#tables = tables;
    this.#meta = meta;
  }

  /** Opens or makes the database. Throws `store.corrupt`, `store.newer` and `store.write`. */
  static async open(file: string): Promise<Database> {
    const opened: KeyvSqlite[] = [];
    try {
      // SQLite would make it readable for everybody; its logs inherit these rights.
      closeSync(openSync(file, 'a', 0o600));
      const meta = await openTable<number>(file, 'meta', opened);
      await meta.sql.query('PRAGMA journal_mode=WAL');
      await upgrade({file, query: meta.sql.query, steps, target: schemaVersion});
      const tables: Partial<Tables> = {};
      for (const name of tableNames) tables[name] = await openTable(file, name, opened);
      return new Database(file, {tables: tables as Tables, meta});
    } catch (error) {
      for (const sql of opened) await sql.close();
      throw translate(file, error);
    }
  }

  async load(): Promise<Loaded> {
    try {
      const state = emptyState();
      for (const name of tableNames) {
        const known = state[name] as Map<string, object>;
        for await (const [id, record] of rows(this.#tables[name])) known.set(id, record);
      }
      for (const [id, session] of state.sessions) state.sessions.set(id, complete(session));
      return {state, cursor: (await this.#meta.records.get(CURSOR)) ?? 0};
    } catch (error) {
      throw translate(this.#file, error);
    }
  }

  async write({records, cursor}: Batch): Promise<void> {
    try {
      for (const name of tableNames) await store<object>(this.#tables[name], records[name]);
      await store(this.#meta, new Map([[CURSOR, cursor]]));
    } catch (error) {
      throw unwritable(this.#file, error);
    }
  }

  async close(): Promise<void> {
    for (const {sql} of [...Object.values(this.#tables), this.#meta]) await sql.close();
  }
}

/** Reads a database without touching it or its directory: from a private copy, since reading a WAL makes files. */
export async function loadCopy(file: string): Promise<Loaded> {
  const directory = mkdtempSync(join(tmpdir(), 'amux-read-'));
  try {
    const copy = join(directory, 'amux.db');
    try {
      for (const suffix of ['', '-wal']) {
        if (suffix === '' || statSync(file + suffix, {throwIfNoEntry: false}))
          copyFileSync(file + suffix, copy + suffix);
      }
    } catch (error) {
      throw corrupt(file, error);
    }
    const database = await Database.open(copy);
    try {
      return await database.load();
    } finally {
      await database.close();
    }
  } catch (error) {
    if (error instanceof AmuxError && 'file' in error.facts)
      throw new AmuxError(error.code, {...error.facts, file}, error);
    throw error;
  } finally {
    rmSync(directory, {recursive: true, force: true});
  }
}

/** Runs the steps from the version that the database has to `target`; version 0 is a new database. */
export async function upgrade(options: {
  file: string;
  query: KeyvSqlite['query'];
  steps: readonly Step[];
  target: number;
}): Promise<void> {
  const {file, query, target} = options;
  const [row]: {user_version: number}[] = await query('PRAGMA user_version');
  const found = row?.user_version ?? 0;
  checkVersion(file, found, target);
  if (found === target) return;
  if (found > 0) for (const step of options.steps.filter(({to}) => to > found && to <= target)) await step.run(query);
  await query(`PRAGMA user_version=${target}`);
  // Into the header, where the version can be read without opening the database.
  await query('PRAGMA wal_checkpoint(TRUNCATE)');
}

async function openTable<T>(file: string, name: string, opened: KeyvSqlite[]): Promise<Table<T>> {
  // Loaded here, so that a bundle of short commands, which only read, does not load them.
  const {KeyvSqlite} = await import('@keyv/sqlite');
  const {Keyv} = await import('keyv');
  const sql = new KeyvSqlite({
    uri: `sqlite://${file}`,
    table: name,
    busyTimeout: BUSY_MS,
    iterationLimit: ROWS_AT_ONCE,
  });
  // Asked at once: the constructor connects, and a failure that nobody awaits would end the process.
  await sql.query('PRAGMA synchronous=NORMAL');
  opened.push(sql);
  const records = new Keyv<T>({
    store: sql,
    // A table of its own needs no prefix, and Keyv takes a key that looks prefixed for one that is.
    namespace: undefined,
    useKeyPrefix: false,
    throwOnErrors: true,
    emitErrors: false,
    serialize: JSON.stringify,
    deserialize: JSON.parse,
  });
  return {name, sql, records};
}

async function* rows<T>({name, records}: Table<T>): AsyncGenerator<[string, T]> {
  if (records.iterator === undefined) throw new Error(`the table ${name} cannot be iterated`);
  for await (const [key, value] of records.iterator(undefined)) {
    if (typeof key !== 'string' || typeof value !== 'object' || value === null) {
      throw new SyntaxError(`a row of the table ${name} holds no record`);
    }
    yield [key, value];
  }
}

/** One transaction. Nothing else uses the connection meanwhile, or its statements would become part of it. */
async function store<T>({name, sql, records}: Table<T>, changed: ReadonlyMap<string, T | null>): Promise<void> {
  if (changed.size === 0) return;
  await sql.query('BEGIN IMMEDIATE');
  try {
    const gone: string[] = [];
    for (const [key, value] of changed) {
      if (value === null) gone.push(key);
      // Keyv answers false instead of throwing.
      else if (!(await records.set(key, value))) throw new Error(`the table ${name} did not take ${key}`);
    }
    if (gone.length > 0) await records.delete(gone);
    await sql.query('COMMIT');
  } catch (error) {
    await sql.query('ROLLBACK').catch(() => {}); // SQLite has rolled back by itself after some errors.
    throw error;
  }
}

const UNREADABLE = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_FORMAT', 'SQLITE_ERROR', 'SQLITE_MISMATCH']);

function translate(file: string, error: unknown): unknown {
  if (error instanceof AmuxError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return error instanceof SyntaxError || UNREADABLE.has(code) ? corrupt(file, error) : unwritable(file, error);
}
