import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import type {Paths} from '../../source/config/paths.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import type {Fleet} from '../../source/domain/fleet.ts';
import type {ScheduleView} from '../../source/domain/schedule.ts';
import {QUEUE_CAP} from '../../source/domain/steering.ts';
import {Supervised} from '../helpers/supervised.ts';
import {temporaryHome} from '../store/records.ts';

const START = Date.parse('2026-11-20T12:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A clock that stands until it is moved, and the timers that were set by it: those do not notice when it is set. */
class Clock {
  at = START;
  #passed = 0;
  #timers: {act: () => void; due: number}[] = [];
  /** How long the timers were set for, in ms. */
  readonly waits: number[] = [];
  readonly now = (): number => this.at;
  readonly later = (act: () => void, ms: number): (() => void) => {
    const timer = {act, due: this.#passed + ms};
    this.waits.push(ms);
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(each => each !== timer);
    };
  };

  get timers(): number {
    return this.#timers.length;
  }

  /** So long passes, and everybody wakes who wanted to. */
  pass(ms: number): void {
    const end = this.#passed + ms;
    for (;;) {
      const [next] = this.#timers.filter(({due}) => due <= end).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#timers = this.#timers.filter(each => each !== next);
      this.at += next.due - this.#passed;
      this.#passed = next.due;
      next.act();
    }
    this.at += end - this.#passed;
    this.#passed = end;
  }
}

type Open = {fleet: Fleet; home: Supervised; clock: Clock; paths: Paths};

async function withFleet(
  use: (open: Open) => Promise<void>,
  paths = temporaryHome(),
  clock = new Clock(),
): Promise<void> {
  const home = await Supervised.open(paths, {now: clock.now, later: clock.later, sessions: ['ada', 'bob']});
  try {
    await use({fleet: home.supervisor.as('cli'), home, clock, paths});
  } finally {
    await home.close();
  }
}

const texts = async (fleet: Fleet, name = 'ada') => (await fleet.queue(name)).map(({text}) => text);
const only = async (fleet: Fleet): Promise<ScheduleView> => {
  const [schedule, ...more] = await fleet.schedules();
  assert.equal(more.length, 0);
  return schedule!;
};
const outcomesOf = ({history}: ScheduleView) => history.map(({outcome}) => outcome);
const typesOf = ({store}: Supervised) =>
  store
    .read({after: 0, limit: 100_000})
    .map(({type}) => type)
    .filter(type => type.startsWith('schedule.') || type === 'message.queued' || type.startsWith('card.'));
const hourly = {cron: '0 * * * *', timezone: 'UTC', session: 'ada', text: 'look around'};

describe('schedules', () => {
  test('send their text at their times, as a message of the queue', () =>
    withFleet(async ({fleet, home, clock}) => {
      const made = await fleet.addSchedule({name: 'watch', ...hourly});
      assert.deepEqual(
        made.upcoming,
        [13, 14, 15].map(hour => Date.parse(`2026-11-20T${hour}:00Z`) / 1000),
      );
      clock.pass(HOUR - 1);
      assert.deepEqual(await texts(fleet), []);
      clock.pass(1);
      const [first] = await fleet.queue('ada');
      const {id, actor, state} = first!;
      assert.deepEqual([id, actor, state], [`${made.id}-${START / 1000 + 3600}`, 'schedule:watch', 'queued']);
      const {history, next_run} = await only(fleet);
      const {due, at, outcome, late, by} = history[0]!;
      assert.deepEqual(
        {due, at, outcome, late, by},
        {due: START / 1000 + 3600, at: due, outcome: 'done', late: false, by: null},
      );
      assert.equal(next_run, START / 1000 + 7200);
      assert.deepEqual(typesOf(home), ['schedule.added', 'schedule.ran']);
    }));

  test('never leave two of their texts in one queue', () =>
    withFleet(async ({fleet, clock}) => {
      await fleet.addSchedule(hourly);
      clock.pass(3 * HOUR);
      assert.deepEqual(await texts(fleet), ['look around']);
      assert.deepEqual(outcomesOf(await only(fleet)), ['skipped', 'skipped', 'done']);
      assert.match((await only(fleet)).history[0]!.detail, /still waits in the queue of ada/);
      await fleet.clearQueue('ada');
      clock.pass(HOUR);
      assert.deepEqual(await texts(fleet), ['look around']);
    }));

  test('add cards', () =>
    withFleet(async ({fleet, home, clock}) => {
      await fleet.addSchedule({
        cron: '0 9 * * *',
        timezone: 'UTC',
        card: {title: 'Read the logs', tags: ['ops'], session: 'bob', priority: 3},
      });
      clock.pass(48 * HOUR);
      const cards = await fleet.cards();
      assert.deepEqual(
        cards.map(({title, tags, session, priority, status}) => [title, tags, session, priority, status]),
        Array(2).fill(['Read the logs', ['ops'], 'bob', 3, 'todo']),
      );
      const entries = home.store.read({after: 0, limit: 100_000}).filter(({type}) => type === 'schedule.ran');
      assert.deepEqual(
        entries.map(({reason}) => reason),
        cards.map(({id}) => `schedule card: ${id} added to todo: Read the logs`),
      );
    }));

  test('that cannot be done say so, and are not tried again before their next time', () =>
    withFleet(async ({fleet, home, clock}) => {
      await fleet.addSchedule({name: 'gone', ...hourly, session: 'bob'});
      const card = (given: object) =>
        fleet.addSchedule({name: 'card', cron: '0 * * * *', timezone: 'UTC', card: {title: 'x', ...given}});
      await assert.rejects(card({status: 'nowhere'}), /nowhere/);
      await assert.rejects(card({session: 'nobody'}), /nobody/);
      await card({session: 'bob'});
      await fleet.addSchedule({name: 'full', ...hourly});
      await fill(home, QUEUE_CAP);
      await fleet.unregister('bob');
      clock.pass(HOUR + 10 * MINUTE);
      const all = await fleet.schedules();
      assert.deepEqual(
        all.map(({name, history}) => [name, history.map(({outcome, detail}) => [outcome, detail])]),
        [
          ['gone', [['failed', 'no session "bob"']]],
          ['card', [['failed', all[1]!.history[0]!.detail]]],
          ['full', [['failed', all[2]!.history[0]!.detail]]],
        ],
      );
      assert.match(all[1]!.history[0]!.detail, /bob/);
      assert.match(all[2]!.history[0]!.detail, /ada/);
      assert.equal(typesOf(home).filter(type => type === 'schedule.failed').length, 3);
    }));

  test('that were missed are done once, or left out', async () => {
    const paths = temporaryHome();
    const clock = new Clock();
    await withFleet(
      async ({fleet}) => {
        await fleet.addSchedule({name: 'once', ...hourly});
        await fleet.addSchedule({name: 'skip', ...hourly, session: 'bob', missed: 'skip'});
      },
      paths,
      clock,
    );
    clock.at += 5.5 * HOUR;
    const home = await Supervised.open(paths, {now: clock.now, later: clock.later});
    try {
      const fleet = home.supervisor.as('cli');
      assert.deepEqual([await texts(fleet), await texts(fleet, 'bob')], [['look around'], []]);
      const [once, skip] = (await fleet.schedules()) as [ScheduleView, ScheduleView];
      const seen = ({history: [run]}: ScheduleView) => [run!.due, run!.outcome, run!.late, run!.missed];
      assert.deepEqual(seen(once), [START / 1000 + 5 * 3600, 'done', true, 4]);
      assert.deepEqual(seen(skip), [START / 1000 + 5 * 3600, 'skipped', true, 4]);
    } finally {
      await home.close();
    }
  });

  test('are not done again by whoever supervises next', async () => {
    const paths = temporaryHome();
    const clock = new Clock();
    await withFleet(
      async ({fleet}) => {
        await fleet.addSchedule(hourly);
        clock.pass(HOUR);
        await fleet.clearQueue('ada');
      },
      paths,
      clock,
    );
    assert.equal(clock.timers, 0, 'its timer went with the supervisor');
    const home = await Supervised.open(paths, {now: clock.now, later: clock.later});
    try {
      assert.deepEqual(await texts(home.supervisor.as('cli')), []);
      assert.equal((await only(home.supervisor.as('cli'))).history.length, 1);
    } finally {
      await home.close();
    }
  });

  test('run once at most when the clock jumps', () =>
    withFleet(async ({fleet, clock}) => {
      await fleet.addSchedule({cron: '*/5 * * * *', timezone: 'UTC', card: {title: 'tick'}});
      clock.pass(5 * MINUTE);
      assert.equal((await fleet.cards()).length, 1);
      // Back an hour: what was done is not done again.
      clock.at -= HOUR;
      clock.pass(59 * MINUTE);
      assert.equal((await fleet.cards()).length, 1);
      clock.pass(6 * MINUTE);
      assert.equal((await fleet.cards()).length, 2);
      // Forward three days: one, at the next look.
      clock.at += 72 * HOUR;
      clock.pass(MINUTE);
      assert.equal((await fleet.cards()).length, 3);
      assert.equal((await only(fleet)).history[0]!.missed, 100);
    }));

  test('wake seldom, and never beyond what a timer can wait', () =>
    withFleet(async ({fleet, clock}) => {
      await fleet.addSchedule({at: '2028-01-01T00:00', timezone: 'UTC', card: {title: 'far'}});
      clock.pass(HOUR);
      assert.ok(clock.waits.every(ms => ms <= MINUTE));
      assert.equal(clock.timers, 1);
      assert.equal(clock.waits.length, 61);
      await fleet.removeSchedule('card');
      assert.equal(clock.timers, 0);
    }));

  test('wait for a journal that takes nothing, without a storm', () =>
    withFleet(async ({fleet, home, clock}) => {
      await fleet.addSchedule(hourly);
      clock.pass(HOUR - 1000);
      const {store} = home;
      const append = store.append.bind(store);
      let tries = 0;
      store.append = () => {
        tries++;
        throw new AmuxError('store.write', {path: 'journal', why: 'ENOSPC'});
      };
      clock.pass(10 * MINUTE);
      assert.ok(tries >= 10 && tries <= 11, `${tries} tries in ten minutes`);
      assert.deepEqual(await texts(fleet), []);
      store.append = append;
      clock.pass(MINUTE);
      assert.deepEqual(await texts(fleet), ['look around']);
      const {history} = await only(fleet);
      assert.deepEqual([history.length, history[0]!.outcome, history[0]!.late], [1, 'done', true]);
    }));

  test('whose time zone is not known here are paused, and keep no other from its times', async () => {
    const paths = temporaryHome();
    const clock = new Clock();
    await withFleet(
      async ({fleet, home}) => {
        await fleet.addSchedule({name: 'strange', ...hourly});
        await fleet.addSchedule({name: 'known', ...hourly});
        const [record] = [...home.store.state.schedules.values()];
        const strange = {...record!, when: {...record!.when, timezone: 'Mars/Base'}};
        const changes = [{kind: 'put' as const, table: 'schedules' as const, record: strange}];
        home.store.append({type: 'schedule.changed', at: clock.at, actor: 'test', session: null, reason: 'x', changes});
      },
      paths,
      clock,
    );
    clock.at += HOUR;
    await withFleet(
      async ({fleet}) => {
        assert.deepEqual(
          (await fleet.schedules()).map(({name, state, history}) => [name, state, history.length]),
          [
            ['strange', 'paused', 0],
            ['known', 'active', 1],
          ],
        );
      },
      paths,
      clock,
    );
  });

  test('are paused, go on, run when asked and end', () =>
    withFleet(async ({fleet, home, clock}) => {
      await fleet.addSchedule({name: 'watch', ...hourly});
      assert.equal((await fleet.changeSchedule('watch', {enabled: false})).state, 'paused');
      assert.equal(clock.timers, 0);
      clock.pass(2 * HOUR);
      assert.deepEqual(await texts(fleet), []);
      const asked = await fleet.runSchedule('watch');
      assert.deepEqual([asked.by, asked.outcome], ['cli', 'done']);
      // Twice within the same moment are two runs.
      await fleet.runSchedule('watch');
      assert.deepEqual(await texts(fleet), ['look around', 'look around']);
      clock.pass(1000);
      assert.equal((await fleet.changeSchedule('watch', {enabled: true})).next_run, START / 1000 + 3 * 3600);
      await fleet.removeSchedule('watch');
      clock.pass(5 * HOUR);
      assert.equal((await texts(fleet)).length, 2);
      await assert.rejects(fleet.runSchedule('watch'), {code: 'schedule.unknown'});
      assert.deepEqual(typesOf(home), [
        'schedule.added',
        'schedule.changed',
        'schedule.ran',
        'schedule.ran',
        'schedule.changed',
        'schedule.removed',
      ]);
    }));
});

/** A queue that takes no more. */
async function fill({supervisor}: Supervised, count: number): Promise<void> {
  const fleet = supervisor.as('cli');
  for (let i = 0; i < count; i++) await fleet.send('ada', {text: `${i}`});
}
