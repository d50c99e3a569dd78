import type {Access} from './access.ts';
import type {AskingKind, Decision, Means, Request} from './approvals.ts';
import type {Board} from './board.ts';
import type {Budgets} from './budget.ts';
import type {Change, Entry} from './events.ts';
import type {Signals} from './evidence.ts';
import type {ExternalCommand} from './external-command.ts';
import type {Knowledge} from './knowledge.ts';
import type {McpServers} from './mcp.ts';
import type {ModelView} from './model.ts';
import type {Notices} from './notices.ts';
import type {RunRecord} from './run.ts';
import type {Schedules} from './schedule.ts';
import type {Screen, Scrollback} from './screen.ts';
import type {Activity, RestartPolicy, SessionStatus} from './session.ts';
import type {SessionView} from './session-view.ts';
import type {Spending} from './spending.ts';
import type {Message, MessageState} from './steering.ts';
import type {TranscriptEntry} from './transcript.ts';
import type {RuleMode, RuleName} from './watch.ts';
import type {RuleView} from './watch-view.ts';
import type {Workspaces} from './workspace.ts';

export type {SessionView};

export type Peek = {
  name: string;
  /** Plain text, or with SGR sequences when `ansi` was asked for. */
  output: string;
  /** Number of lines in `output`. */
  lines: number;
  cursor: {x: number; y: number} | null;
  cols: number;
  rows: number;
};

export type RegisterInput = {
  name: string;
  dir: string;
  agent?: string;
  command?: string;
  model?: string;
  yolo?: boolean;
  env?: Record<string, string>;
  tags?: string[];
  restart?: RestartPolicy;
};

/** What may be changed of a session; null takes away what was given. */
export type SessionPatch = {
  model?: string | null;
  /** Replaces its profile's; null: the profile's again. */
  command?: string | null;
  tags?: string[];
  yolo?: boolean;
  /** The whole of its variables. */
  env?: Record<string, string>;
  restart?: RestartPolicy;
  /** Of these rules of the watchdog; null: as the configuration says. */
  watchdog?: Partial<Record<RuleName, RuleMode | null>>;
};

export type RunInput = {
  /** Default: the workspace's, else the project's. */
  agent?: string;
  /** The caller's directory: decides project and workspace. */
  cwd: string;
  /** Default: the one that `cwd` is in, else the latest, else `main`. */
  workspace?: string;
  command?: string;
  env?: Record<string, string>;
  name?: string;
  prompt?: string;
  /** Values of variables that the profile names, from the caller's environment. */
  callerEnv?: Record<string, string>;
};

/** What a launch would be, before there is a session. */
export type LaunchTarget = Pick<RunInput, 'agent' | 'cwd' | 'workspace' | 'env'>;

export type StartInput = {
  prompt?: string;
  callerEnv?: Record<string, string>;
  /** Goes on with a conversation of its agent, or begins a new one from it. */
  conversation?: {id: string; fork: boolean};
};

/** A second session from one. */
export type ForkInput = {
  /** Of the new session, and of its workspace. */
  name: string;
  /** A new one; default `amux/NAME`. */
  branch?: string;
  prompt?: string;
  /** Without what is not committed. */
  clean?: boolean;
  /** A fresh conversation that begins with what was said, for agents that cannot copy theirs. */
  handoff?: boolean;
  yolo?: boolean;
  /** Hash of the commands that the caller accepts (see `workspace.untrusted`). */
  trust?: string;
  /** False: what the project declares for new workspaces is not done. */
  setup?: boolean;
  callerEnv?: Record<string, string>;
};

/** One process life. Times are unix seconds. */
export type RunView = Pick<RunRecord, 'id' | 'pid' | 'argv' | 'backend'> & {
  started_at: number;
  ended_at: number | null;
  exit: {code: number | null; signal: string | null; at: number} | null;
  /** Of the API as its process was told, without the token. */
  url: string | null;
  /** Of its agent. */
  version: string | null;
  /** That its agent had at the end of it. */
  conversation: string | null;
};

/** Which sessions a call over several means: those with these names, or those that run (with this tag). */
export type Selection = {names: string[]} | {tag: string} | {all: true};

/** `id`: a repeat with the same one is answered with what became of the first. */
export type MessageInput = {text: string; id?: string; asCommand?: boolean; now?: boolean};

