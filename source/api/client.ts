import type {TokenInput, TokenView} from '../domain/access.ts';
import type {Decision} from '../domain/approvals.ts';
import type {CardFilter, CardInput, CardPatch, CardView, Column, Guard} from '../domain/board.ts';
import type {
  ApprovalView,
  AttachPlan,
  Decided,
  EventView,
  Explanation,
  Fleet,
  Health,
  LaunchTarget,
  Outcome,
  Peek,
  QueueView,
  RegisterInput,
  RunInput,
  RunView,
  Selection,
  SessionPatch,
  SessionView,
  StartInput,
} from '../domain/fleet.ts';
import type {MemoryFile, NoteFilter, NoteView} from '../domain/knowledge.ts';
import type {Screen, Scrollback} from '../domain/screen.ts';
import type {TranscriptEntry} from '../domain/transcript.ts';
import {defaultWorkspace, MAIN} from '../domain/workspace.ts';
import {type Connecting, Connection} from './connection.ts';

/** A worktree's check-out and its setup may take so long, in ms. */
const WORKTREE_MS = 30 * 60_000;
/** Git may have to look at a whole repository. */
const LOOK_MS = 2 * 60_000;

/** The fleet of a supervisor elsewhere: over its unix socket, or over TCP with a token. */
export class Client implements Fleet {
  readonly #connection: Connection;

  constructor(options: Connecting) {
    this.#connection = new Connection(options);
  }

  health = (): Promise<Health> => this.#connection.call('/api/health');

  sessions = ({all = false}: {all?: boolean} = {}): Promise<SessionView[]> =>
    this.#connection.call(`/api/sessions${all ? '?all=1' : ''}`);

  session = (ref: string): Promise<SessionView> => this.#connection.call(at(ref));

  register = (input: RegisterInput): Promise<SessionView> => this.#connection.post('/api/sessions', input);

  update = (ref: string, patch: SessionPatch): Promise<SessionView> =>
    this.#connection.call(at(ref), {method: 'PATCH', body: patch});

  unregister = (ref: string): Promise<void> => this.#connection.call(at(ref), {method: 'DELETE'});

  start = (ref: string, input: StartInput = {}): Promise<SessionView> => this.#connection.post(at(ref, 'start'), input);

  stop = (ref: string, options: {force?: boolean} = {}): Promise<SessionView> =>
    this.#connection.call(at(ref, 'stop'), {method: 'POST', body: options, lasting: true});

  restart = (ref: string, input: StartInput = {}): Promise<SessionView> =>
    this.#connection.post(at(ref, 'restart'), input);

  stopAll = ({of = {all: true}, force}: {of?: Selection; force?: boolean} = {}): Promise<Outcome[]> =>
    this.#connection.post('/api/sessions/bulk/stop', {...of, force});

  run = (input: RunInput): Promise<SessionView> => this.#connection.post('/api/run', input);

  fork: Fleet['fork'] = (ref, body) =>
    this.#connection.call(at(ref, 'fork'), {method: 'POST', body, patienceMs: WORKTREE_MS});

  variables = (target: {ref: string} | LaunchTarget): Promise<string[]> =>
    this.#connection.post('/api/variables', target);

