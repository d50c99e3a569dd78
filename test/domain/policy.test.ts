import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import type {Request} from '../../source/domain/approvals.ts';
import {matchesPath, resolvePath} from '../../source/domain/glob.ts';
import {type PolicyRule, ruleOn, ruleText, trusts} from '../../source/domain/policy.ts';

const request = (change: Partial<Request> = {}): Request => ({
  ref: 'r',
  kind: 'permission',
  tool: 'Bash',
  input: {command: 'git status -s'},
  title: 'Bash(git status -s)',
  suggestions: [],
  choices: [],
  id: 'a-1',
  via: 'hook',
  at: 0,
  shown: null,
  missedAt: null,
  ...change,
});
const about = {agent: 'claude', session: 'web-1', dir: '/work/shop', paths: [] as string[]};
const seen = (title: string) => request({tool: null, input: null, via: 'screen', title});
const writes = {tool: 'Write', input: {file_path: 'src/a.ts'}};

type Case = {says: string; rules: PolicyRule[]; of?: Request; paths?: string[]; decides: 'allow' | 'deny' | 'ask'};

function check(cases: readonly Case[]): void {
  for (const {says, rules, of = request(), paths = [], decides} of cases) {
    test(says, () => assert.equal(ruleOn(rules, {...about, paths, request: of})?.decide ?? 'ask', decides));
  }
}

describe('rules', () => {
  check([
    {says: 'without one a person is asked', rules: [], decides: 'ask'},
    {says: 'the first that matches counts', rules: [{tool: 'B*', decide: 'deny'}, {decide: 'allow'}], decides: 'deny'},
    {says: 'ask keeps later ones out', rules: [{tool: 'Bash', decide: 'ask'}, {decide: 'allow'}], decides: 'ask'},
    {
      says: 'an agent',
      rules: [
        {agent: 'codex', decide: 'deny'},
        {agent: 'cl*', decide: 'allow'},
      ],
      decides: 'allow',
    },
    {says: 'a session', rules: [{session: 'web-?', decide: 'deny'}], decides: 'deny'},
    {says: 'all conditions hold', rules: [{session: 'api', tool: 'Bash', decide: 'deny'}], decides: 'ask'},
    {says: 'a glob over the whole text', rules: [{pattern: 'git status*', decide: 'allow'}], decides: 'allow'},
    {says: 'a glob is not part of a text', rules: [{pattern: 'status', decide: 'allow'}], decides: 'ask'},
    {says: 'a regular expression is', rules: [{pattern: '/STATUS/i', decide: 'allow'}], decides: 'allow'},
    {
      says: 'questions are for a person',
      rules: [{decide: 'allow'}],
      of: request({kind: 'question', tool: 'AskUserQuestion'}),
      decides: 'ask',
    },
    {says: 'trust is for a person', rules: [{decide: 'allow'}], of: request({kind: 'trust'}), decides: 'ask'},
  ]);
});

describe('what a glob allows is one command', () => {
  const more = ['; rm -rf .', ' && rm x', ' | sh', ' $(rm x)', ' `rm x`', ' > x', '\nrm x', ' & rm x'];
  check(
    more.map(
      (tail): Case => ({
        says: `not "git status${JSON.stringify(tail).slice(1, -1)}"`,
        rules: [{tool: 'Bash', pattern: 'git status*', decide: 'allow'}],
        of: request({input: {command: `git status${tail}`}}),
        decides: 'ask',
      }),
    ),
  );
  check([
    {
      says: 'what it denies may stand anywhere',
      rules: [{pattern: '*rm -rf*', decide: 'deny'}],
      of: request({input: {command: 'cd x && rm -rf .'}}),
      decides: 'deny',
    },
    {
      says: 'an address is no command',
      rules: [{tool: 'WebFetch', pattern: 'https://example.com/*', decide: 'allow'}],
      of: request({tool: 'WebFetch', input: {url: 'https://example.com/?a=1&b=2'}}),
      decides: 'allow',
    },
  ]);
});

