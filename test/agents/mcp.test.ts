import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import type {McpGiving} from '../../source/agents/agent.ts';
import {giveClaudeMcp} from '../../source/agents/claude-mcp.ts';
import {giveCodexMcp} from '../../source/agents/codex-mcp.ts';
import {giveGeminiMcp} from '../../source/agents/gemini-mcp.ts';
import {giveOpencodeMcp} from '../../source/agents/opencode-mcp.ts';
import {agents} from '../../source/agents/registry.ts';

const server = {name: 'amux', command: '/usr/bin/node', args: ['/opt/amux.js', 'mcp', 'serve']};
const about = (argv: string[], more: Partial<McpGiving> = {}): McpGiving => ({
  argv,
  dir: '/work',
  files: '/nowhere/sessions/s-1',
  env: {},
  server,
  ...more,
});
const only = (files: Record<string, string>) => JSON.parse(Object.values(files)[0]!) as Record<string, unknown>;

test('Claude gets a file of its own beside those that its command line names', () => {
  const {argv, files} = giveClaudeMcp(about(['claude', '--mcp-config', 'mine.json']));
  assert.deepEqual(argv, ['claude', '--mcp-config', 'mine.json', '--mcp-config=/nowhere/sessions/s-1/claude-mcp.json']);
  assert.deepEqual(only(files), {
    mcpServers: {amux: {type: 'stdio', command: server.command, args: server.args}},
  });
});

test('Codex gets it as values of its configuration, within a shell’s line as well', () => {
  const {argv, files} = giveCodexMcp(about(['codex', 'resume', 'id']));
  assert.deepEqual(argv.slice(3), [
    '-c',
    'mcp_servers.amux.command="/usr/bin/node"',
    '-c',
    'mcp_servers.amux.args=["/opt/amux.js","mcp","serve"]',
  ]);
  assert.deepEqual(files, {});
  assert.match(giveCodexMcp(about(['sh', '-c', 'cd x && codex'])).argv[2]!, /^cd x && codex -c 'mcp_servers\.amux\./);
});

const SETTINGS = 'GEMINI_CLI_SYSTEM_SETTINGS_PATH';
const DEFAULTS = 'GEMINI_CLI_SYSTEM_DEFAULTS_PATH';
const isRoot = process.getuid?.() === 0;

test('Gemini gets system settings with it where it takes them, from root alone, and keeps those that are there', t => {
  const dir = ownDirectory(t);
  const mine = join(dir, 'mine.json');
  writeFileSync(mine, JSON.stringify({general: {vimMode: true}, mcpServers: {mine: {command: 'x'}}}));
  const files = join(dir, 's-1');
  const given = giveGeminiMcp(about(['gemini'], {files, env: {[SETTINGS]: mine}}));
  assert.deepEqual(given.argv, ['gemini']);
  if (!isRoot) {
    assert.deepEqual(given, {argv: ['gemini'], env: {}, files: {}});
    return;
  }
  const expected = {[SETTINGS]: join(files, 'gemini-settings.json'), [DEFAULTS]: join(dir, 'system-defaults.json')};
  assert.deepEqual(given.env, expected);
  assert.deepEqual(only(given.files), {
    general: {vimMode: true},
    mcpServers: {mine: {command: 'x'}, amux: {command: server.command, args: server.args}},
  });
  const none = {[SETTINGS]: join(dir, 'none'), [DEFAULTS]: '/mine'};
  assert.equal(giveGeminiMcp(about(['gemini'], {files, env: none})).env[DEFAULTS], '/mine');
});

test('Gemini stays as it is where its settings have comments, or where others may write above them', t => {
  const dir = ownDirectory(t);
  const commented = join(dir, 'mine.json');
  writeFileSync(commented, '{/* mine */}');
  const nothing = {argv: ['gemini'], env: {}, files: {}};
  const env = {[SETTINGS]: commented};
  assert.deepEqual(giveGeminiMcp(about(['gemini'], {files: join(dir, 's-1'), env})), nothing);
  const open = mkdtempSync('/tmp/amux-mcp-');
  t.after(() => rmSync(open, {recursive: true}));
  assert.deepEqual(giveGeminiMcp(about(['gemini'], {files: join(open, 's-1')})), nothing);
});

test('opencode gets it as a configuration in its environment, which is added to', () => {
  const name = 'OPENCODE_CONFIG_CONTENT';
  const contentOf = (env: Record<string, string>) =>
    JSON.parse(giveOpencodeMcp(about(['opencode'], {env})).env[name]!) as unknown;
  const amux = {type: 'local', command: [server.command, ...server.args], enabled: true};
  assert.deepEqual(contentOf({}), {mcp: {amux}});
  const mine = {model: 'x', mcp: {mine: {type: 'remote'}}};
  assert.deepEqual(contentOf({[name]: JSON.stringify(mine)}), {model: 'x', mcp: {mine: {type: 'remote'}, amux}});
  assert.deepEqual(giveOpencodeMcp(about(['opencode'], {env: {[name]: '{// mine\n}'}})).env, {});
});

test('every agent of its own program takes it', () => {
  for (const {name, mcp, command} of agents) assert.equal(mcp !== null, command !== null, name);
});

/** For root: where nobody else may write, up to the top. */
function ownDirectory(t: TestContext): string {
  const dir = mkdtempSync(join(isRoot ? userInfo().homedir : tmpdir(), '.amux-mcp-test-'));
  t.after(() => rmSync(dir, {recursive: true, force: true}));
  return dir;
}
