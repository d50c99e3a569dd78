import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {fails, type Subject} from './fleet.ts';

/** Work that is done at set times, as every `Fleet` that writes has it. */
export function scheduleContract(open: (context: TestContext) => Promise<Subject>): void {
  test('a schedule is added, shown, changed, run and removed', async context => {
    const {fleet, work, agent} = await open(context);
    await fleet.register({name: 'worker', dir: work, agent: 'generic', command: agent('worker').command});
    const input = {name: 'nightly', cron: '0 2 * * *', timezone: 'Europe/Berlin', session: 'work', text: 'run it all'};
    const made = await fleet.addSchedule(input);
    const {name, cron, at, timezone, session, text, now, card, missed, enabled, state, history} = made;
    assert.deepEqual(
      {name, cron, at, timezone, session, text, now, card, missed, enabled, state, history},
      {
        ...input,
        at: null,
        session: 'worker',
        now: false,
        card: null,
        missed: 'once',
        enabled: true,
        state: 'active',
        history: [],
      },
    );
    assert.equal(made.upcoming.length, 3);
    assert.equal(made.next_run, made.upcoming[0]);
    const chores = await fleet.addSchedule({
      cron: '@weekly',
      card: {title: 'Tidy up', tags: ['chore']},
      missed: 'skip',
    });
    assert.deepEqual(await fleet.schedules(), [made, chores]);

    const run = await fleet.runSchedule('nightly');
    assert.deepEqual([run.outcome, run.late, run.missed], ['done', false, 0]);
    assert.equal(typeof run.by, 'string');
    assert.deepEqual(
      (await fleet.queue('worker')).map(({text: sent}) => sent),
      ['run it all'],
    );
    assert.equal((await fleet.runSchedule(chores.id)).outcome, 'done');
    assert.deepEqual(
      (await fleet.cards()).map(({title, tags}) => [title, tags]),
      [['Tidy up', ['chore']]],
    );
    assert.deepEqual(
      (await fleet.schedules()).map(each => each.history.length),
      [1, 1],
    );

    const paused = await fleet.changeSchedule('night', {enabled: false});
    assert.deepEqual([paused.state, paused.next_run, paused.upcoming], ['paused', null, []]);
    const other = await fleet.changeSchedule('nightly', {enabled: true, cron: '0 3 * * *', name: 'later'});
    assert.deepEqual([other.name, other.cron, other.state], ['later', '0 3 * * *', 'active']);
    await fleet.removeSchedule('later');
    assert.deepEqual(
      (await fleet.schedules()).map(({name: left}) => left),
      ['card'],
    );
  });

  test('what a schedule cannot be is refused in the same words', async context => {
    const {fleet, work} = await open(context);
    await fleet.register({name: 'worker', dir: work, agent: 'generic', command: 'cat'});
    const job = {session: 'worker', text: 'go'};
    const refused = [
      [{...job, cron: 'often'}, 'schedule.time'],
      [{...job, cron: '@daily', timezone: 'Nowhere'}, 'schedule.zone'],
      [{...job, at: '2001-01-01T00:00'}, 'schedule.never'],
      [{...job, cron: '@daily', name: 'no spaces'}, 'schedule.name'],
      [{...job, cron: '@daily', session: 'nobody'}, 'session.unknown'],
      [{...job, cron: '@daily', card: {title: 'x'}}, 'input.invalid'],
      [{cron: '@daily'}, 'input.invalid'],
    ] as const;
    for (const [input, code] of refused) await assert.rejects(fleet.addSchedule(input), {code}, JSON.stringify(input));
    await fleet.addSchedule({...job, cron: '@daily', name: 'a1'});
    await fleet.addSchedule({...job, cron: '@daily', name: 'a2'});
    await assert.rejects(
      fleet.addSchedule({...job, cron: '@daily', name: 'a1'}),
      fails('schedule.exists', {name: 'a1'}),
    );
    await assert.rejects(fleet.runSchedule('a'), fails('schedule.ambiguous', {ref: 'a', candidates: 'a1, a2'}));
    for (const act of [
      () => fleet.runSchedule('b/c'),
      () => fleet.removeSchedule('b/c'),
      () => fleet.changeSchedule('b/c', {enabled: false}),
    ]) {
      await assert.rejects(act(), fails('schedule.unknown', {ref: 'b/c'}));
    }
  });
}
