import {setTimeout as pause} from 'node:timers/promises';
import type {Backend} from '../backends/backend.ts';
import type {Screen} from '../domain/screen.ts';

/** A program at rest draws its input line within this time, in ms. */
const FIRST_MS = 5000;
/** Between two attempts at most, in ms. */
const MOST_MS = 300_000;
/** A program has seen its new size within this time, in ms. */
const SEEN_MS = 300;

/** A text that is still there after so many was not printed over the line, but written on it. */
const OF_TEXT = 2;

type Lost = {run: string | undefined; at: number; waitMs: number; done: number};

/** When a program at rest whose input line cannot be read is made to draw its screen again: what else printed there stays until then. */
export class Redraws {
  #lost: Lost | null = null;

  /** Its screen can be read. */
  found(): void {
    this.#lost = null;
  }

  /**
   * Its input line cannot be read, or holds another text when `hasText`. True: its screen is to be drawn again now. `at`
   * in ms since the epoch.
   */
  isDue({run, at, hasText}: {run: string | undefined; at: number; hasText: boolean}): boolean {
    if (this.#lost?.run !== run) this.#lost = {run, at, waitMs: FIRST_MS, done: 0};
    const lost = this.#lost!;
    if (at < lost.at + lost.waitMs || (hasText && lost.done >= OF_TEXT)) return false;
    this.#lost = {run, at, waitMs: Math.min(lost.waitMs * 2, MOST_MS), done: lost.done + 1};
    return true;
  }
}

type Drawn = {backend: Backend; terminal: string; size: Pick<Screen, 'cols' | 'rows'>; asked: () => object | null};

/** Programs draw all of their screen when it gets another size. `asked`: the size that somebody wished last, which stays. */
export async function drawAgain({backend, terminal, size: {cols, rows}, asked}: Drawn): Promise<void> {
  const before = asked();
  await backend.resize(terminal, {cols, rows: rows > 1 ? rows - 1 : rows + 1});
  await pause(SEEN_MS);
  if (asked() === before) await backend.resize(terminal, {cols, rows});
}
