import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {isAlive, kill} from '../helpers/processes.ts';
import {chance} from './chance.ts';
import {descendants} from './descendants.ts';
import type {RealHome} from './home.ts';
import type {Program} from './program.ts';
import type {StandIn} from './stand-in.ts';
import {pause, until} from './until.ts';
import {Watch} from './watch.ts';

const BOUND_MS = 90_000;
/** How long a compaction is made to take, so that it can be hit, in s. */
const SLOW_S = 20;
/** A starting program is killed again within this time, in ms. */
const STARTING_MS = 3000;
/** What outlived a killed agent may take to be ended, in ms. */
const SURVIVORS_MS = 15_000;
/** A fifth crash within ten minutes would be the last. */
const CRASHES_MOST = 4;

type Phase = {
  name: string;
  crashes: number;
  /** It is asked to continue after that. */
  continues: boolean;
  /** Brings it there; resolves with the mark of the message that it works on, if there is one. */
  bring: (hunt: CrashHunt) => Promise<string | null>;
};

const phases: readonly Phase[] = [
  {name: 'idle', crashes: 1, continues: false, bring: async () => null},
  {name: 'in a turn', crashes: 1, continues: true, bring: hunt => hunt.works('WORDS:300/60', /word5/)},
  {name: 'in a tool', crashes: 1, continues: true, bring: hunt => hunt.runs()},
  {name: 'in a dialog', crashes: 1, continues: true, bring: hunt => hunt.asks()},
  {name: 'compacting', crashes: 1, continues: false, bring: hunt => hunt.compacts()},
  {name: 'starting', crashes: 2, continues: false, bring: hunt => hunt.starts()},
];

export type CrashResult = {
  kills: number;
  sessions: number;
  phases: Record<string, number>;
  /** Cold starts, and how long after its pause it took input again, in ms. */
  cold: number[];
  back: number[];
  faults: string[];
};

type Options = {program: Program; home: RealHome; standIn: StandIn; kills: number; seed: number};

