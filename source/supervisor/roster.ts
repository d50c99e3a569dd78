import type {Agent} from '../agents/agent.ts';
import type {Backend} from '../backends/backend.ts';
import type {Request} from '../domain/approvals.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Change, Entry, EventType} from '../domain/events.ts';
import type {SessionView} from '../domain/fleet.ts';
import type {McpNow} from '../domain/mcp-run.ts';
import {findNamed} from '../domain/names.ts';
import {isAway, isBetween, isLive, type Session} from '../domain/session.ts';
import {heldBy, leftBy} from '../domain/spending.ts';
import type {Message} from '../domain/steering.ts';
import {defaultWatch, type WatchSettings} from '../domain/watch.ts';
import type {Store} from '../store/store.ts';
import {Branches} from '../workspace/branch.ts';
import type {AgentRules} from './agent-rules.ts';
import type {DirtyMarks} from './dirty-marks.ts';
import {Runner} from './runner.ts';
import type {Deed} from './runner-context.ts';
import {NOTHING_TOLD, type Spent} from './spending.ts';
import {StateFiles} from './state-files.ts';
import {listed, sessionView} from './view.ts';

export type RosterOptions = {
  store: Store;
  /** The backend of new sessions first; the other still owns what was started with it. */
  backends: readonly Backend[];
  home: string;
  /** Directory of the last screens. */
  screensDir: string;
  /** The rules that hold for a session. */
  rules: Pick<AgentRules, 'agentOf'>;
  /** Where the API answers to sessions; null: nowhere over TCP. */
  apiUrl: () => string | null;
  /** The fleet's MCP servers as they are now. */
  mcp: () => McpNow;
  /** ms since the epoch. */
  now: () => number;
  /** By how much that is ahead of the machine's clock, ms; default: not at all. */
  ahead?: () => number;
  /** What is not committed where sessions work; without it nobody knows. */
  marks?: Pick<DirtyMarks, 'of'>;
  /** A session asks a person, or does not any more. */
  onAsked?: (runner: Runner, request: Request) => void;
  onSettled?: (runner: Runner, request: Request, why: string) => void;
  /** What is done for a session; default: nothing. */
  deeds?: Partial<Record<Deed, (runner: Runner) => unknown>>;
  watch?: (session: Session) => WatchSettings;
  /** What a session spent; default: nothing is told. */
  spent?: (session: Session) => Spent;
  /** Why its queue is held; default: no queue is. */
  held?: (session: Session) => string | null;
  /** Its program runs in this environment. */
  onEnvironment?: (session: Session, env: Readonly<Record<string, string>>) => void;
};

type Note = Extract<
  EventType,
  'notice' | 'watchdog.alarm' | 'mcp.changed' | 'supervisor.started' | 'backend.lost' | 'workspace.changed'
>;

type Unnumbered = Omit<Entry, 'cursor' | 'at' | 'session'> & {session: Pick<Session, 'id' | 'name'> | null};

/** Every session of the home by its id, and how it is found, shown and journaled. */
export class Roster {
  readonly #options: RosterOptions;
  readonly #runners = new Map<string, Runner>();
  readonly #stateFiles = new StateFiles();
  readonly #histories = new Set<string>();
  readonly #branches: Branches;
  /** Names of sessions that are being made. */
  readonly reserved = new Set<string>();

  constructor(options: RosterOptions) {
    this.#options = options;
    this.#branches = new Branches(options.now);
    const messages = [...options.store.state.messages.values()].sort((a, b) => a.position - b.position);
    for (const session of options.store.state.sessions.values()) {
      const own = messages.filter(message => message.session === session.id).map(message => ({...message}));
      this.add(session, own);
    }
  }

  get runners(): ReadonlyMap<string, Runner> {
    return this.#runners;
  }

  /** Where the API answers to sessions; null: nowhere over TCP. */
  get apiUrl(): string | null {
    return this.#options.apiUrl();
  }

  get mcp(): McpNow {
    return this.#options.mcp();
  }

