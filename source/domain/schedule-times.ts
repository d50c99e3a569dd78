import {RUNS_KEPT, type Schedule, type ScheduleRun, type When} from './schedule.ts';

/** A run is on time up to so long after its moment: a supervisor may be exchanged then, a machine be slow. ms */
export const ON_TIME_MS = 60_000;
/** A clock that was ahead by more than this was wrong, and what was counted by it is counted again. ms */
export const CLOCK_WRONG_MS = 24 * 3_600_000;
/** Missed runs are counted up to here. */
const MISSED_MAX = 100;

/** What counts the times of a schedule, in ms since the epoch. */
export type Clockwork = {
  /** The first ones behind a moment. */
  after: (when: When, moment: number, count: number) => number[];
  /** The last one up to a moment. */
  upTo: (when: When, moment: number) => number | null;
};

/** A run whose time has come. */
export type Due = Pick<ScheduleRun, 'due' | 'late' | 'missed'> & {
  /** False: it is too late for one that skips what was missed. */
  wanted: boolean;
};

/** The run that is due, if any. However many were missed, that is one: the newest. */
export function dueRun({when, next, missed: rule}: Schedule, now: number, clock: Clockwork): Due | null {
  if (next === null || next > now) return null;
  const due = Math.max(next, clock.upTo(when, now) ?? next);
  const late = now - due > ON_TIME_MS;
  const missed = clock.after(when, next - 1, MISSED_MAX).filter(each => each < due).length;
  return {due, late, missed, wanted: rule === 'once' || !late};
}

/** With what became of it, and with its next time. Nothing up to `due` comes again. */
export function afterRun(schedule: Schedule, run: ScheduleRun, clock: Clockwork): Schedule {
  const counted = counting(schedule, Math.max(run.due, run.at), clock);
  return remembering(run.by === null ? {...schedule, ...counted} : schedule, run);
}

/** Counted anew from now on: when it is made, changed or goes on after a pause. */
export function startingAt(schedule: Schedule, now: number, clock: Clockwork): Schedule {
  return {...schedule, ...counting(schedule, now, clock)};
}

/** As it has to be after its clock was found to have been far ahead; null: it was not. */
export function rectified(schedule: Schedule, now: number, clock: Clockwork): Schedule | null {
  if (schedule.when.cron === null || schedule.countedAt - now <= CLOCK_WRONG_MS) return null;
  return startingAt(schedule, now, clock);
}

const remembering = (schedule: Schedule, run: ScheduleRun): Schedule => ({
  ...schedule,
  runs: [...schedule.runs, run].slice(-RUNS_KEPT),
});

function counting({enabled, when}: Schedule, from: number, clock: Clockwork): Pick<Schedule, 'next' | 'countedAt'> {
  return {next: enabled ? (clock.after(when, from, 1)[0] ?? null) : null, countedAt: from};
}
