import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';
import type {RuleData} from '../../source/agents/rule-data.ts';
import {REGIONS} from '../../source/agents/screen-rules.ts';
import {readRules} from '../../source/config/screen-rules.ts';

const dir = mkdtempSync(join(tmpdir(), 'amux-rules-'));
after(() => rmSync(dir, {recursive: true}));

let count = 0;
function rulesIn(files: Record<string, string>) {
  const folder = join(dir, String(++count));
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return readRules(folder);
}

test('rules are read from one file per agent, in YAML or JSON', () => {
  const [claude, codex] = rulesIn({
    'claude.yaml': '- rule: mine\n  in: status\n  pattern: compiling \\d+\n  says: working\n  versions: ">=2.1.300"\n',
    'codex.json':
      '[{"rule": "its", "in": "bottom", "pattern": "Sure\\\\?", "says": {"dialog": "question", "choose": "walk"}}]',
    'notes.txt': 'no rules',
  });
  assert.deepEqual([claude!.agent, claude!.problems, codex!.agent, codex!.problems], ['claude', [], 'codex', []]);
  const [mine]: RuleData[] = claude!.rules;
  assert.deepEqual([mine!.pattern, mine!.says, mine!.versions], ['compiling \\d+', 'working', '>=2.1.300']);
  assert.deepEqual(codex!.rules[0]!.says, {dialog: 'question', choose: 'walk'});
});

test('a home without rules, and an empty file, have none', () => {
  assert.deepEqual(readRules(join(dir, 'none')), []);
  const [file] = rulesIn({'claude.yaml': ''});
  assert.deepEqual([file!.rules, file!.problems], [[], []]);
});

test('a bad file is skipped, and each problem names its line', () => {
  const good = '- {rule: a, in: status, pattern: x, says: working}\n';
  const cases: Record<string, RegExp> = {
    [`${good}- {rule: b, in: status, pattern: "(", says: working}`]: /pattern: .*Unterminated group/,
    [`${good}- {rule: b, in: nowhere, pattern: x, says: working}`]: /in: /,
    [`${good}- {rule: b, in: status, pattern: x, says: dancing}`]: /says: /,
    [`${good}- {rule: b, in: status, pattern: x, says: working, versions: new}`]: /a range is/,
    [`${good}- {rule: b, in: status, pattern: ${'x'.repeat(501)}, says: working}`]: /500/,
    'rule: a': /expected array/,
    '- [': /./,
  };
  for (const [text, says] of Object.entries(cases)) {
    const [file] = rulesIn({'claude.yaml': text});
    assert.deepEqual(file!.rules, [], text);
    assert.match(file!.problems.map(({why}) => why).join('; '), says, text);
    assert.ok(file!.problems.every(({line}) => line >= 1));
  }
});

test('every region of a screen can be named in a file', () => {
  const text = REGIONS.map(region => `- {rule: r, in: ${region}, pattern: x, says: skip}`).join('\n');
  assert.equal(rulesIn({'claude.yaml': text})[0]!.rules.length, REGIONS.length);
});
