import {dirname} from 'node:path';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import {apply, type Entry, type FleetState} from '../domain/events.ts';
import type {Database} from './database.ts';
import type {Journal} from './journal.ts';
import type {Pending} from './pending.ts';
import {firstCursor, readEntries} from './replay.ts';
import {ROOM_BYTES, roomLeft, tooLittle} from './room.ts';
import type {Store} from './store.ts';

/** Changes are collected for this long before the database is written, ms. */
const BATCH_MS = 100;
/** After a failure the database is tried again after this long, doubled up to the other, ms. */
const RETRY_MS = 1000;
const RETRY_MAX_MS = 30_000;
const NOTICES_KEPT = 100;
/** Entries that wait for a journal which cannot be written; of those beyond only what came of them is kept. */
const WAITING_MAX = 10_000;
/** How often it is tried whether there is room again, ms. */
const LOOK_MS = 1000;

export type WritingStoreOptions = {
  paths: {database: string; journal: string};
  now: () => number;
  /** Bytes that are free on the disk of the journal; null: unknown. */
  room?: () => number | null;
  database: Database;
  journal: Journal;
  pending: Pending;
  state: FleetState;
  notices: string[];
  /** The database's cursor. */
  stored: number;
};

/** The store of the one process that writes: the journal at once, the database behind it. */
export class WritingStore implements Store {
  readonly state: FleetState;
  readonly notices: string[];
  readonly #options: WritingStoreOptions;
  readonly #listeners = new Set<(entry: Entry) => void>();
  readonly #unheard: Entry[] = [];
  /** What has happened and is not in the journal yet, oldest first; `#uncounted`: as many more. */
  #waiting: Omit<Entry, 'cursor'>[] = [];
  #uncounted = 0;
  #trouble: {why: string; since: number} | null = null;
  #looking: NodeJS.Timeout | null = null;
  #telling = false;
  #stored: number;
  /** The notice that the database could not be written, while that is so. */
  #behind: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #retry = RETRY_MS;
  #writing: Promise<void> | null = null;
  #closed = false;

  constructor(options: WritingStoreOptions) {
    this.#options = options;
    this.state = options.state;
    this.notices = options.notices;
    this.#stored = options.stored;
  }

  get cursor(): number {
    return this.#options.journal.cursor;
  }

