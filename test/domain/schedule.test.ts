import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {
  RUNS_KEPT,
  type Schedule,
  type ScheduleInput,
  type SchedulePatch,
  type When,
} from '../../source/domain/schedule.ts';
import {changedSchedule, findSchedule, newSchedule} from '../../source/domain/schedule-edits.ts';
import {afterRun, dueRun, ON_TIME_MS, rectified} from '../../source/domain/schedule-times.ts';
import {checkedWhen, clockwork} from '../../source/supervisor/cron.ts';

const BERLIN = 'Europe/Berlin';
const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const iso = (moments: readonly number[]): string[] =>
  moments.map(each => new Date(each).toISOString().replace(':00.000Z', 'Z'));
const cron = (text: string, timezone = BERLIN): When => ({cron: text, at: null, timezone});
const after = (when: When, from: string, count: number) => iso(clockwork.after(when, at(from), count));

const schedules = new Map<string, Schedule>();
const known = {schedules, clock: clockwork, checkedWhen, sessionOf: (ref: string) => ref, checkCard: () => {}};
const making = (now: number) => ({...known, now});
const made = (input: Partial<ScheduleInput>, now: number): Schedule =>
  newSchedule(
    {input: {session: 'worker', text: 'go', ...input}, id: 'sc-1', actor: 'test', timezone: BERLIN},
    making(now),
  );
const changed = (before: Schedule, patch: SchedulePatch, now: number) => changedSchedule(before, patch, making(now));

/** What runs as the clock shows these times, one after the other. */
function runsAt(schedule: Schedule, ...moments: number[]): {schedule: Schedule; ran: string[]} {
  let current = schedule;
  const ran: string[] = [];
  for (const now of moments) {
    const due = dueRun(current, now, clockwork);
    if (due === null) continue;
    const {wanted, ...run} = due;
    ran.push(
      `${iso([run.due])}${run.late ? ' late' : ''}${run.missed > 0 ? ` +${run.missed}` : ''}${wanted ? '' : ' skipped'}`,
    );
    current = afterRun(
      current,
      {...run, at: now, by: null, outcome: wanted ? 'done' : 'skipped', detail: ''},
      clockwork,
    );
  }
  return {schedule: current, ran};
}

describe('times of a schedule', () => {
  test('are those of its own time zone', () => {
    assert.deepEqual(after(cron('0 2 * * *'), '2026-11-20T12:00Z', 2), ['2026-11-21T01:00Z', '2026-11-22T01:00Z']);
    assert.deepEqual(after(cron('0 2 * * *', 'Asia/Tokyo'), '2026-11-20T12:00Z', 1), ['2026-11-20T17:00Z']);
    assert.deepEqual(after(cron('@daily', 'UTC'), '2026-11-20T12:00Z', 1), ['2026-11-21T00:00Z']);
    assert.deepEqual(after(cron('0 9 * * 1-5', 'UTC'), '2026-11-20T12:00Z', 1), ['2026-11-23T09:00Z']);
  });

  test('come once in the hour that summer time repeats, and those of every half hour in both', () => {
    assert.deepEqual(after(cron('30 2 * * *'), '2026-10-24T12:00Z', 2), ['2026-10-25T00:30Z', '2026-10-26T01:30Z']);
    assert.deepEqual(after(cron('*/30 * * * *'), '2026-10-24T23:45Z', 5), [
      '2026-10-25T00:00Z',
      '2026-10-25T00:30Z',
      '2026-10-25T01:00Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:00Z',
    ]);
  });

  test('come right after the hour that summer time leaves out', () => {
    assert.deepEqual(after(cron('30 2 * * *'), '2027-03-27T12:00Z', 2), ['2027-03-28T01:00Z', '2027-03-29T00:30Z']);
    assert.deepEqual(after(cron('*/30 * * * *'), '2027-03-28T00:20Z', 3), [
      '2027-03-28T00:30Z',
      '2027-03-28T01:00Z',
      '2027-03-28T01:30Z',
    ]);
  });

  test('are found backwards as they are forwards, over both changes of the clock', () => {
    for (const text of ['30 2 * * *', '*/30 * * * *', '0 * * * *', '*/7 * * * *', '0 3 * * 0']) {
      for (const day of ['2026-10-24T20:00Z', '2027-03-27T20:00Z']) {
        const found = clockwork.after(cron(text), at(day), 40);
        for (const [i, moment] of found.entries()) {
          assert.equal(clockwork.upTo(cron(text), moment), moment);
          assert.equal(clockwork.upTo(cron(text), moment + 500), moment);
          if (i > 0) assert.equal(clockwork.upTo(cron(text), moment - 1), found[i - 1]);
        }
      }
    }
  });

  test('may be one moment, in its time zone or in the one that it says', () => {
    for (const [given, expected] of [
      ['2026-11-22T02:00', '2026-11-22T01:00Z'],
      ['2026-11-22 02:00:00', '2026-11-22T01:00Z'],
      ['2026-11-22T02:00Z', '2026-11-22T02:00Z'],
      ['2026-11-22T02:00+05:00', '2026-11-21T21:00Z'],
    ] as const) {
      const when = checkedWhen({at: given, timezone: BERLIN});
      assert.deepEqual(after(when, '2026-11-20T00:00Z', 3), [expected], given);
    }
  });

  test('that are none are refused, with what is wrong', () => {
    for (const [given, code] of [
      [{cron: 'x y z'}, 'schedule.time'],
      [{cron: '0 25 * * *'}, 'schedule.time'],
      [{cron: ''}, 'schedule.time'],
      [{cron: '2026-11-22T02:00'}, 'schedule.time'],
      [{at: '0 2 * * *'}, 'schedule.time'],
      [{at: '2026-02-30T02:00'}, 'schedule.time'],
      [{at: 'tomorrow'}, 'schedule.time'],
      [{cron: '* * * * *', timezone: 'Mars/Base'}, 'schedule.zone'],
      [{cron: '0 0 30 2 *'}, 'schedule.never'],
      [{at: '2020-01-01T00:00'}, 'schedule.never'],
      [{cron: '* * * * *', at: '2030-01-01T00:00'}, 'input.invalid'],
      [{}, 'input.invalid'],
    ] as const) {
      assert.throws(() => made(given, at('2026-11-20T00:00Z')), {code}, JSON.stringify(given));
    }
  });
});

