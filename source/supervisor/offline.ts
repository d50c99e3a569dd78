import {agentOf} from '../agents/registry.ts';
import type {Backend} from '../backends/backend.ts';
import {pathsOf} from '../config/paths.ts';
import {type TokenView, tokenView} from '../domain/access.ts';
import type {Column} from '../domain/board.ts';
import type {BudgetView} from '../domain/budget.ts';
import {AmuxError} from '../domain/errors.ts';
import type {ExternalCommand} from '../domain/external-command.ts';
import {
  type ApprovalView,
  type EventView,
  type Explanation,
  eventView,
  type Fleet,
  type Health,
  type Peek,
  type QueueView,
  type RunView,
  type SessionView,
} from '../domain/fleet.ts';
import type {McpListing} from '../domain/mcp.ts';
import {findNamed} from '../domain/names.ts';
import {PRICES, type PriceTable} from '../domain/prices.ts';
import {reasonNow} from '../domain/queue-reason.ts';
import type {ScheduleView} from '../domain/schedule.ts';
import type {Screen, Scrollback} from '../domain/screen.ts';
import {isLive, type Session} from '../domain/session.ts';
import type {SessionSpend, SpendQuery, SpendReport} from '../domain/spending.ts';
import {isPending} from '../domain/steering.ts';
import type {TranscriptEntry} from '../domain/transcript.ts';
import type {Store} from '../store/store.ts';
import {branchOf} from '../workspace/branch.ts';
import {budgetViews} from './budgets.ts';
import {explain} from './explain.ts';
import {keptRows, readLastScreen} from './last-screen.ts';
import {storedBoard} from './offline-board.ts';
import {peekOf} from './peek.ts';
import {Refusing} from './refusing.ts';
import {approvalView, openRequests} from './requests.ts';
import {Spendings} from './spending.ts';
import {readTranscript, spoken, TRANSCRIPT_ENTRIES} from './transcript.ts';
import {unattendedSessions} from './unattended.ts';
import {listed, runViews, sessionView} from './view.ts';
import {lookingAtWorkspaces} from './workspace-places.ts';

const LOG_LINES = 2000;
const EVENTS_AT_ONCE = 1000;

export type OfflineOptions = {
  store: Store;
  /** Those whose terminals may live. */
  backends: Backend[];
  hidden?: boolean;
  screensDir: string;
  memoryDir: string;
  /** Of the board; default those of every board. */
  columns?: readonly Column[];
  home: string;
  version: string;
  /** The log of what was counted, and where histories lie. */
  ledger: {file: string; env: Readonly<Record<string, string | undefined>> | null; prices?: PriceTable};
  now: () => number;
};

/** The fleet as the store and the terminals tell it while nobody supervises. Whatever would write is refused. */
export class Offline extends Refusing implements Fleet {
  readonly #options: OfflineOptions;
  readonly #sessions = new Map<string, Session>();
  readonly cards: Fleet['cards'];
  readonly card: Fleet['card'];
  readonly columns: Fleet['columns'];
  readonly notes: Fleet['notes'];
  readonly memory: Fleet['memory'];
  readonly readMemory: Fleet['readMemory'];
  readonly #spendings: Spendings;
  readonly workspaces: Fleet['workspaces'];
  readonly workspace: Fleet['workspace'];
  readonly diff: Fleet['diff'];
  readonly proposal: Fleet['proposal'];

