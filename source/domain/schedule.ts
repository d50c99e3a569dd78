import type {CardFields} from './board.ts';

/** Schedules of one home, and how many of its runs each remembers. */
export const SCHEDULES_MAX = 500;
export const RUNS_KEPT = 20;

/** When something is done, and where that is a time of day: a cron expression, or one moment as ISO 8601. */
export type When = {cron: string; at: null; timezone: string} | {cron: null; at: string; timezone: string};

/** What a card that is added may have. */
export type ScheduledCard = Pick<CardFields, 'title'> &
  Partial<Pick<CardFields, 'desc' | 'status' | 'project' | 'session' | 'priority' | 'tags' | 'links'>>;

/** What is done: a text for a session (by its name), or a card. */
export type Job = {do: 'send'; session: string; text: string; now: boolean} | {do: 'card'; card: ScheduledCard};

/** What becomes of a run that was due while nobody supervised or the machine slept: done once afterwards, or left out. */
export const missedRules = ['once', 'skip'] as const;
export type MissedRule = (typeof missedRules)[number];

export const outcomes = ['done', 'skipped', 'failed'] as const;
export type RunOutcome = (typeof outcomes)[number];

/** What became of one run. Times are ms since the epoch. */
export type ScheduleRun = {
  due: number;
  at: number;
  outcome: RunOutcome;
  /** What was done, or why it was not. */
  detail: string;
  /** Who asked for it; null: its time had come. */
  by: string | null;
  /** It was due while nobody could do it. */
  late: boolean;
  /** Other runs that were due before it and were not done, up to 100. */
  missed: number;
};

/** Recurring work, or work for one moment, as it is stored. Times are ms since the epoch. */
export type Schedule = {
  id: string;
  name: string;
  when: When;
  job: Job;
  missed: MissedRule;
  enabled: boolean;
  /** Who made it. */
  actor: string;
  createdAt: number;
  /** When it is due; null: it is paused, or nothing is to come. */
  next: number | null;
  /** The time of day from which `next` was counted: nothing before it is due again when the clock is set back. */
  countedAt: number;
  /** The newest last. */
  runs: ScheduleRun[];
};

/** As people and programs give it: `cron` or `at`, and `text` for a `session` or a `card`. */
export type ScheduleInput = {
  /** Default: made of what it does. */
  name?: string;
  cron?: string;
  /** `2026-11-22T02:00`, in its time zone unless it says another. */
  at?: string;
  /** IANA; default the one of the supervisor. */
  timezone?: string;
  session?: string;
  text?: string;
  /** Ends the turn that runs. */
  now?: boolean;
  card?: ScheduledCard;
  missed?: MissedRule;
  enabled?: boolean;
};

/** What may be changed; `cron` and `at` take each other's place, `text` and `card` too. */
export type SchedulePatch = Partial<Omit<ScheduleInput, 'name'>> & {name?: string};

/** Times are unix seconds. */
export type ScheduleRunView = Omit<ScheduleRun, 'due' | 'at'> & {due: number; at: number};

/** A schedule as it is shown: the items of `GET /api/schedules`. Times are unix seconds. */
export type ScheduleView = {
  id: string;
  name: string;
  cron: string | null;
  at: string | null;
  timezone: string;
  session: string | null;
  text: string | null;
  now: boolean;
  card: ScheduledCard | null;
  missed: MissedRule;
  enabled: boolean;
  /** `over`: nothing of it is to come. */
  state: 'active' | 'paused' | 'over';
  next_run: number | null;
  /** The next three. */
  upcoming: number[];
  created_at: number;
  /** The newest first. */
  history: ScheduleRunView[];
};

/** Work that is done at set times. `ref` is a name, an id or an unambiguous prefix. */
export interface Schedules {
  /** In the order in which they were made. */
  schedules(): Promise<ScheduleView[]>;
  addSchedule(input: ScheduleInput): Promise<ScheduleView>;
  /** `enabled: false` pauses it; what was due meanwhile is not made up for. */
  changeSchedule(ref: string, patch: SchedulePatch): Promise<ScheduleView>;
  removeSchedule(ref: string): Promise<void>;
  /** Does it now as well, whatever its times; resolves with what became of it. */
  runSchedule(ref: string): Promise<ScheduleRunView>;
}

export function scheduleView(schedule: Schedule, upcoming: readonly number[]): ScheduleView {
  const {id, name, when, job, missed, enabled, createdAt, next, runs} = schedule;
  const send = job.do === 'send' ? job : null;
  return {
    id,
    name,
    cron: when.cron,
    at: when.at,
    timezone: when.timezone,
    session: send?.session ?? null,
    text: send?.text ?? null,
    now: send?.now ?? false,
    card: job.do === 'card' ? job.card : null,
    missed,
    enabled,
    state: next !== null ? 'active' : enabled ? 'over' : 'paused',
    next_run: next === null ? null : seconds(next),
    upcoming: upcoming.map(seconds),
    created_at: seconds(createdAt),
    history: runs.map(scheduleRunView).reverse(),
  };
}

export const scheduleRunView = (run: ScheduleRun): ScheduleRunView => ({
  ...run,
  due: seconds(run.due),
  at: seconds(run.at),
});

/** `send worker: run the suite`, `add card: Look at the logs`. */
export function jobText({session, text, now, card}: Pick<ScheduleView, 'session' | 'text' | 'now' | 'card'>): string {
  if (card !== null) return `add card: ${card.title}`;
  return `send ${session}${now ? ' now' : ''}: ${text}`;
}

/** `0 2 * * *`, or the moment. */
export const whenText = ({cron, at}: Pick<ScheduleView, 'cron' | 'at'>): string => cron ?? at ?? '';

const seconds = (at: number): number => Math.floor(at / 1000);
