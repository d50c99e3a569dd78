import assert from 'node:assert/strict';
import {test} from 'node:test';

// Loaded in the test itself: what loading does is a part of it.
test('the first sparkline leaves the process and its terminal alone', async () => {
  const listeners = () => process.eventNames().map(name => [name, process.listenerCount(name)]);
  const before = listeners();
  const {sparkline} = await load();
  assert.equal(sparkline([1, 2]), '▅█');
  assert.deepEqual(listeners(), before);
  for (const stream of [process.stdin, process.stdout]) {
    assert.deepEqual([stream.listenerCount('data'), stream.listenerCount('keypress')], [0, 0]);
  }
});

test('a sparkline has a block per number, from zero to the largest, whatever their size', async () => {
  const {sparkline} = await load();
  assert.equal(sparkline([]), '');
  assert.equal(sparkline([0, 0, 0]), '▁▁▁');
  assert.equal(sparkline([5]), '█');
  assert.equal(sparkline([7, 7, 7]), '███', 'what does not change is not nothing');
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█');
  assert.equal(sparkline([0, 1, 4_000_000_000_000]), '▁▂█', 'what is little is not nothing');
  assert.equal(sparkline(Array.from({length: 600}, (_, i) => i)).length, 500);
});

const load = () => import('../../source/cockpit/charts/sparkline.ts');
