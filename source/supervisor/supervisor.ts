import {randomBytes} from 'node:crypto';
import type {Agent} from '../agents/agent.ts';
import {agentOf} from '../agents/registry.ts';
import type {Backend} from '../backends/backend.ts';
import type {Paths} from '../config/paths.ts';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Entry} from '../domain/events.ts';
import type {
  AttachPlan,
  EventView,
  Explanation,
  Fleet,
  Health,
  Outcome,
  Peek,
  QueueView,
  RegisterInput,
  RunInput,
  Sent,
  SessionView,
  StartInput,
} from '../domain/fleet.ts';
import {findNamed} from '../domain/names.ts';
import type {Screen} from '../domain/screen.ts';
import {isLive, type RunRecord, type Session} from '../domain/session.ts';
import {isPending, MESSAGE_MAX_BYTES, type Message, QUEUE_CAP} from '../domain/steering.ts';
import type {Store} from '../store/store.ts';
import {encodeKeys} from '../terminal/keys.ts';
import {branchOf} from '../workspace/branch.ts';
import {explain} from './explain.ts';
import {readLastScreen, removeLastScreen} from './last-screen.ts';
import {Life} from './life.ts';
import {peekOf} from './peek.ts';
import type {Profiles} from './profiles.ts';
import {restore} from './restore.ts';
import {Runner, type RunnerContext} from './runner.ts';
import {everyOf, latestOf} from './streams.ts';
import {listed, sessionView} from './view.ts';

/** Lines of a peek or log when nobody says how many, and the most of them. */
const LOG_LINES = 2000;
const LOG_LINES_MAX = 20_000;
const EVENTS_AT_ONCE = 1000;

export type SupervisorOptions = {
  paths: Paths;
  store: Store;
  /** The backend of new sessions first; the other still owns what was started with it. */
  backends: Backend[];
  profiles: Profiles;
  version: string;
  hosted: Health['hosted'];
  detachKey: string;
  /** ms since the epoch. */
  now: () => number;
  /** Called when somebody asks it to end. */
  onShutdown: () => void;
};

/** The only writer of a home: holds every session, hears every terminal, answers the `Fleet`. */
export class Supervisor implements Fleet {
  readonly #options: SupervisorOptions;
  readonly #runners = new Map<string, Runner>();
  readonly #life: Life;
  readonly #startedAt: number;
  #size = {cols: 120, rows: 40};
  #position = 0;

