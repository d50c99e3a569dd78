import {Cron} from 'croner';
import {AmuxError} from '../domain/errors.ts';
import type {When} from '../domain/schedule.ts';
import type {Clockwork} from '../domain/schedule-times.ts';

const MOMENT = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:Z|[+-]\d\d:\d\d)?$/;
/** Times have whole seconds. */
const SECOND = 1000;

/** What croner says of cron expressions and moments, in a time zone with its daylight saving time. */
export const clockwork: Clockwork = {
  after: (when, moment, count) => cronOf(when).nextRuns(count, new Date(moment)).map(Number),
  upTo(when, moment) {
    if (when.at !== null) {
      const at = momentOf(when);
      return at <= moment ? at : null;
    }
    // Its own bound is not included, and is cut to whole seconds.
    const found = cronOf(when)
      .previousRuns(2, new Date(moment + SECOND))
      .map(Number);
    return found.find(each => each <= moment) ?? null;
  },
};

/** The time zone of this process. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** As it can be stored; throws `schedule.time` and `schedule.zone`. */
export function checkedWhen({cron, at, timezone}: {cron?: string; at?: string; timezone: string}): When {
  checkZone(timezone);
  const given = (cron ?? at ?? '').trim();
  if ((cron === undefined) === (at === undefined)) {
    throw new AmuxError('input.invalid', {
      why: 'a schedule has either a cron expression or one moment',
      next: 'give "cron", as "0 2 * * *", or "at", as "2026-11-22T02:00"',
    });
  }
  const when: When =
    cron === undefined ? {cron: null, at: checkedMoment(given), timezone} : {cron: given, at: null, timezone};
  // croner takes a date for a pattern, too.
  if (when.cron !== null && /^\d{4}-/.test(given))
    throw new AmuxError('schedule.time', {given: short(given), why: 'it is one moment, which "at" takes'});
  try {
    cronOf(when).nextRuns(1, new Date(0));
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Cron\w+: |\.$/g, '') : String(error);
    throw new AmuxError('schedule.time', {given: short(given), why}, error);
  }
  return when;
}

const cronOf = ({cron, at, timezone}: When): Cron => new Cron(cron ?? at, {timezone, paused: true});

/** When it is, in ms since the epoch. */
function momentOf(when: When): number {
  return Number(cronOf(when).nextRuns(1, new Date(0))[0] ?? Number.NaN);
}

function checkedMoment(given: string): string {
  const moment = given.replace(/^(\S+) (?=\d)/, '$1T');
  const [, year, month, day] = MOMENT.exec(moment) ?? [];
  // 30 February would become a day in March.
  const there = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (year !== undefined && there.getUTCMonth() + 1 === Number(month) && there.getUTCDate() === Number(day))
    return moment;
  throw new AmuxError('schedule.time', {given: short(given), why: wrongWith(given, year !== undefined)});
}

function wrongWith(given: string, written: boolean): string {
  if (written) return 'there is no such day';
  return /^\d{4}-\d{1,2}-\d{1,2}$/.test(given) ? 'it says no time of day' : 'a moment is not written like that';
}

function checkZone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en', {timeZone: timezone});
  } catch {
    throw new AmuxError('schedule.zone', {timezone: short(timezone)});
  }
}

const short = (text: string): string => text.slice(0, 80);
