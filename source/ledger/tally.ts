import type {ContextSaid} from '../domain/ledger.ts';
import {CHUNK, type Followed, type Mark} from './followed.ts';
import type {Rows} from './rows.ts';
import {Table} from './table.ts';

/** What a person should hear of: a file that cannot be read, or lines of it that say nothing. */
export type Trouble = {path: string; skipped: number; why: string};

/** Rows, marks and contexts that are not kept on disk yet. */
export type Unkept = {rows: Set<number>; marks: Map<string, Mark>; contexts: Map<number, ContextSaid>};

type Options = {
  table?: Table;
  /** How full contexts are, by payer. */
  contexts?: Map<number, ContextSaid>;
  /** Null: nothing is kept. */
  unkept: Unkept | null;
  onTrouble?: ((trouble: Trouble) => void) | undefined;
};

/** Adds up what histories say. */
export class Tally {
  readonly table: Table;
  readonly contexts: Map<number, ContextSaid>;
  readonly #unkept: Unkept | null;
  readonly #onTrouble: (trouble: Trouble) => void;
  readonly #unread = new Set<string>();
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK);

  constructor({table = new Table(), contexts = new Map(), unkept, onTrouble = () => {}}: Options) {
    this.table = table;
    this.contexts = contexts;
    this.#unkept = unkept;
    this.#onTrouble = onTrouble;
  }

  /** Reads a piece of a file. True: it was read to its end, or cannot be read. */
  step(followed: Followed): boolean {
    const {path, agent} = followed;
    try {
      const {offset} = followed.mark;
      const {isAtEnd, ...step} = followed.step(this.#buffer);
      this.count(agent, {...step, path});
      if (followed.mark.offset !== offset) this.#unkept?.marks.set(path, followed.mark);
      return isAtEnd;
    } catch (error) {
      this.refused(path, error as NodeJS.ErrnoException);
      return true;
    }
  }

  count(agent: string, {usages, contexts, skipped, path}: Omit<Rows, 'mark'> & {path: string}): void {
    for (const context of contexts) this.#fills(agent, context);
    for (const usage of usages) {
      const row = this.table.count(agent, usage);
      if (row !== -1) this.#unkept?.rows.add(row);
    }
    if (skipped > 0) this.#onTrouble({path, skipped, why: 'lines that cannot be read'});
  }

  /** Told once of each file; one that is gone is none. */
  refused(path: string, {code, message}: NodeJS.ErrnoException): void {
    if (code === 'ENOENT' || code === 'ENOTDIR' || this.#unread.has(path)) return;
    this.#unread.add(path);
    this.#onTrouble({path, skipped: 0, why: message});
  }

  #fills(agent: string, context: ContextSaid): void {
    const payer = this.table.payer({agent, conversation: context.conversation});
    const known = this.contexts.get(payer);
    // What is read again says nothing new.
    if (known !== undefined && context.at < known.at) return;
    const next = {
      ...context,
      model: context.model || (known?.model ?? ''),
      limit: context.limit ?? known?.limit ?? null,
    };
    this.contexts.set(payer, next);
    this.#unkept?.contexts.set(payer, next);
  }
}
