import assert from 'node:assert/strict';
import {test} from 'node:test';
import {contentOf} from '../../source/supervisor/content-watch.ts';

const same: [string, string[], string[]][] = [
  [
    'a spinner with its clock',
    ['✻ Herding… (12s · ↓ 1.2k tokens · esc to interrupt)'],
    ['✽ Pondering… (95s · esc to interrupt)'],
  ],
  ['a braille spinner', ['⠋ Thinking...', 'x'], ['⠹ Waiting...', 'x']],
  ['a turning stroke', ['| 3s'], ['\\ 4s']],
  ['a counter', ['34 of 500 done'], ['35 of 500 done']],
  ['a codex status', ['• Working (3s • esc to interrupt)'], ['• Working (1m 30s • esc to interrupt)']],
  ['blank space', ['a', '', 'b'], ['a', '   ', '', 'b']],
];
for (const [title, before, after] of same) {
  test(`nothing new is ${title}`, () => assert.equal(contentOf(before), contentOf(after)));
}

const other: [string, string[], string[]][] = [
  ['another line', ['● Bash(npm test)'], ['● Bash(npm test)', '  ok']],
  ['a bar that grows', ['[###    ]'], ['[####   ]']],
  ['other words', ['compiling a.ts'], ['compiling b.ts']],
];
for (const [title, before, after] of other) {
  test(`new is ${title}`, () => assert.notEqual(contentOf(before), contentOf(after)));
}
