import type {ContextSaid} from '../domain/ledger.ts';
import {CHUNK, type Followed, type Mark} from './followed.ts';
import type {Rows} from './rows.ts';
import {Table} from './table.ts';

/** What a person should hear of: a file that cannot be read, or how many of its lines say nothing until now. */
export type Trouble = {path: string; skipped: number; why: string};

export function troubleText({path, skipped, why}: Trouble): string {
  const what = skipped === 0 ? '' : `${skipped} ${skipped === 1 ? 'line' : 'lines'} `;
  return `${path}: ${what}${why}`;
}

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
  /** By file: what was told of it last. */
  readonly troubles = new Map<string, Trouble>();
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
      this.count(agent, step);
      if (isAtEnd) this.skipped(path, followed.mark.skipped);
      if (followed.mark.offset !== offset) this.#unkept?.marks.set(path, followed.mark);
      return isAtEnd;
    } catch (error) {
      this.refused(path, error as NodeJS.ErrnoException);
      return true;
    }
  }

  count(agent: string, {usages, contexts}: Pick<Rows, 'usages' | 'contexts'>): void {
    for (const context of contexts) this.#fills(agent, context);
    for (const usage of usages) {
      const row = this.table.count(agent, usage);
      if (row !== -1) this.#unkept?.rows.add(row);
    }
  }

  /** `skipped`: lines or rows of all that was read of it. */
  skipped(path: string, skipped: number): void {
    if (skipped > (this.troubles.get(path)?.skipped ?? 0)) this.#trouble({path, skipped, why: 'cannot be read'});
  }

  /** Told once of each file; one that is gone is none. */
  refused(path: string, {code, message}: NodeJS.ErrnoException): void {
    if (code === 'ENOENT' || code === 'ENOTDIR' || this.troubles.has(path)) return;
    this.#trouble({path, skipped: 0, why: message});
  }

  #trouble(trouble: Trouble): void {
    this.troubles.set(trouble.path, trouble);
    this.#onTrouble(trouble);
  }

  #fills(agent: string, context: ContextSaid): void {
    const payer = this.table.payer({agent, conversation: context.conversation});
    const known = this.contexts.get(payer);
    // What is read again says nothing new.
    if (known !== undefined && (context.at < known.at || isSame(context, known))) return;
    const next = {
      ...context,
      model: context.model || (known?.model ?? ''),
      limit: context.limit ?? known?.limit ?? null,
    };
    this.contexts.set(payer, next);
    this.#unkept?.contexts.set(payer, next);
  }
}

const isSame = (one: ContextSaid, other: ContextSaid): boolean =>
  one.at === other.at && one.used === other.used && one.model === other.model && one.limit === other.limit;
