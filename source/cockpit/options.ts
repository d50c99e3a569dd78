import type {AttachPlan, Fleet} from '../domain/fleet.ts';
import type {NoticeSettings} from '../domain/notices.ts';
import type {ReadDirectories} from './directory-offers.ts';
import type {KeyChanges} from './remap.ts';
import type {ThemeFiles} from './themes.ts';

/** What the header and the welcome say about where this cockpit stands. */
export type CockpitInfo = {
  /** `remote`: over --url; its peeks never resize sessions. */
  mode: 'hosted' | 'headless' | 'remote' | 'demo';
  /** `HOST:PORT` of a remote fleet. */
  host?: string;
  /** Agents that are installed here, in the order they are offered; version null: it did not say. */
  agentsFound: readonly {name: string; version: string | null}[];
  /** The agent that runs any command; offered last, found or not. */
  anyCommand?: string;
  /** What a person types to see the demo; default `amux demo`. */
  demoCommand?: string;
};

export type CockpitOptions = {
  fleet: Fleet;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  /** What can be chosen, and what is. */
  themes: ThemeFiles;
  /** Key names such as `ctrl+]` or `C-]`. `leave` ends typing mode, `detach` ends an attach; `changes` of the keymap. */
  keys: {leave: string; detach: string; changes?: KeyChanges};
  info: CockpitInfo;
  /** Clicks and the wheel; default true. The terminal's own selection then takes shift. */
  mouse?: boolean;
  /** What this terminal tells of, as the configuration says at that moment; without it nothing. */
  notices?: () => NoticeSettings;
  /** Resolves with the new mode when the fleet has moved to another supervisor. */
  moved?: Promise<CockpitInfo['mode']>;
  /**
   * Joins this terminal to a session's, tells the fleet of it, and resolves when it is left. It runs while the cockpit is suspended:
   * nobody reads stdin, so it must give the terminal to a child process (`stdio: 'inherit'`). The signal
   * aborts when the cockpit itself has to end: end the child then.
   */
  attach: (plan: AttachPlan, signal: AbortSignal) => Promise<void>;
  /** Lets a person edit a text in this terminal, as with `attach`; null: there is nothing to take over. */
  edit?: (draft: {name: string; text: string}, signal: AbortSignal) => Promise<Edited | null>;
  /** Shows the demo in this terminal, by a child process as with `attach`; an empty fleet offers it when given. */
  demo?: (signal: AbortSignal) => Promise<void>;
  /** Before ctrl+z stops this process: what must go on has to be elsewhere by then. */
  beforeStop?: () => Promise<void>;
  /** Now, in ms since the epoch. */
  clock: () => number;
  /** Reads directories of the fleet's machine, to complete paths; none where that is another one. */
  directories?: ReadDirectories;
  /** Default directory of new sessions; null: the fleet is on another machine, where neither this one's directories nor `~` are meant. */
  cwd?: string | null;
  /** Variables of this terminal that agents' profiles may name. */
  callerEnv?: Record<string, string>;
  /** Decides colours and shapes: NO_COLOR, COLORTERM, TERM, LANG, LC_ALL, LC_CTYPE, HOME. */
  env?: Record<string, string | undefined>;
};

/** What a person wrote, the file that holds it, and what removes that. */
export type Edited = {text: string; file: string; discard: () => void};

/** `signal`: SIGTERM, SIGHUP or SIGINT came; the terminal is restored and the caller decides what that means. */
export type CockpitEnd = {reason: 'quit'; signal?: undefined} | {reason: 'signal'; signal: NodeJS.Signals};
