// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they stand in a configuration.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {defaultAgentOf, listProfiles, loadConfig, resolveProfile} from '../../source/config/profiles.ts';
import type {AmuxError} from '../../source/domain/errors.ts';
import {temporaryDirectory, write} from './directories.ts';

const builtins = ['claude', 'codex', 'gemini', 'opencode', 'generic'];
const load = (text: string) => loadConfig(write(join(temporaryDirectory(), 'config.yaml'), text));
const config = (text: string) => load(text).config;

const nothing = {agents: {}, approvals: [], workspace: {setup: [], teardown: [], copy: []}};

describe('a configuration', () => {
  test('is read as the guide prints it', () => {
    const {config, notices} = load(`agents:
  claude:
    name: Claude
    type: claude
    command: claude
    environment:
      ANTHROPIC_API_KEY: \${ANTHROPIC_API_KEY}
  gpt:
    name: GPT-4
    type: openai
    command: gpt-cli
    environment:
      OPENAI_API_KEY: \${OPENAI_API_KEY}
`);
    assert.deepEqual(notices, []);
    const gpt = resolveProfile('gpt', {project: config, home: null, builtins});
    assert.deepEqual(gpt, {
      id: 'gpt',
      name: 'GPT-4',
      type: 'generic',
      command: 'gpt-cli',
      environment: {OPENAI_API_KEY: '${OPENAI_API_KEY}'},
      model: null,
      permissionMode: null,
      quietMs: null,
      compactOnClaim: false,
      mcp: true,
      mcpServers: true,
      source: 'project',
      notices: [
        'agent gpt: the type "openai" is not one of claude, codex, gemini, opencode, generic; it runs as generic',
      ],
    });
    assert.equal(resolveProfile('claude', {project: config, home: null, builtins}).type, 'claude');
  });

  for (const text of ['', '# nothing\n', 'agents:\n', 'agents: {}\n', '---\n']) {
    test(`may be ${JSON.stringify(text)}`, () => assert.deepEqual(load(text), {config: nothing, notices: []}));
  }

  test('that is missing says nothing', () => {
    assert.deepEqual(loadConfig(join(temporaryDirectory(), 'config.yaml')).config, nothing);
  });

  test('may have an agent with nothing set', () => {
    assert.equal(
      resolveProfile('claude', {project: config('agents:\n  claude:\n'), home: null, builtins}).source,
      'project',
    );
  });

  test('keeps the values of variables as they are written', () => {
    const {agents} = config(
      'agents:\n  a:\n    environment:\n      V: 1.10\n      T: true\n      O: 0777\n      Y: yes\n      E: ""\n',
    );
    assert.deepEqual(agents['a']?.environment, {V: '1.10', T: 'true', O: '0777', Y: 'yes', E: ''});
  });

  test('with unknown keys is read, and tells their lines', () => {
    const found = load('colour: red\nagents:\n  a:\n    command: x\n    # why\n    shell: zsh\n');
    assert.deepEqual(found.config, {...nothing, agents: {a: {command: 'x'}}});
    assert.deepEqual(
      found.notices.map(notice => notice.replace(/^.*config\.yaml:/, '')),
      ['1:1: colour is not known here and has no effect', '6:5: agents.a.shell is not known here and has no effect'],
    );
  });

  for (const [what, text, line, why] of [
    ['a syntax error', 'agents:\n  a:\n    command: "x\n', 4, /quote/i],
    ['a tab', 'agents:\n\ta: 1\n', 2, /tab/i],
    ['a key twice', 'agents:\n  a: {}\n  a: {}\n', 3, /unique/i],
    ['two documents', 'agents: {}\n---\nagents: {}\n', 2, /multiple documents/i],
    ['a list at its top', '- a\n- b\n', 1, /the file: expected object, received array/],
    ['text at its top', 'hello\n', 1, /expected object, received string/],
    ['a list of agents', '# x\nagents:\n  - a\n', 2, /^agents: expected (record|object), received array/],
    ['text for an agent', 'agents:\n  a: claude\n', 2, /^agents\.a: expected object, received string/],
    [
      'a number for a command',
      'agents:\n  a:\n    name: x\n    command: 5\n',
      4,
      /^agents\.a\.command: expected string, received number; put it in quotes/,
    ],
    ['a command with open quotes', "agents:\n  a:\n    command: say 'x\n", 3, /single quote/],
    ['a wrong quiet time', 'agents:\n  a:\n    quiet: soon\n', 3, /quiet: expected number, received string/],
    ['a quiet time of nothing', 'agents:\n  a:\n    quiet: 0\n', 3, /quiet: Too small: expected number to be >0/],
    [
      'a wrong variable name',
      'agents:\n  a:\n    environment:\n      A: x\n      B-C: x\n',
      5,
      /B-C: expected the name of a variable/,
    ],
    [
      'a variable without a value',
      'agents:\n  a:\n    environment:\n      A:\n',
      4,
      /A: expected string, received null/,
    ],
    [
      'a list of variables',
      'agents:\n  a:\n    environment:\n      - A=b\n',
      3,
      /environment: expected record, received array/,
    ],
    ['an agent id with a space', 'agents:\n  ok: {}\n  "a b": {}\n', 3, /a b: expected an agent id/],
    [
      'a wrong argument',
      'agents:\n  a:\n    args:\n      - x\n      - 1\n',
      5,
      /args\.1: expected string, received number/,
    ],
    [
      'too many aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefg'.replace(/./g, (name, at: number) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[at]}`).join()}]\n`)}`,
      1,
      /alias/i,
    ],
    ['more than a megabyte', `# ${'x'.repeat(1 << 20)}\n`, 1, /larger/],
  ] as [string, string, number, RegExp][]) {
    test(`with ${what} is refused with the line ${line}`, () => {
      assert.throws(
        () => load(text),
        (error: AmuxError) => {
          assert.equal(error.code, 'config.invalid', error.message);
          assert.equal(error.facts['line'], line, error.message);
          assert.match(String(error.facts['why']), why);
          return true;
        },
      );
    });
  }

  test('that is a directory is refused', () => {
    const directory = temporaryDirectory();
    assert.throws(() => loadConfig(directory), {code: 'config.invalid', message: /cannot be read: EISDIR/});
  });
});

