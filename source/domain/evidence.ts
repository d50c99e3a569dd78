import type {Door} from './agent-event.ts';
import type {Choice, Request} from './approvals.ts';
import type {Exchange} from './model.ts';
import type {Exit, RunRecord} from './run.ts';
import type {TreeUsage, Usage} from './usage.ts';

export type WaitingKind =
  | 'permission'
  | 'question'
  | 'trust'
  | 'login'
  | 'limit'
  | 'context'
  | 'error'
  | 'plan'
  | 'mcp';

export type WaitingFor = {kind: WaitingKind; detail: string};

/** What a screen rule of an agent says; `rule` names it for `explain`. */
export type Reading = {
  activity: 'working' | 'waiting' | 'idle' | null;
  waitingFor: WaitingFor | null;
  /** A key typed now would answer or move something. */
  dialog: boolean;
  /** The program's own input line is on screen and ready. */
  composer: boolean;
  rule: string;
  /** What the dialog offers; empty without one. */
  choices: Choice[];
  /**
   * `list`: what is open only completes the text in the input line, and Enter still submits that. `overlay`: it hides
   * what the program does, so what was read before holds.
   */
  layer?: 'list' | 'overlay';
};

/** States of OSC 7501 (Program Status Protocol). */
export type ProgramState = 'idle' | 'working' | 'blocked' | 'done' | 'error';

/** What a program says of itself. `at` is ms since the epoch. */
export type Word = {at: number; state: ProgramState; kind: string; message: string};

/** Who may tell a program's word: `program` is OSC 7501. */
export type WordSource = 'program' | Door;

/** Most trusted first: who is believed when words of the same moment differ. */
export const wordSources: readonly WordSource[] = ['program', 'stream', 'hook', 'file', 'title'];

/** The freshest of each source; `at` is when it was observed (ms since the epoch). */
export type Signals = Record<WordSource, Word | null> & {
  output: {at: number; since: number} | null;
  screen: {at: number; reading: Reading} | null;
  /** `command`: it acts at once and may begin no turn. `over`: the program was at rest since. */
  submitted: {at: number; message: string; command?: boolean; over?: boolean} | null;
  /** Whether something runs in its terminal, looked at when silence alone would make it idle. */
  tree: {at: number; busy: string | null} | null;
  /** What its processes took at the last looks. */
  usage: Usage | null;
  /** The last thing that told of progress; `by` says which. */
  progress: {at: number; by: string} | null;
};

export const noSignals = (): Signals => ({
  program: null,
  stream: null,
  hook: null,
  file: null,
  title: null,
  output: null,
  screen: null,
  submitted: null,
  tree: null,
  usage: null,
  progress: null,
});

export type Evidence =
  /** `conversation`: with which it is to start; default: none, or a new one. */
  | {source: 'request'; at: number; act: 'start'; conversation?: {id: string; fork: boolean} | undefined}
  | {source: 'request'; at: number; act: 'stop'}
  /** Its process is exchanged for one with another model; null: it is kept after all. */
  | {source: 'exchange'; at: number; exchange: Exchange | null; why: string}
  /** Its agent said which model it runs. */
  | {source: 'model'; at: number; model: string}
  | {source: 'process'; at: number; state: 'started'; run: RunRecord}
  | {source: 'process'; at: number; state: 'exited'; exit: Exit}
  | {source: 'process'; at: number; state: 'refused'; why: string; run: RunRecord}
  | {source: 'backend'; at: number; state: 'lost'; why: string}
  | {source: 'directory'; at: number; state: 'gone' | 'back'}
  | {source: 'output'; at: number}
  | {source: WordSource; at: number; state: ProgramState | 'clear'; kind: string; message: string}
  | {source: 'tree'; at: number; busy: string | null}
  | {source: 'usage'; at: number; usage: TreeUsage}
  | {source: 'progress'; at: number; by: string}
  | {source: 'conversation'; at: number; id: string; file: string | null}
  | {source: 'asked'; at: number; request: Request}
  /** `ref` null: all that it told of itself. `id`: this one, whatever it is called; `why` and by whom goes to the journal. */
  | {source: 'settled'; at: number; ref: string | null; id?: string; why?: string}
  | {source: 'screen'; at: number; reading: Reading | null}
  /** `compacts`: it is the command that compacts its conversation. */
  | {source: 'delivery'; at: number; message: string; command?: boolean; compacts?: boolean}
  /** `asked`: somebody wants its conversation compacted. `confirmed`: its agent says that it did that. */
  /** `inTurn`: its agent did it by itself, in a turn that goes on. */
  | {source: 'compaction'; at: number; state: 'asked' | 'confirmed'; inTurn?: boolean}
  /** How full its context is, in percent; null: not known any more. */
  | {source: 'context'; at: number; percent: number | null}
  /** Another session ran into the limit for which this one waits, too: until then (ms since the epoch). */
  | {source: 'limit'; at: number; until: number; told: boolean; tries: number}
  | {source: 'person'; at: number; act: 'seen'}
  | {source: 'clock'; at: number};