describe('paths', () => {
  check([
    {
      says: 'relative ones begin in the directory of the session',
      rules: [{path: 'src/**', decide: 'allow'}],
      of: request(writes),
      paths: ['/work/shop/src/a.ts'],
      decides: 'allow',
    },
    {
      says: 'all have to be allowed',
      rules: [{path: 'src/**', decide: 'allow'}],
      of: request(writes),
      paths: ['/work/shop/src/a.ts', '/etc/passwd'],
      decides: 'ask',
    },
    {
      says: 'one is enough to deny',
      rules: [{path: '/etc/**', decide: 'deny'}],
      of: request(writes),
      paths: ['/work/shop/src/a.ts', '/etc/passwd'],
      decides: 'deny',
    },
    {says: 'a command names none', rules: [{path: '**', decide: 'allow'}], decides: 'ask'},
  ]);

  test('globs over paths', () => {
    const cases: [string, string, boolean][] = [
      ['/a/*.ts', '/a/b.ts', true],
      ['/a/*.ts', '/a/b/c.ts', false],
      ['/a/**/*.ts', '/a/b/c.ts', true],
      ['/a/**/*.ts', '/a/c.ts', true],
      ['/a/**', '/a', true],
      ['/a/**', '/ab', false],
      ['/a/b.ts', '/a/bxts', false],
    ];
    for (const [glob, path, is] of cases) assert.equal(matchesPath(glob, path), is, `${glob} ${path}`);
    assert.equal(resolvePath('/work/shop', '../x/./y'), '/work/x/y');
    assert.equal(resolvePath('/work', '/etc/../a'), '/a');
  });
});

describe('a dialog of which only the text is known', () => {
  check([
    {
      says: 'is not answered by a rule that means anything',
      rules: [{decide: 'allow'}],
      of: seen('$ ls'),
      decides: 'ask',
    },
    {says: 'nor by its agent', rules: [{agent: 'claude', decide: 'deny'}], of: seen('$ ls'), decides: 'ask'},
    {
      says: 'but by a pattern over all of it',
      rules: [{pattern: '$ ls*', decide: 'allow'}],
      of: seen('$ ls -l'),
      decides: 'allow',
    },
    {says: 'not by one over a part', rules: [{pattern: '/ls/', decide: 'allow'}], of: seen('$ ls -l'), decides: 'ask'},
    {
      says: 'a tool is a pattern, too',
      rules: [{tool: 'Shell *', decide: 'allow'}],
      of: seen('Shell ls'),
      decides: 'allow',
    },
    {
      says: 'what may be denied is not allowed by a later rule',
      rules: [
        {tool: 'Bash', decide: 'deny'},
        {pattern: '$ *', decide: 'allow'},
      ],
      of: seen('$ ls'),
      decides: 'ask',
    },
    {
      says: 'what a pattern denies that stands nowhere in it hides no later rule',
      rules: [
        {tool: 'Bash', pattern: '*rm -rf*', decide: 'deny'},
        {pattern: '$ *', decide: 'allow'},
      ],
      of: seen('$ ls'),
      decides: 'allow',
    },
    {
      says: 'one that stands somewhere in it does',
      rules: [
        {tool: 'Bash', pattern: 'rm *', decide: 'deny'},
        {pattern: '$ *', decide: 'allow'},
      ],
      of: seen('$ rm x'),
      decides: 'ask',
    },
    {
      says: 'what is cut is not allowed',
      rules: [{pattern: '$ *', decide: 'allow'}],
      of: seen('$ ls a…'),
      decides: 'ask',
    },
    {
      says: 'what is allowed elsewhere hides no later rule',
      rules: [
        {tool: 'Bash', decide: 'allow'},
        {pattern: '$ *', decide: 'allow'},
      ],
      of: seen('$ ls'),
      decides: 'allow',
    },
  ]);
});

test('a rule is told in one line', () => {
  assert.equal(ruleText({decide: 'allow', tool: 'Bash', pattern: 'git *'}), 'allow, tool Bash, pattern git *');
});

test('trust is given without a person only to a worktree of a project that they trust, and only when they want that', () => {
  const trusted = {projectTrusted: true};
  assert.equal(trusts({trustWorktrees: true, worktree: trusted}), true);
  assert.equal(trusts({trustWorktrees: false, worktree: trusted}), false);
  assert.equal(trusts({trustWorktrees: true, worktree: {projectTrusted: false}}), false);
  assert.equal(trusts({trustWorktrees: true, worktree: null}), false, 'a plain directory');
});
