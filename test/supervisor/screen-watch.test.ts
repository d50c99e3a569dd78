import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import type {Screen} from '../../source/domain/screen.ts';
import {ScreenWatch} from '../../source/supervisor/screen-watch.ts';

const screen: Screen = {
  cols: 1,
  rows: 1,
  lines: [[]],
  cursor: null,
  title: '',
  modes: {alternate: false, bracketedPaste: null, applicationCursor: false},
};

/** A watch on a clock of its own; `taken` holds the times of its captures. */
function watched(t: TestContext, {eager = false} = {}) {
  t.mock.timers.enable({apis: ['setTimeout', 'Date'], now: 1_000_000});
  const taken: number[] = [];
  const watch = new ScreenWatch({
    capture: async () => {
      taken.push(Date.now() - 1_000_000);
      return screen;
    },
    onScreen: () => {},
    eager: () => eager,
    now: Date.now,
  });
  t.after(() => watch.close());
  /** Lets time pass in small steps, so that what a capture starts happens in its order. */
  const pass = async (ms: number, each: () => void = () => {}) => {
    for (let passed = 0; passed < ms; passed += 10) {
      if (passed % 50 === 0) each();
      t.mock.timers.tick(10);
      for (let i = 0; i < 5; i++) await Promise.resolve();
    }
  };
  return {watch, taken, pass};
}

test('steady output of a screen that nobody watches is looked at once a second', async t => {
  const {watch, taken, pass} = watched(t);
  await pass(3000, () => watch.touch());
  assert.equal(taken.length, 3);
});

test('what is not known to work is looked at sooner', async t => {
  const {watch, taken, pass} = watched(t, {eager: true});
  await pass(3000, () => watch.touch());
  assert.ok(taken.length >= 10, String(taken));
});

test('a pause in the output is looked at soon: what was drawn is complete', async t => {
  const {watch, taken, pass} = watched(t);
  await pass(500, () => watch.touch());
  const before = taken.length;
  await pass(300);
  assert.equal(taken.length, before + 1);
  assert.ok(taken.at(-1)! <= 660, String(taken));
});

test('a word of the program is followed by a look at its screen', async t => {
  const {watch, taken, pass} = watched(t);
  await pass(500, () => watch.touch());
  watch.said();
  await pass(120, () => watch.touch());
  assert.ok(
    taken.some(at => at >= 590 && at <= 620),
    String(taken),
  );
});

test('nothing is captured while nothing is printed', async t => {
  const {watch, taken, pass} = watched(t);
  watch.touch();
  await pass(300);
  const before = taken.length;
  await pass(10_000);
  assert.equal(taken.length, before);
});
