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
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#at = Number.POSITIVE_INFINITY;
        this.#ring();
      },
      Math.max(1, at - this.#now()),
    );
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