describe('what is due', () => {
  const start = at('2026-11-20T12:00Z');
  const half = made({cron: '*/30 * * * *'}, start);

  test('is each time once', () => {
    const {ran, schedule} = runsAt(half, start + 1, start + HOUR / 2, start + HOUR / 2 + 5, start + HOUR + 40_000);
    assert.deepEqual(ran, ['2026-11-20T12:30Z', '2026-11-20T13:00Z']);
    assert.deepEqual(iso([schedule.next!]), ['2026-11-20T13:30Z']);
  });

  test('after a sleep of three hours is the newest missed run, once', () => {
    const {ran, schedule} = runsAt(half, start + 3.2 * HOUR, start + 3.2 * HOUR + 1000);
    assert.deepEqual(ran, ['2026-11-20T15:00Z late +5']);
    assert.deepEqual(iso([schedule.next!]), ['2026-11-20T15:30Z']);
  });

  test('after a sleep is nothing where missed runs are left out, unless one is on time', () => {
    const skipping = {...half, missed: 'skip' as const};
    assert.deepEqual(runsAt(skipping, start + 3.2 * HOUR).ran, ['2026-11-20T15:00Z late +5 skipped']);
    assert.deepEqual(runsAt(skipping, start + 3 * HOUR + ON_TIME_MS).ran, ['2026-11-20T15:00Z +5']);
  });

  test('does not come twice when the clock is set back an hour', () => {
    const nightly = made({cron: '0 2 * * *', timezone: 'UTC'}, at('2026-11-20T12:00Z'));
    const two = at('2026-11-21T02:00Z');
    const {ran, schedule} = runsAt(nightly, two, two - HOUR, two - 1, two, two + HOUR);
    assert.deepEqual(ran, ['2026-11-21T02:00Z']);
    assert.deepEqual(iso([schedule.next!]), ['2026-11-22T02:00Z']);
    assert.equal(rectified(schedule, two - HOUR, clockwork), null);
    // Pausing and going on meanwhile counts nothing anew, either.
    const paused = changed(schedule, {enabled: false}, two - HOUR).schedule;
    assert.equal(paused.next, null);
    assert.deepEqual(iso([changed(paused, {enabled: true}, two - HOUR).schedule.next!]), ['2026-11-22T02:00Z']);
  });

  test('comes once when the clock is set forward a month', () => {
    const {ran} = runsAt(half, start + 31 * 24 * HOUR + 90_000, start + 31 * 24 * HOUR + 91_000);
    assert.deepEqual(ran, ['2026-12-21T12:00Z late +100']);
  });

  test('is counted anew when the clock was years ahead', () => {
    const {schedule} = runsAt(half, at('2030-01-01T00:00Z'));
    assert.deepEqual(iso([schedule.next!]), ['2030-01-01T00:30Z']);
    assert.deepEqual(iso([rectified(schedule, start, clockwork)!.next!]), ['2026-11-20T12:30Z']);
  });

  test('of one moment is that moment, and nothing afterwards', () => {
    const once = made({at: '2026-11-20T15:00', timezone: 'UTC'}, start);
    const {ran, schedule} = runsAt(once, start + HOUR, start + 5 * HOUR, start + 6 * HOUR);
    assert.deepEqual(ran, ['2026-11-20T15:00Z late']);
    assert.equal(schedule.next, null);
    assert.equal(rectified(schedule, start - 1000 * HOUR, clockwork), null);
  });

  test('is nothing while it is paused, and what was due meanwhile is not made up for', () => {
    const {schedule} = changed(half, {enabled: false}, start);
    assert.deepEqual(runsAt(schedule, start + 5 * HOUR).ran, []);
    const on = changed(schedule, {enabled: true}, start + 5 * HOUR).schedule;
    assert.deepEqual(runsAt(on, start + 5 * HOUR).ran, []);
    assert.deepEqual(iso([on.next!]), ['2026-11-20T17:30Z']);
  });

  test('is counted as often as it was before when a person asks for a run, and old runs are forgotten', () => {
    let schedule = half;
    for (let i = 0; i < RUNS_KEPT + 5; i++) {
      const run = {
        due: start + i,
        at: start + i,
        by: 'cli',
        late: false,
        missed: 0,
        outcome: 'done' as const,
        detail: '',
      };
      schedule = afterRun(schedule, run, clockwork);
    }
    assert.equal(schedule.next, half.next);
    assert.equal(schedule.runs.length, RUNS_KEPT);
    assert.equal(schedule.runs.at(-1)!.at, start + RUNS_KEPT + 4);
  });
});

