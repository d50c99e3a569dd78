import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {AmuxError} from '../../source/domain/errors.ts';
import {type Arrivals, arrivalsOf} from './arrivals.ts';
import {chance} from './chance.ts';
import type {RealHome} from './home.ts';
import type {Program} from './program.ts';
import type {StandIn} from './stand-in.ts';
import {pause} from './until.ts';
import {Watch} from './watch.ts';

/** How long the queue may stand still before the run is given up, in ms. */
const STANDSTILL_MS = 60_000;
const BOUND_MS = 60_000;

const moments = ['busy', 'busy', 'idle', 'idle', 'dialog', 'started', 'interrupted'] as const;
type Moment = (typeof moments)[number];

export type DeliveryResult = Arrivals & {
  messages: number;
  uncertain: number;
  dialogsAnswered: number;
  minutes: number;
  note: string | null;
  moments: Record<string, number>;
  /** What amux journaled of its messages, and what the script did, for whoever looks for a cause. */
  history: {at: number; what: string}[];
};

type Options = {program: Program; home: RealHome; standIn: StandIn; messages: number; kills: number; seed: number};

/** Sends messages at random moments of one session, and counts what arrived. */
export class Delivery {
  readonly #options: Options;
  readonly #chance: ReturnType<typeof chance>;
  readonly #sent: string[] = [];
  readonly #moments: Record<string, number> = {};
  readonly #killAt: Set<number>;
  #watch: Watch | null = null;
  #dialogsAnswered = 0;
  readonly #history: {at: number; what: string}[] = [];

  constructor(options: Options) {
    this.#options = options;
    this.#chance = chance(options.seed);
    const {messages, kills} = options;
    const every = messages / Math.max(1, kills);
    this.#killAt = new Set(
      Array.from({length: kills}, (_, i) => Math.floor(i * every) + this.#chance.below(Math.max(1, Math.floor(every)))),
    );
  }