describe('a profile', () => {
  const home = config(
    'defaultAgent: codex\nagents:\n  claude:\n    model: opus\n    command: claude --verbose\n    environment: {A: home, B: home}\n  mine: {command: x}\n',
  );
  const project = config(
    'agents:\n  claude:\n    model: sonnet\n    quiet: 1.5\n    environment: {B: project, C: project}\n',
  );
  const sources = {project, home, builtins};

  test("is the project's over the home's over the built-in one, by field and by variable", () => {
    assert.deepEqual(resolveProfile('claude', sources), {
      id: 'claude',
      name: 'claude',
      type: 'claude',
      command: 'claude --verbose',
      environment: {A: 'home', B: 'project', C: 'project'},
      model: 'sonnet',
      permissionMode: null,
      quietMs: 1500,
      compactOnClaim: false,
      mcp: true,
      mcpServers: true,
      source: 'project',
      notices: [],
    });
    assert.equal(resolveProfile('mine', sources).source, 'home');
    assert.equal(resolveProfile('codex', sources).source, 'built-in');
    assert.equal(resolveProfile('codex', sources).command, null);
  });

  test('without a type has the type that it is named after, else generic', () => {
    const own = {project: config('agents: {codex: {command: x}, other: {command: y}}'), home: null, builtins};
    assert.equal(resolveProfile('codex', own).type, 'codex');
    assert.deepEqual([resolveProfile('other', own).type, resolveProfile('other', own).notices], ['generic', []]);
  });

  test('puts its arguments behind its command', () => {
    const own = (text: string) => resolveProfile('a', {project: config(`agents:\n  a: ${text}`), home: null, builtins});
    assert.equal(own('{command: "x -y", args: [a b, c]}').command, "x -y 'a b' c");
    assert.equal(own('{type: codex, args: [--full-auto]}').command, 'codex --full-auto');
    assert.match(own('{args: [x]}').notices.join(), /args but no command/);
  });

  test('that nobody knows is told, with those that are known', () => {
    for (const agent of ['nope', 'constructor', '__proto__']) {
      assert.throws(() => resolveProfile(agent, sources), {
        code: 'agent.unknown',
        facts: {agent, known: 'claude, codex, gemini, opencode, generic, mine'},
      });
    }
  });

  test('has a name without control characters', () => {
    const own = config('agents: {a: {name: "\\e]0;x\\a A"}}');
    assert.equal(resolveProfile('a', {project: own, home: null, builtins}).name, ']0;x A');
  });

  test('is listed with all others, built-in ones first', () => {
    assert.deepEqual(
      listProfiles(sources).map(({id}) => id),
      ['claude', 'codex', 'gemini', 'opencode', 'generic', 'mine'],
    );
  });

  test("is the project's default, else the home's, else a built-in one", () => {
    assert.equal(defaultAgentOf({defaultAgent: 'a'}, {defaultAgent: 'b'}), 'a');
    assert.equal(defaultAgentOf(project, home), 'codex');
    assert.equal(defaultAgentOf(null, null), 'claude');
  });
});