  private constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    this.#life = new Life({
      ...options,
      size: () => this.#size,
      runners: this.#runners,
      makeRunner: session => this.#makeRunner(session, []),
      send: (runner, text, actor) => this.#enqueue(runner, {text, actor}),
    });
  }

  /** Takes over a home whose lock is held: restores what runs, ends what died while nobody watched. */
  static async open(options: SupervisorOptions): Promise<Supervisor> {
    const supervisor = new Supervisor(options);
    await supervisor.#open();
    return supervisor;
  }

  async #open(): Promise<void> {
    const {store, backends, now} = this.#options;
    for (const message of store.state.messages.values()) {
      this.#position = Math.max(this.#position, message.position);
    }
    for (const session of store.state.sessions.values()) {
      const own = [...store.state.messages.values()].filter(message => message.session === session.id);
      this.#makeRunner(
        session,
        own.map(message => ({...message})).sort((a, b) => a.position - b.position),
      );
    }
    for (const backend of backends) {
      backend.onEvent(event => {
        if (event.type === 'lost') void this.#backendLost(backend, event.why);
        else this.#runners.get(event.terminal)?.onBackend(event);
      });
    }
    this.#note('supervisor.started', `supervisor of pid ${process.pid} took over`);
    await restore({runners: this.#runners, backends, now, note: why => this.#note('notice', why)});
  }

  async health(): Promise<Health> {
    const {paths, version, hosted, backends, store} = this.#options;
    const runners = [...this.#runners.values()];
    return {
      pid: process.pid,
      version,
      home: paths.home,
      hosted,
      backend: backends[0]!.kind,
      started_at: Math.floor(this.#startedAt / 1000),
      sessions: runners.length,
      running: runners.filter(runner => isLive(runner.session)).length,
      cursor: store.cursor,
      notices: [...store.notices],
    };
  }

  async sessions(options: {all?: boolean} = {}): Promise<SessionView[]> {
    return this.#listed(options.all === true).map(session => this.#view(this.#runners.get(session.id)!));
  }

  async session(ref: string): Promise<SessionView> {
    return this.#view(this.#find(ref));
  }

  async register(input: RegisterInput, actor = 'operator'): Promise<SessionView> {
    return this.#view(this.#life.register(input, actor));
  }

  async unregister(ref: string, actor = 'operator'): Promise<void> {
    const runner = this.#find(ref);
    const {session} = runner;
    if (isLive(session)) throw new AmuxError('session.running', {name: session.name});
    runner.close();
    this.#runners.delete(session.id);
    removeLastScreen(this.#options.paths.screens, session.id);
    this.#append({
      type: 'session.unregistered',
      actor,
      session,
      reason: `${session.name} unregistered`,
      changes: [{kind: 'session.delete', id: session.id}],
    });
  }

  async start(ref: string, input: StartInput = {}, actor = 'operator'): Promise<SessionView> {
    const runner = this.#find(ref);
    await this.#life.start(runner, input, actor);
    return this.#view(runner);
  }

  async stop(ref: string, options: {force?: boolean} = {}, actor = 'operator'): Promise<SessionView> {
    const runner = this.#find(ref);
    await this.#life.stop(runner, options.force === true, actor);
    return this.#view(runner);
  }

  async restart(ref: string, input: StartInput = {}, actor = 'operator'): Promise<SessionView> {
    const runner = this.#find(ref);
    if (isLive(runner.session)) await this.#life.stop(runner, false, actor);
    await this.#life.start(runner, input, actor);
    return this.#view(runner);
  }

  async stopAll(options: {force?: boolean} = {}, actor = 'operator'): Promise<Outcome[]> {
    const live = [...this.#runners.values()].filter(runner => isLive(runner.session));
    return Promise.all(
      live.map(async (runner): Promise<Outcome> => {
        const {name} = runner.session;
        try {
          await this.#life.stop(runner, options.force === true, actor);
          return {name, ok: true, error: null};
        } catch (error) {
          const {code, message, hint} = asAmuxError(error);
          return {name, ok: false, error: {code, message, hint}};
        }
      }),
    );
  }

  async run(input: RunInput, actor = 'operator'): Promise<SessionView> {
    return this.#view(await this.#life.run(input, actor));
  }

  async variables(
    target: {ref: string} | {agent: string; cwd: string; env?: Record<string, string>},
  ): Promise<string[]> {
    if ('ref' in target) {
      const {session} = this.#find(target.ref);
      return this.#life.variables({agent: session.agent, cwd: session.dir, env: session.env});
    }
    return this.#life.variables({...target, env: target.env ?? {}});
  }

  async send(ref: string, message: {text: string; id?: string}, actor = 'operator'): Promise<Sent> {
    const runner = this.#find(ref);
    if (message.text.trim() === '') throw new AmuxError('message.empty');
    if (Buffer.byteLength(message.text) > MESSAGE_MAX_BYTES) {
      throw new AmuxError('input.invalid', {
        why: 'the text is longer than 1 MB',
        next: 'put it into a file and name the file',
      });
    }
    const known = runner.messages.find(each => each.id === message.id);
    const {id, state, reason} = known ?? this.#enqueue(runner, {...message, actor});
    return {id, state, reason};
  }

  #enqueue(runner: Runner, input: {text: string; id?: string; actor: string}): Message {
    const {session} = runner;
    if (runner.pending.length >= QUEUE_CAP) {
      throw new AmuxError('queue.full', {name: session.name, count: runner.pending.length});
    }
    const at = this.#options.now();
    const message: Message = {
      id: input.id ?? `m-${randomBytes(5).toString('hex')}`,
      session: session.id,
      text: input.text,
      state: 'queued',
      reason: isLive(session) ? 'waits for the next turn boundary' : `waits: ${session.name} does not run`,
      actor: input.actor,
      createdAt: at,
      changedAt: at,
      position: ++this.#position,
    };
    runner.enqueue(message);
    return message;
  }

  async keys(ref: string, input: {keys: string[]; force?: boolean}): Promise<void> {
    const runner = this.#live(ref);
    const {session} = runner;
    const dialog = session.signals.screen?.reading;
    if (input.force !== true && (dialog?.dialog === true || session.activity === 'waiting')) {
      throw new AmuxError('session.dialog', {
        name: session.name,
        dialog: session.waitingFor?.detail ?? dialog?.rule ?? '',
      });
    }
    const backend = this.#backendOf(session);
    const {modes} = await backend.capture(session.id);
    await backend.write(session.id, encodeKeys(input.keys, modes));
    runner.screen.typed();
  }

  async type(ref: string, bytes: string): Promise<void> {
    const runner = this.#live(ref);
    runner.screen.typed();
    await this.#backendOf(runner.session).write(runner.session.id, bytes);
  }

  async queue(ref: string): Promise<QueueView[]> {
    return this.#find(ref)
      .messages.filter(message => isPending(message) || message.state === 'uncertain')
      .map(({id, text, state, reason, actor, createdAt}) => ({
        id,
        text,
        state,
        reason,
        actor,
        created_at: Math.floor(createdAt / 1000),
      }));
  }

  async clearQueue(ref: string, actor = 'operator'): Promise<number> {
    return this.#find(ref).drop(actor);
  }

  async peek(ref: string, options: {lines?: number; ansi?: boolean} = {}): Promise<Peek> {
    const runner = this.#find(ref);
    const {id, name} = runner.session;
    const live = await this.#inTerminal(runner, backend => backend.capture(id));
    return peekOf(name, live ?? readLastScreen(this.#options.paths.screens, id)?.screen ?? null, options);
  }

  async logs(ref: string, options: {lines?: number} = {}): Promise<string[]> {
    const runner = this.#find(ref);
    const {session} = runner;
    const lines = Math.min(Math.max(0, options.lines ?? LOG_LINES), LOG_LINES_MAX);
    const live = await this.#inTerminal(runner, backend => backend.history(session.id, lines));
    if (live !== null) return live;
    const history = readLastScreen(this.#options.paths.screens, session.id)?.history ?? [];
    return lines === 0 ? [] : history.slice(-lines);
  }

  async *screens(ref: string, signal: AbortSignal): AsyncIterable<Screen> {
    const runner = this.#find(ref);
    if (runner.screen.last === null && !isLive(runner.session)) {
      const kept = readLastScreen(this.#options.paths.screens, runner.session.id)?.screen;
      if (kept != null) runner.screen.keep(kept);
    }
    yield* latestOf<Screen>(listener => runner.screen.watch(listener), signal);
  }

  async resize(ref: string, size: {cols: number; rows: number}): Promise<void> {
    const runner = this.#find(ref);
    this.#size = size;
    await this.#inTerminal(runner, backend => backend.resize(runner.session.id, size));
  }

  async runs(ref: string): Promise<RunRecord[]> {
    const {run} = this.#find(ref).session;
    return run === null ? [] : [run];
  }

  async explain(ref: string): Promise<Explanation> {
    return explain(this.#find(ref).session, this.#options.now());
  }

  async seen(ref: string): Promise<void> {
    this.#find(ref).observe({source: 'person', at: this.#options.now(), act: 'seen'}, 'person');
  }

  async attach(ref: string): Promise<AttachPlan> {
    const {session} = this.#live(ref);
    const backend = this.#backendOf(session);
    const {detachKey} = this.#options;
    const argv = backend.attachArgv(session.id);
    if (argv !== null) return {via: 'tmux', argv, name: session.name, detachKey};
    return {via: 'pty', socket: backend.socket, terminal: session.id, name: session.name, detachKey};
  }

  async attached(ref: string, state: 'on' | 'off'): Promise<void> {
    const runner = this.#find(ref);
    await this.#inTerminal(runner, backend => backend.attaching(runner.session.id, state));
  }

  async *events(options: {since?: number; signal: AbortSignal}): AsyncIterable<EventView> {
    const {store} = this.#options;
    const missed: Entry[] = [];
    let cursor = options.since ?? store.cursor;
    const live = everyOf<Entry>(listener => store.onEntry(listener), options.signal);
    while (cursor < store.cursor && !options.signal.aborted) {
      missed.push(...store.read({after: cursor, limit: EVENTS_AT_ONCE}));
      if (missed.length === 0) break;
      for (const entry of missed.splice(0)) {
        cursor = entry.cursor;
        yield eventView(entry);
      }
    }
    for await (const entry of live) if (entry.cursor > cursor) yield eventView(entry);
  }

  async shutdown(): Promise<void> {
    this.#options.onShutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const runner of this.#runners.values()) {
      await runner.settled();
      runner.close();
    }
    this.#note('supervisor.stopped', 'supervisor ended; sessions live on');
  }

  #makeRunner(session: Session, messages: Message[]): Runner {
    const context: RunnerContext = {
      backend: () => this.#backendOf(this.#runners.get(session.id)?.session ?? session),
      agentOf: each => this.#agent(each),
      now: this.#options.now,
      screensDir: this.#options.paths.screens,
      record: entry => this.#append(entry),
    };
    const runner = new Runner(context, session, messages);
    this.#runners.set(session.id, runner);
    return runner;
  }

  #agent(session: Session): Agent {
    return agentOf(session.agentType);
  }

  #backendOf(session: Session): Backend {
    const [preferred] = this.#options.backends;
    const kind = session.run?.backend;
    return (isLive(session) ? this.#options.backends.find(backend => backend.kind === kind) : undefined) ?? preferred!;
  }

  /** Asks the terminal of a session that runs; null when it does not, or ended meanwhile. */
  async #inTerminal<T>(runner: Runner, ask: (backend: Backend) => Promise<T>): Promise<T | null> {
    if (!isLive(runner.session)) return null;
    try {
      return await ask(this.#backendOf(runner.session));
    } catch (error) {
      await runner.settled();
      if (isLive(runner.session)) throw error;
      return null;
    }
  }

  async #backendLost(backend: Backend, why: string): Promise<void> {
    const gone = [...this.#runners.values()].filter(
      ({session}) => isLive(session) && session.run?.backend === backend.kind,
    );
    this.#note('backend.lost', `${why}: ${gone.length} sessions went with it`);
    for (const runner of gone) await runner.lost(why);
  }

  #listed(all: boolean): Session[] {
    const sessions = [...this.#runners.values()].map(runner => runner.session);
    return listed(sessions, {all, now: this.#options.now()});
  }

  #find(ref: string): Runner {
    const all = this.#listed(true);
    return this.#runners.get(findNamed(all, ref, this.#listed(false)).id)!;
  }

  #live(ref: string): Runner {
    const runner = this.#find(ref);
    if (!isLive(runner.session)) throw new AmuxError('session.not-running', {name: runner.session.name});
    return runner;
  }

  #view(runner: Runner): SessionView {
    const {session, pending, preview} = runner;
    return sessionView(session, {queue: pending.length, preview, branch: branchOf(session.dir)});
  }

  #note(type: 'notice' | 'supervisor.started' | 'supervisor.stopped' | 'backend.lost', reason: string): void {
    this.#append({type, actor: 'supervisor', session: null, reason, changes: []});
  }

  #append(entry: Omit<Entry, 'cursor' | 'at' | 'session'> & {session: Pick<Session, 'id' | 'name'> | null}): void {
    const session = entry.session === null ? null : {id: entry.session.id, name: entry.session.name};
    this.#options.store.append({...entry, session, at: this.#options.now()});
  }
}

function eventView({changes: _, ...shown}: Entry): EventView {
  return shown;
}
