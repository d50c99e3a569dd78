// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they stand in a configuration.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, test} from 'node:test';
import type {EventView, Explanation, SessionView} from '../../source/domain/fleet.ts';
import type {McpListing} from '../../source/domain/mcp.ts';
import {freePort} from '../helpers/free-port.ts';
import {Home, until} from '../helpers/home.ts';
import {environmentOf} from '../helpers/processes.ts';

/** A program under an agent's name: says how it was started, and stays. */
const AGENT = `#!${process.execPath}
if (process.argv.includes('--version')) process.exit(console.log('2.1.0'));
const {readFileSync, writeFileSync, renameSync} = require('node:fs');
const out = process.env.OUT + '.' + process.env.AMUX_SESSION;
const flag = process.argv.find(word => word.startsWith('--mcp-config='));
const servers = flag === undefined ? null : JSON.parse(readFileSync(flag.split('=')[1], 'utf8')).mcpServers;
writeFileSync(out + '.new', JSON.stringify({pid: process.pid, argv: process.argv.slice(2), file: flag?.split('=')[1], servers}));
renameSync(out + '.new', out);
setInterval(() => {}, 1000);
`;
type Seen = {pid: number; argv: string[]; file?: string; servers: Record<string, Record<string, unknown>> | null};

const SECRET = 'a-secret-of-the-caller';
const servers = {
  plain: {command: 'plain', args: ['a b']},
  needs: {command: 'needs', env: {TOKEN: '${THE_TOKEN}', MODE: '${MODE:-fast}'}},
  lacks: {command: 'lacks', args: ['${NOBODY_HAS_THIS}']},
};

let home: Home;
beforeEach(async () => {
  const config =
    'agents:\n  some:\n    type: claude\n    command: claude\n    mcpServers: [plain, gone]\n  none:\n    type: claude\n    command: claude\n    mcpServers: false\n';
  home = new Home({config});
  for (const name of ['claude', 'codex']) home.program(name, AGENT);
  home.env['OUT'] = join(home.dir, 'seen');
  write(servers);
  await home.amux('serve', '--detach', '--port', String(await freePort()));
});
afterEach(() => home[Symbol.asyncDispose]());

const write = (mcpServers: unknown) =>
  writeFileSync(join(home.path, 'mcp.json'), `// ours\n${JSON.stringify({mcpServers})}`);
const seenBy = async (name: string): Promise<Seen> => {
  const file = join(home.dir, `seen.${name}`);
  await until('what it saw', () => existsSync(file));
  const seen = JSON.parse(readFileSync(file, 'utf8')) as Seen;
  rmSync(file);
  return seen;
};
async function started(name: string, {agent = 'claude', dir = home.work, env = {}} = {}): Promise<Seen> {
  await home.amux('register', name, '--dir', dir, '--agent', agent);
  const {code, err} = await home.run(['start', name], {env: {THE_TOKEN: SECRET, ...env}});
  assert.equal(code, 0, err);
  return seenBy(name);
}
async function restarted(name: string): Promise<Seen> {
  await home.amux('restart', name);
  return seenBy(name);
}
const namesIn = ({servers: given}: Seen) => Object.keys(given ?? {}).sort();
const left = async (name: string) => {
  const {servers: listed} = await home.json<McpListing>('mcp', 'list');
  return listed.find(each => each.name === name)!;
};

test('sessions are given the fleet’s servers as they are written; a value of the caller is in the environment alone', async () => {
  const seen = await started('api');
  assert.deepEqual(namesIn(seen), ['amux', 'needs', 'plain']);
  assert.deepEqual(seen.servers!['needs'], {type: 'stdio', ...servers.needs});
  assert.equal(statSync(seen.file!).mode & 0o777, 0o600);
  assert.equal(environmentOf(seen.pid)['THE_TOKEN'], SECRET);
  assert.ok(!readFileSync(`/proc/${seen.pid}/cmdline`, 'utf8').includes(SECRET));
  assert.deepEqual(filesWith(SECRET), []);
  const {notice} = await home.session('api');
  assert.equal(notice, 'it has no MCP server lacks: NOBODY_HAS_THIS is not set');
  assert.deepEqual((await left('lacks')).left_out, [{session: 'api', why: 'NOBODY_HAS_THIS is not set'}]);
  assert.deepEqual((await left('plain')).given, ['api']);
  assert.equal((await home.json<Explanation>('explain', 'api')).notice, notice);
});

test('a restart without the caller’s variable takes the value of the last start, also after a crash of the supervisor', async () => {
  await started('api');
  assert.deepEqual(namesIn(await restarted('api')), ['amux', 'needs', 'plain']);
  await home.killSupervisor();
  const seen = await restarted('api');
  assert.deepEqual(namesIn(seen), ['amux', 'needs', 'plain']);
  assert.equal(environmentOf(seen.pid)['THE_TOKEN'], SECRET);
});

