import {setTimeout as pause} from 'node:timers/promises';
import type {Agent} from '../agents/agent.ts';
import type {BackendEvent} from '../backends/backend.ts';
import {busyProcess, isAlive} from '../backends/process-tree.ts';
import type {Change, EventType} from '../domain/events.ts';
import type {Evidence} from '../domain/evidence.ts';
import {wantsOther} from '../domain/model.ts';
import {rowText, type Screen} from '../domain/screen.ts';
import {isAway, isLive, type Session} from '../domain/session.ts';
import type {Mark, Message} from '../domain/steering.ts';
import {type Effect, transition} from '../domain/transition.ts';
import {type Firing, firingText, type Watch} from '../domain/watch.ts';
import {AgentFiles} from './agent-files.ts';
import {Alarm} from './alarm.ts';
import {Asks} from './asks.ts';
import {ContentWatch} from './content-watch.ts';
import {Descendants, endOrphans} from './descendants.ts';
import {Doors} from './doors.ts';
import {takeLastScreen, writeLastScreen} from './last-screen.ts';
import {Outbox} from './outbox.ts';
import {Preview} from './preview.ts';
import {Queue, type Recording} from './queue.ts';
import {drawAgain} from './redraws.ts';
import type {Deed, RunnerContext} from './runner-context.ts';
import {ScreenWatch} from './screen-watch.ts';
import {heardAt} from './steady-clock.ts';
import {Waiters} from './waiters.ts';

/** What a program prints this soon after we changed its size is a repaint, not work, in ms. */
const REPAINT_MS = 1000;
/** After a delivery that could not be done, how long until the next try, in ms. */
const RETRY_MS = 1000;
/** A process whose end its terminal has not told yet is looked at again after this, in ms. */
const END_TOLD_MS = 250;
/** Why nothing is delivered then: what is not in the journal would be delivered again after a crash. */
const UNWRITABLE = 'waits: the journal cannot be written';

/** Progress is remembered as often, in ms. */
const PROGRESS_MS = 5000;

/** One session while the supervisor knows it: its evidence, its queue, its screen. */
export class Runner {
  readonly #context: RunnerContext;
  readonly #descendants: Descendants;
  #orphans: Promise<unknown> = Promise.resolve();
  #session: Session;
  readonly queue: Queue;
  readonly outbox: Outbox;
  /** What its agent writes about itself. */
  readonly files: AgentFiles;
  readonly screen: ScreenWatch;
  /** Through which its agent tells of itself. */
  readonly doors: Doors;
  readonly asks: Asks;
  /** Values that the last launch looked up by name: in memory only, never on disk. */
  remembered: Record<string, string> = {};
  /** Variables of a one-shot session: in memory only. */
  extra: Record<string, string> = {};
  /** Asked for while its terminal was being made. */
  sizeToCome: {cols: number; rows: number} | null = null;
  readonly #preview = new Preview();
  #closed = false;
  #life: Promise<unknown> = Promise.resolve();
  readonly #alarm: Alarm;
  #repaintUntil = 0;
  /** What is being done for it: each once at a time. */
  readonly #deeds = new Map<Deed, Promise<void>>();
  readonly #content = new ContentWatch();
  #looked: Promise<void> | null = null;
  #ending: Promise<void> | null = null;
  /** Who asked for the end that is under way. */
  #stopper: string | null = null;
  readonly #waiters = new Waiters();

