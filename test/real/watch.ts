import type {Client} from '../../source/api/client.ts';
import type {Explanation} from '../../source/domain/fleet.ts';
import type {Sample} from './judge.ts';
import {pause, until} from './until.ts';

/** How often the status is asked for, and the screen, in ms. */
const SAMPLE_MS = 100;
const SCREEN_MS = 50;

export type Seen = {at: number; text: string};
/** What amux said of its reasons when its word changed. */
export type Told = {at: number; explanation: Explanation};

/** Looks at one session from outside: its status ten times a second, its screen twenty times. */
export class Watch {
  readonly samples: Sample[] = [];
  /** Each screen that differs from the one before. */
  readonly screens: Seen[] = [];
  readonly told: Told[] = [];
  readonly #client: Client;
  readonly #ref: string;
  readonly #loops: Promise<void>[];
  #over = false;

  constructor(client: Client, ref: string) {
    this.#client = client;
    this.#ref = ref;
    this.#loops = [this.#every(SAMPLE_MS, () => this.#sample()), this.#every(SCREEN_MS, () => this.#look())];
  }

  get screen(): string {
    return this.screens.at(-1)?.text ?? '';
  }

  /** Time of the first screen, from `since` on, of which this holds; the one that stood at `since` counts. */
  async shows(
    what: string,
    holds: (text: string) => boolean,
    {since, boundMs}: {since: number; boundMs: number},
  ): Promise<number> {
    const look = (): number | null => {
      const standing = this.screens.findLast(({at}) => at <= since);
      if (standing !== undefined && holds(standing.text)) return since;
      return this.screens.find(({at, text}) => at > since && holds(text))?.at ?? null;
    };
    return until(() => `the screen to show ${what}:\n${this.screen}`, look, boundMs);
  }

  async end(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#loops);
  }

  async #every(ms: number, act: () => Promise<void>): Promise<void> {
    for (let due = performance.now(); !this.#over; due = Math.max(due + ms, performance.now())) {
      await act().catch(() => {}); // No supervisor, or no terminal, at this moment: no sample.
      await pause(Math.max(1, due + ms - performance.now()));
    }
  }

  async #sample(): Promise<void> {
    const {status, activity, waitingFor, reason} = await this.#client.session(this.#ref);
    const before = this.samples.at(-1);
    this.samples.push({at: Date.now(), status, activity, waitingFor: waitingFor?.kind ?? null});
    const same =
      before?.status === status && before.activity === activity && before.waitingFor === (waitingFor?.kind ?? null);
    if (same && this.told.at(-1)?.explanation.reason === reason) return;
    this.told.push({at: Date.now(), explanation: await this.#client.explain(this.#ref)});
  }

  async #look(): Promise<void> {
    const {output} = await this.#client.peek(this.#ref);
    if (output !== this.screen) this.screens.push({at: Date.now(), text: output});
  }
}
