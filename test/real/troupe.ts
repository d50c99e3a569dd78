import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Explanation} from '../../source/domain/fleet.ts';
import type {Case} from './cases/case.ts';
import type {RealHome} from './home.ts';
import {expect, type Judgement, judge, passes} from './judge.ts';
import type {Program} from './program.ts';
import {Stage} from './stage.ts';
import type {StandIn} from './stand-in.ts';
import {pause} from './until.ts';
import {Watch} from './watch.ts';

export type CaseResult = {
  verdict: 'pass' | 'fail' | 'unsupported';
  /** Why it failed, or why there is no such case. */
  reason: string | null;
  ms: number;
  judgement: Judgement | null;
  /** What amux gave as its reasons at the first wrong sample. */
  explanation: Explanation | null;
};

type Options = {program: Program; home: RealHome; standIn: StandIn; failures: string; label: string};

/** Of this whole run: the stand-ins count failures by prompt, so that no prompt may come twice. */
let plays = 0;

/** Plays cases with one program in one backend; a session is used again as long as it is in order. */
export class Troupe {
  readonly #options: Options;
  #session: {ref: string; watch: Watch} | null = null;
  #sessions = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  async play(each: Case): Promise<CaseResult> {
    const {program, home, standIn} = this.#options;
    const startedAt = performance.now();
    const without = program.cannot[each.name] ?? each.without?.(program) ?? null;
    if (without !== null) return {verdict: 'unsupported', reason: without, ms: 0, judgement: null, explanation: null};
    let problem: string | null = null;
    const {ref, watch} = await this.#sessionFor(each);
    const mark = `case${String(++plays).padStart(2, '0')}`;
    const stage = new Stage({program, home, standIn, ref, watch, mark});
    const now = Date.now();
    stage.becomes(each.begins === 'ready' ? expect.quiet : each.begins === 'new' ? expect.beginning : expect.starting, {
      earliest: 0,
      shown: each.begins === 'ready' ? now : 0,
    });
    try {
      await each.play(stage);
    } catch (error) {
      problem = `the script could not go on: ${(error as Error).message}`;
    }
    const judgement = judge(watch.samples, stage.phases, Date.now());
    const {firstWrong} = judgement;
    if (firstWrong !== null) {
      const kind = firstWrong.falseIdle ? 'false idle' : 'wrong';
      problem ??= `${kind}: said ${firstWrong.says}, was ${firstWrong.truth}`;
    }
    problem ??= stage.faults[0] ?? null;
    const explanation =
      firstWrong === null ? null : (watch.told.findLast(({at}) => at <= firstWrong.at + 20)?.explanation ?? null);
    const good = problem === null && passes(judgement);
    if (!good) this.#keep(each, {problem, stage, judgement, explanation});
    if (!good || each.spoils === true) await this.end();
    const ms = Math.round(performance.now() - startedAt);
    return {verdict: good ? 'pass' : 'fail', reason: problem, ms, judgement, explanation};
  }

  /** Ends the session, if there is one. */
  async end(): Promise<void> {
    if (this.#session === null) return;
    const {ref, watch} = this.#session;
    this.#session = null;
    await watch.end();
    await this.#options.home.client.stop(ref).catch(() => {}); // It may have ended by itself.
  }

  async #sessionFor({begins}: Case): Promise<{ref: string; watch: Watch}> {
    const {program, home} = this.#options;
    if (this.#session !== null && begins === 'ready') return this.#session;
    await this.end();
    const ref = `s${++this.#sessions}`;
    const dir = begins === 'new' ? home.untrusted() : home.trusted;
    // What ends is to stay so: how it is brought back is tried elsewhere.
    await home.client.register({name: ref, dir, agent: program.name, restart: 'never'});
    const watch = new Watch(home.client, ref);
    await home.client.start(ref);
    this.#session = {ref, watch};
    if (begins === 'ready') {
      const {busy, composer} = program.sees;
      const ready = (text: string) => composer.test(text) && !busy.test(text);
      await watch.shows('its input line', ready, {since: 0, boundMs: 90_000});
      await pause(1500);
    }
    return this.#session;
  }

  /** All that is known of a failure, for whoever looks for its cause. */
  #keep(
    each: Case,
    found: {problem: string | null; stage: Stage; judgement: Judgement; explanation: Explanation | null},
  ): void {
    const {failures, label, standIn} = this.#options;
    const {problem, stage, judgement, explanation} = found;
    const {samples, screens, told} = stage.watch;
    const since = stage.phases[0]?.shown ?? 0;
    mkdirSync(failures, {recursive: true});
    const file = join(failures, `${label}-${each.name.replace(/\W+/g, '-')}.json`);
    const report = {
      problem,
      faults: stage.faults,
      judgement,
      explanation,
      phases: stage.phases,
      samples: samples.filter(({at}) => at >= since),
      told: told.filter(({at}) => at >= since),
      requests: standIn.requests.filter(({t}) => t >= since),
      screens: screens
        .filter(({at}) => at >= since - 2000)
        .map(({at, text}) => ({at, text: text.replace(/\n\s*\n+/g, '\n')})),
    };
    writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
  }
}
