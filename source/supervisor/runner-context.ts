import type {Agent} from '../agents/agent.ts';
import type {Backend} from '../backends/backend.ts';
import type {Request} from '../domain/approvals.ts';
import type {Change, EventType} from '../domain/events.ts';
import type {Session} from '../domain/session.ts';
import type {Effect} from '../domain/transition.ts';
import type {WatchSettings} from '../domain/watch.ts';
import type {StateFiles} from './state-files.ts';

/** What a session has done for it by the supervisor; `give-model`: it may be given the model that it is to have. */
export type Deed = Exclude<Effect['do'], 'deliver' | 'keep-last-screen' | 'look-at-tree'> | 'give-model';

export type Recorded = {type: EventType; actor: string; session: Session; reason: string; changes: Change[]};

/** What one session needs of the fleet. */
export type RunnerContext = {
  backend: () => Backend;
  agentOf: (session: Session) => Agent;
  now: () => number;
  /** By how much that is ahead of the clock by which terminals and agents tell times, ms. */
  ahead: () => number;
  home: string;
  /** Directory of the last screens. */
  screensDir: string;
  stateFiles: StateFiles;
  histories: Set<string>;
  /** Why its queue is held; null: it is not. */
  held: (session: Session) => string | null;
  /** For what has happened: it counts, also while the journal cannot be written. */
  keep: (entry: Recorded) => void;
  /** For what is to be done: throws `store.write`, and then nothing has changed. */
  promise: (entry: Recorded) => void;
  /** False while something waits to be written to the journal. */
  writable: () => boolean;
  /** Its program runs in this environment. */
  onEnvironment: (session: Session, env: Readonly<Record<string, string>>) => void;
  /** A request was opened, or is over. */
  onAsked: (request: Request) => void;
  onSettled: (request: Request, why: string) => void;
  /** What holds for it of the watchdog. */
  watch: (session: Session) => WatchSettings;
  /** Does what the supervisor does for it; resolves when that is done, or not to be done. */
  does: (deed: Deed) => Promise<void>;
};
