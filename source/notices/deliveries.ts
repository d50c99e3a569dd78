import type {Endpoint, Outcome, Post} from './webhook.ts';

/** Pauses between the tries of one notice, in ms; over five minutes in all. */
export const PAUSES_MS: readonly number[] = [5000, 20_000, 80_000, 200_000];
/** By how much a pause may be longer or shorter, so that many notices do not come at once. */
const JITTER = 0.2;
/** Notices that wait for one endpoint; beyond that the oldest are dropped. */
const WAITING_MAX = 200;

/** A notice for an endpoint. `cursor`: of the journal's entry. */
export type Parcel = Post & {cursor: number};

export type DeliveriesOptions = {
  /** One try. */
  post: (endpoint: Endpoint, parcel: Parcel, signal: AbortSignal) => Promise<Outcome>;
  /** Between 0 and 1. */
  random: () => number;
  /** Rejects when the signal aborts. */
  pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** All up to this entry is dealt with. */
  onDone: (cursor: number) => void;
  /** It cannot be delivered to, or can be again. */
  onNews: (why: string) => void;
};

/** What is on its way to one endpoint: in order, one at a time, each tried again for a while. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #ending = new AbortController();
  readonly #waiting: Parcel[] = [];
  #running: Promise<void> | null = null;
  /** Since it failed for good, nothing came through. */
  #lost = 0;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** `endpoint` is asked for at each try: its configuration may have changed. Throws what keeps it from being used. */
  add(parcel: Parcel, endpoint: () => Endpoint): void {
    if (this.#ending.signal.aborted) return;
    if (this.#waiting.length >= WAITING_MAX) {
      const [dropped] = this.#waiting.splice(0, 1);
      this.#lose(`${WAITING_MAX} notices wait already`);
      this.#options.onDone(dropped!.cursor);
    }
    this.#waiting.push(parcel);
    this.#running ??= this.#run(endpoint);
  }

  get isIdle(): boolean {
    return this.#running === null;
  }

  /** Resolves when nothing is on its way. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  /** What is not delivered yet is left to who comes next. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(endpoint: () => Endpoint): Promise<void> {
    const {signal} = this.#ending;
    await null; // From here on `#running` is this.
    for (let parcel = this.#waiting.shift(); parcel !== undefined; parcel = this.#waiting.shift()) {
      const outcome = await this.#deliver(parcel, endpoint);
      if (signal.aborted && outcome.state !== 'delivered') break;
      if (outcome.state === 'delivered') this.#regain();
      else this.#lose(outcome.says);
      this.#options.onDone(parcel.cursor);
    }
    this.#running = null;
  }

  async #deliver(parcel: Parcel, endpoint: () => Endpoint): Promise<Outcome> {
    const {post, pause, random} = this.#options;
    const {signal} = this.#ending;
    for (let tries = 0; ; tries++) {
      let outcome: Outcome;
      try {
        outcome = await post(endpoint(), parcel, signal);
      } catch (error) {
        return {state: 'refused', says: (error as Error).message};
      }
      const planned = PAUSES_MS[tries];
      if (outcome.state !== 'failed' || signal.aborted) return outcome;
      if (planned === undefined) return {...outcome, says: `${outcome.says}, ${tries + 1} tries`};
      const jitter = 1 + JITTER * (2 * random() - 1);
      try {
        await pause(Math.max(planned * jitter, outcome.afterMs ?? 0), signal);
      } catch {
        return outcome;
      }
    }
  }

  /** Told once, until something comes through again. */
  #lose(why: string): void {
    this.#lost++;
    if (this.#lost === 1) this.#options.onNews(`a notice was not delivered: ${why}`);
  }

  #regain(): void {
    if (this.#lost > 0) {
      this.#options.onNews(`takes notices again; ${this.#lost === 1 ? 'one was' : `${this.#lost} were`} lost`);
    }
    this.#lost = 0;
  }
}
