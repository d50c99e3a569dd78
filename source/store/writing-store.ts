import {AmuxError, asAmuxError} from '../domain/errors.ts';
import {apply, type Entry, type FleetState} from '../domain/events.ts';
import type {Database} from './database.ts';
import type {Journal} from './journal.ts';
import type {Pending} from './pending.ts';
import {firstCursor, readEntries} from './replay.ts';
import type {Store} from './store.ts';

/** Changes are collected for this long before the database is written, ms. */
const BATCH_MS = 100;
/** After a failure the database is tried again after this long, doubled up to the other, ms. */
const RETRY_MS = 1000;
const RETRY_MAX_MS = 30_000;
const NOTICES_KEPT = 100;

export type WritingStoreOptions = {
  paths: {database: string; journal: string};
  now: () => number;
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
  #telling = false;
  #stored: number;
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
    const {journal, pending, paths} = this.#options;
    if (this.#closed) throw new AmuxError('store.write', {file: paths.journal, why: 'the store is closed'});
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

  async flush(): Promise<void> {
    const target = this.cursor;
    while (this.#stored < target) {
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
    const {journal, database} = this.#options;
    try {
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
    try {
      await this.flush();
    } catch (error) {
      this.#note(`${asAmuxError(error).message}; the journal holds everything, and it will be tried again`);
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
