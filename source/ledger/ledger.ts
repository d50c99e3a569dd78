import {statSync} from 'node:fs';
import {basename} from 'node:path';
import type {ContextSaid, UsageReader} from '../domain/ledger.ts';
import {Followed, type Mark} from './followed.ts';
import {historiesOf, type Stat, slices} from './histories.ts';
import type {LedgerLog} from './log.ts';
import {type Query, type RowMark, type Rows, readRows} from './rows.ts';
import {type Pricing, Table} from './table.ts';
import {Tally, type Trouble, type Unkept} from './tally.ts';

/** Where the histories of an agent lie. */
export type Source = FileSource | RowSource;

export type RowSource = {agent: string; database: string; query: Query};

export type FileSource = {
  agent: string;
  /** Directories; one that is not there is empty. */
  roots: readonly string[];
  /** By the path below its root. */
  isHistory: (path: string) => boolean;
  reader: UsageReader;
};

export type Progress = {files: number; bytes: number; readFiles: number; readBytes: number};

type Options = {
  sources: readonly Source[];
  /** Micro-USD of a message; default: no model has a price. */
  pricing?: Pricing;
  /** Messages from then on are summed by minute, too, in unix seconds; default: all are. */
  recentFrom?: number;
  /** Null: nothing is kept. */
  log: LedgerLog | null;
  /** False: what was kept is read, and nothing is written. */
  writes: boolean;
  /** ms since the epoch; default: no clock is ever set back. */
  now?: () => number;
  onTrouble?: (trouble: Trouble) => void;
};

/**
 * Rows of databases that changed in so many ms are read again each time: clocks are set back, and a row that was written
 * then would else lie behind what was read.
 */
const AGAIN_MS = 60_000;

/** The tokens of all histories of this machine. Reads each byte once; what it knows outlives the files. */
export class Ledger {
  /** Of the log that was read; null: none. */
  readonly problem: string | null;
  readonly #options: Options;
  readonly #sources: Source[];
  readonly #files = new Map<string, Followed>();
  readonly #marks: Map<string, Mark>;
  readonly #tally: Tally;
  /** What the log does not have yet. */
  readonly #unkept: Unkept = {rows: new Set(), marks: new Map(), contexts: new Map()};
  #progress: Progress | null = null;
  #reading: Promise<void> = Promise.resolve();
  /** Of the databases, which has not begun. */
  #next: Promise<void> | null = null;

