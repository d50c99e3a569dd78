import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createGaze} from '../../source/cockpit/gaze.ts';

const FOCUSED = '\x1b[I';
const BLURRED = '\x1b[O';

/** A gaze whose clock is moved by hand, and what the fleet is told, as it comes. */
function gazing() {
  let now = 1_000_000;
  const told: string[] = [];
  let heard: () => void = () => {};
  const gaze = createGaze({
    fleet: {
      lookAt: async ({sessions}) => {
        told.push(sessions.join('+'));
        heard();
      },
    },
    clock: () => now,
    write: () => {},
  });
  const count = async (wanted: number): Promise<string[]> => {
    while (told.length < wanted) {
      await new Promise<void>(resolve => {
        heard = resolve;
      });
    }
    return told;
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return {gaze, told, count, pass};
}

test('what is in sight is told, once', async () => {
  const {gaze, count} = gazing();
  gaze.see(['a', 'b']);
  assert.deepEqual(await count(1), ['a+b']);
  gaze.see(['a', 'b']);
  gaze.touched();
  gaze.see(['c']);
  assert.deepEqual(await count(2), ['a+b', 'c']);
  gaze.close();
  assert.deepEqual(await count(3), ['a+b', 'c', '']);
});

test('a terminal without the focus shows nothing to anybody; a key proves that it has it', async () => {
  const {gaze, count, told} = gazing();
  gaze.see(['a']);
  await count(1);
  assert.equal(gaze.hear(BLURRED), true);
  assert.deepEqual([told.at(-1), gaze.inSight()], ['', []]);
  gaze.see(['b']);
  const acts: string[] = [];
  gaze.whenHere(() => acts.push('later'));
  gaze.whenHere(() => acts.push('never'))();
  assert.equal(acts.length, 0);
  gaze.hear(FOCUSED);
  assert.deepEqual([acts, gaze.inSight()], [['later'], ['b']]);
  await count(3);
  gaze.hear(BLURRED);
  gaze.touched();
  assert.deepEqual(gaze.inSight(), ['b']);
  gaze.whenHere(() => acts.push('at once'));
  assert.deepEqual(acts, ['later', 'at once']);
  assert.deepEqual(await count(5), ['a', '', 'b', '', 'b']);
  assert.equal(gaze.hear('\x1b[A'), false);
  gaze.close();
});

test('who presses no key for long is taken for gone, and tells of it again when he comes back', async () => {
  const {gaze, count, pass, told} = gazing();
  gaze.see(['a']);
  await count(1);
  pass(40_000);
  gaze.touched();
  assert.deepEqual(await count(2), ['a', 'a']);
  pass(121_000);
  // The selection moved by itself: the session that was selected is gone.
  gaze.see(['b']);
  assert.deepEqual(await count(3), ['a', 'a', '']);
  assert.deepEqual(gaze.inSight(), ['b'], 'here it still stands on the screen');
  gaze.touched();
  assert.deepEqual(await count(4), ['a', 'a', '', 'b']);
  gaze.close();
  assert.equal(told.at(-1), '');
});

test('while somebody else has the terminal, nothing of the cockpit is in sight', async () => {
  const {gaze, count} = gazing();
  gaze.see(['a']);
  await count(1);
  gaze.lend(true);
  assert.deepEqual([await count(2), gaze.inSight()], [['a', ''], []]);
  gaze.lend(false);
  assert.deepEqual([await count(3), gaze.inSight()], [['a', '', 'a'], ['a']]);
  gaze.close();
});