  async run(say: (line: string) => void): Promise<DeliveryResult> {
    const {home, program, messages, standIn} = this.#options;
    const startedAt = performance.now();
    const since = Date.now();
    let note: string | null = null;
    await home.client.register({name: 'd', dir: home.trusted, agent: program.name});
    await home.client.start('d');
    const watch = new Watch(home.client, 'd');
    this.#watch = watch;
    try {
      while (this.#sent.length < messages) {
        const moment: Moment = this.#chance.pick(moments);
        this.#moments[moment] = (this.#moments[moment] ?? 0) + 1;
        this.#note(moment);
        await this[moment]();
        if (this.#sent.length % 20 === 0) say(`${this.#sent.length} of ${messages} sent`);
      }
      await this.#drained();
      await pause(3000);
    } catch (error) {
      note = (error as Error).message;
      say(`given up: ${note}`);
    }
    await watch.end();
    const lists = standIn.requests
      .filter(({t, side}) => t >= since && side === false)
      .map(({markers}) => markers ?? []);
    const arrivals = arrivalsOf(this.#sent, lists);
    const minutes = Math.round((performance.now() - startedAt) / 6000) / 10;
    const uncertain = await this.#uncertain();
    const dialogsAnswered = this.#dialogsAnswered;
    const history = this.#history.toSorted((a, b) => a.at - b.at);
    return {
      ...arrivals,
      messages: this.#sent.length,
      uncertain,
      dialogsAnswered,
      minutes,
      note,
      moments: this.#moments,
      history,
    };
  }

  /** Right behind another one that takes a while. */
  async busy(): Promise<void> {
    await this.#send(`WORDS:${5 + this.#chance.below(15)}/60`);
    await pause(this.#chance.below(900));
    await this.#send('SAY:ok');
  }

  async idle(): Promise<void> {
    await this.#drained();
    await pause(this.#chance.below(700));
    await this.#send('SAY:ok');
  }

  /** While a permission dialog is open: it has to stay until this script answers it. */
  async dialog(): Promise<void> {
    const {program, home} = this.#options;
    const tool = `d${this.#sent.length}`;
    await this.#drained();
    const since = Date.now();
    await this.#send(program.says.ask(tool, 0.2));
    await this.#shows('its permission dialog', program.sees.permission, since);
    await this.#send('SAY:ok');
    await pause(800 + this.#chance.below(1200));
    const ran = existsSync(join(home.trusted, `${tool}.start`));
    if (ran || !program.sees.permission.test(this.#watch!.screen)) this.#dialogsAnswered++;
    for (let tries = 0; tries < 5 && program.sees.permission.test(this.#watch!.screen); tries++) {
      for (const key of program.keys.allow) await this.#again(() => home.client.keys('d', {keys: [key], force: true}));
      await pause(600);
    }
  }

  async started(): Promise<void> {
    const {home} = this.#options;
    await this.#drained();
    await this.#again(() => home.client.restart('d'));
    await pause(this.#chance.below(1500));
    await this.#send('SAY:ok');
  }

  async interrupted(): Promise<void> {
    const {home, program} = this.#options;
    await this.#drained();
    const since = Date.now();
    const mark = await this.#send('WORDS:300/60');
    await this.#shows('its words', text => text.slice(text.lastIndexOf(mark)).includes('word5'), since);
    for (const key of program.keys.interrupt) {
      await this.#again(() => home.client.keys('d', {keys: [key], force: true}));
      await pause(150);
    }
    await pause(this.#chance.below(800));
    await this.#send('SAY:ok');
  }

  async #send(directives: string): Promise<string> {
    const {home} = this.#options;
    const mark = `msg-${String(this.#sent.length + 1).padStart(4, '0')}`;
    const kill = this.#killAt.delete(this.#sent.length);
    this.#sent.push(mark);
    // A send that the crash swallowed is repeated with its id.
    await this.#again(() => home.client.send('d', {text: `${mark} ${directives}`, id: mark}));
    if (kill) {
      await pause(this.#chance.below(1500));
      this.#note('kills the supervisor');
      await home.killSupervisor();
      await home.serve();
      this.#note('a new supervisor answers');
    }
    return mark;
  }

  async #again<T>(act: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await act();
      } catch (error) {
        if (tries >= 20 || !(error instanceof AmuxError) || error.code !== 'supervisor.unreachable') throw error;
        await pause(250);
      }
    }
  }

  #note(what: string): void {
    this.#history.push({at: Date.now(), what: `the script: ${what}`});
  }

  /** Nothing waits any more, and the program is at rest. */
  async #drained(): Promise<void> {
    const {home, program} = this.#options;
    let left = Number.POSITIVE_INFINITY;
    let movedAt = performance.now();
    for (;;) {
      const {queue, activity, waitingFor, reason} = await this.#again(() => home.client.session('d'));
      const screen = this.#watch!.screen;
      if (queue === 0 && (activity === 'idle' || activity === 'finished') && !program.sees.busy.test(screen)) return;
      if (queue < left) {
        left = queue;
        movedAt = performance.now();
      }
      if (performance.now() - movedAt > STANDSTILL_MS) {
        const state = `${activity} ${waitingFor?.kind ?? ''} (${reason})`;
        throw new Error(`${queue} messages stand still for ${STANDSTILL_MS / 1000} s; ${state}\n${screen}`);
      }
      await pause(100);
    }
  }

  #shows(what: string, holds: RegExp | ((text: string) => boolean), since: number): Promise<number> {
    const test = holds instanceof RegExp ? (text: string) => holds.test(text) : holds;
    return this.#watch!.shows(what, test, {since, boundMs: BOUND_MS});
  }

  /** Messages of which amux itself says that nobody can know. */
  async #uncertain(): Promise<number> {
    const {client} = this.#options.home;
    const newest = (await client.health()).cursor;
    const found = new Set<string>();
    const stop = new AbortController();
    for await (const {cursor, at, type, reason} of client.events({since: 0, signal: stop.signal})) {
      const message = /^message (\S+) uncertain/.exec(reason)?.[1];
      if (type === 'message.state' && message !== undefined) found.add(message);
      if (type === 'message.state' || type === 'session.activity') this.#history.push({at: at * 1000, what: reason});
      if (cursor >= newest) break;
    }
    stop.abort();
    return found.size;
  }
}

export const inOrder = ({lost, doubled, outOfOrder, dialogsAnswered, uncertain, note}: DeliveryResult): boolean =>
  lost.length + doubled.length + outOfOrder.length + dialogsAnswered + uncertain === 0 && note === null;
