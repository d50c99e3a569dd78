import {existsSync} from 'node:fs';
import {performance} from 'node:perf_hooks';
import {findRepository} from '../config/repository.ts';
import type {Dirty} from '../domain/workspace.ts';

/** What happens within this time is one look, in ms. */
const SOON_MS = 300;
/** A tree is left alone after a look: so long at least, and for so many times as long as that look took. */
const REST_MS = 2000;
const REST_FACTOR = 20;
/** Where git said nothing. */
const FAILED_REST_MS = 60_000;
/** Trees that are remembered. */
const TREES_MAX = 1000;

type Tree = {mark: Dirty | null /** When it is looked at; null: nobody wants it. */; due: number | null; rest: number};

type Options = {
  /** One git process. */
  look: (top: string) => Promise<Dirty | null>;
  /** A mark is another one now. */
  changed: (top: string, mark: Dirty) => void;
};

/**
 * How many files of each working tree are not committed. Nobody waits for it: whatever may have changed a tree asks for a
 * look, and looks are made one after the other for the whole fleet. Nothing happens by itself.
 */
export class DirtyMarks {
  readonly #options: Options;
  readonly #trees = new Map<string, Tree>();
  /** Working tree of each directory that was asked for; null: it is in none. */
  readonly #tops = new Map<string, string | null>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** From memory. Null: nobody has looked yet, or it is in no repository. */
  of(dir: string): Dirty | null {
    const top = this.#tops.get(dir);
    return top == null ? null : (this.#trees.get(top)?.mark ?? null);
  }

  /** Something may have changed there. */
  want(dir: string): void {
    // A workspace lies in a repository: once it is gone, what changed there is not its own.
    const top = existsSync(dir) ? (findRepository(dir)?.top ?? null) : null;
    if (this.#tops.size >= TREES_MAX) this.#tops.clear();
    this.#tops.set(dir, top);
    if (top === null) return;
    const tree = this.#trees.get(top) ?? {mark: null, due: null, rest: 0};
    if (!this.#trees.has(top)) {
      if (this.#trees.size >= TREES_MAX) this.#trees.clear();
      this.#trees.set(top, tree);
    }
    tree.due ??= Math.max(performance.now() + SOON_MS, tree.rest);
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#looking || this.#closed) return;
    clearTimeout(this.#timer);
    const next = this.#next();
    if (next === null) return;
    const wait = Math.max(0, next.due - performance.now());
    this.#timer = setTimeout(() => void this.#look(next.top), wait);
    this.#timer.unref();
  }

  #next(): {top: string; due: number} | null {
    let first: {top: string; due: number} | null = null;
    for (const [top, {due}] of this.#trees) if (due !== null && (first === null || due < first.due)) first = {top, due};
    return first;
  }

  async #look(top: string): Promise<void> {
    const tree = this.#trees.get(top);
    if (tree === undefined) return this.#schedule();
    // What changes while git looks is wanted anew.
    tree.due = null;
    this.#looking = true;
    const started = performance.now();
    const mark = await this.#options.look(top).catch(() => null);
    const ended = performance.now();
    this.#looking = false;
    if (this.#closed) return;
    tree.rest = ended + (mark === null ? FAILED_REST_MS : Math.max(REST_MS, (ended - started) * REST_FACTOR));
    if (tree.due !== null) tree.due = Math.max(tree.due, tree.rest);
    const before = tree.mark;
    tree.mark = mark;
    if (mark !== null && mark.files !== (before?.files ?? 0)) this.#options.changed(top, mark);
    this.#schedule();
  }
}
