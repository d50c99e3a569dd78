import type {AgentEvent} from '../domain/agent-event.ts';
import type {Decision, Request} from '../domain/approvals.ts';
import type {Reading} from '../domain/evidence.ts';
import type {ContextSaid, Usage, UsageReader} from '../domain/ledger.ts';
import type {Screen} from '../domain/screen.ts';
import type {TurnMark} from '../domain/takeup.ts';
import type {Said} from '../domain/transcript.ts';
import type {GivenServer} from './mcp-servers.ts';
import type {OwnMcp} from './own-mcp.ts';
import type {ScreenLayout, ScreenRule} from './screen-rules.ts';

/** What amux knows of one kind of program. One record per file, listed in `registry.ts`. */
export type Agent = {
  /** The name used as `type` in a profile. */
  name: string;
  title: string;
  /** The command line when the profile has none; null: the user's shell. */
  command: string | null;
  /** Arguments that choose a model; null: it takes none. */
  modelFlags: ((model: string) => string[]) | null;
  /** Arguments for running without permission prompts; null: it has no such mode. */
  yoloFlags: string[] | null;
  /** Its modes of asking for permission, with the arguments that choose one. */
  permissionModes: Readonly<Record<string, string[]>>;
  /** Arguments that print its version. */
  versionFlags: string[] | null;
  /** The versions that its rules were made for (`2.1`: every 2.1.x); null where there are none. */
  knownVersions: string[] | null;
  /** A text so that it is sent as it reads: a first `/` or `!` would act. */
  literal: (text: string) => string;
  /** Pause between a pasted text and Enter: some programs take a fast Enter for part of the paste, in ms. */
  enterDelayMs: number;
  /** The same for a command: its list of commands has to be there before Enter, or the command goes to the model, in ms. */
  commandDelayMs: number;
  /** How long a free input line must have stood: some draw it before they take any input, and lose what is typed, in ms. */
  settleMs: number;
  /** Quiet time that ends a turn when nothing better is known, in ms. */
  quietMs: number;
  /** The lines of its screen that are its work: without input line, status lines and remarks on time. */
  content: (lines: readonly string[]) => readonly string[];
  /** It reports its status by OSC 7501 only where the terminal has answered its question. */
  asksForStatus: boolean;
  /** What makes it compact its conversation; null: it cannot. */
  compactCommand: string | null;
  /** A message whose turn failed is no part of its conversation any more: to go on it has to be told of it again. */
  forgetsFailed: boolean;
  /** What stands below that command on its screen once it was done; null: another door tells. */
  compacted: RegExp | null;
  /** What the title of its terminal says of its state; null: nothing. */
  readTitle: ((title: string) => AgentEvent | null) | null;
  /** What amux adds to a launch, so that it tells more of itself. Per session and generated: nothing of the user's is edited. */
  equip: ((about: Equipping) => Equipment) | null;
  /** Its MCP servers; null: it takes none. */
  mcp: McpWays | null;
  /** Reads one request of its hooks. */
  readHook: ((body: unknown) => AgentEvent[]) | null;
  /** What a request that its hook holds is answered with. */
  answerHook: ((request: Request, decision: Decision) => unknown) | null;
  /** A reader of the API that one of its processes serves, by how that was launched; null: that one serves none. */
  readStream: ((launch: Launch) => StreamReader | null) | null;
  /** Its history of a conversation as a file of JSON lines. */
  transcript: Transcript | null;
  /** What its histories say of tokens; null: nothing that amux can read. */
  usage: UsageHistory | UsageDatabase | null;
  /** The file in which each of its processes keeps its own state; null: none. */
  stateFile: StateFile | null;
  /** Arguments that go on with a conversation in a directory; null: it keeps none. */
  resumeFlags: ((conversation: string, dir: string) => string[]) | null;
  /** What begins a new conversation with all of another, which stays as it is; null: it cannot. */
  fork: ((about: Forking) => Promise<Forked>) | null;
  /** How a turn is ended early; null: not known. */
  interrupt: Interrupt | null;
  /** What stands in the first row of its input line; null: no input line is there, or amux has no rules for it. */
  input: ((screen: Screen) => string | null) | null;
  /** How its screen is laid out and the rules for it, as data; null when amux has none. */
  screens: {layout: ScreenLayout; rules: readonly ScreenRule[]} | null;
  /** What its screen says; null when amux has no rules for it. */
  read: ((screen: Screen) => Reading) | null;
};

/** What a fork is made of. */
export type Forking = {
  /** Id of the one that is forked. */
  conversation: string;
  /** Where the new one works. */
  dir: string;
  /** A private directory for what is needed meanwhile. */
  files: string;
  /** Runs its program with these arguments in `dir`, and resolves with what it printed. Rejects when it fails. */
  run: (args: readonly string[]) => Promise<string>;
};

/** `flags` are added to the launch. `conversation`: id of the new one; null: its program chooses one. */
export type Forked = {flags: string[]; conversation: string | null};