  constructor(options: Options) {
    this.#options = options;
    this.#sources = [...options.sources];
    const loaded =
      options.log?.load({repair: options.writes, pricing: options.pricing, recentFrom: options.recentFrom}) ?? null;
    const table = loaded?.table ?? new Table(options.pricing);
    table.recentFrom = options.recentFrom ?? 0;
    this.#marks = loaded?.marks ?? new Map();
    this.#tally = new Tally({
      table,
      contexts: loaded?.contexts ?? new Map(),
      unkept: options.log !== null && options.writes ? this.#unkept : null,
      onTrouble: options.onTrouble,
    });
    this.problem = loaded?.problem ?? null;
  }

  get table(): Table {
    return this.#tally.table;
  }

  /** How full contexts are, by payer. */
  get contexts(): Map<number, ContextSaid> {
    return this.#tally.contexts;
  }

  /** What could not be read, by file. */
  get troubles(): ReadonlyMap<string, Trouble> {
    return this.#tally.troubles;
  }

  /** While a scan runs; null: none does. */
  get progress(): Progress | null {
    return this.#progress;
  }

  /** Reads what is new in all files, oldest file first: a copy is made after what it copies. */
  async scan(signal?: AbortSignal): Promise<void> {
    const rest = slices(signal);
    const found: Found[] = [];
    for (const source of this.#sources) if (!('query' in source)) await this.#find(source, {found, rest});
    const news = found.filter(({followed, stat}) => !followed.isUnchanged(stat)).sort(byAge);
    const left = news.map(({followed, stat}) => Math.max(0, stat.size - followed.mark.offset));
    this.#progress = {files: news.length, bytes: left.reduce((a, b) => a + b, 0), readFiles: 0, readBytes: 0};
    try {
      await this.scanDatabases();
      for (const {followed} of news) {
        for (let isAtEnd = false; !isAtEnd; ) {
          if (signal?.aborted === true) return;
          const before = followed.mark.offset;
          isAtEnd = this.#tally.step(followed);
          this.#progress.readBytes += Math.max(0, followed.mark.offset - before);
          await rest();
        }
        this.#progress.readFiles++;
      }
    } finally {
      this.#progress = null;
    }
  }

  /** Reads what is new in the agents' databases. Whoever asks while they are read gets what is written now, too. */
  scanDatabases(): Promise<void> {
    this.#next ??= this.#reading.then(() => {
      this.#next = null;
      this.#reading = this.#readDatabases();
      return this.#reading;
    });
    return this.#next;
  }

  async #readDatabases(): Promise<void> {
    for (const source of this.#sources) {
      if (!('query' in source)) continue;
      const {agent, database, query} = source;
      try {
        await readRows(database, {
          query,
          mark: this.#rowMark(database),
          take: rows => this.#take(agent, database, rows),
        });
      } catch (error) {
        this.#tally.refused(database, error as NodeJS.ErrnoException);
      }
    }
  }

  /** From now on histories are looked for there as well. What is looked at already is not added. */
  add(source: Source): void {
    const known = this.#sources.filter(({agent}) => agent === source.agent);
    const places = known.flatMap(each => ('query' in each ? [each.database] : each.roots));
    if ('query' in source && !places.includes(source.database)) this.#sources.push(source);
    const roots = 'query' in source ? [] : source.roots.filter(root => !places.includes(root));
    if (!('query' in source) && roots.length > 0) this.#sources.push({...source, roots});
  }

  /**
   * Reads what is new in one file. With its agent named, a directory that lies elsewhere and is called as one of this
   * agent's is one from then on.
   */
  async follow(path: string, agent?: string): Promise<void> {
    const followed = this.#files.get(path) ?? this.#open(path) ?? this.#adopt(path, agent);
    if (followed === null) return;
    try {
      if (followed.isUnchanged(statSync(path))) return;
    } catch {
      return; // It is gone: what it said is kept.
    }
    const rest = slices();
    while (!this.#tally.step(followed)) await rest();
  }

  /** Writes what is new to the log. Throws what the system says; then it is written the next time. */
  save(): void {
    const {log, writes} = this.#options;
    const {rows, marks, contexts} = this.#unkept;
    if (log === null || !writes || rows.size + marks.size === 0) return;
    const {table} = this;
    log.append({table, rows: [...rows], marks, contexts});
    for (const [path, mark] of marks) this.#marks.set(path, mark);
    for (const each of [rows, marks, contexts]) each.clear();
    if (log.isWasteful(table)) log.rewrite({table, marks: this.#marks, contexts: this.contexts});
  }

  #rowMark(database: string): RowMark {
    const mark = this.#unkept.marks.get(database) ?? this.#marks.get(database);
    const {changed} = (mark?.carry as RowMark | undefined) ?? {changed: 0};
    return {changed: Math.min(changed, this.#now() - AGAIN_MS), id: ''};
  }

  #take(agent: string, path: string, {mark, skipped, ...rows}: Rows): void {
    this.#tally.count(agent, rows);
    this.#tally.skipped(path, skipped);
    const nothing = {offset: 0, inode: 0, guard: 0, skipped: 0, inLong: false};
    // What claims to be of later than now must not hide what is written until then.
    const carry: RowMark = {...mark, changed: Math.min(mark.changed, this.#now())};
    const known = (this.#unkept.marks.get(path) ?? this.#marks.get(path))?.carry as RowMark | undefined;
    if (known?.id === carry.id && known.changed === carry.changed) return;
    this.#unkept.marks.set(path, {...nothing, carry});
    if (this.#options.log === null) this.#marks.set(path, {...nothing, carry});
  }

  #now(): number {
    return this.#options.now?.() ?? Number.POSITIVE_INFINITY;
  }

  async #find(source: FileSource, {found, rest}: {found: Found[]; rest: () => Promise<void>}): Promise<void> {
    const refused = (path: string, error: NodeJS.ErrnoException): void => this.#tally.refused(path, error);
    for await (const {root, histories} of historiesOf(source, {rest, refused})) {
      for (const {path, stat} of histories) {
        found.push({stat, followed: this.#files.get(path) ?? this.#follow(path, {source, root})});
      }
    }
  }

  #open(path: string): Followed | null {
    for (const source of this.#sources) {
      if ('query' in source) continue;
      for (const root of source.roots) {
        if (path.startsWith(`${root}/`) && source.isHistory(path.slice(root.length + 1)))
          return this.#follow(path, {source, root});
      }
    }
    return null;
  }

  #adopt(path: string, agent: string | undefined): Followed | null {
    for (const source of this.#sources) {
      if ('query' in source || source.agent !== agent) continue;
      for (const name of source.roots.map(root => `/${basename(root)}/`)) {
        const root = path.slice(0, path.lastIndexOf(name) + name.length - 1);
        if (!path.includes(name) || !source.isHistory(path.slice(root.length + 1))) continue;
        this.add({...source, roots: [root]});
        return this.#open(path);
      }
    }
    return null;
  }

  #follow(path: string, {source, root}: {source: FileSource; root: string}): Followed {
    const {agent, reader} = source;
    const followed = new Followed({
      path,
      name: path.slice(root.length + 1),
      agent,
      reader,
      mark: this.#marks.get(path) ?? null,
    });
    this.#files.set(path, followed);
    return followed;
  }
}

type Found = {followed: Followed; stat: Stat};

function byAge(a: Found, b: Found): number {
  return a.stat.birthtimeMs - b.stat.birthtimeMs || (a.followed.path < b.followed.path ? -1 : 1);
}
