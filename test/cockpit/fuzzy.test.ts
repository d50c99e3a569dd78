import assert from 'node:assert/strict';
import {test} from 'node:test';
import {fuzzy, holding} from '../../source/cockpit/palette/fuzzy.ts';

const best = (needle: string, texts: readonly string[]): string[] =>
  texts
    .flatMap(text => {
      const match = fuzzy(needle, text);
      return match === null ? [] : [{text, score: match.score}];
    })
    .sort((a, b) => b.score - a.score)
    .map(({text}) => text);

test('letters are found in their order, whatever their case, and nothing else is', () => {
  assert.deepEqual(fuzzy('gp', 'Go Payments')?.at, [0, 3]);
  assert.deepEqual(fuzzy('STOP', 'start-stop')?.at, [6, 7, 8, 9]);
  assert.equal(fuzzy('pg', 'go payments'), null);
  assert.equal(fuzzy('goo', 'go'), null);
  assert.deepEqual(fuzzy('', 'go')?.at, []);
});

test('beginnings of words and letters in a row are meant before scattered ones', () => {
  assert.deepEqual(best('st', ['restart', 'last', 'set-tag', 'start-stop']), [
    'start-stop',
    'set-tag',
    'last',
    'restart',
  ]);
  assert.deepEqual(fuzzy('sp', 'suspend-prompt')?.at, [0, 8], 'two words begin so');
  assert.deepEqual(best('go', ['grid-on', 'go payments', 'long']).at(0), 'go payments');
});

test('of two that are meant alike the shorter one is meant more', () => {
  assert.deepEqual(best('stop', ['stop them all', 'stop']), ['stop', 'stop them all']);
});

test('each word of what is typed may stand anywhere, in any order', () => {
  assert.deepEqual(fuzzy('web go', 'go web')?.at, [0, 1, 3, 4, 5]);
  assert.equal(fuzzy('web docs', 'go web'), null);
});

test('characters are counted as people see them', () => {
  assert.deepEqual(fuzzy('批入', '👨‍👩‍👧 批量导入')?.at, [2, 5]);
  assert.deepEqual(holding('导入', '👨‍👩‍👧 批量导入')?.at, [4, 5]);
});

test('a long text has to hold the words themselves', () => {
  assert.deepEqual(holding('stop', 'start or stop')?.at, [9, 10, 11, 12]);
  assert.equal(holding('sop', 'start or stop'), null);
});