export type Sent = {id: string; state: MessageState; reason: string};

export type Explanation = {
  name: string;
  status: SessionStatus;
  activity: Activity | null;
  reason: string;
  since: number;
  /** The agent's own id for its history. */
  conversation: string | null;
  /** The session that it was forked from, by name, and the conversation that came along; null: it is no fork. */
  origin: {session: string; conversation: string | null} | null;
  /** As in `SessionView`. */
  notice: string | null;
  /** Each rule of the watchdog. */
  watchdog: RuleView[];
  evidence: {source: keyof Signals | 'process'; age: number | null; says: string; wins: boolean}[];
};

/** How a person's terminal is joined to a session's. */
export type AttachPlan =
  | {via: 'tmux'; argv: string[]; name: string; detachKey: string}
  | {via: 'pty'; socket: string; terminal: string; name: string; detachKey: string};

/** For people. */
export const leavesText = (detachKey: string): string => `${detachKey.replace('C-b', 'Ctrl-B')} leaves`;

export type Health = {
  /** Process id of the supervisor; 0 when none runs and the store was read. */
  pid: number;
  version: string;
  home: string;
  hosted: 'cockpit' | 'serve' | 'auto' | 'demo' | 'none';
  /** Of the API over TCP, without a token; null: nowhere. */
  url: string | null;
  backend: 'tmux' | 'pty';
  /** It shows notices on the desktop of its machine. */
  desktop: boolean;
  started_at: number;
  sessions: number;
  running: number;
  /** Of the newest journal entry. */
  cursor: number;
  /** Of the oldest entry that the journal still holds. */
  first: number;
  /** Why nothing new is taken just now; null: all is well. */
  trouble: string | null;
  notices: string[];
};

export type QueueView = Pick<Message, 'id' | 'text' | 'state' | 'reason' | 'actor'> & {created_at: number};

/** What a session asks a person: the items of `GET /api/approvals`. */
export type ApprovalView = {
  id: string;
  /** Its name and id. */
  session: string;
  session_id: string;
  agent: string;
  /** Where it works: what a trust dialog is about. */
  dir: string;
  kind: AskingKind;
  tool: string | null;
  input: unknown;
  title: string;
  suggestions: unknown[];
  /** What its dialog offers, numbered from 1; empty while that is not on screen. */
  choices: {n: number; label: string; means: Means}[];
  via: Request['via'];
  /** Unix seconds. */
  asked_at: number;
};

/** What became of a request. */
export type Decided = {id: string; session: string; title: string; outcome: string};

/** An event as clients see it: without the stored records. `at` is in unix seconds, with a fraction. */
export type EventView = Omit<Entry, 'changes'> & {
  /** Ids of the cards that it changed. */
  cards: string[];
};

/** A result per session, for commands over several. */
export type Outcome = {name: string; ok: boolean; error: {code: string; message: string; hint: string} | null};

/** `model` is null for a session that was refused it. */
export type ModelOutcome = Outcome & {model: ModelView | null};

/**
 * The one interface between amux and everything that speaks to people or programs. Implemented by the
 * supervisor (in process), the HTTP client (remote) and, read-only, by the offline reader.
 * Every method rejects with an `AmuxError`. `ref` is a name, id, `ps` index or unambiguous prefix.
 */
