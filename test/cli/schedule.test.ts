import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import type {CardView} from '../../source/domain/board.ts';
import type {QueueView} from '../../source/domain/fleet.ts';
import type {ScheduleRunView, ScheduleView} from '../../source/domain/schedule.ts';
import {assertFailed, Home} from '../helpers/home.ts';

const home = new Home();
home.env['TZ'] = 'Asia/Tokyo';
after(() => home[Symbol.asyncDispose]());

test('without a supervisor and without schedules there is a header, and no error', async () => {
  const {code, out, err} = await home.run(['schedule']);
  assert.deepEqual([code, out, err], [0, 'NAME  WHEN  ZONE  NEXT  LAST  DOES\n', '']);
  assert.deepEqual(await home.json('schedule', 'ls'), []);
});

test('add says what is done and the next three times, in the time zone of the schedule', async () => {
  await home.amux('register', 'worker', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  const words = ['schedule', 'add', 'nightly', '--cron', '0 2 * * *', '--tz', 'Europe/Berlin'];
  const {code, out, err} = await home.run([...words, '--to', 'work', '--message', 'run the suite']);
  assert.equal(code, 0, err);
  const [first, second] = out.split('\n');
  assert.equal(first, 'nightly: send worker: run the suite');
  assert.match(second!, /^0 2 \* \* \* Europe\/Berlin · next (\d{4}-\d\d-\d\d 02:00, ){2}\d{4}-\d\d-\d\d 02:00$/);
  assert.match(err, /worker does not run: its text waits in the queue until amux start worker/);
});

test('a cron expression may stand alone, and the time zone is the one of this machine', async () => {
  const made = await home.json<ScheduleView>(
    'schedule',
    'add',
    '*/30 * * * *',
    '--session',
    'worker',
    '--text',
    'look',
  );
  assert.deepEqual([made.name, made.cron, made.timezone, made.text], ['worker', '*/30 * * * *', 'Asia/Tokyo', 'look']);
  const once = await home.json<ScheduleView>('schedule', 'add', 'one', '--at', '2099-11-22 02:00', '--card', 'Look');
  assert.deepEqual([once.at, once.next_run], ['2099-11-22T02:00', Date.parse('2099-11-21T17:00Z') / 1000]);
  const piped = await home.run(['schedule', 'edit', 'one', '--message', '-', '--to', 'worker', '--json'], {
    input: 'a\nb\n',
  });
  assert.deepEqual((JSON.parse(piped.out) as ScheduleView).text, 'a\nb');
});

test('a card has what cards have', async () => {
  const words = ['schedule', 'add', 'logs', '--cron', '@daily', '--card', 'Read the logs', '--desc', 'All of them'];
  const made = await home.json<ScheduleView>(
    ...words,
    '--tag',
    'ops',
    '--tag',
    'daily',
    '--priority',
    '4',
    '--to',
    'worker',
    '--missed',
    'skip',
  );
  assert.deepEqual(made.card, {
    title: 'Read the logs',
    desc: 'All of them',
    tags: ['ops', 'daily'],
    priority: 4,
    session: 'worker',
    project: null,
  });
  assert.equal(made.missed, 'skip');
  assert.match(await home.amux('schedule', 'run', 'logs'), /^logs: \w+-1 added to todo: Read the logs\n$/);
  const [card] = await home.json<CardView[]>('board');
  assert.deepEqual(
    [card!.title, card!.tags, card!.session, card!.priority],
    ['Read the logs', ['ops', 'daily'], 'worker', 4],
  );
});

test('run, history, pause, resume and rm', async () => {
  const run = await home.json<ScheduleRunView>('schedule', 'run', 'nightly');
  assert.deepEqual([run.outcome, run.by], ['done', 'cli']);
  assert.deepEqual(
    (await home.json<QueueView[]>('queue', 'worker')).map(({text}) => text),
    ['run the suite'],
  );
  assert.match(
    await home.amux('schedule', 'history', 'night'),
    /^DUE \(Europe\/Berlin\) +DONE .*\n\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? .* cli +done +its text is queued for worker\n$/,
  );
  assert.equal(await home.amux('schedule', 'pause', 'nightly', 'logs'), 'nightly: paused\nlogs: paused\n');
  const table = await home.amux('schedule', 'ls');
  assert.match(table, /^nightly +0 2 \* \* \* +Europe\/Berlin +paused +done \d{4}-.* send worker: run the suite$/m);
  assert.match(await home.amux('schedule', 'resume', 'nightly'), /^nightly: goes on, next \d{4}-\d\d-\d\d 02:00\n$/);
  assertFailed(await home.run(['schedule', 'rm', 'nobody']), 3, /no schedule "nobody" · amux schedule lists them/);
  const several = await home.run(['schedule', 'rm', 'nobody', 'nightly']);
  assert.deepEqual([several.code, several.out], [3, 'nightly: removed\n']);
  const {err: left} = await home.run(['unregister', 'worker']);
  assert.match(left, /would send to worker · amux schedule rm /);
  const failed = await home.run(['schedule', 'run', 'worker']);
  assert.deepEqual([failed.code, failed.out], [1, 'worker: failed: no session "worker"\n']);
});

test('the list stands without a supervisor, too', async () => {
  const before = await home.amux('schedule');
  await home.amux('serve', '--stop');
  assert.equal(await home.amux('schedule'), before);
  assert.match(await home.amux('schedule', 'history', 'logs'), /added to todo/);
});

test('what cannot be is refused with what to write', async () => {
  const cases: [string[], number, RegExp][] = [
    [['x', '--card', 'y'], 2, /when\? · --cron "0 2 \* \* \*", or --at 2026-11-22T02:00/],
    [['x', '--cron', '@daily'], 2, /what is to be done\? · --to SESSION --message TEXT, or --card TITLE/],
    [['x', '--cron', '@daily', '--message', 'a'], 2, /to which session\? · --to SESSION/],
    [['x', '--cron', '@daily', '--to', 'a'], 2, /what is it to be told\? · --message TEXT/],
    [['x', '--cron', '0 0 1 2', '--card', 'y'], 2, /"0 0 1 2" is no time: .* required · as "0 2/],
    [['x', '--at', '2020-01-01', '--card', 'y'], 2, /"2020-01-01" is no time: it says no time of day · as "0 2/],
    [['x', '--at', '2027-02-30T02:00', '--card', 'y'], 2, /is no time: there is no such day ·/],
    [['x', '--at', 'soon', '--card', 'y'], 2, /"soon" is no time: a moment is not written like that ·/],
    [['x', '--cron', '0 0 30 2 *', '--card', 'y'], 2, /"0 0 30 2 \*" does not come/],
    [['x', '--cron', '@daily', '--tz', 'Mars', '--card', 'y'], 2, /no time zone "Mars" · by its IANA name/],
    [['x', '--cron', '@daily', '--card', 'y', '--message', 'z'], 2, /not both/],
    [['x', '--cron', '@daily', '--card', 'y', '--missed', 'twice'], 2, /--missed cannot be "twice" · use once, skip/],
    [['@daily', '--cron', '@daily', '--card', 'y'], 2, /"@daily" is no name/],
    [['logs', '--cron', '@daily', '--card', 'y'], 4, /a schedule named "logs" exists already/],
    [['x', '--cron', '@daily', '--to', 'nobody', '--message', 'y'], 3, /no session "nobody"/],
  ];
  for (const [args, code, says] of cases) assertFailed(await home.run(['schedule', 'add', ...args]), code, says);
  assertFailed(await home.run(['schedule', 'edit', 'logs']), 2, /nothing to change/);
});

test('what is meant for nobody ends as it does elsewhere', async () => {
  assertFailed(await home.run(['compact', 'nobody']), 3, /no session "nobody"/);
  assertFailed(await home.run(['compact', '--tag', 'nothing']), 3, /no session with the tag nothing runs/);
  assertFailed(await home.run(['model', 'some', '--tag', 'nothing']), 3, /no session with the tag nothing runs/);
});
