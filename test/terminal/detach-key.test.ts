import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createDetachFilter} from '../../source/terminal/detach-key.ts';

const typed = (keys: string, ...chunks: string[]) => {
  const filter = createDetachFilter(keys);
  let forward = '';
  for (const chunk of chunks) {
    const result = filter.push(chunk);
    forward += result.forward;
    if (result.detach) return {forward, detach: true};
  }
  return {forward, detach: false};
};

test('prefix and key leave, in one chunk or two, in either case; what came before goes on', () => {
  for (const chunks of [['ab\u0002d'], ['ab\u0002', 'd'], ['a', 'b\u0002D']]) {
    assert.deepEqual(typed('C-b d', ...chunks), {forward: 'ab', detach: true});
  }
});

test('prefix twice sends it once; prefix and another key sends both', () => {
  assert.deepEqual(typed('C-b d', 'x\u0002\u0002y'), {forward: 'x\u0002y', detach: false});
  assert.deepEqual(typed('C-b d', '\u0002', 'x', 'd'), {forward: '\u0002xd', detach: false});
});

test('keyboards in the kitty protocol or with modifyOtherKeys leave too', () => {
  for (const prefix of ['\u001b[98;5u', '\u001b[98;69u', '\u001b[98;5:1u\u001b[98;5:3u', '\u001b[27;5;98~']) {
    for (const key of ['d', 'D', '\u001b[100u', '\u001b[100;2u']) {
      assert.deepEqual(typed('C-b d', `a${prefix}${key}`), {forward: 'a', detach: true}, JSON.stringify(prefix + key));
    }
  }
  assert.equal(typed('C-b d', '\u001b[98;6:3u\u001b[98u').detach, false);
});

test('what is pasted is never a key', () => {
  const paste = '\u001b[200~a\u0002d\u001b[201~';
  assert.deepEqual(typed('C-b d', paste), {forward: paste, detach: false});
  assert.deepEqual(typed('C-b d', paste, '\u0002d'), {forward: paste, detach: true});
});

test('a single key and other prefixes work', () => {
  assert.deepEqual(typed('C-]', 'a\u001db'), {forward: 'a', detach: true});
  assert.deepEqual(typed('C-a q', '\u0002d\u0001q'), {forward: '\u0002d', detach: true});
});