  get first(): number {
    return firstCursor(this.#options.paths.journal);
  }

  append(entry: Omit<Entry, 'cursor'>): Entry {
    this.#checkOpen();
    try {
      this.#writeWaiting();
      return this.#write(entry);
    } catch (error) {
      this.#troubled(error);
      throw error;
    }
  }

  keep(entry: Omit<Entry, 'cursor'>): void {
    this.#checkOpen();
    if (this.#waiting.length === 0) {
      try {
        this.#write(entry);
        return;
      } catch (error) {
        this.#troubled(error);
      }
    }
    for (const change of entry.changes) apply(this.state, change);
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push(entry);
    else this.#uncounted++;
  }

  get trouble(): string | null {
    if (this.#trouble === null) return null;
    const waiting = this.#waiting.length + this.#uncounted;
    const held = waiting === 0 ? '' : `; ${waiting} changes wait in memory, and messages in their queues`;
    return `${this.#trouble.why}: nothing new is taken until that is possible again${held}`;
  }

  get writable(): boolean {
    return this.#waiting.length === 0;
  }

  ready(): void {
    try {
      this.#writeWaiting();
      const left = this.#roomLeft();
      if (left !== null) {
        throw tooLittle(dirname(this.#options.paths.journal), left);
      }
    } catch (error) {
      this.#troubled(error);
      throw error;
    }
    this.#relieved();
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new AmuxError('store.write', {file: this.#options.paths.journal, why: 'the store is closed'});
  }

  #write(entry: Omit<Entry, 'cursor'>): Entry {
    const {journal, pending} = this.#options;
    if (journal.full) this.snapshot();
    const written = journal.append(entry);
    for (const change of written.changes) {
      pending.touch(this.state, change);
      apply(this.state, change);
    }
    this.#schedule(BATCH_MS);
    this.#tell([written]);
    return written;
  }

  /** In order, as far as there is room; what they changed is in memory already, and may have changed again since. */
  #writeWaiting(): void {
    const {journal, pending} = this.#options;
    if (this.#waiting.length > 0) this.#schedule(BATCH_MS);
    while (this.#waiting[0] !== undefined) {
      const written = journal.append(this.#waiting[0]);
      this.#waiting.shift();
      for (const change of written.changes) pending.touch(this.state, change);
      this.#tell([written]);
    }
    if (this.#uncounted > 0) this.#tell(journal.rotate(this.state, this.#options.now()));
  }

  /** Null: there is enough. */
  #roomLeft(): number | null {
    const {room = () => roomLeft(this.#options.paths.journal)} = this.#options;
    const left = room();
    return left === null || left >= ROOM_BYTES ? null : left;
  }

  /** Told at once to those who follow, although it cannot be kept; from then on it is tried until it is over. */
  #troubled(error: unknown): void {
    const why = asAmuxError(error).message;
    const isNews = this.#trouble === null;
    this.#trouble = {why, since: this.#trouble?.since ?? this.#options.now()};
    if (isNews) {
      const {cursor} = this;
      const at = this.#options.now();
      const reason = this.trouble!;
      this.#tell([{cursor, at, type: 'notice', actor: 'supervisor', session: null, reason, changes: []}]);
    }
    this.#lookAgain();
  }

  #lookAgain(): void {
    if (this.#looking !== null || this.#closed) return;
    this.#looking = setTimeout(() => {
      this.#looking = null;
      try {
        this.ready();
      } catch {
        // `ready` sees to the next look.
      }
    }, LOOK_MS).unref();
  }

  #relieved(): void {
    if (this.#trouble === null) return;
    const {now} = this.#options;
    const {why, since} = this.#trouble;
    const uncounted = this.#uncounted;
    this.#trouble = null;
    this.#uncounted = 0;
    // The database was without room as well.
    this.#retry = RETRY_MS;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lost = uncounted === 0 ? '' : `; of ${uncounted} changes only what came of them was kept`;
    const reason = `for ${Math.round((now() - since) / 1000)} s nothing new was taken (${why}); it goes on${lost}`;
    this.keep({at: now(), type: 'notice', actor: 'supervisor', session: null, reason, changes: []});
  }

  /** Begins a new segment of the journal. A failure is a notice: the old segment goes on. */
  snapshot(): void {
    const {journal, now} = this.#options;
    try {
      const entries = journal.rotate(this.state, now());
      this.#schedule(BATCH_MS);
      this.#tell(entries);
    } catch (error) {
      this.#note(asAmuxError(error).message);
    }
  }

  read(range: {after: number; limit: number}): Entry[] {
    return readEntries(this.#options.paths.journal, range);
  }

  onEntry(listener: (entry: Entry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What waits for the journal is in memory already: until it is written the database would be ahead of the journal. */
  get #isAhead(): boolean {
    return this.#waiting.length + this.#uncounted > 0;
  }

  async flush(): Promise<void> {
    const target = this.cursor;
    while (this.#stored < target && !this.#isAhead) {
      this.#writing ??= this.#writeBatch().finally(() => {
        this.#writing = null;
      });
      await this.#writing;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#looking !== null) clearTimeout(this.#looking);
    const {journal, database} = this.#options;
    try {
      this.#writeWaiting();
      await this.flush();
    } finally {
      journal.close();
      await database.close();
    }
  }

  async #writeBatch(): Promise<void> {
    const {journal, database, pending} = this.#options;
    const cursor = this.cursor;
    const taken = pending.take(this.state);
    try {
      // What the database holds must be in the journal even after a power cut.
      await journal.sync();
      await database.write({records: taken, cursor});
      this.#stored = cursor;
      this.#retry = RETRY_MS;
    } catch (error) {
      pending.putBack(taken);
      throw error;
    }
  }

  /** Like `flush`, but a failure becomes a notice and another try later. */
  async catchUp(): Promise<void> {
    if (this.#isAhead) return this.#schedule(this.#retry);
    try {
      await this.flush();
      if (this.#behind !== null) this.notices.splice(this.notices.indexOf(this.#behind), 1);
      this.#behind = null;
    } catch (error) {
      if (this.#behind !== null) this.notices.splice(this.notices.indexOf(this.#behind), 1);
      this.#behind = `${asAmuxError(error).message}; the journal holds everything, and it is tried again`;
      this.#note(this.#behind);
      this.#schedule(this.#retry);
      this.#retry = Math.min(this.#retry * 2, RETRY_MAX_MS);
    }
  }

  /** The timer does not keep the process alive: what the database lacks is in the journal. */
  #schedule(delay: number): void {
    if (this.#timer !== null || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.catchUp();
    }, delay).unref();
  }

  /** In order for everybody, also when a listener appends. */
  #tell(entries: readonly Entry[]): void {
    this.#unheard.push(...entries);
    if (this.#telling) return;
    this.#telling = true;
    for (let entry = this.#unheard.shift(); entry !== undefined; entry = this.#unheard.shift()) {
      for (const listener of this.#listeners) {
        try {
          listener(entry);
        } catch (error) {
          // The entry is written; whoever appended it must not take it for failed.
          this.#note(`a listener failed at entry ${entry.cursor}: ${asAmuxError(error).message}`);
        }
      }
    }
    this.#telling = false;
  }

  #note(notice: string): void {
    if (this.notices.at(-1) !== notice) this.notices.push(notice);
    if (this.notices.length > NOTICES_KEPT) this.notices.splice(0, this.notices.length - NOTICES_KEPT);
  }
}
