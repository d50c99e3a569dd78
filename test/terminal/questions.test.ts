import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createQuestionSpotter} from '../../source/terminal/questions.ts';

test('questions and reports are spotted, whole or in pieces', () => {
  for (const question of [
    '\u001b[c',
    '\u001b[>0q',
    '\u001b[6n',
    '\u001b[?u',
    '\u001b[?2026$p',
    '\u001b[18t',
    '\u001b]11;?\u001b\\',
    '\u001b]7501;?\u0007',
    '\u001b]7501;state=idle:msg=b2s=\u0007',
    '\u001bP+q544e\u001b\\',
  ]) {
    assert.equal(createQuestionSpotter()(`text${question}text`), true, JSON.stringify(question));
    for (let cut = 1; cut < question.length; cut++) {
      const asks = createQuestionSpotter();
      const found = [asks(`text${question.slice(0, cut)}`), asks(question.slice(cut))];
      assert.ok(found.includes(true), `${JSON.stringify(question)} cut at ${cut}`);
    }
  }
});

test('the end of a report that was cut is spotted too, so that it is parsed when it is there', () => {
  const asks = createQuestionSpotter();
  assert.deepEqual(
    [asks('\u001b]7501;state=idle:msg='), asks('b2s='), asks('\u0007'), asks('later')],
    [true, true, true, false],
  );
});

test('ordinary output asks nothing', () => {
  const asks = createQuestionSpotter();
  for (const chunk of [
    'plain',
    '\u001b[1;31mred\u001b[0m\u001b[2J\u001b[H',
    '\u001b]0;What?\u0007',
    '\u001b[?25l\u001b[5 q',
    '\u001b[?2004h\u001b',
    '[K?c',
  ]) {
    assert.equal(asks(chunk), false, JSON.stringify(chunk));
  }
});