  private constructor(options: OfflineOptions) {
    super();
    this.#options = options;
    this.#spendings = new Spendings({
      prices: PRICES,
      ...options.ledger,
      writes: false,
      now: options.now,
      sessions: () => this.#sessions.values(),
      conversations: () => options.store.state.conversations,
    });
    const lives = (id: string): boolean => [...this.#sessions.values()].some(each => each.id === id && isLive(each));
    ({
      cards: this.cards,
      card: this.card,
      columns: this.columns,
      notes: this.notes,
      memory: this.memory,
      readMemory: this.readMemory,
    } = storedBoard({...options, lives}));
    ({
      workspaces: this.workspaces,
      workspace: this.workspace,
      diff: this.diff,
      proposal: this.proposal,
    } = lookingAtWorkspaces(() => this.#sessions.values()));
  }

  static async open(options: OfflineOptions): Promise<Offline> {
    const offline = new Offline(options);
    for (const session of await unattendedSessions(options)) offline.#sessions.set(session.id, session);
    return offline;
  }

  async health(): Promise<Health> {
    const {home, version, store, backends} = this.#options;
    const all = [...this.#sessions.values()];
    return {
      pid: 0,
      version,
      home,
      hosted: 'none',
      url: null,
      backend: backends[0]?.kind ?? 'tmux',
      desktop: false,
      started_at: 0,
      sessions: all.length,
      running: all.filter(isLive).length,
      cursor: store.cursor,
      first: store.first,
      trouble: null,
      notices: [...store.notices],
    };
  }

  async sessions({all = false}: {all?: boolean} = {}): Promise<SessionView[]> {
    const those = listed(this.#sessions.values(), {all, now: this.#options.now()});
    return Promise.all(those.map(session => this.#view(session)));
  }

  async session(ref: string): Promise<SessionView> {
    return this.#view(this.#find(ref));
  }

  async queue(ref: string): Promise<QueueView[]> {
    const session = this.#find(ref);
    return [...this.#options.store.state.messages.values()]
      .filter(message => message.session === session.id && (isPending(message) || message.state === 'uncertain'))
      .sort((a, b) => a.position - b.position)
      .map(message => {
        const {id, text, state, actor, createdAt} = message;
        const reason = reasonNow(message, session);
        return {id, text, state, reason, actor, created_at: Math.floor(createdAt / 1000)};
      });
  }

  async approvals(): Promise<ApprovalView[]> {
    const holders = [...this.#sessions.values()].map(session => ({session}));
    return openRequests(holders).map(({holder, request}) => approvalView(holder.session, request));
  }

  /** Nobody supervises: nobody runs any. */
  async commands(): Promise<ExternalCommand[]> {
    return [];
  }

  async listTokens(): Promise<TokenView[]> {
    return [...this.#options.store.state.tokens.values()].sort((a, b) => a.createdAt - b.createdAt).map(tokenView);
  }

  async peek(ref: string, options: {lines?: number; ansi?: boolean} = {}): Promise<Peek> {
    const session = this.#find(ref);
    return peekOf(session.name, await this.#screen(session), options);
  }

  async transcript(ref: string, {limit = TRANSCRIPT_ENTRIES}: {limit?: number} = {}): Promise<TranscriptEntry[]> {
    const session = this.#find(ref);
    return readTranscript(agentOf(session.agentType), session, limit);
  }

  async logs(ref: string, {lines = LOG_LINES}: {lines?: number} = {}): Promise<string[]> {
    const session = this.#find(ref);
    const entries = await this.transcript(ref);
    if (entries.length > 0) return spoken(entries, await this.#screen(session), lines);
    const live = await this.#backendOf(session)?.history(session.id, lines);
    if (live !== undefined) return live;
    return lines === 0 ? [] : (readLastScreen(this.#options.screensDir, session.id)?.history ?? []).slice(-lines);
  }

  async scrollback(ref: string, {lines = LOG_LINES}: {lines?: number} = {}): Promise<Scrollback> {
    const session = this.#find(ref);
    const rows = await this.#backendOf(session)?.rows(session.id, lines);
    const last = readLastScreen(this.#options.screensDir, session.id);
    return {cols: (await this.#screen(session))?.cols ?? 0, rows: rows ?? keptRows(last, lines)};
  }

  async *screens(ref: string): AsyncIterable<Screen> {
    const screen = await this.#screen(this.#find(ref));
    if (screen !== null) yield screen;
    throw new AmuxError('supervisor.read-only');
  }

  async spend(query: SpendQuery = {}): Promise<SpendReport> {
    await this.#spendings.readAll();
    return this.#spendings.report(query);
  }

  async budgets(): Promise<BudgetView[]> {
    await this.#spendings.readAll();
    const {store, now} = this.#options;
    const sessionOf = (id: string) => [...this.#sessions.values()].find(each => each.id === id);
    return budgetViews({budgets: store.state.budgets, spendings: this.#spendings, sessionOf, now: now()});
  }

  async schedules(): Promise<ScheduleView[]> {
    // Loaded late: what counts times is no part of other short commands.
    return (await import('./schedule-views.ts')).storedSchedules(this.#options.store.state.schedules);
  }

  async spendOf(ref: string, query: Pick<SpendQuery, 'since' | 'until'> = {}): Promise<SessionSpend> {
    await this.#spendings.readAll();
    return this.#spendings.reportOf(this.#find(ref), query);
  }

  async runs(ref: string): Promise<RunView[]> {
    return runViews(this.#find(ref));
  }

  async explain(ref: string): Promise<Explanation> {
    const {now, home} = this.#options;
    const session = this.#find(ref);
    // Only this command needs what reads configurations.
    const {watchFiles} = await import('./watch-settings.ts');
    const {of} = watchFiles({config: pathsOf(home).config, home, now, note: () => {}});
    return explain(session, {now: now(), url: null, mcp: null, settings: of(session), held: null});
  }

  async *events({since, signal}: {since?: number; signal: AbortSignal}): AsyncIterable<EventView> {
    const {store} = this.#options;
    for (let cursor = since ?? store.cursor; cursor < store.cursor && !signal.aborted; ) {
      const entries = store.read({after: cursor, limit: EVENTS_AT_ONCE});
      if (entries.length === 0) return;
      for (const entry of entries) {
        cursor = entry.cursor;
        yield eventView(entry);
      }
    }
  }

  async mcpServers(): Promise<McpListing> {
    // A short command that asks for something else shall not load what reads them.
    const {storedMcp} = await import('./offline-mcp.ts');
    return storedMcp({home: this.#options.home, sessions: this.#sessions.values()});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const backend of this.#options.backends) await backend[Symbol.asyncDispose]();
    await this.#options.store.close();
  }

  #backendOf(session: Session): Backend | undefined {
    return isLive(session) ? this.#options.backends.find(({kind}) => kind === session.run?.backend) : undefined;
  }

  async #screen(session: Session): Promise<Screen | null> {
    const backend = this.#backendOf(session);
    if (backend !== undefined) return backend.capture(session.id);
    return readLastScreen(this.#options.screensDir, session.id)?.screen ?? null;
  }

  #find(ref: string): Session {
    const now = this.#options.now();
    const all = listed(this.#sessions.values(), {all: true, now});
    return findNamed(all, ref, listed(this.#sessions.values(), {all: false, now}));
  }

  async #view(session: Session): Promise<SessionView> {
    const messages = [...this.#options.store.state.messages.values()];
    const queue = messages.filter(message => message.session === session.id && isPending(message)).length;
    // What was said last was perhaps not kept any more.
    await this.#spendings.follow(session);
    const spent = this.#spendings.of(session);
    const branch = branchOf(session.dir);
    return sessionView(session, {
      queue,
      preview: '',
      branch,
      dirty: null,
      url: null,
      mcp: null,
      spent,
      held: null,
      now: this.#options.now(),
    });
  }
}
