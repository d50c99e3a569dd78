import assert from 'node:assert/strict';
import {test} from 'node:test';
import {heardAt, steadyClock} from '../../source/supervisor/steady-clock.ts';

const HOUR = 3_600_000;

function opened(at: number) {
  const machine = {wall: at, elapsed: 0};
  const clock = steadyClock({wall: () => machine.wall, elapsed: () => machine.elapsed});
  const pass = (ms: number): void => {
    machine.wall += ms;
    machine.elapsed += ms;
  };
  return {machine, clock, pass};
}

test('it is the machine’s clock, also when that is set forward', () => {
  const {machine, clock, pass} = opened(10 * HOUR);
  pass(1000);
  assert.equal(clock.now(), 10 * HOUR + 1000);
  machine.wall += HOUR;
  assert.equal(clock.now(), 11 * HOUR + 1000);
  assert.equal(clock.ahead(), 0);
});

test('set back an hour it goes on, a little slower, until the other has caught up', () => {
  const {machine, clock, pass} = opened(10 * HOUR);
  machine.wall -= HOUR;
  pass(10_000);
  assert.equal(clock.now(), 10 * HOUR + 9000);
  assert.equal(clock.ahead(), HOUR - 1000);
  pass(9 * HOUR);
  assert.ok(clock.ahead() > 0);
  pass(HOUR);
  assert.equal(clock.ahead(), 0);
  assert.equal(clock.now(), machine.wall);
});

test('it begins no earlier than what is stored', () => {
  const {clock, pass} = opened(10 * HOUR);
  clock.notBefore(11 * HOUR);
  pass(1000);
  assert.equal(clock.now(), 11 * HOUR + 900);
});

test('what was told just before the clock was set back is not of the future', () => {
  const {machine, clock, pass} = opened(10 * HOUR);
  pass(1000);
  const told = machine.wall;
  machine.wall -= HOUR;
  pass(100);
  assert.equal(heardAt(told, clock), clock.now());
  pass(100);
  const later = machine.wall;
  assert.equal(heardAt(later, clock), later + clock.ahead());
});
