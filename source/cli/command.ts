import type {Paths} from '../config/paths.ts';
import type {Fleet} from '../domain/fleet.ts';
import type {Output} from './output.ts';
import type {Remote} from './remote.ts';

export type FlagSpec = {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: true;
  value?: string;
  /** True by default; people write `--no-NAME`. */
  negative?: true;
  /** Its value may be left out. */
  optional?: true;
  /** For amux itself: neither help nor completion tell of it. */
  hidden?: true;
  /** What completion offers for its value. */
  completes?: Completes;
  about: string;
};
/** What a word may be: a name, an id, one of a few words, a path. */
export type Completes =
  | 'sessions'
  | 'agents'
  | 'workspaces'
  | 'schedules'
  | 'cards'
  | 'columns'
  | 'goals'
  | 'groups'
  | 'restarts'
  | 'roles'
  | 'rules'
  | 'modes'
  | 'types'
  | 'files'
  | 'directories'
  | {words: readonly string[]};
export type Flags = Record<string, string | boolean | string[] | undefined>;

export type Context = {
  /** Arguments after the command's own words. */
  args: string[];
  flags: Flags;
  output: Output;
  paths: Paths;
  cwd: string;
  env: NodeJS.ProcessEnv;
  stdin: NodeJS.ReadStream;
  /** `read`: without a supervisor, from the store and the terminals. `write`: starts a supervisor when none runs. */
  fleet: (need: 'read' | 'write') => Promise<Fleet>;
  /** Aborted by Ctrl-C, which ends a command at once that does not read this. */
  signal: AbortSignal;
  /** The fleet is reached over a URL; null: it is this home's. */
  remote: Remote | null;
};

/** Resolves with the exit code; throws an `AmuxError` for what went wrong. */
export type Run = (context: Context) => Promise<number>;

/** One command line. Help, completion and parsing come from these records. */
export type Command = {
  /** Its words, e.g. `agent config add`. */
  path: string;
  aliases?: string[];
  usage: string;
  summary: string;
  flags?: Record<string, FlagSpec>;
  /** Works on the home, the project or the programs of this machine, never over a URL. */
  here?: true;
  /** How the journal names it, where no token says who calls; default `cli`. */
  actor?: 'mcp';
  /** Fewest and most arguments. */
  args: [number, number];
  hidden?: true;
  /** What completion offers for its arguments: for all of them, or for each by its place. */
  completes?: Completes | readonly Completes[];
  load: () => Promise<Run>;
};
