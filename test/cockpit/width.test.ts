import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import {textWidth} from '../../source/cockpit/draw/width.ts';

test('every character has the width that string-width gives it', () => {
  const wrong: string[] = [];
  for (let point = 0; point <= 0x1ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const text = String.fromCodePoint(point);
    if (textWidth(text) !== stringWidth(text)) wrong.push(point.toString(16));
  }
  assert.deepEqual(wrong, []);
});

test('texts of all kinds of characters have the width that string-width gives them', () => {
  const letters = [
    'a',
    ' ',
    '─',
    '█',
    '…',
    '◆',
    '日',
    'か',
    'ﾊ',
    'ﾟ',
    '한',
    '\u1100',
    '\u1161',
    'e\u0301',
    '👩‍🚀',
    '❤️',
    '☎',
    '\ufe0f',
  ];
  letters.push(
    '\u200d',
    '\u20e3',
    '1',
    '🇩',
    '\u3099',
    '、',
    '\x1b[1m',
    '\x1b[38;2;1;2;3m',
    '\x1b]8;;x\x07',
    '\t',
    '\u00ad',
    'ש',
  );
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({length: 1 + random(8)}, () => letters[random(letters.length)]!).join('');
    assert.equal(textWidth(text), stringWidth(text), JSON.stringify(text));
  }
});
