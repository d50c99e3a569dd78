import assert from 'node:assert/strict';
import {test} from 'node:test';
import {cellText, cut, fit, plain, skip, width, wrap} from '../../source/cockpit/draw/cells.ts';

const texts = [
  'plain ascii',
  '批量导入 fix',
  'a👨‍👩‍👧b',
  '❤️ and ✅',
  'e\u0301te\u0301',
  '한국어',
  '👍🏽 ok',
  '🇩🇪 flag',
  'ｆｕｌｌ',
];

test('a fitted text is exactly as wide as asked, whatever it is made of', () => {
  for (const text of texts.map(plain)) {
    for (let columns = 0; columns <= 20; columns++) {
      assert.equal(width(fit(text, columns)), columns, `${JSON.stringify(text)} in ${columns}`);
      assert.ok(width(cut(text, columns)) <= columns);
    }
  }
});

test('skipping cells leaves the rest, with a blank for half a wide character', () => {
  assert.equal(skip('批量', 1), ' 量');
  assert.equal(skip('批量', 2), '量');
  assert.equal(skip('abc', 1), 'bc');
});

test('control, bidirectional and joining characters never survive', () => {
  assert.equal(plain('a\x1b[31mb\u202ec\x07\nd'), 'a[31mbc d');
  assert.equal(plain('👨‍👩‍👧'), '👨👩👧');
  assert.equal(plain('\x9b31mx'), '31mx');
  assert.equal(cellText('a\x1bb'), 'ab');
});

test('a skin tone keeps the two cells that the terminal gave it', () => {
  assert.equal(width(cellText('👍🏽x')), 5);
});

test('words wrap at the width, longer ones break', () => {
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrap('abcdefgh', 3), ['abc', 'def', 'gh']);
});
