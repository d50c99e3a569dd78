/** So many calls without a valid token are answered with why, from one address in one window. */
const FAILURES_MAX = 30;
const WINDOW_MS = 60_000;
/** Addresses that are remembered; the one that failed first is forgotten first. */
const ADDRESSES_MAX = 1000;

export type FailureLimit = {
  failures?: number;
  windowMs?: number;
  /** Monotonic, in ms. */
  now?: () => number;
};

/** Calls without a valid token, by the address they came from. */
export class Failures {
  readonly #of = new Map<string, {count: number; since: number}>();
  readonly #max: number;
  readonly #windowMs: number;
  readonly #now: () => number;

  constructor({failures = FAILURES_MAX, windowMs = WINDOW_MS, now = () => performance.now()}: FailureLimit = {}) {
    this.#max = failures;
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /** Counts one. Returns for how many seconds no reason is given any more; 0: this one gets its answer. */
  add(address: string): number {
    const now = this.#now();
    const known = this.#of.get(address);
    if (known === undefined || now - known.since >= this.#windowMs) {
      this.#of.delete(address);
      this.#of.set(address, {count: 1, since: now});
      const [first] = this.#of.keys();
      if (this.#of.size > ADDRESSES_MAX) this.#of.delete(first!);
      return 0;
    }
    known.count++;
    return known.count <= this.#max ? 0 : Math.max(1, Math.ceil((known.since + this.#windowMs - now) / 1000));
  }

  get size(): number {
    return this.#of.size;
  }
}
