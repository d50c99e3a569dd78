import {AmuxError} from '../domain/errors.ts';
import type {Entry, FleetState} from '../domain/events.ts';
import type {Database, Loaded} from './database.ts';
import {inspectDatabase, moveAside, moveLogsAside, unreadable} from './database-file.ts';
import {Journal} from './journal.ts';
import {Pending} from './pending.ts';
import {explainRecovery, type Lost} from './recovery.ts';
import {firstCursor, readEntries, replay} from './replay.ts';
import {OPEN_BYTES, roomLeft, tooLittle} from './room.ts';
import {WritingStore} from './writing-store.ts';

/** The paths of a home that the store uses. */
export type StorePaths = {home: string; database: string; journal: string};

export type StoreOptions = {
  paths: StorePaths;
  /** Writes and makes nothing; `append` throws `supervisor.read-only`. */
  readOnly: boolean;
  /** ms since the epoch. */
  now: () => number;
  /** Size of the journal's segments, bytes. */
  segmentBytes?: number;
  /** Bytes that are free for the journal; null: unknown. Default: what the file system says. */
  room?: () => number | null;
};

export interface Store {
  /** Changes in place with each entry. */
  readonly state: FleetState;
  /** Of the last entry; 0 when there is none. */
  readonly cursor: number;
  /** Of the oldest entry that the journal still holds; 1 while it holds all. */
  readonly first: number;
  /** What people should know about the opening and the writing of the store. */
  readonly notices: string[];
  /** Returns once the entry is in the journal. Throws `store.write`, and then nothing has changed. */
  append(entry: Omit<Entry, 'cursor'>): Entry;
  /**
   * For what has happened already and cannot be refused: it counts at once, and is in the journal as soon as that can be
   * written. Throws only after `close`.
   */
  keep(entry: Omit<Entry, 'cursor'>): void;
  /** Why nothing new is taken just now, as a sentence; null: all is well. */
  readonly trouble: string | null;
  /** False while something waits to be written to the journal. */
  readonly writable: boolean;
  /** Throws `store.full` and `store.write` when nothing new may be promised. */
  ready(): void;
  /** Entries of the journal behind a cursor, oldest first. */
  read(options: {after: number; limit: number}): Entry[];
  /** Called for each entry after it was applied, in order. Returns what ends it. */
  onEntry(listener: (entry: Entry) => void): () => void;
  /** Waits until the database holds everything; not while changes wait for a journal that cannot be written. Throws `store.write`. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Opens what a home has stored: the database, and the entries of the journal that it does not hold yet. */
export async function openStore(options: StoreOptions): Promise<Store> {
  try {
    return await (options.readOnly ? openForReading(options.paths) : openForWriting(options));
  } catch (error) {
    throw unreadable(options.paths.home, error, {toWrite: !options.readOnly});
  }
}

/**
 * The journal alone tells the whole state, so reading needs no SQLite; the database is read when the journal is
 * missing, empty or without its beginning.
 */
async function openForReading(paths: StorePaths): Promise<Store> {
  let replayed = replay(paths.journal);
  const notices: string[] = [];
  try {
    const tellsAll = replayed.complete && replayed.journalCursor > 0;
    if (inspectDatabase(paths.database) === 'present' && !tellsAll) {
      const {loadCopy} = await import('./database.ts');
      replayed = replay(paths.journal, {base: await loadCopy(paths.database)});
    }
  } catch (error) {
    if (!replayed.complete || !(error instanceof AmuxError) || error.code !== 'store.corrupt') throw error;
    notices.push(`${error.message}; what is shown is the journal, from which the next supervisor rebuilds it`);
  }
  const {state, cursor} = replayed;
  notices.push(...replayed.notices);
  return {
    state,
    cursor,
    first: firstCursor(paths.journal),
    notices,
    append: refuse,
    keep: refuse,
    ready: refuse,
    trouble: null,
    writable: false,
    read: range => readEntries(paths.journal, range),
    onEntry: () => () => {},
    flush: async () => {},
    close: async () => {},
  };
}

function refuse(): never {
  throw new AmuxError('supervisor.read-only');
}

async function openForWriting({paths, now, segmentBytes, room}: StoreOptions): Promise<Store> {
  const left = room === undefined ? roomLeft(paths.home) : room();
  if (left !== null && left < OPEN_BYTES) throw tooLittle(paths.home, left);
  const {database, loaded, lost} = await openDatabase(paths.database, now());
  try {
    const pending = new Pending();
    const replayed = replay(paths.journal, {
      base: loaded ?? undefined,
      onChange: (state, change) => pending.touch(state, change),
    });
    if (replayed.from === 'journal') {
      if (loaded !== null) pending.touchAll(loaded.state);
      pending.touchAll(replayed.state);
    }
    const notices = [...explainRecovery({paths, replayed, lost, stored: loaded?.cursor ?? null}), ...replayed.notices];
    const {state, cursor, tail} = replayed;
    const journal = new Journal({directory: paths.journal, cursor, tail, segmentBytes});
    const store = new WritingStore({
      paths,
      now,
      room,
      database,
      journal,
      pending,
      state,
      notices,
      stored: loaded?.cursor ?? 0,
    });
    // The journal lacks what the database kept, its own beginning or an entry: a snapshot makes it whole again.
    const isWhole = tail === null || (replayed.complete && replayed.notices.length === 0);
    if (replayed.journalCursor < cursor || !isWhole) store.snapshot();
    for (const reason of notices) {
      store.keep({at: now(), type: 'notice', actor: 'supervisor', session: null, reason, changes: []});
    }
    await store.catchUp();
    return store;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openDatabase(
  file: string,
  now: number,
): Promise<{database: Database; loaded: Loaded | null; lost: Lost | null}> {
  const {Database} = await import('./database.ts');
  try {
    if (inspectDatabase(file) === 'missing') {
      moveLogsAside(file, now);
      return {database: await Database.open(file), loaded: null, lost: null};
    }
    const database = await Database.open(file);
    try {
      return {database, loaded: await database.load(), lost: null};
    } catch (error) {
      await database.close();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof AmuxError) || error.code !== 'store.corrupt') throw error;
    const lost = {why: String(error.facts['why']), aside: moveAside(file, now)};
    return {database: await Database.open(file), loaded: null, lost};
  }
}