export interface Fleet extends Access, Board, Budgets, Knowledge, McpServers, Notices, Schedules, Spending, Workspaces {
  health(): Promise<Health>;
  /** In order of creation; one-shot sessions that ended over an hour ago only with `all`. */
  sessions(options?: {all?: boolean}): Promise<SessionView[]>;
  session(ref: string): Promise<SessionView>;
  register(input: RegisterInput): Promise<SessionView>;
  /** Holds from the next start; the model from the next turn boundary, tags, the restart policy and modes at once. */
  update(ref: string, patch: SessionPatch): Promise<SessionView>;
  /**
   * Gives them another model at their next turn boundaries, with their conversations; null: none of their own. Resolves
   * at once with how each stands; `SessionView.model_state` goes on to tell.
   */
  switchModels(of: Selection, model: string | null): Promise<ModelOutcome[]>;
  /** Has their conversations compacted at their next turn boundaries; their queues wait for that. */
  compact(of: Selection): Promise<Outcome[]>;
  unregister(ref: string): Promise<void>;
  /** Resolves when it runs; rejects with `session.start` when its process ended while starting. */
  start(ref: string, input?: StartInput): Promise<SessionView>;
  /** Resolves when its whole process tree is gone. */
  stop(ref: string, options?: {force?: boolean}): Promise<SessionView>;
  restart(ref: string, input?: StartInput): Promise<SessionView>;
  /** Default: every session that runs. */
  stopAll(options?: {of?: Selection; force?: boolean}): Promise<Outcome[]>;
  run(input: RunInput): Promise<SessionView>;
  /**
   * A new session with the conversation of this one, in a new workspace with its uncommitted changes. This one goes on.
   * `notice` of the answer says what did not come along. Rejects before anything is made with `fork.cannot`, and with
   * `fork.conversation` where a hand-off helps; with `fork.start` when only the start failed.
   */
  fork(ref: string, input: ForkInput): Promise<SessionView>;
  /** Names of the variables (`${VAR}`) that a launch would take from its caller's environment. */
  variables(target: {ref: string} | LaunchTarget): Promise<string[]>;
  /** `now`: ends the turn that runs, and goes before what waits. */
  send(ref: string, message: MessageInput): Promise<Sent>;
  sendAll(of: Selection, message: MessageInput): Promise<Outcome[]>;
  keys(ref: string, input: {keys: string[]; force?: boolean}): Promise<void>;
  /** Raw terminal input of a person who types (UTF-8). */
  type(ref: string, bytes: string): Promise<void>;
  queue(ref: string): Promise<QueueView[]>;
  clearQueue(ref: string): Promise<number>;
  /** What waits for a person, oldest first. */
  approvals(): Promise<ApprovalView[]>;
  /**
   * Answers a request by its id, an unambiguous prefix, or the name of a session that has exactly one. Resolves
   * when it is settled; the first answer wins, and a later one rejects with `approval.settled`.
   */
  decide(ref: string, decision: Decision): Promise<Decided>;
  peek(ref: string, options?: {lines?: number; ansi?: boolean}): Promise<Peek>;
  /** What was said in its conversation, oldest first, as far as its agent keeps that; at most `limit` from the end. */
  transcript(ref: string, options?: {limit?: number}): Promise<TranscriptEntry[]>;
  /** The text history, oldest first: the conversation and the last screen, else the terminal's lines; at most `lines` from the end. */
  logs(ref: string, options?: {lines?: number}): Promise<string[]>;
  /** What its terminal showed, with styles; also of one that ended. At most `lines` from the end, default 2000. */
  scrollback(ref: string, options?: {lines?: number}): Promise<Scrollback>;
  /** The screen now and after each change, at most ten a second (faster right after input); ends with the signal. */
  screens(ref: string, signal: AbortSignal): AsyncIterable<Screen>;
  /** Makes the terminals of sessions that nobody is attached to this size. */
  resize(ref: string, size: {cols: number; rows: number}): Promise<SessionView>;
  runs(ref: string): Promise<RunView[]>;
  explain(ref: string): Promise<Explanation>;
  seen(ref: string): Promise<SessionView>;
  attach(ref: string): Promise<AttachPlan>;
  /** Tells that an attached terminal came or went, so that sizes follow it. */
  attached(ref: string, state: 'on' | 'off'): Promise<void>;
  /** Entries after `since` (default: from now on), then each new one; ends with the signal. */
  events(options: {since?: number; signal: AbortSignal}): AsyncIterable<EventView>;
  /** The last processes that the supervisor ran besides its sessions, oldest first; not kept beyond its end. */
  commands(): Promise<ExternalCommand[]>;
  /** Ends the supervisor; sessions live on. */
  shutdown(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const eventView = ({changes, at, ...shown}: Entry): EventView => ({
  ...shown,
  at: at / 1000,
  cards: shown.type === 'snapshot' ? [] : changes.flatMap(cardOf),
});

function cardOf(change: Change): string[] {
  switch (change.kind) {
    case 'put':
      return change.table === 'cards' ? [change.record.id] : [];
    case 'delete':
      return change.table === 'cards' ? [change.id] : [];
    case 'card.beat':
    case 'card.place':
      return [change.id];
    default:
      return [];
  }
}
