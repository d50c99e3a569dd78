import assert from 'node:assert/strict';
import {mock, test} from 'node:test';
import {type ScrollView, sameReading, stepScroll} from '../../source/cockpit/scrollback.ts';
import {firstState} from '../../source/cockpit/state.ts';
import {Store} from '../../source/cockpit/store.ts';
import {FakeFleet} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {SCENE_NOW, sceneScreens, sceneSessions} from './scene.ts';

/** Turns of the event loop until what was asked for has happened. */
const ROUNDS = 1000;

test('a minute of idle ticks draws one frame: that of its end', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  try {
    using cockpit = openCockpit();
    const step = async (ms: number): Promise<void> => {
      cockpit.lapse(ms);
      mock.timers.tick(ms);
      for (let round = 0; round < 5; round++) await new Promise(resolve => setImmediate(resolve));
    };
    while (!/payments/.test(cockpit.frame())) await step(20);
    // What the start itself still has to say.
    await step(3000);
    const before = cockpit.frames();
    for (let second = 4; second < 52; second++) await step(1000);
    assert.equal(cockpit.frames() - before, 0, 'the scene is at eight seconds of its minute');
    await step(1000);
    await step(1000);
    assert.equal(cockpit.frames() - before, 1, 'the clock and all ages');
    assert.match(cockpit.frame(), /14:33/);
  } finally {
    mock.timers.reset();
  }
});

test('what processes take draws no frame until it would read differently', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  try {
    const fleet = new FakeFleet(sceneSessions(), sceneScreens());
    using cockpit = openCockpit({fleet});
    const step = async (ms: number): Promise<void> => {
      cockpit.lapse(ms);
      mock.timers.tick(ms);
      for (let round = 0; round < 5; round++) await new Promise(resolve => setImmediate(resolve));
    };
    const takes = async (megabytes: number): Promise<void> => {
      fleet.set('payments', {resources: {memory: megabytes * 1024 ** 2, cpu: 0, processes: 2}});
      for (let second = 0; second < 4; second++) await step(1000);
    };
    while (!/payments/.test(cockpit.frame())) await step(20);
    await takes(411);
    assert.match(cockpit.frame(), / 410 MB /);
    const before = cockpit.frames();
    await takes(412.3);
    await takes(409.8);
    assert.equal(cockpit.frames() - before, 0);
    await takes(520);
    assert.equal(cockpit.frames() - before, 1);
    assert.match(cockpit.frame(), / 520 MB /);
  } finally {
    mock.timers.reset();
  }
});

test('a store that is held tells once of all that happened', () => {
  const store = new Store(firstState({size: {cols: 80, rows: 24}, now: 0, demo: false}));
  let told = 0;
  store.subscribe(() => told++);
  const shown = store.seen();
  store.hold();
  for (let now = 1; now < 100; now++)
    store.dispatch({type: 'sessions', sessions: sceneSessions(), now: SCENE_NOW + now});
  store.tell();
  assert.equal(told, 0);
  assert.equal(store.seen(), shown);
  assert.equal(store.state().sessions?.length, 9, 'keys see what is');
  store.release();
  assert.equal(told, 1);
  assert.equal(store.seen(), store.state());
});

test('what a person did is told at once, with what the fleet told before', async () => {
  const store = new Store(firstState({size: {cols: 80, rows: 24}, now: 0, demo: false}));
  const told: number[] = [];
  store.subscribe(() => told.push(store.state().now));
  const turn = () => new Promise(resolve => setImmediate(resolve));
  const tell = (now: number) => store.dispatch({type: 'sessions', sessions: sceneSessions(), now});
  mock.timers.enable({apis: ['setTimeout']});
  // All of it happens in one moment, however slow the machine is.
  const stopped = mock.method(performance, 'now', () => 1000);
  try {
    tell(1);
    await turn();
    assert.deepEqual(told, [1], 'after a pause the first is told at once');
    tell(2);
    tell(3);
    await turn();
    assert.deepEqual(told, [1]);
    store.dispatch({type: 'view', view: 'grid'});
    await turn();
    assert.deepEqual(told, [1, 3]);
    tell(4);
    mock.timers.tick(100);
    assert.deepEqual(told, [1, 3, 4]);
    mock.timers.tick(100);
    assert.deepEqual(told, [1, 3, 4], 'nothing is left over');
  } finally {
    stopped.mock.restore();
    mock.timers.reset();
  }
});

test('screens are followed only while they are in sight', async () => {
  const fleet = new FakeFleet(sceneSessions(), sceneScreens());
  using cockpit = openCockpit({fleet});
  await cockpit.see(/make refunds idempotent/);
  const watched = () => [...fleet.watched].sort().join();
  assert.equal(watched(), 'payments');
  for (const [keys, seen, sessions] of [
    ['j', /docs · gemini/, 'docs'],
    ['5', /\[5 Events\]/, ''],
    ['1', /docs · gemini/, 'docs'],
    ['v', /╭─ payments .*┏━ docs/, ''],
    ['v', /╭─ docs · gemini/, 'docs'],
    ['2', /\[2 Board\]/, ''],
  ] as const) {
    cockpit.press(keys);
    await cockpit.see(seen);
    for (let round = 0; watched() !== sessions && round < ROUNDS; round++)
      await new Promise(resolve => setImmediate(resolve));
    assert.equal(watched(), sessions, `after ${keys}`);
  }
});

test('a timer that comes a moment too early does not stop the clock', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  try {
    using cockpit = openCockpit();
    const settle = async (): Promise<void> => {
      for (let round = 0; round < 5; round++) await new Promise(resolve => setImmediate(resolve));
    };
    await cockpit.see(/14:32/);
    for (const [minute, shown] of [
      [52_000, /14:33/],
      [60_000, /14:34/],
      [60_000, /14:35/],
    ] as const) {
      // The clock that a person reads is two milliseconds behind that of the timers.
      cockpit.lapse(minute - 2);
      mock.timers.tick(minute + 2);
      await settle();
      assert.match(cockpit.frame(), shown);
      cockpit.lapse(2);
    }
  } finally {
    mock.timers.reset();
  }
});

test('what is read stands still while its session prints: only how much came is told, coarsely', () => {
  const reading = (lines: number): ScrollView => ({
    ...stepScroll(null, {do: 'open', session: 'id-api', name: 'api', editor: false, seen: null}, 10)!,
    came: {lines, exact: true, changed: true},
  });
  assert.ok(sameReading(reading(300), {...reading(340), seen: Object.values(sceneScreens())[0]!}));
  assert.ok(!sameReading(reading(300), reading(400)));
  assert.ok(!sameReading(reading(300), {...reading(300), at: 7}));
  assert.ok(!sameReading(reading(300), null));
});
