import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Comebacks} from '../../source/supervisor/comebacks.ts';
import type {Life} from '../../source/supervisor/life.ts';
import type {Runner} from '../../source/supervisor/runner.ts';

test('many that are due are launched by their times, three at once, in whatever order the timers tell of them', async () => {
  const launched: string[] = [];
  let atOnce = 0;
  const life = {
    async launch({session}: Runner) {
      launched.push(session.name);
      assert.ok(++atOnce <= 3);
      await new Promise(resolve => setImmediate(resolve));
      atOnce--;
    },
  } as unknown as Life;
  const comebacks = new Comebacks({life, now: () => 0});
  for (const at of [3, 1, 2, 9, 12, 10, 4, 11, 5, 8, 6, 7]) comebacks.add(runnerDueAt(at));
  while (launched.length < 12) await new Promise(resolve => setImmediate(resolve));
  assert.deepEqual(launched.slice(0, 3).sort(), ['1', '2', '3']);
  assert.deepEqual(launched.slice(3), ['4', '5', '6', '7', '8', '9', '10', '11', '12']);
});

test('one whose last launch was refused is left alone', async () => {
  const runner = runnerDueAt(1);
  let tries = 0;
  const life = {
    async launch() {
      // Its time stays, as that of the last comeback does.
      Object.assign(runner.session, {status: 'failed'});
      throw new Error('refused');
    },
  } as unknown as Life;
  const counted = async (act: () => Promise<void>): Promise<void> => {
    // Else nothing but this would ever be done.
    if (++tries > 5) Object.assign(runner, {closed: true});
    await act();
  };
  new Comebacks({life, now: () => 2}).add(Object.assign(runner, {exclusively: counted}));
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(tries, 1);
});

/** What a comeback looks at of a session that has no process. */
const runnerDueAt = (comeback: number): Runner =>
  ({
    closed: false,
    session: {
      name: `${comeback}`,
      dir: '/',
      status: 'starting',
      agentType: 'generic',
      exchange: null,
      conversation: null,
      run: {endedAt: 1, pid: null, argv: []},
      watch: {comeback, starting: null},
    },
    screen: {last: null},
    outbox: {idle: async () => {}},
    settled: async () => {},
    exclusively: async (act: () => Promise<void>) => act(),
  }) as unknown as Runner;
