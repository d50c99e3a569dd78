/** A timer stands still while its machine sleeps, and counts 24 days at most: the clock is looked at so often, in ms. */
const LOOK_MS = 60_000;

/** Wakes once, at the earliest of the times that it was given. */
export class Alarm {
  readonly #now: () => number;
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | null = null;
  #at = Number.POSITIVE_INFINITY;

  /** `now` in ms since the epoch. */
  constructor(now: () => number, ring: () => void) {
    this.#now = now;
    this.#ring = ring;
  }

  /** null: no need. */
  set(at: number | null): void {
    if (at === null || at >= this.#at) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#at = at;
    this.#wait();
  }

  #wait(): void {
    const left = Math.max(1, this.#at - this.#now());
    this.#timer = left > LOOK_MS ? setTimeout(() => this.#wait(), LOOK_MS) : setTimeout(() => this.#due(), left);
  }

  #due(): void {
    this.#timer = null;
    this.#at = Number.POSITIVE_INFINITY;
    this.#ring();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
