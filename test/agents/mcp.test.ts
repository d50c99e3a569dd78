// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they stand in a configuration.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {dirname, join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import type {McpGiving} from '../../source/agents/agent.ts';
import {giveClaudeMcp, ownClaudeMcp} from '../../source/agents/claude-mcp.ts';
import {giveCodexMcp, ownCodexMcp} from '../../source/agents/codex-mcp.ts';
import {giveGeminiMcp, ownGeminiMcp} from '../../source/agents/gemini-mcp.ts';
import type {GivenServer} from '../../source/agents/mcp-servers.ts';
import {giveOpencodeMcp, ownOpencodeMcp} from '../../source/agents/opencode-mcp.ts';
import type {OwnMcp} from '../../source/agents/own-mcp.ts';
import {agents} from '../../source/agents/registry.ts';
import type {McpEntry} from '../../source/domain/mcp.ts';

const amux: GivenServer = {
  name: 'amux',
  entry: {command: '/usr/bin/node', args: ['/opt/amux.js', 'mcp', 'serve']},
  launcher: null,
};
const launch = (name: string) => ({
  command: '/usr/bin/node',
  args: ['/opt/amux.js', 'mcp', 'exec', '--file', '/f/mcp-servers.json', name],
});
const fleet = (entries: Record<string, McpEntry>): GivenServer[] =>
  Object.entries(entries).map(([name, entry]) => ({
    name,
    entry,
    launcher: entry.command === undefined ? null : launch(name),
  }));
const about = (argv: string[], more: Partial<McpGiving> = {}): McpGiving => ({
  argv,
  dir: '/work',
  files: '/nowhere/sessions/s-1',
  env: {T: 'se"cret', PLAIN: 'plain'},
  servers: [amux],
  passedOn: {},
  ...more,
});
const only = (files: Record<string, string>) => JSON.parse(Object.values(files)[0]!) as Record<string, unknown>;

/** One of each kind, with all that can be secret in it. */
const servers = [
  amux,
  ...fleet({
    fs: {command: 'npx', args: ['-y', 'fs', '/data']},
    git: {command: 'npx', args: ['git', '${PLAIN}'], env: {TOKEN: '${T}', MODE: 'literal'}, timeout: 9},
    there: {command: './run', cwd: '/srv/${PLAIN}', env: {TOKEN: '${T:-none}'}},
    web: {url: 'https://x.test/mcp', headers: {Authorization: 'Bearer ${T}', 'X-Key': 'literal'}},
    old: {type: 'sse', url: 'https://x.test/sse'},
  }),
];

describe('Claude', () => {
  test('gets a file of its own beside those that its command line names, and expands that itself', () => {
    const {argv, files, env, lacks} = giveClaudeMcp(about(['claude', '--mcp-config', 'mine.json'], {servers}));
    const file = '/nowhere/sessions/s-1/claude-mcp.json';
    assert.deepEqual(argv, ['claude', '--mcp-config', 'mine.json', `--mcp-config=${file}`]);
    assert.deepEqual([env, lacks], [{}, {}]);
    assert.deepEqual(only(files), {
      mcpServers: {
        amux: {type: 'stdio', ...amux.entry},
        fs: {type: 'stdio', command: 'npx', args: ['-y', 'fs', '/data']},
        git: {
          type: 'stdio',
          command: 'npx',
          args: ['git', '${PLAIN}'],
          env: {TOKEN: '${T}', MODE: 'literal'},
          timeout: 9,
        },
        there: {type: 'stdio', ...launch('there')},
        web: {type: 'http', url: 'https://x.test/mcp', headers: {Authorization: 'Bearer ${T}', 'X-Key': 'literal'}},
        old: {type: 'sse', url: 'https://x.test/sse'},
      },
    });
  });

  test('is told of those that only its settings have, as they are written', () => {
    const passedOn = {db: {command: 'db', env: {URL: '${DB}'}}, amux: {command: 'other'}};
    const {files} = giveClaudeMcp(about(['claude'], {passedOn}));
    assert.deepEqual(only(files), {mcpServers: {db: passedOn.db, amux: {type: 'stdio', ...amux.entry}}});
  });
});

