import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import {visible} from '../../source/domain/visible.ts';

const width = stringWidth;

for (const [text, shown] of [
  ['plain', 'plain'],
  ['\x1b[31mred\x1b]0;t\x07', '^[[31mred^[]0;t^G'],
  ['a\r', 'a^M'],
  ['\x9b31m\x7f', '<U+009B>31m^?'],
  ['abc\u202egnp.exe', 'abc<U+202E>gnp.exe'],
  ['if (a\u200b)\ufeff', 'if (a<U+200B>)<U+FEFF>'],
  ['\ta\tb', '        a       b'],
  ['日本\tx', '日本    x'],
  ['grüße 👩‍👩‍👧', 'grüße 👩‍👩‍👧'],
] as const) {
  test(`${JSON.stringify(text)} is shown as ${JSON.stringify(shown)}`, () => {
    assert.equal(visible(text, {width}), shown);
  });
}

test('a tab ends where the columns in front of it say', () => {
  assert.equal(visible('\tx', {width, before: 6}), '  x');
});
