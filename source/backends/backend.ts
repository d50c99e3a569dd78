import type {ProgramState} from '../domain/evidence.ts';
import type {Exit} from '../domain/run.ts';
import type {Row, Screen} from '../domain/screen.ts';
import type {Mark} from '../domain/steering.ts';

export type Launch = {
  /** The terminal's id: the session's id. */
  terminal: string;
  /** Id of the run, kept by the terminal's owner. */
  run: string;
  /** The session's name, for the status line of an attached terminal. */
  name: string;
  /** Program and arguments; executed directly, not through a shell. */
  argv: string[];
  cwd: string;
  /** The whole environment of the process, apart from what a terminal adds (TERM, TMUX). */
  env: Record<string, string>;
  cols: number;
  rows: number;
  /** It asks at its start whether the terminal takes status reports (OSC 7501), and keeps silent without an answer. */
  asksForStatus: boolean;
};

export type TerminalInfo = {
  terminal: string;
  run: string;
  pid: number;
  /** null while the process lives. */
  exit: Exit | null;
  cols: number;
  rows: number;
  mark: Mark | null;
  /** When it last printed, ms since the epoch (tmux: whole seconds); null where that is not known. */
  printedAt: number | null;
  /** People's terminals that are joined to it now. */
  attached: number;
};

/** `at` is ms since the epoch, when it was observed. */
export type BackendEvent =
  | {type: 'output'; terminal: string; at: number}
  | {type: 'program'; terminal: string; at: number; state: ProgramState | 'clear'; kind: string; message: string}
  /** The program gave its terminal another title. */
  | {type: 'title'; terminal: string; at: number; title: string}
  | {type: 'exit'; terminal: string; run: string; at: number; exit: Exit}
  /** The owner of all terminals is gone, and they with it. */
  | {type: 'lost'; at: number; why: string};

/**
 * Where the processes of sessions live. Both implementations outlive the supervisor, and both pass
 * `test/backends/contract.ts`. Every method rejects with an `AmuxError`.
 */
export interface Backend extends AsyncDisposable {
  readonly kind: 'tmux' | 'pty';
  /** Joins the owner of the terminals; false when none runs (it is started by the first `launch`). */
  open(): Promise<boolean>;
  /** All terminals, also those whose process ended and that were not closed yet. */
  list(): Promise<TerminalInfo[]>;
  /** Resolves with the pid once the process exists. */
  launch(launch: Launch): Promise<number>;
  /** The screen now, with its styles. Also for ended processes until `close`. */
  capture(terminal: string): Promise<Screen>;
  /** Scrollback and screen as plain lines, oldest first; at most `lines` from the end. */
  history(terminal: string, lines: number): Promise<string[]>;
  /** The same with styles, each line as the terminal broke it; see `lastRows` for its bounds. */
  rows(terminal: string, lines: number): Promise<Row[]>;
  /** Raw input bytes, as a keyboard would send them. */
  write(terminal: string, bytes: string): Promise<void>;
  /** Types a text: as a bracketed paste where the program asked for that, else plain with CR for LF. The mark is remembered with it. Throws `backend.failed` where its process is known to have ended. */
  paste(terminal: string, text: string, mark: Mark): Promise<void>;
  /** Presses Enter and remembers the mark in the same step. Throws as `paste`. */
  enter(terminal: string, mark: Mark): Promise<void>;
  /** What `launch` was given as `env`. */
  environment(terminal: string): Promise<Record<string, string>>;
  resize(terminal: string, size: {cols: number; rows: number}): Promise<void>;
  /** Ends what still lives in it (SIGKILL to its process) and forgets it. */
  close(terminal: string): Promise<void>;
  /** Ends the owner, when it has no terminal left. */
  end(): Promise<void>;
  /** The argv that joins a person's terminal to it (to be run with that terminal as stdio); null: over `socket`. */
  attachArgv(terminal: string): string[] | null;
  readonly socket: string;
  /** Called when a person's terminal has left: the size that was set before rules again. */
  detached(terminal: string): Promise<void>;
  onEvent(listener: (event: BackendEvent) => void): () => void;
}
