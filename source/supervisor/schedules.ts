import {randomBytes} from 'node:crypto';
import {asAmuxError} from '../domain/errors.ts';
import type {Change} from '../domain/events.ts';
import type {Schedule, ScheduleRun, Schedules} from '../domain/schedule.ts';
import {jobText, scheduleRunView, whenText} from '../domain/schedule.ts';
import {changedSchedule, findSchedule, type Making, newSchedule} from '../domain/schedule-edits.ts';
import {afterRun, dueRun, rectified} from '../domain/schedule-times.ts';
import type {Store} from '../store/store.ts';
import {checkedWhen, clockwork, localZone} from './cron.ts';
import {type Effect, type EffectOptions, effectOf, nothing, runEvents} from './schedule-effects.ts';
import {storedSchedules, viewOf} from './schedule-views.ts';
import {unlessFull} from './spends.ts';

/**
 * Longest sleep between two looks, in ms: timers neither notice that the clock was set nor that the machine slept, and
 * do not reach further than 24 days.
 */
const LOOK_MS = 60_000;

type Options = Omit<EffectOptions, 'append'> & {
  store: Store;
  /** ms since the epoch. */
  now: () => number;
  /** Default: a timer that keeps no process alive. */
  later?: Later;
};

/** Calls after so many ms; returns what takes that back. */
export type Later = (act: () => void, ms: number) => () => void;

export type ScheduleKeeper = {
  as: (actor: string) => Schedules;
  /** Does what was missed by its rule, then each run as its time comes. */
  start: () => void;
  close: () => void;
};

/** Does what is due. A run and its effect are one entry of the journal, so that both happened or neither. */
export function scheduleKeeper({store, now, later = timer, ...outside}: Options): ScheduleKeeper {
  const {schedules} = store.state;
  const append: EffectOptions['append'] = entry => void store.append({...entry, at: now(), session: null});
  const options: EffectOptions = {...outside, append};
  let cancel = (): void => {};
  let closed = true;

  const look = (): void => {
    cancel();
    if (closed) return;
    unlessFull(() => {
      for (const schedule of [...schedules.values()]) attempt(schedule);
    });
    const at = now();
    // What is overdue now could not be written: that is not tried without end.
    const waits = [...schedules.values()]
      .flatMap(({next}) => next ?? [])
      .map(next => (next > at ? next - at : LOOK_MS));
    if (waits.length > 0) cancel = later(look, Math.min(LOOK_MS, ...waits));
  };

  /** One whose times cannot be counted here (an unknown time zone, say) keeps nobody else from theirs. */
  const attempt = (schedule: Schedule): void => {
    try {
      doDue(schedule);
    } catch (error) {
      const {code, message} = asAmuxError(error);
      if (code === 'store.write') throw error;
      const reason = `schedule ${schedule.name} is paused: ${message}`;
      const paused = {...schedule, enabled: false, next: null};
      append({type: 'schedule.failed', actor: 'supervisor', reason, changes: [put(paused)]});
    }
  };

  const doDue = (stored: Schedule): void => {
    const at = now();
    const right = rectified(stored, at, clockwork);
    const schedule = right ?? stored;
    if (right !== null) {
      const reason = `schedule ${right.name} is counted anew: the clock was far ahead`;
      append({type: 'schedule.changed', actor: 'supervisor', reason, changes: [put(right)]});
    }
    const due = dueRun(schedule, at, clockwork);
    if (due === null) return;
    const {wanted, ...run} = due;
    const effect = wanted
      ? effectOf(schedule, {due: run.due, by: null}, options)
      : nothing('skipped', {detail: 'it was missed, and missed runs are left out', options});
    perform(schedule, effect, {...run, at, by: null});
  };

  const perform = (schedule: Schedule, effect: Effect, run: Omit<ScheduleRun, 'outcome' | 'detail'>): ScheduleRun => {
    const {outcome, detail, write} = effect;
    const done: ScheduleRun = {...run, outcome, detail};
    const reason = `schedule ${schedule.name}: ${detail}${missedText(run)}`;
    try {
      write({type: runEvents[outcome], reason, changes: [put(afterRun(schedule, done, clockwork))]});
    } catch (error) {
      const {code, message} = asAmuxError(error);
      // A journal that takes nothing takes no failure either.
      if (code === 'store.write' || outcome === 'failed') throw error;
      return perform(schedule, nothing('failed', {detail: message, options}), run);
    }
    return done;
  };

  const making = (actor: string): Making => ({
    schedules,
    clock: clockwork,
    checkedWhen,
    checkCard: card => void outside.planned(card, actor),
    sessionOf: ref => outside.roster.find(ref).session.name,
    now: now(),
  });

  const as = (actor: string): Schedules => ({
    async schedules() {
      return storedSchedules(schedules);
    },

    async addSchedule(input) {
      const id = `sc-${randomBytes(4).toString('hex')}`;
      const made = newSchedule({input, id, actor, timezone: localZone()}, making(actor));
      const view = viewOf(made);
      const reason = `schedule ${made.name}: ${whenText(view)}, ${short(jobText(view))}`;
      append({type: 'schedule.added', actor, reason, changes: [put(made)]});
      look();
      return view;
    },

    async changeSchedule(ref, patch) {
      const {schedule, what} = changedSchedule(findSchedule(schedules, ref), patch, making(actor));
      if (what === '') return viewOf(schedule);
      append({type: 'schedule.changed', actor, reason: `schedule ${schedule.name}: ${what}`, changes: [put(schedule)]});
      look();
      return viewOf(schedule);
    },

    async removeSchedule(ref) {
      const {id, name} = findSchedule(schedules, ref);
      const changes: Change[] = [{kind: 'delete', table: 'schedules', id}];
      append({type: 'schedule.removed', actor, reason: `schedule ${name} removed`, changes});
      look();
    },

    async runSchedule(ref) {
      const schedule = findSchedule(schedules, ref);
      const at = now();
      const effect = effectOf(schedule, {due: at, by: actor}, options);
      return scheduleRunView(perform(schedule, effect, {due: at, at, by: actor, late: false, missed: 0}));
    },
  });

  return {
    as,
    start() {
      closed = false;
      look();
    },
    close() {
      closed = true;
      cancel();
    },
  };
}

const put = (record: Schedule): Change => ({kind: 'put', table: 'schedules', record});

function short(text: string): string {
  const [first = ''] = text.split('\n');
  return first.length > 200 ? `${first.slice(0, 199)}…` : first;
}

function missedText({late, missed}: Pick<ScheduleRun, 'late' | 'missed'>): string {
  const others = missed === 0 ? '' : `, ${missed >= 100 ? '100 or more' : missed} before it missed`;
  return late || missed > 0 ? ` (${late ? 'late' : 'on time'}${others})` : '';
}

function timer(act: () => void, ms: number): () => void {
  const set = setTimeout(act, ms);
  set.unref();
  return () => clearTimeout(set);
}
