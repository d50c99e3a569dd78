import assert from 'node:assert/strict';
import {test} from 'node:test';
import {pathsOf} from '../../source/config/paths.ts';
import type {CardView} from '../../source/domain/board.ts';
import type {QueueView} from '../../source/domain/fleet.ts';
import type {ScheduleRun, ScheduleView} from '../../source/domain/schedule.ts';
import {openStore} from '../../source/store/store.ts';
import {Home, until} from '../helpers/home.ts';
import {gone, isAlive} from '../helpers/processes.ts';
import {Terminal} from '../helpers/terminal.ts';

/** Kills of the supervisor; `AMUX_KILLS` makes it the long form. */
const KILLS = Number(process.env['AMUX_KILLS'] ?? 5);
const SECOND = 1000;

test('a supervisor that is killed around due times does each run exactly once', async () => {
  await using home = new Home();
  await home.amux('register', 'worker', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  await home.json('schedule', 'add', 'tick', '--cron', '* * * * * *', '--card', 'tick');
  // A command takes less than a second.
  const start = Math.ceil(Date.now() / SECOND) + 3 + KILLS;
  const moments = Array.from({length: KILLS}, (_, i) => start + 2 * i);
  for (const [i, at] of moments.entries()) {
    const when = new Date(at * SECOND).toISOString().replace('.000Z', 'Z');
    await home.json('schedule', 'add', `once-${i}`, '--at', when, '--to', 'worker', '--message', `message ${i}`);
  }
  for (const at of moments) {
    // Somewhere from 60 ms before the moment to 60 ms behind it.
    const kill = at * SECOND - 60 + Math.random() * 120;
    await new Promise(resolve => setTimeout(resolve, Math.max(0, kill - Date.now())));
    await home.killSupervisor();
    await home.amux('serve', '--detach');
  }
  const schedules = await until('the last run', async () => {
    const all = await home.json<ScheduleView[]>('schedule');
    return all.every(({name, state}) => name === 'tick' || state === 'over') && all;
  });
  await home.amux('schedule', 'pause', 'tick');
  const queue = await home.json<QueueView[]>('queue', 'worker');
  assert.deepEqual(
    queue.map(({text}) => text),
    moments.map((_, i) => `message ${i}`),
  );
  for (const {name, history} of schedules.filter(({name}) => name !== 'tick')) {
    assert.deepEqual(
      history.map(({outcome}) => outcome),
      ['done'],
      name,
    );
  }

  // Every second is accounted for: done, or counted as missed before the one that was done instead.
  const cards = await home.json<CardView[]>('board', '--query', 'tick');
  const ticks = await runsOf(home, 'tick');
  assert.equal(cards.length, ticks.length);
  assert.ok(ticks.length > KILLS);
  for (const [i, run] of ticks.entries()) {
    if (i > 0) assert.equal(run.due, ticks[i - 1]!.due + (run.missed + 1) * SECOND, `run ${i}`);
  }
});

test('a supervisor that was started by a command stays for what is scheduled', async () => {
  await using home = new Home({config: 'idleExit: 0.2\n'});
  await home.amux('register', 'worker', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  await home.amux('schedule', 'add', 'far', '--at', '2099-01-01T00:00', '--to', 'worker', '--message', 'go');
  const pid = home.supervisorPid;
  const at = new Date(Date.now() + 3 * SECOND).toISOString().replace(/\.\d+Z$/, 'Z');
  await home.amux('schedule', 'add', 'soon', '--at', at, '--card', 'soon');
  await until('the card, with nobody connected', async () => {
    const store = await openStore({paths: pathsOf(home.path), readOnly: true, now: Date.now});
    return store.state.cards.size === 1;
  });
  assert.equal(home.supervisorPid, pid);
  await home.amux('schedule', 'rm', 'far');
  await gone(pid);
});

test('q in a cockpit that hosts leaves a supervisor behind for what is scheduled, also when nothing runs', async () => {
  await using home = new Home();
  await home.amux('schedule', 'add', 'far', '--at', '2099-01-01T00:00', '--card', 'far');
  await home.amux('serve', '--stop');
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 30});
  await cockpit.expect(/hosted +\d\d:\d\d/);
  cockpit.press('q');
  assert.equal(await cockpit.ended(), 0);
  assert.notEqual(home.supervisorPid, cockpit.pid);
  assert.ok(isAlive(home.supervisorPid));
});

/** What the journal holds of them. */
async function runsOf(home: Home, name: string): Promise<ScheduleRun[]> {
  const store = await openStore({paths: pathsOf(home.path), readOnly: true, now: Date.now});
  return store.read({after: 0, limit: 100_000}).flatMap(({type, changes}) =>
    changes.flatMap(change => {
      if (!['schedule.ran', 'schedule.failed', 'schedule.skipped'].includes(type)) return [];
      if (change.kind !== 'put' || change.table !== 'schedules' || change.record.name !== name) return [];
      return change.record.runs.slice(-1);
    }),
  );
}
