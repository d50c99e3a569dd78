// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they stand in a configuration.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, test} from 'node:test';
import {addAgent, configFileToEdit, removeAgent, updateAgent} from '../../source/config/edit.ts';
import {loadConfig} from '../../source/config/profiles.ts';
import {git, repository, temporaryDirectory, write} from './directories.ts';

const file = (text: string) => write(join(temporaryDirectory(), 'config.yaml'), text);
const text = (path: string) => readFileSync(path, 'utf8');

const written = `# our agents

defaultAgent: claude # the usual one

agents:
    # The reviewer.
    claude:
        name: "Claude"
        command: 'claude --model opus' # dear
        environment: {A: "1"}

    # Does the rest.
    gpt:
        type: openai
        environment:
            OPENAI_API_KEY: \${OPENAI_API_KEY} # from the shell
            V: 1.10
# the end
`;

describe('agent config', () => {
  test('add writes an entry and leaves everything else as it is', () => {
    const path = file(written);
    addAgent(path, 'gpt-4', {
      name: 'GPT-4',
      type: 'openai',
      command: 'gpt-cli',
      environment: {OPENAI_API_KEY: 'sk-...'},
    });
    assert.equal(
      text(path),
      written.replace(
        '# the end',
        `    gpt-4:
        name: GPT-4
        type: openai
        command: gpt-cli
        environment:
            OPENAI_API_KEY: sk-...

# the end`,
      ),
    );
  });

  test('update changes what it is told and merges variables by key', () => {
    const path = file(written);
    const fields = {command: 'claude --model sonnet', environment: {ANTHROPIC_API_KEY: 'sk-new...'}};
    updateAgent(path, 'claude', {fields, known: []});
    updateAgent(path, 'gpt', {fields: {environment: {V: '2', W: 'true'}}, known: []});
    const lines = text(path).split('\n');
    assert.ok(lines.includes("        command: 'claude --model sonnet' # dear"));
    assert.ok(lines.includes('        environment: {A: "1", ANTHROPIC_API_KEY: sk-new...}'));
    assert.ok(lines.includes('            OPENAI_API_KEY: ${OPENAI_API_KEY} # from the shell'));
    for (const comment of ['# our agents', '    # The reviewer.', '    # Does the rest.', '# the end']) {
      assert.ok(lines.includes(comment), comment);
    }
    const {agents} = loadConfig(path).config;
    assert.deepEqual(agents['gpt']?.environment, {OPENAI_API_KEY: '${OPENAI_API_KEY}', V: '2', W: 'true'});
    assert.equal(agents['claude']?.name, 'Claude');
  });

  test('update of an agent that is known from elsewhere writes an entry over it', () => {
    const path = file(written);
    updateAgent(path, 'codex', {fields: {model: 'o3'}, known: ['codex']});
    assert.deepEqual(loadConfig(path).config.agents['codex'], {model: 'o3'});
  });

  test('remove takes the entry and its comment out', () => {
    const path = file(written);
    removeAgent(path, 'gpt');
    assert.deepEqual(Object.keys(loadConfig(path).config.agents), ['claude']);
    assert.match(text(path), /# The reviewer\.[\s\S]*# the end\n$/);
  });

  test('add keeps a file of nothing but comments, and a key without agents', () => {
    for (const [before, after] of [
      ['# a\n\n# agents:\n#   x: 1\n', '# a\n\n# agents:\n#   x: 1\n\nagents:\n  new:\n    command: x\n'],
      ['# a\nagents:\n', '# a\nagents:\n  new:\n    command: x\n'],
      ['', 'agents:\n  new:\n    command: x\n'],
      ['theme: x\r\n', 'theme: x\r\nagents:\r\n  new:\r\n    command: x\r\n'],
    ] as const) {
      const path = file(before);
      addAgent(path, 'new', {command: 'x'});
      assert.equal(text(path), after);
    }
  });

  test('add without a configuration makes the project one, with its comments', () => {
    const root = repository();
    const path = configFileToEdit(root);
    assert.equal(path, join(root, '.amux', 'config.yaml'));
    addAgent(path, 'new', {command: 'x', environment: {K: '${K}'}});
    assert.match(
      text(path),
      /^# amux: [\s\S]*\nagents:\n {2}new:\n {4}command: x\n {4}environment:\n {6}K: \$\{K\}\n$/,
    );
    assert.deepEqual(loadConfig(path).config.agents, {new: {command: 'x', environment: {K: '${K}'}}});
    const outside = temporaryDirectory();
    assert.equal(git(root, 'status', '--porcelain', '-uall'), '', 'git does not see it');
    assert.throws(() => configFileToEdit(outside), {code: 'project.none'});
  });

  for (const [what, change, error] of [
    [
      'add of an agent that is there',
      (path: string) => addAgent(path, 'gpt', {}),
      {code: 'agent.exists', facts: {agent: 'gpt'}},
    ],
    [
      'update of an agent that is not',
      (path: string) => updateAgent(path, 'nope', {fields: {}, known: ['codex', 'gpt']}),
      {code: 'agent.unknown', facts: {agent: 'nope', known: 'claude, gpt, codex'}},
    ],
    ['remove of an agent that is not', (path: string) => removeAgent(path, 'nope'), {code: 'agent.unknown'}],
    ['an id that is none', (path: string) => addAgent(path, 'a b', {}), {code: 'input.invalid'}],
    ['a command with open quotes', (path: string) => addAgent(path, 'a', {command: "x 'y"}), {code: 'command.line'}],
    [
      'a variable name that is none',
      (path: string) => addAgent(path, 'a', {environment: {'b-c': ''}}),
      {code: 'config.invalid'},
    ],
  ] as [string, (path: string) => void, object][]) {
    test(`refuses ${what} and leaves the file alone`, () => {
      const path = file(written);
      assert.throws(() => change(path), error);
      assert.equal(text(path), written);
      assert.deepEqual(readdirSync(dirname(path)), ['config.yaml']);
    });
  }

  test('leaves a file alone that it cannot read', () => {
    const path = file('agents: [\n');
    assert.throws(() => addAgent(path, 'a', {}), {code: 'config.invalid'});
    assert.equal(text(path), 'agents: [\n');
  });

  describe('what it does not change stays as it is written', () => {
    const entry = '  new:\n    command: dog\n';
    const cases: [string, string, string][] = [
      [
        'anchors, merges and aligned comments',
        'x: &b\n  command: cat\nagents:\n  one: &one\n    <<: *b # merged\n    model: "m"   # quoted\n  two: *one\n',
        '',
      ],
      [
        'another indentation, and folded text',
        `agents:\n    one:\n        command: >-\n            cat\n            -u\n        environment:\n            A: |\n                two\n                lines\n`,
        '',
      ],
      [
        'numbers that are text',
        'agents:\n  one:\n    environment: {V: 1.10, O: 0777, H: 0x1F, T: True}\n    quiet: 1.50\n',
        '',
      ],
      ['blank lines', '\n\n# a\n\n\nagents:\n\n  # b\n\n  one:\n\n    command: cat\n', ''],
      [
        'flow style beside it',
        "defaultAgent:   'one'\napprovals: [ {decide: allow ,tool: x} ]   # rules\nagents:\n  one: { command: cat }\n",
        '',
      ],
      ['a byte order mark', '\ufeff# c\nagents:\n  one:\n    command: cat\n', ''],
      ['markers of a document', '%YAML 1.2\n---\nagents:\n  one: {command: cat}\n', '...\n'],
      ['a long line', `agents:\n  one:\n    command: ${'x '.repeat(120)}y\n`, ''],
      ['names in other scripts', 'agents:\n  one:\n    name: "日本 é"\n', '# ende\n'],
    ];
    for (const [title, before, after] of cases) {
      for (const [ends, text] of [
        ['', before + after],
        [', with windows line ends', (before + after).replaceAll('\n', '\r\n')],
      ] as const) {
        test(title + ends, () => {
          const path = file(text);
          addAgent(path, 'new', {command: 'dog'});
          const added = text.includes('\r\n') ? entry.replaceAll('\n', '\r\n') : entry;
          const indented = /^ {4}one/m.test(text) ? added.replace(/^ +/gm, spaces => spaces + spaces) : added;
          const at = text.length - (text.includes('\r\n') ? after.replaceAll('\n', '\r\n') : after).length;
          const written = readFileSync(path, 'utf8');
          // A comment behind the entries gets an empty line before it.
          assert.equal(written.replace(/\r?\n(?=\r?\n# ende)/, ''), text.slice(0, at) + indented + text.slice(at));
          removeAgent(path, 'new');
          assert.equal(readFileSync(path, 'utf8').replace(/\r?\n(?=\r?\n# ende)/, ''), text);
        });
      }
    }

    test('a comment where there are no agents yet', () => {
      const path = file('agents:\n# nothing yet\ndefaultAgent: claude\n');
      addAgent(path, 'new', {command: 'dog'});
      assert.match(readFileSync(path, 'utf8'), /# nothing yet\n {2}new:\n {4}command: dog\n/);
    });
  });

  test('loses no entry when twenty commands write at once', {timeout: 60_000}, async () => {
    const path = file('# ours\n');
    const script = `const {addAgent} = await import('./source/config/edit.ts');
      process.stdin.once('data', () => { addAgent(process.argv[1], process.argv[2], {command: 'x'}); process.exit(0); });
      console.log('__READY__');`;
    const children = Array.from({length: 20}, (_, number) =>
      spawn(process.execPath, ['--input-type=module', '-e', script, path, `a${number}`], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    await Promise.all(children.map(child => once(child.stdout, 'data')));
    const ends = children.map(child => once(child, 'exit'));
    for (const child of children) child.stdin.write('go');
    assert.deepEqual(new Set((await Promise.all(ends)).map(([code]) => code)), new Set([0]));
    assert.equal(Object.keys(loadConfig(path).config.agents).length, 20);
    assert.match(text(path), /^# ours\n/);
  });

  test('takes over what a killed command has left behind', () => {
    const path = file(written);
    write(`${path}.new`, 'half');
    addAgent(path, 'new', {command: 'x'});
    assert.ok(loadConfig(path).config.agents['new']);
    assert.deepEqual(readdirSync(dirname(path)), ['config.yaml']);
  });

  test('keeps rights and links', () => {
    const path = file(written);
    chmodSync(path, 0o600);
    const link = join(temporaryDirectory(), 'config.yaml');
    symlinkSync(path, link);
    addAgent(link, 'new', {command: 'x'});
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(loadConfig(path).config.agents['new']);
  });
});