/** What is known when a launch is equipped. */
export type Equipping = {
  /** What would be run. */
  argv: readonly string[];
  /** Session id. */
  session: string;
  /** The session's directory. */
  dir: string;
  /** A private directory of the session, for generated files. */
  files: string;
  /** Where its hooks may be posted, and the token that must come with them; null: nobody listens. */
  door: {url: string; token: string} | null;
  /** A free port of 127.0.0.1 for its own API. */
  port: number;
  /** The environment that it would be given. */
  env: Readonly<Record<string, string>>;
};

export type McpWays = {
  /** Those of its own configuration at a directory. */
  own: (about: Pick<Equipping, 'dir' | 'env'>) => OwnMcp;
  /** How a launch is told of others beside those. */
  give: (about: McpGiving) => McpEquipment;
};

/** A launch, and what it is to have of MCP servers. No secret may get into its arguments. */
export type McpGiving = Pick<Equipping, 'argv' | 'dir' | 'files' | 'env'> & {
  servers: readonly GivenServer[];
  /** Of its own configuration, as that has them. */
  passedOn: Record<string, unknown>;
};

/** `lacks`: why a server could not be given, by its name. */
export type McpEquipment = Equipment & {lacks: Record<string, string>};

export type Equipment = {
  /** What is run instead. */
  argv: string[];
  /** Added to its environment. */
  env: Record<string, string>;
  /** Generated files by path; written 0600. */
  files: Record<string, string>;
};

export type Launch = {argv: readonly string[]; env: Readonly<Record<string, string>>};

/** Reads the API of one process. It keeps what was said: what an event means depends on those before it. */
export type StreamReader = {
  url: string;
  headers: Record<string, string>;
  /** Path of its server-sent events. */
  events: string;
  read: (event: unknown) => AgentEvent[];
  /** Asks what it does now: what happened while nobody listened was heard by nobody. */
  catchUp: (get: (path: string) => Promise<unknown>, before: Before) => Promise<CaughtUp>;
  /** What was said in a conversation, oldest first; `at` in ms since the epoch. */
  said: (get: (path: string) => Promise<unknown>, conversation: string) => Promise<{at: number | null; said: Said[]}[]>;
  /** What is posted to settle a request; null: only the keys of its dialog can say that. */
  answer: (request: Request, decision: Decision) => {path: string; body: unknown} | null;
  /**
   * Makes a conversation go on with another model once it is taken up again; `model` null: with its agent's default.
   * Throws when there is no such model.
   */
  giveModel: (ask: Ask, wish: {conversation: string; model: string | null}) => Promise<void>;
};

/** A request to its API; resolves with the answer. */
export type Ask = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<unknown>;

/** What amux knew before: prompts since then (ms since the epoch) were not heard, `refs` are the requests that stood open. */
export type Before = {since: number; conversation: string | null; refs: readonly string[]};

/** `prompts` with their own times, in ms since the epoch. */
export type CaughtUp = {events: AgentEvent[]; prompts: {at: number; text: string}[]};

/** Of a conversation, by the agent's own id. */
export type History = {file: string; id: string};

/** Where all histories of a user lie, and what stands in them of tokens. */
export type UsageHistory = {
  /** Directories. */
  roots: (env: Readonly<Record<string, string | undefined>>) => string[];
  /** By the path below a root. */
  isHistory: (path: string) => boolean;
  reader: UsageReader;
  /** Directory of the histories that belong to that of a conversation: those of its sub-agents; null: it has none. */
  beside: ((history: History) => string) | null;
};

/** The same in one SQLite file. */
export type UsageDatabase = {
  file: (env: Readonly<Record<string, string | undefined>>) => string;
  /** Rows with `id` and `changed` behind a time and an id, at most so many: three parameters. */
  sql: string;
  /** Throws what is damaged. */
  row: (row: Record<string, unknown>) => {usage: Usage | null; context: ContextSaid | null};
};

/** Where an agent keeps its history and how a line of it reads. */
export type Transcript = {
  /** The file of the running conversation; null: not known (yet). */
  find: (about: TranscriptAbout) => Promise<string | null>;
  /** What a line means for its state. */
  read: (line: unknown) => AgentEvent[];
  /** What was said in a line. */
  said: (line: unknown) => Said[];
  /** What a line says of a turn: after a crash that decides whether one was cut off. */
  turn: (line: unknown) => TurnMark['state'] | null;
};

export type TranscriptAbout = {
  /** Its process and all below it, the first one first; `start` as /proc has it, empty where there is none. */
  processes: readonly {pid: number; start: string}[];
  dir: string;
  startedAt: number;
  env: Readonly<Record<string, string>>;
  /** Histories that other sessions have. */
  taken: ReadonlySet<string>;
  /** What this run of it has told of its conversation. */
  conversation: {id: string; file: string | null} | null;
};

/** A directory in which each process of an agent has a file with its state. */
export type StateFile = {
  dir: (env: Readonly<Record<string, string>>) => string;
  name: (pid: number) => string;
  /** Whose file it is; null: it is no such file. */
  pidOf: (name: string) => number | null;
  /** Null: it is of another process. `at` is when its state changed; null: not said. */
  read: (content: unknown, process: {pid: number; start: string}) => {at: number | null; events: AgentEvent[]} | null;
};

/** `keys` end the turn. `clean` empties an input line that holds something; with an empty one it may end the program. */
export type Interrupt = {keys: string[]; clean: string[]};
