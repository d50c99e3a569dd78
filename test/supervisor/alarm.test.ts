import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Alarm} from '../../source/supervisor/alarm.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

test('an alarm that is due after its machine slept rings within a minute of its waking, and once', ({mock}) => {
  mock.timers.enable({apis: ['setTimeout']});
  let now = 0;
  let rings = 0;
  const alarm = new Alarm(
    () => now,
    () => rings++,
  );
  alarm.set(5 * 60 * MINUTE);
  now += MINUTE;
  mock.timers.tick(MINUTE);
  assert.equal(rings, 0);
  now += DAY; // Its timers stood still meanwhile.
  now += MINUTE;
  mock.timers.tick(MINUTE);
  mock.timers.tick(1);
  assert.equal(rings, 1);
  mock.timers.tick(DAY);
  assert.equal(rings, 1);
});

test('an alarm further ahead than a timer can count does not ring at once', async () => {
  let rings = 0;
  const alarm = new Alarm(
    () => 0,
    () => rings++,
  );
  alarm.set(60 * DAY);
  await new Promise(resolve => setTimeout(resolve, 5)); // One that overflowed would be due before this one.
  alarm.close();
  assert.equal(rings, 0);
});
