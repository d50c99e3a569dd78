import assert from 'node:assert/strict';
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import type {CardView} from '../../source/domain/board.ts';
import {freePort} from '../helpers/free-port.ts';
import {assertFailed, Home, until} from '../helpers/home.ts';
import {Terminal} from '../helpers/terminal.ts';

/** A program under an agent's name: starts the server that it was given, without any environment, and claims a card. */
const AGENT = `#!${process.execPath}
const {spawn} = require('node:child_process');
const {readFileSync, writeFileSync, renameSync} = require('node:fs');
const out = process.env.OUT + '.' + process.env.AMUX_SESSION;
const flag = process.argv.find(word => word.startsWith('--mcp-config='));
const write = value => {
  writeFileSync(out + '.new', JSON.stringify({argv: process.argv.slice(2), ...value}));
  renameSync(out + '.new', out);
};
if (flag === undefined) write({});
else {
  const {amux} = JSON.parse(readFileSync(flag.split('=')[1], 'utf8')).mcpServers;
  const server = spawn(amux.command, amux.args, {env: {PATH: process.env.PATH}, stdio: ['pipe', 'pipe', 'inherit']});
  const client = {protocolVersion: '2025-06-18', capabilities: {}, clientInfo: {name: 'fake', version: '1'}};
  const calls = [
    {method: 'initialize', params: client, id: 1},
    {method: 'notifications/initialized'},
    {method: 'tools/call', params: {name: 'board_next', arguments: {}}, id: 2},
  ];
  server.stdin.end(calls.map(call => JSON.stringify({jsonrpc: '2.0', ...call}) + '\\n').join(''));
  let text = '';
  server.stdout.on('data', chunk => (text += chunk));
  server.on('close', code => write({server: amux, code, answers: text.trim().split('\\n').map(line => JSON.parse(line))}));
}
setInterval(() => {}, 1000);
`;
type Seen = {
  argv: string[];
  server?: {command: string; args: string[]};
  code?: number;
  answers?: {id: number; result: {content: [{text: string}]; isError?: boolean}}[];
};

let home: Home;
before(async () => {
  home = new Home({config: 'agents:\n  plain:\n    type: claude\n    mcp: false\n    command: claude\n'});
  home.program('claude', AGENT);
  home.env['OUT'] = join(home.dir, 'seen');
  await home.amux('serve', '--detach', '--port', String(await freePort()));
});
after(() => home[Symbol.asyncDispose]());

async function started(name: string, agent: string): Promise<Seen> {
  await home.amux('register', name, '--dir', home.work, '--agent', agent);
  await home.amux('start', name);
  const file = join(home.dir, `seen.${name}`);
  await until('what it saw', () => existsSync(file));
  return JSON.parse(readFileSync(file, 'utf8')) as Seen;
}

test('an agent that takes MCP servers gets one with the rights of its session, whose token is in no argument', async () => {
  const {id} = await home.json<CardView>('board', 'add', 'the work');
  const {argv, server, code, answers} = await started('worker', 'claude');
  assert.equal(code, 0);
  const claimed = answers!.find(answer => answer.id === 2)!.result;
  assert.equal(claimed.isError, undefined, claimed.content[0].text);
  assert.equal((JSON.parse(claimed.content[0].text) as CardView).id, id);
  const {claim, history} = await home.json<CardView>('board', 'show', id);
  assert.equal(claim?.holder, 'worker');
  assert.equal(history.at(-1)!.actor, 'agent:worker');
  const file = server!.args.at(-1)!;
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const {AMUX_URL} = JSON.parse(readFileSync(file, 'utf8')) as {AMUX_URL: string};
  const {password} = new URL(AMUX_URL);
  assert.ok(password.length > 30);
  assert.ok(!JSON.stringify([argv, server]).includes(password));
});

test('a profile may do without it', async () => {
  const {argv} = await started('plain', 'plain');
  assert.deepEqual(
    argv.filter(word => word.includes('mcp')),
    [],
  );
});

test('a server without a session speaks for a person, under its own name', async () => {
  const calls = [
    {
      method: 'initialize',
      id: 1,
      params: {protocolVersion: '2025-06-18', capabilities: {}, clientInfo: {name: 'x', version: '1'}},
    },
    {method: 'notifications/initialized'},
    {method: 'tools/call', id: 2, params: {name: 'notes_add', arguments: {text: 'from a person'}}},
  ];
  const input = calls.map(call => `${JSON.stringify({jsonrpc: '2.0', ...call})}\n`).join('');
  const {code, out, err} = await home.run(['mcp', 'serve'], {input});
  assert.deepEqual([code, err], [0, '']);
  assert.equal(out.trim().split('\n').length, 2);
  assert.deepEqual(
    (await home.json<{author: string}[]>('notes')).map(({author}) => author),
    ['mcp'],
  );
});

test('one that is not told the URL of its session finds it all the same, and has no more rights than that', async () => {
  const {id, name} = await home.session('worker');
  const calls = [
    {
      method: 'initialize',
      id: 1,
      params: {protocolVersion: '2025-06-18', capabilities: {}, clientInfo: {name: 'x', version: '1'}},
    },
    {method: 'notifications/initialized'},
    {method: 'tools/call', id: 2, params: {name: 'notes_add', arguments: {text: 'from a session'}}},
  ];
  const input = calls.map(call => `${JSON.stringify({jsonrpc: '2.0', ...call})}\n`).join('');
  const {code} = await home.run(['mcp', 'serve'], {input, env: {AMUX_SESSION_ID: id, AMUX_SESSION: name}});
  assert.equal(code, 0);
  const [note] = await home.json<{author: string}[]>('notes', 'search', 'session');
  assert.equal(note?.author, 'agent:worker');
});

test('what it cannot read it says in one line, without the text', async () => {
  assertFailed(await home.run(['mcp', 'serve', '--environment', 'none.json']), 2, /none\.json cannot be read as JSON/);
  const file = join(home.work, 'broken.json');
  writeFileSync(file, '{"AMUX_URL": "https://amux:secret@');
  const result = await home.run(['mcp', 'serve', '--environment', file]);
  assertFailed(result, 2, /cannot be read as JSON/);
  assert.doesNotMatch(result.err, /secret/);
  await using terminal = new Terminal(home, ['mcp', 'serve']);
  assert.equal(await terminal.ended(), 2);
  assert.match(terminal.text(), /speaks to a program on stdin, not to a person/);
});