test('Codex gets them as values of its configuration, and what may be secret by its environment', () => {
  const {argv, files, env, lacks} = giveCodexMcp(about(['codex', 'resume', 'id'], {servers}));
  const values = argv.slice(3).filter(word => word !== '-c');
  const [node, ...run] = [launch('').command, ...launch('').args.slice(0, -1)];
  assert.deepEqual(values, [
    'mcp_servers.amux.command="/usr/bin/node"',
    'mcp_servers.amux.args=["/opt/amux.js","mcp","serve"]',
    'mcp_servers.fs.command="npx"',
    'mcp_servers.fs.args=["-y","fs","/data"]',
    `mcp_servers.git.command=${JSON.stringify(node)}`,
    `mcp_servers.git.args=${JSON.stringify([...run, 'git'])}`,
    'mcp_servers.git.env_vars=["PLAIN","T"]',
    `mcp_servers.there.command=${JSON.stringify(node)}`,
    `mcp_servers.there.args=${JSON.stringify([...run, 'there'])}`,
    'mcp_servers.there.env_vars=["T","PLAIN"]',
    'mcp_servers.web.url="https://x.test/mcp"',
    'mcp_servers.web.env_http_headers={"Authorization"="AMUX_MCP_WEB_1","X-Key"="AMUX_MCP_WEB_2"}',
  ]);
  assert.deepEqual(env, {AMUX_MCP_WEB_1: 'Bearer se"cret', AMUX_MCP_WEB_2: 'literal'});
  assert.deepEqual([files, lacks], [{}, {old: 'Codex takes no SSE servers'}]);
  assert.doesNotMatch(argv.join(' '), /cret|literal/);
  assert.match(giveCodexMcp(about(['sh', '-c', 'cd x && codex'])).argv[2]!, /^cd x && codex -c 'mcp_servers\.amux\./);
});

test('Codex gets no address in which something may be secret: it takes them as arguments', () => {
  for (const url of ['https://x.test/${T}', 'https://u:p@x.test/', 'https://x.test/?key=1']) {
    const {argv, lacks} = giveCodexMcp(about(['codex'], {servers: fleet({web: {url}})}));
    assert.deepEqual(argv, ['codex']);
    assert.deepEqual(Object.keys(lacks), ['web'], url);
  }
});

const SETTINGS = 'GEMINI_CLI_SYSTEM_SETTINGS_PATH';
const DEFAULTS = 'GEMINI_CLI_SYSTEM_DEFAULTS_PATH';
const isRoot = process.getuid?.() === 0;

describe('Gemini', () => {
  test('gets system settings with them where it takes those, from root alone, and keeps what is there', t => {
    const dir = ownDirectory(t);
    const mine = join(dir, 'mine.json');
    writeFileSync(mine, JSON.stringify({general: {vimMode: true}, mcpServers: {mine: {command: 'x'}}}));
    const files = join(dir, 's-1');
    const dollar = fleet({dollar: {command: 'sh', args: ['-c', 'echo $HOME ${PLAIN}']}});
    const given = giveGeminiMcp(about(['gemini'], {files, servers: [...servers, ...dollar], env: {[SETTINGS]: mine}}));
    assert.deepEqual(given.argv, ['gemini']);
    if (!isRoot) {
      assert.deepEqual([given.env, given.files], [{}, {}]);
      assert.deepEqual(new Set(Object.values(given.lacks)), new Set(['Gemini takes servers of amux from root alone']));
      assert.equal(Object.keys(given.lacks).length, servers.length + 1);
      return;
    }
    const expected = {[SETTINGS]: join(files, 'gemini-settings.json'), [DEFAULTS]: join(dir, 'system-defaults.json')};
    assert.deepEqual([given.env, given.lacks], [expected, {}]);
    assert.deepEqual(only(given.files), {
      general: {vimMode: true},
      mcpServers: {
        mine: {command: 'x'},
        amux: amux.entry,
        fs: {command: 'npx', args: ['-y', 'fs', '/data']},
        git: {command: 'npx', args: ['git', '${PLAIN}'], env: {TOKEN: '${T}', MODE: 'literal'}},
        there: {command: './run', args: [], cwd: '/srv/${PLAIN}', env: {TOKEN: '${T:-none}'}},
        web: {httpUrl: 'https://x.test/mcp', headers: {Authorization: 'Bearer ${T}', 'X-Key': 'literal'}},
        old: {url: 'https://x.test/sse'},
        dollar: {...launch('dollar'), env: {PLAIN: '${PLAIN:-}'}},
      },
    });
    const none = {[SETTINGS]: join(dir, 'none'), [DEFAULTS]: '/mine'};
    assert.equal(giveGeminiMcp(about(['gemini'], {files, env: none})).env[DEFAULTS], '/mine');
  });

  test('stays as it is where its settings have comments, or where others may write above them', t => {
    const dir = ownDirectory(t);
    const commented = join(dir, 'mine.json');
    writeFileSync(commented, '{/* mine */}');
    const env = {[SETTINGS]: commented};
    const open = mkdtempSync('/tmp/amux-mcp-');
    t.after(() => rmSync(open, {recursive: true}));
    for (const launched of [
      about(['gemini'], {files: join(dir, 's-1'), env}),
      about(['gemini'], {files: join(open, 's')}),
    ]) {
      const {lacks, ...equipment} = giveGeminiMcp(launched);
      assert.deepEqual(equipment, {argv: ['gemini'], env: {}, files: {}});
      assert.deepEqual(Object.keys(lacks), ['amux']);
    }
  });
});

test('opencode gets them as a configuration in its environment, which is added to, with their values', () => {
  const name = 'OPENCODE_CONFIG_CONTENT';
  const contentOf = (more: Partial<McpGiving>) =>
    JSON.parse(giveOpencodeMcp(about(['opencode'], more)).env[name]!) as unknown;
  const own = {type: 'local', command: [amux.entry.command, ...(amux.entry.args ?? [])], enabled: true};
  assert.deepEqual(contentOf({}), {mcp: {amux: own}});
  const mine = {model: 'x', mcp: {mine: {type: 'remote'}}};
  const env = {[name]: JSON.stringify(mine)};
  assert.deepEqual(contentOf({env}), {model: 'x', mcp: {mine: {type: 'remote'}, amux: own}});
  assert.deepEqual(contentOf({servers: servers.slice(1)}), {
    mcp: {
      fs: {type: 'local', command: ['npx', '-y', 'fs', '/data'], enabled: true},
      git: {
        type: 'local',
        command: ['npx', 'git', 'plain'],
        environment: {TOKEN: 'se"cret', MODE: 'literal'},
        enabled: true,
      },
      there: {type: 'local', command: [launch('there').command, ...launch('there').args], enabled: true},
      web: {
        type: 'remote',
        url: 'https://x.test/mcp',
        headers: {Authorization: 'Bearer se"cret', 'X-Key': 'literal'},
        enabled: true,
      },
      old: {type: 'remote', url: 'https://x.test/sse', headers: {}, enabled: true},
    },
  });
  const commented = giveOpencodeMcp(about(['opencode'], {env: {[name]: '{// mine\n}'}}));
  assert.deepEqual([commented.env, commented.lacks], [{}, {amux: `its ${name} is not plain JSON`}]);
});

test('every agent of its own program takes them', () => {
  for (const {name, mcp, command} of agents) assert.equal(mcp !== null, command !== null, name);
});

describe('its own configuration', () => {
  test('of Claude: .mcp.json here and above, its settings, and what its user added', t => {
    const {dir, home, write} = place(t);
    const server = {command: 'x'};
    write('.mcp.json', {mcpServers: {shared: server, both: server}}, '// theirs\n');
    write('../.mcp.json', {mcpServers: {above: server}});
    write('.claude/settings.json', {mcpServers: {both: server, project: {command: 'p'}, twice: {command: 'project'}}});
    write('.claude/settings.local.json', {mcpServers: {twice: {command: 'local'}, bad: {args: []}, user: server}});
    writeFileSync(
      join(home, '.claude.json'),
      JSON.stringify({mcpServers: {user: server}, projects: {[dir]: {mcpServers: {here: server}}}}),
    );
    const {names, passedOn} = ownClaudeMcp({dir, env: {HOME: home}});
    assert.deepEqual([...names.keys()].sort(), ['above', 'bad', 'both', 'here', 'project', 'shared', 'twice', 'user']);
    assert.equal(names.get('both'), join(dir, '.mcp.json'));
    assert.deepEqual(passedOn, {project: {command: 'p'}, twice: {command: 'local'}});
    assert.deepEqual([...ownClaudeMcp({dir, env: {CLAUDE_CONFIG_DIR: '/none'}}).names.keys()].includes('here'), false);
  });

  test('of Codex: tables in its user’s and its project’s config.toml', t => {
    const {dir, home, write} = place(t);
    const toml = `
model = "x" # [mcp_servers.no]
mcp_servers.dotted.command = "x"
[mcp_servers."quoted-1"]
command = "x"
env = { no = "1" }
[mcp_servers.plain]
[mcp_servers.plain.env]
no = "x"
[other]
mcp_servers = "no"
[mcp_servers]
inside = { command = "x" }
inside2.command = "x"
`;
    write('.codex/config.toml', toml);
    mkdirSync(join(home, '.codex'));
    writeFileSync(join(home, '.codex/config.toml'), 'mcp_servers = { one = { url = "x" }, two = { command = "y" } }\n');
    const {names} = ownCodexMcp({dir, env: {HOME: home}});
    assert.deepEqual([...names.keys()].sort(), ['dotted', 'inside', 'inside2', 'one', 'plain', 'quoted-1', 'two']);
    assert.equal(ownCodexMcp({dir, env: {CODEX_HOME: '/none'}}).names.has('one'), false);
  });

  test('of Gemini and opencode: settings of project and user', t => {
    const {dir, home, write} = place(t);
    write('.gemini/settings.json', {mcpServers: {a: {}}}, '/* theirs */');
    write('../opencode.json', {mcp: {b: {}}});
    write('.opencode/opencode.jsonc', {mcp: {c: {}}}, '// theirs\n');
    mkdirSync(join(home, '.config/opencode'), {recursive: true});
    writeFileSync(join(home, '.config/opencode/opencode.json'), '{"mcp": {"d": {}}}');
    const env = {HOME: home, OPENCODE_CONFIG_CONTENT: '{"mcp": {"e": {}}}', [SETTINGS]: join(home, 'none')};
    assert.deepEqual([...ownGeminiMcp({dir, env}).names.keys()], ['a']);
    assert.deepEqual([...ownOpencodeMcp({dir, env}).names.keys()].sort(), ['b', 'c', 'd', 'e']);
  });

  test('is read carefully: no link out of the project, no pipe, nothing that is no object', t => {
    const {dir, home, write} = place(t);
    const outside = join(home, 'outside.json');
    writeFileSync(outside, '{"mcpServers": {"a": {"command": "x"}}}');
    const names = (own: OwnMcp) => [...own.names.keys()];
    symlinkSync(outside, join(dir, '.mcp.json'));
    assert.deepEqual(names(ownClaudeMcp({dir, env: {}})), []);
    rmSync(join(dir, '.mcp.json'));
    execFileSync('mkfifo', [join(dir, '.mcp.json')]);
    assert.deepEqual(names(ownClaudeMcp({dir, env: {}})), []);
    rmSync(join(dir, '.mcp.json'));
    write('inside.json', {mcpServers: {b: {command: 'x'}}});
    symlinkSync('inside.json', join(dir, '.mcp.json'));
    assert.deepEqual(names(ownClaudeMcp({dir, env: {}})), ['b']);
    for (const odd of ['', '[]', '{"mcpServers": [1]}', '{"mcpServers": "x"}', '{', '['.repeat(200_000)]) {
      writeFileSync(join(dir, 'inside.json'), odd);
      assert.deepEqual(names(ownClaudeMcp({dir, env: {}})), [], odd.slice(0, 30));
    }
  });
});

/** A project below another directory, and a home of its user. */
function place(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'amux-own-mcp-'));
  t.after(() => rmSync(root, {recursive: true, force: true}));
  const dir = join(root, 'above', 'mein projekt');
  const home = join(root, 'home');
  for (const each of [join(dir, '.git'), home]) mkdirSync(each, {recursive: true});
  const write = (name: string, content: unknown, before = '') => {
    const file = join(dir, name);
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, typeof content === 'string' ? content : `${before}${JSON.stringify(content)}`);
  };
  return {dir, home, write};
}

/** For root: where nobody else may write, up to the top. */
function ownDirectory(t: TestContext): string {
  const dir = mkdtempSync(join(isRoot ? userInfo().homedir : tmpdir(), '.amux-mcp-test-'));
  t.after(() => rmSync(dir, {recursive: true, force: true}));
  return dir;
}