  get all(): Runner[] {
    return [...this.#runners.values()];
  }

  get liveOnes(): Runner[] {
    return this.all.filter(({session}) => isLive(session));
  }

  add(session: Session, messages: Message[] = []): Runner {
    const runner = new Runner(
      {
        backend: () => this.backendOf(this.#runners.get(session.id)?.session ?? session),
        agentOf: each => this.agentOf(each),
        now: this.#options.now,
        ahead: this.#options.ahead ?? (() => 0),
        home: this.#options.home,
        screensDir: this.#options.screensDir,
        stateFiles: this.#stateFiles,
        histories: this.#histories,
        held: each => this.#options.held?.(each) ?? null,
        keep: entry => this.keep(entry),
        promise: entry => this.append(entry),
        writable: () => this.#options.store.writable,
        onEnvironment: (each, env) => this.#options.onEnvironment?.(each, env),
        onAsked: request => this.#options.onAsked?.(this.#runners.get(session.id)!, request),
        watch: each => this.settingsOf(each),
        does: async deed => void (await this.#options.deeds?.[deed]?.(this.#runners.get(session.id)!)),
        onSettled: (request, why) => this.#options.onSettled?.(this.#runners.get(session.id)!, request, why),
      },
      session,
      messages,
    );
    this.#runners.set(session.id, runner);
    return runner;
  }

  remove(runner: Runner): void {
    runner.close();
    this.#runners.delete(runner.session.id);
    runner.screen.forgotten.abort();
  }

  /** In the order of `ps`. */
  listed(all: boolean): Runner[] {
    const sessions = this.all.map(({session}) => session);
    return listed(sessions, {all, now: this.#options.now()}).map(({id}) => this.#runners.get(id)!);
  }

  find(ref: string): Runner {
    const all = this.listed(true).map(({session}) => session);
    const rows = this.listed(false).map(({session}) => session);
    return this.#runners.get(findNamed(all, ref, rows).id)!;
  }

  /** Throws `session.not-running`. */
  live(ref: string): Runner {
    const runner = this.find(ref);
    const {session} = runner;
    if (!isLive(session) || isAway(session)) throw new AmuxError('session.not-running', {name: session.name});
    return runner;
  }

  view(runner: Runner): SessionView {
    const {session, queue, preview} = runner;
    const {dir} = session;
    return sessionView(session, {
      ahead: this.#options.ahead?.() ?? 0,
      queue: queue.pending.length,
      preview,
      branch: this.#branches.of(dir),
      dirty: this.#options.marks?.of(dir) ?? null,
      url: this.apiUrl,
      mcp: this.mcp,
      spent: this.#options.spent?.(session) ?? NOTHING_TOLD,
      held: runner.held,
      now: this.#options.now(),
    });
  }

  /** What holds for it of the watchdog. */
  settingsOf(session: Session): WatchSettings {
    return this.#options.watch?.(session) ?? defaultWatch;
  }

  agentOf(session: Session): Agent {
    return this.#options.rules.agentOf(session);
  }

  /** Where its process lives; for one that does not run, where it would. */
  backendOf(session: Session): Backend {
    const {backends} = this.#options;
    const own = isLive(session) ? backends.find(({kind}) => kind === session.run?.backend) : undefined;
    return own ?? backends[0]!;
  }

  /** Asks the terminal of a session that runs; null when it does not, or ended meanwhile. */
  async inTerminal<T>(runner: Runner, ask: (backend: Backend) => Promise<T>): Promise<T | null> {
    if (!isLive(runner.session) || isBetween(runner.session)) return null;
    try {
      return await ask(this.backendOf(runner.session));
    } catch (error) {
      await runner.settled();
      if (isLive(runner.session)) throw error;
      return null;
    }
  }

  /** A new session, which is there only when the journal has it. Throws `store.write`. */
  admit(session: Session, {reason, actor}: {reason: string; actor: string}): Runner {
    const runner = this.add(session);
    try {
      runner.update({}, reason, actor);
    } catch (error) {
      this.remove(runner);
      throw error;
    }
    return runner;
  }

  note(type: Note, reason: string): void {
    this.keep({type, actor: 'supervisor', session: null, reason, changes: []});
  }

  /** What is to be done: once this has returned it may be. Throws `store.write`, and then nothing has changed. */
  append(entry: Unnumbered): void {
    this.#options.store.append(this.#whole(entry));
  }

  /** What has happened: it is written as soon as that is possible. */
  keep(entry: Unnumbered): void {
    this.#options.store.keep(this.#whole(entry));
  }

  #whole(entry: Unnumbered): Omit<Entry, 'cursor'> {
    const session = entry.session === null ? null : {id: entry.session.id, name: entry.session.name};
    const at = this.#options.now();
    const conversations = [...this.#handsOver(entry.changes, at), ...this.#leaves(entry)];
    return {...entry, changes: [...entry.changes, ...conversations], session, at};
  }

  /** Whose a conversation is, from when on, is kept for what is spent in it. */
  #handsOver(changes: readonly Change[], at: number): Change[] {
    return changes.flatMap((change): Change[] => {
      const session = change.kind === 'session.put' ? change.session : null;
      if (session === null || session.conversation === null) return [];
      const {id} = session.conversation;
      const known = this.#options.store.state.conversations.get(id);
      const record = heldBy(known, {id, session: session.id, name: session.name, at});
      return record === null ? [] : [{kind: 'put', table: 'conversations', record}];
    });
  }

  /** What a session with tags spent counts for them when it is gone, too. */
  #leaves({changes}: Unnumbered): Change[] {
    const {sessions, conversations} = this.#options.store.state;
    return changes.flatMap(change => {
      const tags = change.kind === 'session.delete' ? (sessions.get(change.id)?.tags ?? []) : [];
      if (change.kind !== 'session.delete' || tags.length === 0) return [];
      return [...conversations.values()].flatMap((known): Change[] => {
        const record = leftBy(known, {session: change.id, tags});
        return record === null ? [] : [{kind: 'put', table: 'conversations', record}];
      });
    });
  }
}