test('an agent that would be told by its arguments gets them through amux, with the variables by name', async () => {
  const {argv, pid} = await started('reviewer', {agent: 'codex'});
  const values = argv.filter(word => word.startsWith('mcp_servers.')).map(word => word.replace(/=.*/s, ''));
  const names = [...new Set(values.map(value => value.split('.')[1]))];
  assert.deepEqual(names.sort(), ['amux', 'needs', 'plain']);
  const args = argv.find(word => word.startsWith('mcp_servers.needs.args='))!;
  const words = JSON.parse(args.slice(args.indexOf('=') + 1)) as string[];
  assert.ok(argv.includes('mcp_servers.needs.env_vars=["THE_TOKEN","MODE"]'));
  assert.equal(environmentOf(pid)['THE_TOKEN'], SECRET);
  const file = words[words.indexOf('--file') + 1]!;
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!readFileSync(file, 'utf8').includes(SECRET));
  assert.ok(!argv.join(' ').includes(SECRET));
  await home.amux('stop', 'reviewer', '--force');
  await home.amux('unregister', 'reviewer');
  assert.equal(existsSync(file), false, 'what was generated for it goes with it');
});

test('the session’s own configuration wins, and what only its settings have is passed on', async () => {
  execFileSync('git', ['init', '-q', home.work]);
  mkdirSync(join(home.work, '.claude'));
  writeFileSync(
    join(home.work, '.mcp.json'),
    '{"mcpServers": {"plain": {"command": "theirs"}, "only": {"command": "x"}}}',
  );
  const settings = {mcpServers: {needs: {command: 'mine'}, extra: {command: 'extra'}, only: {command: 'y'}}};
  writeFileSync(join(home.work, '.claude', 'settings.json'), JSON.stringify(settings));
  const seen = await started('api');
  assert.deepEqual(namesIn(seen), ['amux', 'extra', 'needs']);
  assert.deepEqual(seen.servers!['needs'], {command: 'mine'});
  const [why] = (await left('plain')).left_out;
  assert.deepEqual(why, {session: 'api', why: `${join(home.work, '.mcp.json')} has one of this name`});
  assert.deepEqual(namesIn(await started('web', {agent: 'none'})), ['amux', 'extra', 'needs']);
});

test('a profile takes some of them, or none', async () => {
  assert.deepEqual(namesIn(await started('some', {agent: 'some'})), ['amux', 'plain']);
  assert.deepEqual(namesIn(await started('none', {agent: 'none'})), ['amux']);
  assert.deepEqual((await home.session('none')).notice, null);
  assert.deepEqual((await left('needs')).left_out[0], {session: 'some', why: 'its profile does not take it'});
  assert.match(await home.amux('agent', 'config', 'show', 'some'), /MCP servers +amux, plain, gone/);
});

test('what changed is told of sessions that run until they are restarted, whoever changed it', async () => {
  await started('api', {env: {NOBODY_HAS_THIS: 'x'}});
  const notice = async () => (await home.session('api')).notice;
  assert.equal(await notice(), null);
  await home.amux('mcp', 'add', 'fresh', '--', 'fresh');
  assert.equal(await notice(), 'restart it for changed MCP servers (fresh added)');
  write({...servers, plain: {command: 'other'}});
  assert.equal(await notice(), 'restart it for changed MCP servers (plain changed)');
  const told = await until('the journal', async () => {
    const events = (await home.amux('events', '-n', '50', '--json'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as EventView);
    return events.find(({type, actor}) => type === 'mcp.changed' && actor === 'supervisor');
  });
  assert.equal(told.reason, 'MCP servers, in their file: plain changed, fresh removed');
  write(servers);
  assert.equal(await notice(), null, 'it has what is there again');
  write({});
  assert.deepEqual(namesIn(await restarted('api')), ['amux']);
  assert.equal(await notice(), null);
});

test('a file that cannot be read keeps nobody from starting, and nothing older is given instead', async () => {
  writeFileSync(join(home.path, 'mcp.json'), '{"mcpServers": {');
  assert.deepEqual(namesIn(await started('api')), ['amux']);
  const broken = /^it started without the fleet’s MCP servers: \S+mcp\.json:1:17: close brace expected/;
  assert.match((await home.session('api')).notice!, broken);
  write(servers);
  assert.match((await home.session('api')).notice!, /; restart it for changed MCP servers \(plain added/);
});

test('only an admin sees or changes them, and a session is none', async () => {
  const seen = await started('api');
  const env = environmentOf(seen.pid);
  const inside = await home.run(['mcp', 'list'], {env: {...env, PATH: home.env['PATH']}});
  assert.equal(inside.code, 1);
  assert.match(inside.err, /needs the role admin/);
  const add = await home.run(['mcp', 'add', 'x', '--', 'x'], {env: {...env, PATH: home.env['PATH']}});
  assert.match(add.err, /needs the role admin/);
  const sessions = await home.json<SessionView[]>('ps');
  assert.equal(sessions.length, 1);
});

/** Files of the home, and of what it generates, that hold the text. */
function filesWith(text: string): string[] {
  const all = readdirSync(home.dir, {recursive: true, withFileTypes: true}).filter(each => each.isFile());
  return all.map(each => join(each.parentPath, each.name)).filter(file => readFileSync(file).includes(text));
}
