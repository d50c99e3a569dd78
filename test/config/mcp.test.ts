// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they stand in a configuration.
import assert from 'node:assert/strict';
import {existsSync, lstatSync, readFileSync, statSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {editMcp, hashOfMcp, placeOf, readMcp} from '../../source/config/mcp.ts';
import {expandMcp} from '../../source/config/mcp-expand.ts';
import {maskMcp, unmaskMcp} from '../../source/config/mcp-mask.ts';
import type {McpEntry} from '../../source/domain/mcp.ts';
import {temporaryDirectory, write} from './directories.ts';

const seed = readFileSync(new URL('../fixtures/seed/mcp.json', import.meta.url), 'utf8');
const file = (text: string) => write(join(temporaryDirectory(), 'mcp.json'), text);
const text = (path: string) => readFileSync(path, 'utf8');
const set = (path: string, name: string, entry: unknown) => editMcp(path, ({all}) => ({...all, [name]: entry}));
const problemsOf = (content: string) => {
  const path = file(content);
  return readMcp(path).problems.map(problem => placeOf('f', problem));
};

describe('mcp.json', () => {
  test('is read as the guide prints it, with the comment in its first line', () => {
    const {servers, problems, broken} = readMcp(file(seed));
    assert.deepEqual([problems, broken], [[], null]);
    assert.deepEqual(Object.keys(servers), ['filesystem', 'github', 'postgres']);
    assert.deepEqual(
      {...servers['github'], env: {...servers['github']?.env}},
      {
        command: 'npx',
        args: ['-y', '@modelcontextprotocol/server-github'],
        env: {GITHUB_TOKEN: '${GITHUB_TOKEN}'},
      },
    );
  });

  test('that is missing or empty has no servers', () => {
    assert.deepEqual(readMcp(join(temporaryDirectory(), 'none')).servers, {});
    for (const empty of ['', ' \n', '{}', '// nothing yet\n{}', '{"mcpServers": {}}'])
      assert.deepEqual([readMcp(file(empty)).servers, readMcp(file(empty)).problems], [{}, []], empty);
  });

  for (const [what, content, problem] of [
    ['no JSON', '{"mcpServers": {"a": {"command": "x"\n "args": []}}}', 'f:2:2: comma expected'],
    ['only a comment', '// nothing', 'f:1:11: value expected'],
    ['a list', '[]', 'f:1:1: expected {"mcpServers": {…}}'],
    ['servers as a list', '{\n  "mcpServers": []}', 'f:2:17: mcpServers: expected an object of servers'],
    ['nothing to start', '{"mcpServers": {"a": {}}}', 'f:1:22: a: it has neither a command nor a url'],
    ['a text', '{"mcpServers": {"a": "npx x"}}', 'f:1:22: a: expected an object with a command or a url'],
    [
      'both',
      '{"mcpServers": {"a": {"command": "x",\n"url": "https://x"}}}',
      'f:2:8: a: it has both a command and a url',
    ],
    [
      'args as a text',
      '{"mcpServers": {"a": {"command": "x",\n "args": "y"}}}',
      'f:2:10: a: args: expected a list of texts',
    ],
    [
      'a number in env',
      '{"mcpServers": {"a": {"command": "x", "env": {"PORT":\n 80}}}}',
      'f:2:2: a: env.PORT: expected a text',
    ],
    [
      'an odd variable',
      '{"mcpServers": {"a": {"command": "x", "env": {"A B": "c"}}}}',
      'f:1:54: a: env: "A B" cannot be such a name',
    ],
    [
      'another type',
      '{"mcpServers": {"a": {"type": "ws", "url": "x"}}}',
      'f:1:31: a: type: expected stdio, http, streamable-http, sse',
    ],
    [
      'another address',
      '{"mcpServers": {"a": {"url": "file:///etc"}}}',
      'f:1:30: a: url: expected https://… or http://…',
    ],
    [
      'a header with two lines',
      '{"mcpServers": {"a": {"url": "http://x", "headers": {"A": "b\\nC: d"}}}}',
      'f:1:59: a: headers.A: one line',
    ],
    [
      'a name with a dot',
      '{"mcpServers": {"a.b": {"command": "x"}}}',
      'f:1:24: a.b: its name has to be letters, digits, dash and underscore, a letter or digit first, at most 64',
    ],
    ['a name of objects', '{"mcpServers": {"__proto__": {"command": "x"}}}', /__proto__: its name has to be/],
    [
      'a name with an escape sequence',
      '{"mcpServers": {"a\\u001b[31m": {"command": "x"}}}',
      /f:1:32: a \[31m: its name has to be/,
    ],
    ['the name of amux', '{"mcpServers": {"amux": {"command": "x"}}}', /amux: this is the name of amux’s own server/],
    [
      'a name that is there twice',
      '{"mcpServers": {"a": {"command": "x"},\n"a": {"command": "y"}}}',
      'f:2:1: a: it is there twice',
    ],
    ['no end', '['.repeat(500_000), /nested too deep|expected/],
  ] as const) {
    test(`says where it has ${what}`, () => {
      const [found = '', ...more] = problemsOf(content);
      if (typeof problem === 'string') assert.equal(found, problem);
      else assert.match(found, problem);
      assert.deepEqual(more, []);
      assert.deepEqual(readMcp(file(content)).servers, {});
    });
  }

  test('with one server that is wrong has all others', () => {
    const {servers, broken} = readMcp(file('{"mcpServers": {"bad": {}, "good": {"command": "x"}}}'));
    assert.deepEqual([Object.keys(servers), broken], [['good'], null]);
  });

  test('keeps comments, order, other keys and all that it does not know', () => {
    const written = `// ours
{
  "$schema": "x", // theirs
  "mcpServers": {
    // files
    "fs": {"command": "npx", "args": ["-y", "fs"], "timeout": 5000 /* ms */},
    "gone": {"command": "x"},
  },
  "inputs": []
}
`;
    const path = file(written);
    editMcp(path, ({all}) => {
      const {gone: _, ...rest} = all as Record<string, McpEntry>;
      return {...rest, fs: {...rest['fs'], command: 'bunx'}};
    });
    const after = text(path);
    assert.match(after, /^\/\/ ours\n/);
    assert.match(after, /"x", \/\/ theirs/);
    assert.match(after, /\/\/ files\n {4}"fs": \{/);
    assert.match(after, /"timeout": 5000 \/\* ms \*\//);
    assert.match(after, /"inputs": \[\]/);
    assert.deepEqual(structuredClone(readMcp(path).servers), {
      fs: {command: 'bunx', args: ['-y', 'fs'], timeout: 5000},
    });
  });

  test('takes another server as the guide prints it, and gives it up again, to the byte', () => {
    const path = file(seed);
    set(path, 'tiny', {command: 'tiny'});
    assert.match(text(path), /^\/\/ mcp\.json — centralized MCP configuration\n/);
    assert.equal(Object.keys(readMcp(path).servers).length, 4);
    editMcp(path, ({all}) => Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'tiny')));
    assert.equal(text(path), seed);
  });

  test('is made for its owner alone, and made so when it was not', () => {
    const fresh = join(temporaryDirectory(), 'mcp.json');
    set(fresh, 'a', {command: 'x'});
    assert.equal(statSync(fresh).mode & 0o777, 0o600);
    assert.equal(text(fresh), '{\n  "mcpServers": {\n    "a": {\n      "command": "x"\n    }\n  }\n}\n');
    const open = file('{}');
    set(open, 'a', {command: 'x'});
    assert.equal(statSync(open).mode & 0o777, 0o600);
    assert.ok(!existsSync(`${open}.new`));
  });

  test('stays a link where it is one', () => {
    const target = file('{}');
    const link = join(temporaryDirectory(), 'mcp.json');
    symlinkSync(target, link);
    set(link, 'a', {command: 'x'});
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.deepEqual(Object.keys(readMcp(target).servers), ['a']);
  });

  test('that cannot be read is not written', () => {
    const path = file('{"mcpServers": ');
    assert.throws(() => set(path, 'a', {command: 'x'}), {
      code: 'mcp.invalid',
      message: /mcp\.json:1:16: value expected/,
    });
    assert.equal(text(path), '{"mcpServers": ');
  });

  test('a server is the same whatever the order of its keys', () => {
    assert.equal(hashOfMcp({command: 'x', env: {A: '1', B: '2'}}), hashOfMcp({env: {B: '2', A: '1'}, command: 'x'}));
    assert.notEqual(hashOfMcp({command: 'x', args: ['a', 'b']}), hashOfMcp({command: 'x', args: ['b', 'a']}));
  });
});

describe('what is shown of a server', () => {
  const cases: [string, McpEntry, McpEntry][] = [
    [
      'a literal secret',
      {env: {GITHUB_TOKEN: 'ghp_0123456789', PORT: '80'}},
      {env: {GITHUB_TOKEN: 'ghp…', PORT: '80'}},
    ],
    ['a short one', {env: {PASSWORD: 'hunter2'}}, {env: {PASSWORD: '***'}}],
    ['a reference', {env: {GITHUB_TOKEN: '${GITHUB_TOKEN}'}}, {env: {GITHUB_TOKEN: '${GITHUB_TOKEN}'}}],
    ['the default of one', {env: {A_TOKEN: '${X:-topsecret}'}}, {env: {A_TOKEN: '${X:-***}'}}],
    ['a header', {headers: {Authorization: 'Bearer abcdefghijkl'}}, {headers: {Authorization: 'Bea…'}}],
    ['a header with a reference', {headers: {Authorization: 'Bearer ${T}'}}, {headers: {Authorization: 'Bearer ${T}'}}],
    ['another header', {headers: {'X-Api-Key': 'k'}}, {headers: {'X-Api-Key': '***'}}],
    ['a password in an address', {url: 'https://me:pw@x.test/a'}, {url: 'https://***@x.test/a'}],
    ['a parameter', {url: 'https://x.test/?api_key=1234&q=2'}, {url: 'https://x.test/?api_key=***&q=2'}],
    [
      'an address in a variable',
      {env: {DATABASE_URL: 'postgres://u:p@h/d'}},
      {env: {DATABASE_URL: 'postgres://***@h/d'}},
    ],
    ['a flag', {args: ['--api-key=abc', '--port=80']}, {args: ['--api-key=***', '--port=80']}],
    [
      'the word behind a flag',
      {args: ['--token', 'abc', '--verbose', 'x']},
      {args: ['--token', '***', '--verbose', 'x']},
    ],
    ['an assignment', {args: ['env', 'TOKEN=abc', 'x']}, {args: ['env', 'TOKEN=***', 'x']}],
    ['a key of a service', {args: ['sk-0123456789abc']}, {args: ['sk-…']}],
    ['what amux does not know', {oauth: {clientSecret: 'abc', id: 'me'}}, {oauth: {clientSecret: '***', id: 'me'}}],
  ];
  for (const [what, entry, shown] of cases) {
    test(`${what}`, () => {
      assert.deepEqual(maskMcp({a: entry}), {a: shown});
      assert.deepEqual(
        unmaskMcp({a: shown}, {a: entry}),
        {servers: {a: entry}, lost: []},
        'and sent back it is the same',
      );
    });
  }

  test('a mask that stands for nothing is told', () => {
    const present = {a: {env: {TOKEN: 'abc'}}};
    assert.deepEqual(unmaskMcp({b: {env: {TOKEN: '***'}}}, present).lost, ['b.env.TOKEN']);
    assert.deepEqual(unmaskMcp({a: {args: ['ghp…']}}, present).lost, ['a.args[0]']);
    assert.deepEqual(unmaskMcp({a: {env: {TOKEN: 'new', X: '***'}}}, present).lost, ['a.env.X']);
  });
});

describe('a server with values', () => {
  const where = {name: 'a', env: {PATH: '/bin', T: 'secret', EMPTY: ''}, cwd: '/work'};

  test('has them everywhere, and the rest of the environment as well', () => {
    const entry = {
      command: '${T}/run',
      args: ['${T}', '${NONE:-d}', '$T', '${EMPTY:-e}'],
      env: {X: 'a-${T}'},
      cwd: 'sub/${T}',
    };
    assert.deepEqual(expandMcp(entry, where), {
      kind: 'stdio',
      argv: ['secret/run', 'secret', 'd', '$T', 'e'],
      env: {...where.env, X: 'a-secret'},
      cwd: '/work/sub/secret',
    });
    const remote = {url: 'https://${T}.test', headers: {Authorization: 'Bearer ${T}'}};
    assert.deepEqual(expandMcp(remote, where), {
      kind: 'http',
      url: 'https://secret.test',
      headers: {Authorization: 'Bearer secret'},
    });
  });

  test('says which variable is missing', () => {
    const missing = {code: 'session.env', message: 'a needs the variable NONE, which is not set anywhere'};
    assert.throws(() => expandMcp({command: 'x', args: ['${NONE}']}, where), missing);
    assert.throws(() => expandMcp({type: 'sse', url: 'https://x', headers: {A: '${NONE}'}}, where), missing);
  });
});