/** Kills a real program wherever it stands, and looks at what becomes of its conversation and its messages. */
export class CrashHunt {
  readonly #options: Options;
  readonly #chance: ReturnType<typeof chance>;
  readonly result: CrashResult = {kills: 0, sessions: 0, phases: {}, cold: [], back: [], faults: []};
  #ref = '';
  #watch: Watch | null = null;
  #crashes = 0;
  #marks = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#chance = chance(options.seed);
  }

  async run(say: (line: string) => void): Promise<CrashResult> {
    const {result} = this;
    const able = phases.filter(({name}) => this.#options.program.cannot[`killed ${name}`] === undefined);
    for (let n = 0; result.kills < this.#options.kills; n++) {
      const phase = able[n % able.length]!;
      try {
        if (this.#ref === '' || this.#crashes + phase.crashes > CRASHES_MOST) await this.#begin();
        await this.#blow(phase, this.#options.program.launched === true && n >= able.length);
      } catch (error) {
        result.faults.push(`${phase.name}: ${(error as Error).message}`);
        await this.#end();
      }
      result.phases[phase.name] = (result.phases[phase.name] ?? 0) + 1;
      say(`killed ${phase.name}: back after ${result.back.at(-1)} ms; faults ${result.faults.length}`);
    }
    await this.#end();
    return result;
  }

  /** `inner`: the program is killed below its launcher. */
  async #blow(phase: Phase, inner: boolean): Promise<void> {
    const {client} = this.#options.home;
    const conversation = (await client.explain(this.#ref)).conversation;
    const mark = await phase.bring(this);
    const {pid} = await client.session(this.#ref);
    const tree = descendants(pid!);
    await this.#kill(inner ? (tree[1] ?? pid!) : pid!);
    const killed = performance.now();
    this.#options.standIn.set({slow: 0});
    const pausedMs = 1000 * 2 ** (this.#crashes - 1);
    await this.#stands(pid!);
    this.result.back.push(Math.max(0, Math.round(performance.now() - killed - pausedMs)));
    const left = () => tree.filter(isAlive);
    await until(
      () => `${left().length} processes to end that outlived it`,
      () => left().length === 0,
      SURVIVORS_MS,
    );
    const probe = await this.send('SAY:ok');
    const request = await until(
      () => `the next message to arrive\n${this.#watch!.screen}`,
      () => this.#options.standIn.requests.find(({prompt, side}) => side === false && prompt?.includes(probe) === true),
      BOUND_MS,
    );
    const marks = request.markers ?? [];
    const told = phase.name === 'compacting' ? [probe] : [mark, probe].filter(each => each !== null);
    for (const each of told) {
      const times = marks.filter(other => other === each).length;
      if (times !== 1)
        this.#fault(`${phase.name}: ${each} stands ${times} times in its conversation: ${marks.join(' ')}`);
    }
    const after = (await client.explain(this.#ref)).conversation;
    if (conversation !== null && after !== conversation) this.#fault(`${phase.name}: ${conversation} became ${after}`);
    const continued = await this.#continued();
    const due = phase.continues ? 1 : 0;
    if (continued !== due) this.#fault(`${phase.name}: asked to continue ${continued} times, not ${due}`);
    await this.#rests();
  }

  async works(directives: string, shows: RegExp): Promise<string> {
    const mark = await this.send(directives);
    const since = Date.now() - 1;
    await this.#watch!.shows('its work', text => shows.test(text.slice(text.lastIndexOf(mark))), {
      since,
      boundMs: BOUND_MS,
    });
    return mark;
  }

  async runs(): Promise<string> {
    const {home} = this.#options;
    const name = `tool-${this.#ref}-${this.#marks}`;
    const mark = await this.send(`RUN:python3 tool.py ${name} 60`);
    const file = join(home.trusted, `${name}.start`);
    await until(
      () => `its tool to run\n${this.#watch!.screen}`,
      () => existsSync(file),
      BOUND_MS,
    );
    return mark;
  }

  async asks(): Promise<string> {
    const {program} = this.#options;
    const mark = await this.send(program.says.ask(`ask-${this.#ref}-${this.#marks}`, 0.2));
    const since = Date.now() - 1;
    await this.#watch!.shows('its dialog', text => program.sees.permission.test(text), {since, boundMs: BOUND_MS});
    return mark;
  }

  async compacts(): Promise<null> {
    const {program, home, standIn} = this.#options;
    await this.send('SAY:before');
    await this.#rests();
    standIn.set({slow: SLOW_S});
    const since = Date.now();
    await home.client.send(this.#ref, {text: program.says.compact, asCommand: true});
    await until(
      () => `it to compact\n${this.#watch!.screen}`,
      () => standIn.requests.some(({t, compaction}) => t >= since && compaction === true),
      BOUND_MS,
    );
    return null;
  }

  /** Killed once before, and then as it starts. */
  async starts(): Promise<null> {
    const {client} = this.#options.home;
    const {pid} = await client.session(this.#ref);
    await this.#kill(pid!);
    await until('its next process', async () => this.#isOther((await client.session(this.#ref)).pid, pid), BOUND_MS);
    await pause(this.#chance.below(STARTING_MS)); // The moment is the experiment.
    return null;
  }

  async send(directives: string): Promise<string> {
    const mark = `msg-${String(++this.#marks).padStart(4, '0')}`;
    await this.#options.home.client.send(this.#ref, {text: `${mark} ${directives}`, id: mark});
    return mark;
  }

  async #begin(): Promise<void> {
    await this.#end();
    const {home, program} = this.#options;
    this.#ref = `crash-${++this.result.sessions}`;
    this.#crashes = 0;
    await home.client.register({name: this.#ref, dir: home.trusted, agent: program.name});
    this.#watch = new Watch(home.client, this.#ref);
    const begun = performance.now();
    await home.client.start(this.#ref);
    await this.#stands(null);
    this.result.cold.push(Math.round(performance.now() - begun));
    await this.send('SAY:hello');
    await this.#rests();
  }

  async #end(): Promise<void> {
    if (this.#ref === '') return;
    await this.#watch?.end();
    await this.#options.home.client.stop(this.#ref, {force: true}).catch(() => {}); // It may have failed.
    this.#ref = '';
  }

  async #kill(pid: number): Promise<void> {
    await kill(pid);
    this.#crashes++;
    this.result.kills++;
  }

  /** Another process than this one takes input, or works already. */
  async #stands(old: number | null): Promise<void> {
    const {client} = this.#options.home;
    await until(
      () => `it to take input\n${this.#watch!.screen}`,
      async () => {
        const {pid, activity} = await client.session(this.#ref);
        return this.#isOther(pid, old) && ['idle', 'finished', 'working'].includes(activity ?? '');
      },
      BOUND_MS,
    );
  }

  async #rests(): Promise<void> {
    const {client} = this.#options.home;
    await until(
      () => `it to rest\n${this.#watch!.screen}`,
      async () => {
        const {queue, activity} = await client.session(this.#ref);
        return queue === 0 && (activity === 'idle' || activity === 'finished');
      },
      BOUND_MS,
    );
  }

  #isOther = (pid: number | null, old: number | null): boolean => pid !== null && pid !== old && isAlive(pid);

  /** How often it was asked to continue since its last mark but one. */
  #asked = 0;
  async #continued(): Promise<number> {
    const {client} = this.#options.home;
    const newest = (await client.health()).cursor;
    const stop = new AbortController();
    let count = 0;
    for await (const {cursor, type, reason} of client.events({since: 0, signal: stop.signal})) {
      if (type === 'message.state' && /^message continue-\S+ delivered/.test(reason)) count++;
      if (cursor >= newest) break;
    }
    stop.abort();
    const since = count - this.#asked;
    this.#asked = count;
    return since;
  }

  #fault(what: string): void {
    this.result.faults.push(what);
  }
}