  constructor(context: RunnerContext, session: Session, messages: Message[]) {
    this.#context = context;
    this.#session = session;
    this.#descendants = new Descendants({session: session.id, home: context.home, now: context.now});
    const {backend, now, stateFiles, histories} = context;
    const agent = () => context.agentOf(this.#session);
    this.#alarm = new Alarm(now, () => this.observe({source: 'clock', at: now()}));
    this.files = new AgentFiles({
      session: () => this.#session,
      agent,
      now,
      ahead: context.ahead,
      stateFiles,
      histories,
      environment: () => backend().environment(session.id),
      tell: (events, at) => this.doors.tell(events, {door: 'file', at}),
      grew: () => this.#getsOn('a line in its history'),
    });
    const recorded =
      (record: RunnerContext['keep']): Recording =>
      (type, entry) => {
        record({...entry, type, session: this.#session});
        this.#waiters.look();
      };
    this.queue = new Queue({now, keep: recorded(context.keep), promise: recorded(context.promise)}, messages);
    this.outbox = new Outbox({
      queue: this.queue,
      session: () => this.#session,
      agent,
      backend,
      now,
      files: this.files,
      serves: () => this.doors.stream !== null,
      held: () => this.held,
      onReading: (reading, at) => this.observe({source: 'screen', at, reading}),
      redraw: size => {
        this.expectRepaint();
        return drawAgain({backend: backend(), terminal: session.id, size, asked: () => this.sizeToCome});
      },
      onEntered: ({id, asCommand, text}) => {
        const compacts = asCommand && isCompaction(text, agent());
        this.observe({source: 'delivery', at: now(), message: id, command: asCommand, compacts});
      },
      first: () => (wantsOther(this.#session) ? () => context.does('give-model') : null),
      onTried: () => {
        this.#alarm.set(now() + RETRY_MS);
        if (!isLive(this.#session)) this.files.close();
      },
    });
    this.doors = new Doors({
      session: () => this.#session,
      agent,
      now,
      outbox: this.outbox,
      files: this.files,
      asks: () => this.asks,
      observe: evidence => this.observe(evidence),
      capture: () => backend().capture(session.id),
      onNews: () => this.screen.said(),
      onModel: model => this.#record('session.changed', `its agent says that it runs ${model}`, 'supervisor'),
      onConversation: id => {
        this.#record('session.changed', `conversation ${id}`, 'supervisor');
        this.#waiters.look();
      },
    });
    this.screen = new ScreenWatch({
      capture: () => context.backend().capture(session.id),
      onScreen: (screen, at) => this.#captured(screen, at),
      eager: () => this.#session.activity !== 'working' && this.#session.hasScreenRules,
      now: context.now,
    });
    this.asks = new Asks({
      session: () => this.#session,
      now: context.now,
      observe: evidence => this.observe(evidence),
      record: (type, reason, actor) => this.#record(type, reason, actor),
      wake: at => this.#alarm.set(at),
      look: () => this.#lookNow(),
      onAsked: context.onAsked,
      onSettled: context.onSettled,
    });
  }

  /** Somebody else supervises it now, or will. */
  get closed(): boolean {
    return this.#closed;
  }

  /** ms since the epoch. */
  get now(): number {
    return this.#context.now();
  }

  get session(): Session {
    return this.#session;
  }

  /** Why its queue is held; null: it is not. */
  get held(): string | null {
    return this.#context.writable() ? this.#context.held(this.#session) : UNWRITABLE;
  }

  /** Last meaningful line of the screen. */
  get preview(): string {
    const {screensDir, agentOf} = this.#context;
    return this.#preview.of({session: this.#session, watch: this.screen, agent: agentOf(this.#session), screensDir});
  }

  /** All that changes status or activity comes through here. */
  observe(evidence: Evidence, actor = 'supervisor'): void {
    if (this.#closed) return; // A look that was under way: whoever supervises next looks again.
    const now = this.#context.now();
    if (isSilence(evidence) && this.#hasDied()) {
      this.#alarm.set(now + END_TOLD_MS);
      return;
    }
    const before = this.#session;
    if (evidence.source === 'request') this.#stopper = evidence.act === 'stop' ? actor : null;
    if ('state' in evidence && evidence.state === 'blocked') this.#lookNow();
    const compacts = this.#context.agentOf(before).compactCommand !== null;
    const settings = {...this.#context.watch(before), compacts};
    const {session, effects, reason, wake, firings} = transition(before, evidence, now, settings);
    this.#session = session;
    if (reason !== null) {
      const type = session.status === before.status ? 'session.activity' : 'session.status';
      this.#record(type, reason, actor);
    }
    for (const firing of firings) this.#record('watchdog.fired', firingText(firing), 'watchdog');
    if (session.requests !== before.requests)
      this.doors.held.keepOnly(new Set(session.requests.map(({ref}) => ref ?? '')));
    this.#alarm.set(wake);
    for (const effect of effects) this.#perform(effect);
    const asked = this.asks.follow(before, evidence);
    const {run} = session;
    // Another program may have the number of a process that has ended.
    if (reason !== null && isLive(session) && run?.pid != null && run.endedAt === null) this.#descendants.look(run.pid);
    if (reason !== null || asked) this.#waiters.look();
  }

  /** A rule over the fleet found something about it. */
  fire(firing: Firing, changes: Change[]): void {
    const {watch} = this.#session;
    this.#decided({...watch, fired: {...watch.fired, [firing.rule]: firing}}, {reason: firingText(firing), changes});
  }

  /** What a rule had begun is done: that, and what becomes of messages, is one entry. */
  tookUp(watch: Watch, entry: {reason: string; changes: Change[]}): void {
    this.#decided(watch, entry);
    this.observe({source: 'clock', at: this.#context.now()});
  }

  #decided(watch: Watch, {reason, changes}: {reason: string; changes: Change[]}): void {
    this.#session = {...this.#session, watch};
    const all: Change[] = [...changes, {kind: 'session.put', session: this.#session}];
    this.#context.keep({type: 'watchdog.fired', actor: 'watchdog', session: this.#session, reason, changes: all});
  }

  /** Changes what a person may change, with a reason for the journal. Throws `store.write`. */
  update(changes: Partial<Session>, reason: string, actor: string): void {
    const session = {...this.#session, ...changes, updatedAt: this.#context.now()};
    this.#context.promise({type: 'session.changed', actor, session, reason, changes: [{kind: 'session.put', session}]});
    this.#session = session;
  }

  /** The same for what has come about by itself. */
  becomes(changes: Partial<Session>, reason: string): void {
    this.#session = {...this.#session, ...changes, updatedAt: this.#context.now()};
    this.#record('session.changed', reason, 'supervisor');
  }

  onBackend(told: Exclude<BackendEvent, {type: 'lost'}>): void {
    const at = heardAt(told.at, this.#context);
    const event = {...told, at};
    switch (event.type) {
      case 'output':
        if (!isLive(this.#session)) return;
        this.screen.touch();
        this.doors.stream?.poke();
        this.files.look();
        if (at < this.#repaintUntil && this.#session.activity !== 'working') return;
        this.observe({source: 'output', at});
        return;
      case 'program':
      case 'title':
        this.doors.heard(event);
        return;
      case 'exit':
        if (event.run === this.#session.run?.id) {
          this.#ending = this.#ended({source: 'process', at, state: 'exited', exit: event.exit});
        }
    }
  }

  /** Resolves once the condition holds, at a change of state; false when the bound passed first. */
  until(holds: (session: Session) => boolean, boundMs: number): Promise<boolean> {
    return this.#waiters.until(() => holds(this.#session), boundMs);
  }

  /** One start, stop or restart at a time. */
  exclusively<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#life.then(act, act);
    this.#life = result.catch(() => {}); // Its caller has the error; the next act only waits.
    return result;
  }

  /** The start or stop that is under way is over, or this many ms have passed. */
  async done(boundMs: number): Promise<void> {
    const bound = new AbortController();
    const {signal} = bound;
    await Promise.race([this.#life, pause(boundMs, null, {signal}).catch(() => {})]);
    bound.abort();
  }

  /** Its terminal is about to change its size. */
  expectRepaint(): void {
    this.#repaintUntil = this.#context.now() + REPAINT_MS;
  }

  /** The backend made the process. */
  launched(pid: number): void {
    const {run} = this.#session;
    if (run !== null && isLive(this.#session)) {
      this.becomes({run: {...run, pid, upAt: this.#context.now()}}, `pid ${pid}`);
      this.screen.touch();
      void this.files.open();
      this.observe({source: 'clock', at: this.#context.now()});
    }
  }

  /** Its program has said its version. */
  isOfVersion(run: string, version: string | null): void {
    const now = this.#session.run;
    if (version === null || now?.id !== run || !isLive(this.#session)) return;
    this.becomes({run: {...now, version}}, `version ${version}`);
  }

  /** Its program runs with these arguments, in this environment. */
  listen(launched: {argv: readonly string[]; env: Readonly<Record<string, string>>}): void {
    this.doors.listen(launched);
    this.#context.onEnvironment(this.#session, launched.env);
  }

  /** It lives on from an earlier supervisor. */
  async adopt(info: {pid: number; mark: Mark | null; printedAt: number | null}): Promise<void> {
    const {run} = this.#session;
    if (run !== null && run.pid !== info.pid) this.becomes({run: {...run, pid: info.pid}}, 'adopted');
    this.remembered = await this.#context.backend().environment(this.#session.id);
    this.extra = Object.fromEntries(
      (run?.variables ?? []).flatMap(name => (name in this.remembered ? [[name, this.remembered[name]!]] : [])),
    );
    this.listen({argv: run?.argv ?? [], env: this.remembered});
    this.doors.stream?.begin();
    this.screen.touch();
    const {printedAt} = info;
    await this.doors.forgetUnheard(printedAt === null ? null : heardAt(printedAt, this.#context));
    void this.files.open(this.queue.underWay?.since);
    void this.outbox.resume(info.mark);
    // Time without a supervisor does not count.
    this.observe({source: 'progress', at: this.#context.now(), by: 'the supervisor began'});
    // What it was doing when the last supervisor ended is not what it does now.
    await this.#looked;
  }

  /** Its terminal is gone with the terminal's owner. */
  async lost(why: string): Promise<void> {
    if (isLive(this.#session) && !isAway(this.#session))
      await this.#ended({source: 'backend', at: this.#context.now(), state: 'lost', why});
  }

  /** Its process is already gone (found at a restore); `mark`: what its terminal still remembers. */
  async ended(evidence: Evidence, mark: Mark | null = null): Promise<void> {
    await this.decide(mark);
    await this.#ended(evidence);
  }

  /** What became of a message that was under way when its process ended, which the supervisor before did not get to. */
  async decide(mark: Mark | null): Promise<void> {
    if (this.queue.underWay === undefined) return;
    await this.files.open(this.queue.underWay.since);
    await this.outbox.resume(mark, {over: true});
  }

  /** Resolves when an end that is being recorded has been, and what had outlived it is gone. */
  async settled(): Promise<void> {
    await this.#ending;
    await this.#orphans;
  }

  close(): void {
    this.#closed = true;
    this.#alarm.close();
    this.files.close();
    this.outbox.close();
    this.screen.close();
    this.doors.close();
  }

  /** What it did when it ended is judged with its end, which its terminal tells as soon as it can. */
  #hasDied(): boolean {
    const {run} = this.#session;
    return run?.pid != null && run.endedAt === null && isLive(this.#session) && !isAlive(run.pid);
  }

  /** Something came of what it does. */
  #getsOn(by: string): void {
    const at = this.#context.now();
    const {activity, signals} = this.#session;
    if (activity === 'working' && at - (signals.progress?.at ?? 0) >= PROGRESS_MS) {
      this.observe({source: 'progress', at, by});
    }
  }

  #captured(screen: Screen, at: number): void {
    const agent = this.#context.agentOf(this.#session);
    const {read} = agent;
    if (this.#content.isNew(screen, agent, at)) this.#getsOn('something new on its screen');
    if (read === null || !isLive(this.#session)) return;
    const reading = read(screen);
    this.observe({source: 'screen', at, reading});
    if (this.#session.watch.compaction?.step === 'sent' && reading.activity !== 'working')
      this.#lookForCompaction(screen);
    if (reading.composer) this.doors.stream?.begin();
  }

  #lookForCompaction({lines}: Screen): void {
    const {compactCommand, compacted} = this.#context.agentOf(this.#session);
    if (compactCommand === null || compacted === null) return;
    const text = lines.map(rowText).join('\n');
    if (!compacted.test(text.slice(text.lastIndexOf(compactCommand)).replace(/\s+/g, ' '))) return;
    this.observe({source: 'compaction', at: this.now, state: 'confirmed'});
  }

  /** Keeps the last screen and the history, gives the terminal back, then says that it ended. */
  async #ended(evidence: Evidence): Promise<void> {
    const {id, run} = this.#session;
    this.screen.stop();
    this.doors.close();
    const terminal = evidence.source === 'backend' ? null : this.#context.backend();
    const last = await takeLastScreen({id, run: run?.id ?? '', seen: this.screen.last, terminal});
    if (last.screen !== null) this.screen.keep(last.screen);
    writeLastScreen(this.#context.screensDir, id, last);
    this.#ending = null;
    const orphans = this.#descendants.left();
    this.observe(evidence, this.#stopper ?? undefined);
    this.#stopper = null;
    this.#orphans = endOrphans(orphans).then(said => said === null || this.#record('notice', said, 'supervisor'));
    if (this.queue.underWay === undefined) this.files.close();
  }

  #perform({do: what}: Effect): void {
    switch (what) {
      case 'deliver':
        if (this.#ending === null) void this.outbox.deliver();
        return;
      case 'look-at-tree':
        this.#looked ??= this.#lookAtTree();
        return;
      case 'keep-last-screen':
        return;
      default:
        if (this.#ending === null) this.#do(what);
    }
  }

  #do(deed: Deed): void {
    if (this.#deeds.has(deed)) return;
    const done = this.#context.does(deed).finally(() => this.#deeds.delete(deed));
    this.#deeds.set(deed, done);
  }

  async #lookAtTree(): Promise<void> {
    const pid = this.#session.run?.pid ?? null;
    const busy = pid === null ? null : await busyProcess(pid);
    this.#looked = null;
    if (isLive(this.#session)) this.observe({source: 'tree', at: this.#context.now(), busy});
  }

  /** What stands on its screen is news: it is not left for the next second. */
  #lookNow(): void {
    this.screen.typed();
    this.screen.touch();
  }

  #record(type: EventType, reason: string, actor: string): void {
    const changes: Change[] = [{kind: 'session.put', session: this.#session}];
    this.#context.keep({type, actor, session: this.#session, reason, changes});
  }
}

/** What may tell of rest because nothing happens: nothing happens in a dead process either. */
const isSilence = (evidence: Evidence): boolean =>
  evidence.source === 'clock' ||
  (evidence.source === 'tree' && evidence.busy === null) ||
  (evidence.source === 'screen' && (evidence.reading?.activity ?? 'idle') === 'idle');

/** It makes its agent compact its conversation, with or without words on what to keep. */
const isCompaction = (text: string, {compactCommand}: Agent): boolean =>
  compactCommand !== null && text.trim().split(/\s/)[0] === compactCommand;
