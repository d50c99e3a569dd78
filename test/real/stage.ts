import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {RealHome} from './home.ts';
import {type Expectation, expect, type Phase} from './judge.ts';
import type {Program} from './program.ts';
import type {ModelRequest, StandIn} from './stand-in.ts';
import {pause, until} from './until.ts';
import type {Watch} from './watch.ts';

/** How long a program may take for anything that the script waits for, in ms. */
const BOUND_MS = 45_000;
/** How long a state is looked at once it is reached, in ms. */
export const STAY_MS = 1500;

/** Where a case plays: the hands of the script, and the truth as it becomes known. */
export class Stage {
  readonly program: Program;
  readonly home: RealHome;
  readonly standIn: StandIn;
  readonly ref: string;
  readonly watch: Watch;
  /** Stands in each prompt of this case, so that its requests are found. */
  readonly mark: string;
  readonly phases: Phase[] = [];
  /** What is wrong besides the status. */
  readonly faults: string[] = [];
  readonly #startedAt = Date.now();

  constructor(parts: {program: Program; home: RealHome; standIn: StandIn; ref: string; watch: Watch; mark: string}) {
    this.program = parts.program;
    this.home = parts.home;
    this.standIn = parts.standIn;
    this.ref = parts.ref;
    this.watch = parts.watch;
    this.mark = parts.mark;
  }

  /** From now on this is true; in between either may be. */
  becomes(expectation: Expectation, {earliest, shown}: {earliest: number; shown: number}): void {
    const last = this.phases.at(-1)?.shown ?? 0;
    this.phases.push({expect: expectation, earliest, shown: Math.max(shown, last)});
  }

  /** Sends a prompt through amux and resolves with its first request, when it works. */
  async prompt(directives: string, options: {asCommand?: boolean} = {}): Promise<ModelRequest> {
    const sentAt = Date.now();
    await this.send(`${this.mark} ${directives}`, options);
    const request = await this.asked(this.mark);
    this.worksFrom(sentAt, request);
    return request;
  }

  /** Sends a text that begins a turn of its own, and sees that through. */
  async turn(text: string): Promise<void> {
    const sentAt = Date.now();
    await this.send(text);
    const request = await this.asked(text.split(' ')[0]!);
    this.worksFrom(sentAt, request);
    await this.turnEnds(request);
    await this.stay();
  }

  worksFrom(sentAt: number, request: ModelRequest): void {
    const busy = this.watch.screens.find(({at, text}) => at > sentAt && this.isBusy(text))?.at;
    this.becomes(expect.working, {earliest: sentAt, shown: Math.min(request.t, busy ?? request.t)});
  }

  /** The turn is over with this request's answer. */
  async turnEnds(request: ModelRequest, boundMs = BOUND_MS): Promise<void> {
    const earliest = await this.answered(request, boundMs);
    const shown = await this.shows('that it is quiet', text => this.isQuiet(text), {since: earliest});
    this.becomes(expect.quiet, {earliest, shown});
  }

  async send(text: string, {asCommand = false}: {asCommand?: boolean} = {}): Promise<void> {
    await this.home.client.send(this.ref, {text, asCommand});
  }

  /** Presses keys one after the other, like a person; resolves with the time before the last one. */
  async press(keys: readonly string[]): Promise<number> {
    let at = Date.now();
    for (const key of keys) {
      at = Date.now();
      await this.home.client.keys(this.ref, {keys: [key], force: true});
      await pause(200);
    }
    return at;
  }

  /** A request of the conversation whose prompt holds the text, after so many tool results; the `nth` of them. */
  asked(
    text: string,
    {step = 0, nth = 0, boundMs = BOUND_MS}: {step?: number; nth?: number; boundMs?: number} = {},
  ): Promise<ModelRequest> {
    const look = (): ModelRequest | undefined => this.requests(text).filter(request => request.step === step)[nth];
    return until(
      `request ${nth + 1} for "${text}", step ${step}, of ${this.requests(text).length}\n${this.watch.screen}`,
      look,
      boundMs,
    );
  }

  /** Requests of this case: marks repeat from backend to backend, and the stand-in's log goes on. */
  requests(text: string): ModelRequest[] {
    return this.standIn.requests.filter(
      ({t, prompt, side}) => t >= this.#startedAt && side === false && prompt?.includes(text),
    );
  }

  answered(request: ModelRequest, boundMs = BOUND_MS): Promise<number> {
    return until(
      () => `the answer to be over\n${this.watch.screen}`,
      () => request.done,
      boundMs,
    );
  }

  shows(
    what: string,
    holds: RegExp | ((text: string) => boolean),
    {since, boundMs = BOUND_MS}: {since: number; boundMs?: number},
  ): Promise<number> {
    const test = holds instanceof RegExp ? (text: string) => holds.test(text) : holds;
    return this.watch.shows(what, test, {since, boundMs});
  }

  isBusy(text: string): boolean {
    return this.program.sees.busy.test(text);
  }

  isQuiet(text: string): boolean {
    return !this.isBusy(text) && this.program.sees.composer.test(text) && !this.program.sees.permission.test(text);
  }

  /** Time that the tool command wrote at its start or end. */
  tool(name: string, what: 'start' | 'end', boundMs = BOUND_MS): Promise<number> {
    const file = join(this.home.trusted, `${name}.${what}`);
    const look = (): number | null => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : null);
    return until(() => `${name} to ${what}\n${this.watch.screen}`, look, boundMs);
  }

  stay(ms = STAY_MS): Promise<void> {
    return pause(ms);
  }

  must(holds: boolean, otherwise: string): void {
    if (!holds) this.faults.push(otherwise);
  }
}
