import type {Decision} from '../../source/domain/approvals.ts';
import {type BudgetTarget, type BudgetView, budgetId, budgetView} from '../../source/domain/budget.ts';
import type {WorkspaceDiff} from '../../source/domain/diff.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import type {ExternalCommand} from '../../source/domain/external-command.ts';
import type {
  ApprovalView,
  AttachPlan,
  Decided,
  EventView,
  Fleet,
  ForkInput,
  Health,
  ModelOutcome,
  Outcome,
  Peek,
  RegisterInput,
  Selection,
  Sent,
  SessionPatch,
  SessionView,
} from '../../source/domain/fleet.ts';
import type {SchedulePatch, ScheduleView} from '../../source/domain/schedule.ts';
import {emptyScreen, lastRows, type Row, type Screen, type Scrollback} from '../../source/domain/screen.ts';
import type {SpendQuery, SpendReport} from '../../source/domain/spending.ts';
import {fakeBoard} from './fake-board.ts';

/** An in-memory fleet with scripted sessions and screens: for panes and dialogs, never for behaviour of amux itself. */
export class FakeFleet implements Fleet {
  readonly calls: string[] = [];
  readonly typed: {session: string; bytes: string}[] = [];
  readonly #sessions: SessionView[];
  readonly #screens = new Map<string, Screen>();
  readonly #entries: EventView[] = [];
  approvalViews: ApprovalView[] = [];
  readonly #wakers = new Set<() => void>();
  readonly #board = fakeBoard(
    ref => this.#find(ref),
    card => this.#noteCard(card.id),
  );
  readonly cards = this.#board.cards;
  readonly card = this.#board.card;
  readonly addCard = this.#board.addCard;
  readonly updateCard = this.#board.updateCard;
  readonly removeCard = this.#board.removeCard;
  readonly claimCard = this.#board.claimCard;
  readonly nextCard = this.#board.nextCard;
  readonly releaseCard = this.#board.releaseCard;
  readonly beatCard = this.#board.beatCard;
  readonly undo = this.#board.undo;
  readonly columns = this.#board.columns;
  /** The same board for somebody else. */
  readonly boardOf = this.#board.as;
  readonly notes = this.#board.notes;
  readonly addNote = this.#board.addNote;
  readonly memory = this.#board.memory;
  readonly readMemory = this.#board.readMemory;
  readonly writeMemory = this.#board.writeMemory;
  readonly workspaces = async () => [];
  readonly workspace = none;
  /** What the next call answers, and how often it was asked. */
  diffView: WorkspaceDiff | null = null;
  readonly diff: Fleet['diff'] = async (ref, {cwd}) => {
    this.calls.push(`diff ${ref} ${cwd}`);
    if (this.diffView === null) throw new AmuxError('project.none', {dir: cwd});
    return structuredClone(this.diffView);
  };
  readonly createWorkspace = none;
  readonly removeWorkspace = none;
  readonly proposal = none;
  readonly mergeWorkspace = none;
  readonly pruneWorkspaces = none;
  readonly initContext = none;
  readonly mcpServers = none;
  readonly addMcpServer = none;
  readonly removeMcpServer = none;
  readonly replaceMcpServers = none;
  /** What the next call answers: tokens, USD, and how many bytes of how many are read. */
  spending: {tokens: number; cost: number | null; reading?: SpendReport['reading']} | null = null;
  spendCalls = 0;
  /** What it answers instead of that, and what was asked. */
  spendView: ((query: SpendQuery) => SpendReport) | null = null;
  readonly spend: Fleet['spend'] = async (query = {}) => {
    this.spendCalls++;
    if (this.spendView !== null) return structuredClone(this.spendView(query));
    if (this.spending === null) throw new AmuxError('not-built', {what: 'spend', next: ''});
    const {tokens: total, cost, reading = null} = this.spending;
    const tokens = {input: total, output: 0, cacheRead: 0, cacheWrite: 0, total};
    return {by: 'agent', rows: [], total: {...tokens, cost}, unpriced: [], reading, prices: '2026-05-01', unread: []};
  };
  readonly spendOf = none;
  commandViews: ExternalCommand[] = [];
  commandCalls = 0;
  readonly commands: Fleet['commands'] = async () => {
    this.commandCalls++;
    return structuredClone(this.commandViews);
  };
  scheduleViews: ScheduleView[] = [];
  readonly schedules = async () => structuredClone(this.scheduleViews);
  readonly addSchedule = none;
  readonly changeSchedule = async (ref: string, patch: SchedulePatch) => {
    this.calls.push(`schedule ${ref} ${JSON.stringify(patch)}`);
    const found = this.#schedule(ref);
    if (patch.enabled !== undefined) {
      found.enabled = patch.enabled;
      found.state = patch.enabled ? 'active' : 'paused';
      found.next_run = patch.enabled ? (found.upcoming[0] ?? null) : null;
    }
    this.tell({type: 'schedule.changed', reason: `schedule ${found.name}: ${found.state}`});
    return structuredClone(found);
  };
  readonly removeSchedule = async (ref: string) => {
    this.calls.push(`no schedule ${ref}`);
    const {id, name} = this.#schedule(ref);
    this.scheduleViews = this.scheduleViews.filter(each => each.id !== id);
    this.tell({type: 'schedule.removed', reason: `schedule ${name} removed`});
  };
  readonly runSchedule = async (ref: string) => {
    this.calls.push(`run schedule ${ref}`);
    const found = this.#schedule(ref);
    const at = found.created_at + 3600;
    const run = {due: at, at, outcome: 'done' as const, detail: 'm-1 is queued', by: 'cockpit', late: false, missed: 0};
    found.history = [run, ...found.history];
    this.tell({type: 'schedule.ran', reason: `schedule ${found.name}: ${run.detail}`});
    return run;
  };
  #schedule(ref: string): ScheduleView {
    const found = this.scheduleViews.find(({id, name}) => id === ref || name === ref);
    if (found === undefined) throw new AmuxError('schedule.unknown', {ref});
    return found;
  }
  budgetViews: BudgetView[] = [];
  readonly budgets = async () => structuredClone(this.budgetViews);
  readonly setBudget: Fleet['setBudget'] = async input => {
    this.calls.push(`budget ${JSON.stringify(input)}`);
    const {session, tag, tokens = null, usd = null, per = 'day'} = input;
    const named = {of: session === undefined ? 'tag' : 'session', name: (session ?? tag)!} as const;
    const target: BudgetTarget = session === undefined && tag === undefined ? {of: 'fleet', name: null} : named;
    const view = budgetView(
      {...target, id: budgetId(target, per), tokens, usd, per, setAt: 0, told: {day: '', percent: 0}},
      {tokens: 1, cost: 1, unpriced: []},
    );
    this.budgetViews = [...this.budgetViews.filter(({id}) => id !== view.id), view];
    return view;
  };
  readonly removeBudget: Fleet['removeBudget'] = async id => {
    this.calls.push(`no budget ${id}`);
    this.budgetViews = this.budgetViews.filter(each => each.id !== id);
  };

  /** What its cockpit said that a person looks at. */
  readonly looks: {viewer: string; sessions: string[]}[] = [];
  onLook: (sessions: readonly string[]) => void = () => {};
  onResize: (name: string, size: {cols: number; rows: number}) => void = () => {};
  readonly lookAt: Fleet['lookAt'] = async look => {
    this.looks.push(look);
    this.onLook(look.sessions);
  };
  readonly testNotices: Fleet['testNotices'] = async () => [];

  constructor(sessions: SessionView[], screens: Record<string, Screen> = {}) {
    this.#sessions = sessions;
    for (const [name, screen] of Object.entries(screens)) this.#screens.set(this.#find(name).id, screen);
  }

  /** Changes a session and tells of it. */
  set(name: string, change: Partial<SessionView>): void {
    Object.assign(this.#find(name), change);
    this.note(name, `${name} changed`);
  }

  show(name: string, screen: Screen): void {
    this.#screens.set(this.#find(name).id, screen);
    this.#wake();
  }

  async sessions(): Promise<SessionView[]> {
    return this.#sessions.map(session => ({...session}));
  }

  async session(ref: string): Promise<SessionView> {
    return {...this.#find(ref)};
  }

  async register(input: RegisterInput): Promise<SessionView> {
    this.calls.push(`register ${JSON.stringify(input)}`);
    if (input.dir === '/nowhere') throw new AmuxError('session.dir', {dir: input.dir});
    const session = sessionOf({name: input.name, dir: input.dir, agent: input.agent ?? 'shell', status: 'stopped'});
    this.#sessions.push(session);
    this.note(session.name, 'registered');
    return {...session};
  }

  /** Gemini copies nothing; projects of Codex want to run a command, of hash `aaa…`. */
  async fork(ref: string, {callerEnv: _, ...input}: ForkInput): Promise<SessionView> {
    const {name, agent} = this.#find(ref);
    this.calls.push(`fork ${name} ${JSON.stringify(input)}`);
    if (agent === 'gemini' && input.handoff !== true) {
      throw new AmuxError('fork.conversation', {name, why: 'Gemini CLI cannot copy a conversation', next: '--handoff'});
    }
    if (agent === 'codex' && input.setup === undefined && input.trust === undefined) {
      const facts = {file: 'config.yaml', commands: 'npm ci', hash: 'a'.repeat(64), flag: '--no-setup'};
      throw new AmuxError('workspace.untrusted', facts);
    }
    const session = sessionOf({name: input.name, dir: '/work/fork', agent, status: 'running'});
    this.#sessions.push(session);
    this.note(session.name, 'forked');
    return {...session, notice: 'submodules are empty'};
  }

  async update(ref: string, {tags}: SessionPatch): Promise<SessionView> {
    this.calls.push(`update ${this.#find(ref).name} ${tags?.join(' ') ?? ''}`);
    if (tags !== undefined) this.set(ref, {tags});
    return this.session(ref);
  }

  async unregister(ref: string): Promise<void> {
    this.#sessions.splice(this.#sessions.indexOf(this.#find(ref)), 1);
  }

  async start(ref: string, input?: {prompt?: string}): Promise<SessionView> {
    this.calls.push(`start ${this.#find(ref).name} ${input?.prompt ?? ''}`.trim());
    this.set(ref, {status: 'running', running: true, activity: 'idle', exit: null});
    return this.session(ref);
  }

  async stop(ref: string): Promise<SessionView> {
    this.calls.push(`stop ${this.#find(ref).name}`);
    this.set(ref, {status: 'stopped', running: false, activity: null, waitingFor: null, reason: 'stopped on request'});
    return this.session(ref);
  }

  async restart(ref: string): Promise<SessionView> {
    this.calls.push(`restart ${this.#find(ref).name}`);
    return this.session(ref);
  }

  async stopAll(): Promise<Outcome[]> {
    return [];
  }

  async run(): Promise<SessionView> {
    throw new AmuxError('not-built', {what: 'run', next: ''});
  }

  async variables(): Promise<string[]> {
    return [];
  }

  async send(ref: string, message: {text: string}): Promise<Sent> {
    this.calls.push(`send ${this.#find(ref).name} ${message.text}`);
    return {id: 'm1', state: 'queued', reason: 'it works on something'};
  }

  async switchModels(of: Selection, model: string | null): Promise<ModelOutcome[]> {
    const names = 'names' in of ? of.names : [];
    this.calls.push(`model ${model} ${names.map(ref => this.#find(ref).name).join(' ')}`);
    return names.map(ref => ({name: this.#find(ref).name, ok: true, error: null, model: this.#find(ref).model_state}));
  }

  async compact(of: Selection): Promise<Outcome[]> {
    const names = 'names' in of ? of.names : [];
    this.calls.push(`compact ${names.map(ref => this.#find(ref).name).join(' ')}`);
    return names.map(ref => ({name: this.#find(ref).name, ok: true, error: null}));
  }

  async sendAll(): Promise<Outcome[]> {
    return [];
  }

  async keys(): Promise<void> {}

  async transcript(): Promise<[]> {
    return [];
  }

  async listTokens(): Promise<[]> {
    return [];
  }

  async createToken(): Promise<never> {
    throw new AmuxError('not-built', {what: 'createToken', next: ''});
  }

  async revokeToken(): Promise<void> {}

  async type(ref: string, bytes: string): Promise<void> {
    this.typed.push({session: this.#find(ref).name, bytes});
    this.calls.push(`type ${this.#find(ref).name} ${JSON.stringify(bytes)}`);
  }

  async queue(): Promise<[]> {
    return [];
  }

  async clearQueue(): Promise<number> {
    return 0;
  }

  async approvals(): Promise<ApprovalView[]> {
    return this.approvalViews.map(each => ({...each}));
  }

  async decide(ref: string, {behaviour, ...more}: Decision): Promise<Decided> {
    const {id, session, title} = this.approvalViews.find(each => each.id === ref)!;
    const said = Object.values(more).filter(each => each !== undefined);
    this.calls.push(['decide', id, behaviour, ...said].join(' '));
    this.approvalViews = this.approvalViews.filter(each => each.id !== ref);
    this.note(session, `${title}: ${behaviour}`);
    return {id, session, title, outcome: behaviour};
  }

  async peek(ref: string): Promise<Peek> {
    return {name: ref, output: '', lines: 0, cursor: null, cols: 80, rows: 24};
  }

  async logs(): Promise<string[]> {
    return [];
  }

  /** What the next call answers; else the screen. */
  scrollbacks = new Map<string, Row[]>();
  async scrollback(ref: string, {lines = 2000}: {lines?: number} = {}): Promise<Scrollback> {
    const {id, name} = this.#find(ref);
    this.calls.push(`scrollback ${name}`);
    const screen = this.#screens.get(id);
    return {cols: screen?.cols ?? 80, rows: lastRows(this.scrollbacks.get(name) ?? screen?.lines ?? [], lines)};
  }

  /** Whose screens are followed now. */
  readonly watched: string[] = [];
  async *screens(ref: string, signal: AbortSignal): AsyncIterable<Screen> {
    const {id, name} = this.#find(ref);
    let shown: Screen | undefined;
    this.watched.push(name);
    try {
      while (!signal.aborted) {
        const screen = this.#screens.get(id);
        if (screen !== undefined && screen !== shown) {
          shown = screen;
          yield screen;
          continue;
        }
        await this.#next(signal);
      }
    } finally {
      this.watched.splice(this.watched.indexOf(name), 1);
    }
  }

  async resize(ref: string, size: {cols: number; rows: number}): Promise<SessionView> {
    const {name} = this.#find(ref);
    this.calls.push(`resize ${name} ${size.cols}x${size.rows}`);
    this.onResize(name, size);
    return this.session(ref);
  }

  async runs(): Promise<[]> {
    return [];
  }

  async explain(): Promise<never> {
    throw new AmuxError('not-built', {what: 'explain', next: ''});
  }

  async seen(ref: string): Promise<SessionView> {
    this.calls.push(`seen ${this.#find(ref).name}`);
    this.set(ref, {activity: 'idle'});
    return this.session(ref);
  }

  async attach(ref: string): Promise<AttachPlan> {
    return {via: 'tmux', argv: ['true'], name: this.#find(ref).name, detachKey: 'ctrl+]'};
  }

  async attached(ref: string, state: 'on' | 'off'): Promise<void> {
    this.calls.push(`attached ${this.#find(ref).name} ${state}`);
  }

  async *events(options: {since?: number; signal: AbortSignal}): AsyncIterable<EventView> {
    let at = options.since ?? this.#entries.length;
    while (!options.signal.aborted) {
      const entry = this.#entries[at];
      if (entry === undefined) await this.#next(options.signal);
      else {
        at++;
        yield entry;
      }
    }
  }

  async health(): Promise<Health> {
    return {
      pid: 1,
      version: '0.0.0',
      home: '/nowhere',
      hosted: 'cockpit',
      url: null,
      backend: 'tmux',
      desktop: false,
      started_at: 0,
      sessions: this.#sessions.length,
      running: 0,
      cursor: this.#entries.length,
      first: 1,
      trouble: null,
      notices: [],
    };
  }

  async shutdown(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  #find(ref: string): SessionView {
    const found = this.#sessions.find(session => session.id === ref || session.name === ref);
    if (found === undefined) throw new AmuxError('session.unknown', {ref});
    return found;
  }

  /** Tells of something that is of no session. */
  tell(entry: Pick<EventView, 'type' | 'reason'>): void {
    const cursor = this.#entries.length + 1;
    this.#entries.push({cursor, at: Date.now() / 1000, actor: 'test', session: null, cards: [], ...entry});
    this.#wake();
  }

  #noteCard(id: string): void {
    const cursor = this.#entries.length + 1;
    const about = {actor: 'test', session: null, reason: `${id} changed`, cards: [id]};
    this.#entries.push({cursor, at: Date.now() / 1000, type: 'card.changed', ...about});
    this.#wake();
  }

  /** Tells of something that happened to a session. */
  note(name: string, reason: string, type: EventView['type'] = 'session.activity', at = Date.now() / 1000): void {
    const session = this.#find(name);
    const cursor = this.#entries.length + 1;
    const about = {id: session.id, name: session.name};
    this.#entries.push({cursor, at, type, actor: 'test', session: about, reason, cards: []});
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        this.#wakers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#wakers.add(done);
      signal.addEventListener('abort', done);
    });
  }
}

export function sessionOf(change: Partial<SessionView> & {name: string}): SessionView {
  const status = change.status ?? 'running';
  return {
    id: `id-${change.name}`,
    kind: 'durable',
    project: '/work/shop',
    agent: 'claude',
    model: null,
    model_state: {state: 'launched', launched: null, said: null, reason: ''},
    dir: `/work/shop/${change.name}`,
    workspace: {id: 'main', name: 'main', path: '/work/shop'},
    branch: null,
    dirty: null,
    tags: [],
    status,
    activity: status === 'running' ? 'idle' : null,
    activity_since: null,
    reason: '',
    waitingFor: null,
    running: status === 'running' || status === 'starting',
    pid: null,
    token_count: null,
    tokens: null,
    cost: null,
    context: null,
    rate: null,
    queue: 0,
    preview: '',
    yolo: false,
    created_at: 0,
    started_at: 1,
    ended_at: null,
    updated_at: 0,
    exit: null,
    resources: null,
    watchdog: {
      comeback: null,
      until: null,
      crashes: 0,
      stuck: false,
      over: false,
      planned: null,
      fired: null,
      modes: {},
    },
    notice: null,
    ...change,
  };
}

/** A screen from plain lines; styled rows can be given instead. */
export function screenOf(lines: readonly (string | Row)[], change: Partial<Screen> = {}): Screen {
  const rows = change.rows ?? 28;
  const screen = emptyScreen(change.cols ?? 80, rows);
  lines.forEach((line, y) => {
    screen.lines[y] = typeof line === 'string' ? [{text: line, style: {}}] : line;
  });
  return {...screen, ...change};
}

async function none(): Promise<never> {
  throw new AmuxError('not-built', {what: 'it', next: 'ask the supervisor'});
}
