import assert from 'node:assert/strict';
import {test} from 'node:test';
import {newLines} from '../../source/domain/new-lines.ts';

const cases: [why: string, before: string[], now: string[], expected: string[]][] = [
  ['nothing new', ['a', 'b'], ['a', 'b'], []],
  ['lines behind the last', ['a', 'b'], ['a', 'b', 'c', 'd'], ['c', 'd']],
  ['a line that is like the ones before', ['ok', 'ok', 'ok'], ['ok', 'ok', 'ok', 'ok'], ['ok']],
  ['the first lines are gone', ['a', 'b', 'c', 'd'], ['c', 'd', 'e'], ['e']],
  ['the last line has changed', ['a', 'b', '10%'], ['a', 'b', '20%'], ['20%']],
  ['both', ['a', 'b', 'c', '10%'], ['b', 'c', 'done', 'd'], ['done', 'd']],
  ['everything is new', ['a', 'b'], ['x', 'y'], ['x', 'y']],
  ['there was nothing', [], ['x'], ['x']],
  ['it was cleared', ['a'], [], []],
];

for (const [why, before, now, expected] of cases) {
  test(`new lines of a history: ${why}`, () => assert.deepEqual(newLines(before, now), expected));
}