  /** Its id comes from here, so that it is one message however often it is asked for. */
  send: Fleet['send'] = (ref, {text, id = newId(), asCommand, now}) =>
    this.#connection.call(at(ref, 'send'), {
      method: 'POST',
      body: {text, msg_id: id, as_command: asCommand, now},
      repeatable: true,
    });

  switchModels: Fleet['switchModels'] = (of, model) =>
    this.#connection.post('/api/sessions/bulk/model', {...of, model});

  compact: Fleet['compact'] = of => this.#connection.post('/api/sessions/bulk/compact', of);

  sendAll: Fleet['sendAll'] = (of, {text, id, asCommand, now}) =>
    this.#connection.post('/api/sessions/bulk/send', {...of, text, msg_id: id, as_command: asCommand, now});

  keys = (ref: string, input: {keys: string[]; force?: boolean}): Promise<void> =>
    this.#connection.post(at(ref, 'keys'), input);

  type = (ref: string, bytes: string): Promise<void> => this.#connection.post(at(ref, 'type'), {bytes});

  queue = (ref: string): Promise<QueueView[]> => this.#connection.call(at(ref, 'queue'));

  clearQueue = (ref: string): Promise<number> => this.#connection.call(at(ref, 'queue'), {method: 'DELETE'});

  approvals = (): Promise<ApprovalView[]> => this.#connection.call('/api/approvals');

  decide = (ref: string, {behaviour, ...more}: Decision): Promise<Decided> =>
    this.#connection.post(`/api/approvals/${encodeURIComponent(ref)}`, {decision: behaviour, ...more});

  peek = (ref: string, {lines, ansi = false}: {lines?: number; ansi?: boolean} = {}): Promise<Peek> =>
    this.#connection.call(`${at(ref, 'peek')}?ansi=${ansi ? 1 : 0}${lines === undefined ? '' : `&lines=${lines}`}`);

  transcript = (ref: string, {limit}: {limit?: number} = {}): Promise<TranscriptEntry[]> =>
    this.#connection.call(`${at(ref, 'transcript')}${limit === undefined ? '' : `?limit=${limit}`}`);

  logs = (ref: string, {lines}: {lines?: number} = {}): Promise<string[]> =>
    this.#connection.call(`${at(ref, 'logs')}${lines === undefined ? '' : `?lines=${lines}`}`);

  scrollback = (ref: string, {lines}: {lines?: number} = {}): Promise<Scrollback> =>
    this.#connection.call(`${at(ref, 'scrollback')}${lines === undefined ? '' : `?lines=${lines}`}`);

  async *screens(ref: string, signal: AbortSignal): AsyncIterable<Screen> {
    for await (const {data} of this.#connection.stream(at(ref, 'screens'), signal)) yield data as Screen;
  }

  resize = (ref: string, size: {cols: number; rows: number}): Promise<SessionView> =>
    this.#connection.post(at(ref, 'resize'), size);

  runs = (ref: string): Promise<RunView[]> => this.#connection.call(at(ref, 'runs'));

  explain = (ref: string): Promise<Explanation> => this.#connection.call(at(ref, 'explain'));

  seen = (ref: string): Promise<SessionView> => this.#connection.post(at(ref, 'seen'), undefined);

  attach = (ref: string): Promise<AttachPlan> => this.#connection.call(at(ref, 'attach'));

  attached = (ref: string, state: 'on' | 'off'): Promise<void> => this.#connection.post(at(ref, 'attached'), {state});

  lookAt: Fleet['lookAt'] = body => this.#connection.post('/api/looks', body);

  testNotices: Fleet['testNotices'] = () =>
    this.#connection.call('/api/notices/test', {method: 'POST', body: {}, patienceMs: LOOK_MS});

  commands: Fleet['commands'] = () => this.#connection.call('/api/commands');

  async *events({since, signal}: {since?: number; signal: AbortSignal}): AsyncIterable<EventView> {
    const path = `/api/events${since === undefined ? '' : `?since=${since}`}`;
    for await (const {data} of this.#connection.stream(path, signal)) yield data as EventView;
  }

  listTokens = (): Promise<TokenView[]> => this.#connection.call('/api/access');

  createToken = (input: TokenInput): Promise<TokenView & {token: string}> =>
    this.#connection.post('/api/access', input);

  revokeToken = (ref: string): Promise<void> =>
    this.#connection.call(`/api/access/${encodeURIComponent(ref)}`, {method: 'DELETE'});

  cards = ({archived, ...filter}: CardFilter = {}): Promise<CardView[]> =>
    this.#connection.call(`/api/board${search({...filter, archived: archived ? 1 : undefined})}`);

  card = (id: string): Promise<CardView> => this.#connection.call(onBoard(id));

  addCard = (input: CardInput): Promise<CardView> => this.#connection.post('/api/board', input);

  updateCard = (id: string, body: CardPatch, guard: Guard = {}): Promise<CardView> =>
    this.#connection.call(onBoard(id), {method: 'PATCH', body, headers: ifMatch(guard)});

  removeCard = (id: string, guard: Guard = {}): Promise<CardView> =>
    this.#connection.call(onBoard(id), {method: 'DELETE', headers: ifMatch(guard)});

  claimCard: Fleet['claimCard'] = (id, input) => this.#connection.post(onBoard(id, 'claim'), input);

  nextCard: Fleet['nextCard'] = input => this.#connection.post('/api/board/next', input);

  releaseCard: Fleet['releaseCard'] = (id, input) => this.#connection.post(onBoard(id, 'release'), input);

  undo = (): Promise<CardView> => this.#connection.post('/api/board/undo', {});

  columns = (): Promise<Column[]> => this.#connection.call('/api/board/columns');

  beatCard: Fleet['beatCard'] = (id, input) => this.#connection.post(onBoard(id, 'heartbeat'), input);

  notes = (filter: NoteFilter = {}): Promise<NoteView[]> => this.#connection.call(`/api/notes${search(filter)}`);

  addNote = (input: {text: string; tags?: string[]}): Promise<NoteView> => this.#connection.post('/api/notes', input);

  memory = (): Promise<MemoryFile[]> => this.#connection.call('/api/memory');

  readMemory = (file: string): Promise<MemoryFile & {text: string}> =>
    this.#connection.call(`/api/memory/${encodeURIComponent(file)}`);

  writeMemory = (file: string, text: string): Promise<MemoryFile & {text: string}> =>
    this.#connection.call(`/api/memory/${encodeURIComponent(file)}`, {method: 'PUT', body: {text}});

  spend: Fleet['spend'] = ({all, ...query} = {}) =>
    this.#connection.call(`/api/tokens${search({...query, all: bit(all)})}`);

  budgets: Fleet['budgets'] = () => this.#connection.call('/api/budgets');

  setBudget: Fleet['setBudget'] = body => this.#connection.call('/api/budgets', {method: 'PUT', body});

  removeBudget: Fleet['removeBudget'] = id =>
    this.#connection.call(`/api/budgets/${encodeURIComponent(id)}`, {method: 'DELETE'});

  schedules: Fleet['schedules'] = () => this.#connection.call('/api/schedules');

  addSchedule: Fleet['addSchedule'] = input => this.#connection.post('/api/schedules', input);

  changeSchedule: Fleet['changeSchedule'] = (ref, body) =>
    this.#connection.call(onSchedule(ref), {method: 'PATCH', body});

  removeSchedule: Fleet['removeSchedule'] = ref => this.#connection.call(onSchedule(ref), {method: 'DELETE'});

  runSchedule: Fleet['runSchedule'] = ref => this.#connection.post(onSchedule(ref, 'run'), undefined);

  spendOf: Fleet['spendOf'] = (ref, query = {}) => this.#connection.call(`${at(ref, 'tokens')}${search(query)}`);

  workspaces: Fleet['workspaces'] = (where = {}) => this.#connection.call(`/api/workspaces${search(where)}`);

  workspace: Fleet['workspace'] = async (ref, where) =>
    this.#connection.call(`${ofWorkspace(await this.#meant(ref, where))}${search(where)}`);

  diff: Fleet['diff'] = async (ref, {stat, ...where}) =>
    this.#connection.call(
      `${ofWorkspace(await this.#meant(ref, where), 'diff')}${search({...where, stat: bit(stat)})}`,
      {patienceMs: LOOK_MS},
    );

  proposal: Fleet['proposal'] = async (ref, where) =>
    this.#connection.call(`${ofWorkspace(await this.#meant(ref, where), 'pr')}${search(where)}`, {patienceMs: LOOK_MS});

  createWorkspace: Fleet['createWorkspace'] = body =>
    this.#connection.call('/api/workspaces', {method: 'POST', body, patienceMs: WORKTREE_MS});

  removeWorkspace: Fleet['removeWorkspace'] = async (ref, {discard, teardown, ...where}) =>
    this.#connection.call(
      `${ofWorkspace(await this.#meant(ref, where))}${search({...where, discard: bit(discard), teardown: bit(teardown)})}`,
      {method: 'DELETE', patienceMs: WORKTREE_MS},
    );

  mergeWorkspace: Fleet['mergeWorkspace'] = (ref, body) =>
    this.#connection.call(ofWorkspace(ref, 'merge'), {method: 'POST', body, patienceMs: WORKTREE_MS});

  pruneWorkspaces: Fleet['pruneWorkspaces'] = body =>
    this.#connection.call('/api/workspaces/prune', {method: 'POST', body, patienceMs: WORKTREE_MS});

  initContext: Fleet['initContext'] = async (ref, where) =>
    this.#connection.post(ofWorkspace(await this.#meant(ref, where), 'context'), where);

  /** Without a name: the one that the directory is in, else the latest. */
  async #meant(ref: string | null, {cwd}: {cwd: string}): Promise<string> {
    return ref ?? defaultWorkspace(await this.workspaces({cwd}), cwd)?.id ?? MAIN;
  }

  mcpServers: Fleet['mcpServers'] = () => this.#connection.call('/api/mcp');

  addMcpServer: Fleet['addMcpServer'] = input => this.#connection.post('/api/mcp', input);

  removeMcpServer: Fleet['removeMcpServer'] = name =>
    this.#connection.call(`/api/mcp/${encodeURIComponent(name)}`, {method: 'DELETE'});

  replaceMcpServers: Fleet['replaceMcpServers'] = (mcpServers, guard = {}) =>
    this.#connection.call('/api/mcp', {method: 'PUT', body: {mcpServers}, headers: ifMatch(guard)});

  shutdown = async (): Promise<void> => {
    await this.#connection.post('/api/shutdown', undefined);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
  }
}

const at = (ref: string, what?: string): string =>
  `/api/sessions/${encodeURIComponent(ref)}${what === undefined ? '' : `/${what}`}`;

const onBoard = (id: string, what?: string): string =>
  `/api/board/${encodeURIComponent(id)}${what === undefined ? '' : `/${what}`}`;

const onSchedule = (ref: string, what?: string): string =>
  `/api/schedules/${encodeURIComponent(ref)}${what === undefined ? '' : `/${what}`}`;

const ofWorkspace = (ref: string, what?: string): string =>
  `/api/workspaces/${encodeURIComponent(ref)}${what === undefined ? '' : `/${what}`}`;

const bit = (value: boolean | undefined): number | undefined => (value === undefined ? undefined : Number(value));

const ifMatch = ({etag}: Guard): Record<string, string> => (etag === undefined ? {} : {'if-match': `"${etag}"`});

function search(values: Record<string, string | number | undefined>): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) given.set(key, String(value));
  return given.size === 0 ? '' : `?${given}`;
}

// Not imported: a short command that sends nothing shall not load it.
const newId = (): string => `m-${process.getBuiltinModule('node:crypto').randomBytes(8).toString('hex')}`;
