import type {WaitingFor} from './evidence.ts';
import type {Tokens} from './ledger.ts';
import type {ModelView} from './model.ts';
import type {Activity, SessionStatus} from './session.ts';
import type {ContextView} from './spending.ts';
import type {Resources, WatchdogView} from './watch-view.ts';
import type {Dirty} from './workspace.ts';

/** A session as it is shown: the items of `GET /api/sessions`. Times are unix seconds; what is not collected is null. */
export type SessionView = {
  name: string;
  id: string;
  kind: 'durable' | 'one-shot';
  project: string | null;
  agent: string;
  /** That it is to have: its own, else the one of its profile that its process was launched with. */
  model: string | null;
  /** What it runs, and what becomes of another that it is to have. */
  model_state: ModelView;
  dir: string;
  workspace: {id: string; name: string; path: string};
  branch: string | null;
  /** Of its working tree; null: nobody has looked yet, or it is in no repository. */
  dirty: Dirty | null;
  tags: string[];
  status: SessionStatus;
  activity: Activity | null;
  activity_since: number | null;
  reason: string;
  waitingFor: WaitingFor | null;
  running: boolean;
  pid: number | null;
  /** Of its conversations, in all; null: its agent tells nothing of tokens. */
  token_count: number | null;
  tokens: Tokens | null;
  /** USD; null: no price is known. */
  cost: number | null;
  context: ContextView | null;
  /** Tokens per minute of its conversation in the last `RATE_MINUTES`, the running one last; null as `token_count`. */
  rate: number[] | null;
  /** Messages that wait. */
  queue: number;
  /** Last meaningful line of its screen. */
  preview: string;
  yolo: boolean;
  created_at: number;
  started_at: number | null;
  /** Of its last run, also where nobody saw how it ended; null: it goes on, or there was none. */
  ended_at: number | null;
  updated_at: number;
  exit: {code: number | null; signal: string | null; at: number} | null;
  /** What its processes take; null: it does not run, or nobody has looked yet. */
  resources: Resources | null;
  /** What the watchdog says of it. */
  watchdog: WatchdogView;
  /** What a person should know of it and cannot see elsewhere. */
  notice: string | null;
};