describe('a schedule', () => {
  const now = at('2026-11-20T12:00Z');

  test('is called like what it does where nobody names it', () => {
    schedules.set('sc-9', {...made({cron: '@daily'}, now), id: 'sc-9', name: 'worker'});
    assert.equal(made({cron: '@daily'}, now).name, 'worker-2');
    assert.equal(made({cron: '@daily', session: undefined, text: undefined, card: {title: 'x'}}, now).name, 'card');
    assert.throws(() => made({cron: '@daily', name: 'worker'}, now), {code: 'schedule.exists'});
    assert.throws(() => made({cron: '@daily', name: '2fast'}, now), {code: 'schedule.name'});
    schedules.set('sc-8', {...made({cron: '@daily', name: 'other'}, now), id: 'sc-8'});
    assert.equal(findSchedule(schedules, 'wor').id, 'sc-9');
    assert.equal(findSchedule(schedules, 'sc-8').name, 'other');
    assert.throws(() => findSchedule(schedules, 'sc-'), {code: 'schedule.ambiguous'});
    assert.throws(() => findSchedule(schedules, 'no'), {code: 'schedule.unknown'});
    schedules.clear();
  });

  test('does one thing', () => {
    const wrong: Partial<ScheduleInput>[] = [
      {text: undefined},
      {session: undefined},
      {card: {title: 'x'}},
      {session: undefined, text: undefined},
      {session: undefined, text: undefined, card: {title: '\u202e'}},
    ];
    for (const input of wrong) assert.throws(() => made({cron: '@daily', ...input}, now), {code: 'input.invalid'});
    assert.throws(() => made({cron: '@daily', text: '  '}, now), {code: 'message.empty'});
  });

  test('is changed in what it does and when, and says what', () => {
    const before = made({cron: '0 2 * * *', name: 'n'}, now);
    assert.equal(changed(before, {text: 'go'}, now).schedule, before);
    const told = changed(before, {text: 'run', missed: 'skip'}, now);
    assert.deepEqual(
      [told.what, told.schedule.job, told.schedule.next],
      ['job, missed', {do: 'send', session: 'worker', text: 'run', now: false}, before.next],
    );
    const moved = changed(before, {at: '2026-11-22T02:00'}, now).schedule;
    assert.deepEqual([moved.when.cron, iso([moved.next!])], [null, ['2026-11-22T01:00Z']]);
    const card = changed(before, {card: {title: 'look'}}, now).schedule;
    assert.deepEqual(card.job, {do: 'card', card: {title: 'look'}});
    assert.throws(() => changed(card, {text: 'x'}, now), {code: 'input.invalid'});
    assert.deepEqual(changed(card, {session: 'w', text: 'x'}, now).schedule.job, {
      do: 'send',
      session: 'w',
      text: 'x',
      now: false,
    });
    assert.deepEqual(iso([changed(before, {timezone: 'UTC'}, now).schedule.next!]), ['2026-11-21T02:00Z']);
  });
});
