import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import type {ApprovalView, EventView} from '../../source/domain/fleet.ts';
import {assertFailed, Home, until} from '../helpers/home.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const screens = at('../agents/screens/claude');

// A rule for one command; what else is asked is for a person.
const home = new Home({
  config: `approvals:
  - {agent: claude, pattern: "*touch */ruled-*", decide: deny, message: not here}
`,
});
after(() => home[Symbol.asyncDispose]());

const made = (name: string) => join(home.work, name);
const logOf = (name: string) => join(home.dir, `${name}.log`);
const logged = (name: string) => (existsSync(logOf(name)) ? readFileSync(logOf(name), 'utf8').trim().split('\n') : []);

before(() => {
  const options = ['--ready', `${screens}/ready/screen.ansi`, '--dialog', `${screens}/permission-bash/screen.ansi`];
  const keys = ['--file', '/tmp/perm-x', '--yes', '1', '--no', '4', '--log', '"$AGENT_LOG"'];
  const argv = [process.execPath, at('../fixtures/screen-agent.mjs'), ...options, ...keys];
  home.program('claude', `#!/bin/sh\nexec ${argv.join(' ')}\n`);
});

async function start(name: string): Promise<void> {
  const flags = ['--dir', home.work, '--agent', 'claude', '--env', `AGENT_LOG=${logOf(name)}`];
  await home.amux('register', name, ...flags);
  await home.amux('start', name);
  await home.amux('wait', name, '--until', 'idle', '--timeout', '20s');
}

const open = () => home.json<ApprovalView[]>('approvals');

/** Has it ask for a file, and waits for the request. */
async function ask(name: string, file: string): Promise<ApprovalView> {
  await home.amux('send', name, `touch ${made(file)}`);
  return until(`${name} to ask`, async () =>
    (await open()).find(({session, title}) => session === name && title.includes(file)),
  );
}

test('nothing is asked: a header, an empty list, no supervisor', async () => {
  assert.equal(await home.amux('approvals'), 'ID  SESSION  KIND  WHAT  AGE\n');
  assert.deepEqual(await open(), []);
  assert.equal(existsSync(join(home.path, 'supervisor.json')), false);
});

test('what an agent asks is listed with what it offers, and allowed by its session’s name', async () => {
  await start('allowing');
  const asked = await ask('allowing', 'one');
  assert.match(asked.id, /^a-[a-z0-9]{6}$/);
  assert.deepEqual([asked.kind, asked.agent, asked.via, asked.dir], ['permission', 'claude', 'screen', home.work]);
  assert.equal(asked.choices[0]?.label, 'Yes');
  assert.match(await home.amux('approvals'), new RegExp(`\n${asked.id} +allowing +permission +.*touch .*one +\\ds\n`));
  assert.match(await home.amux('approve', 'allowing'), /^allowing: .*: allowed\n$/);
  assert.ok(existsSync(made('one')));
  assert.deepEqual(logged('allowing').slice(-1), [`yes ${made('one')}`]);
  assertFailed(await home.run(['approve', asked.id]), 4, /of allowing is settled: allowed · amux approvals lists/);
});

test('a denial says why with the next message', async () => {
  await start('denying');
  const {id} = await ask('denying', 'two');
  assert.match(await home.amux('deny', id.slice(0, 5), '--message', 'use another'), /denied: use another\n$/);
  assert.equal(existsSync(made('two')), false);
  await until('the message', () => logged('denying').includes('prompt use another'));
});

test('one of its choices is an answer; what it does not offer is refused, with what it does', async () => {
  await start('choosing');
  await ask('choosing', 'three');
  const refused = await home.run(['approve', 'choosing', '--answer', 'Perhaps']);
  assertFailed(refused, 1, /no choice for the answer "Perhaps" · amux approve choosing --answer N: 1 Yes, 2 /);
  assert.match(await home.amux('approve', 'choosing', '--answer', 'no'), /answered: no/);
  assert.equal(existsSync(made('three')), false);
  assertFailed(await home.run(['approve', 'choosing']), 3, /no request "choosing"/);
  assertFailed(await home.run(['approve', 'x', '--always', '--answer', '1']), 2, /do not go together/);
});

test('a rule of the configuration decides without asking, and says so in the journal', async () => {
  await start('ruled');
  await home.amux('send', 'ruled', `touch ${made('ruled-file')}`);
  await until('the rule’s message', () => logged('ruled').includes('prompt not here'));
  assert.equal(existsSync(made('ruled-file')), false);
  const events = (await home.amux('events', '-n', '200', '--json')).trim().split('\n');
  const settled = events.map(line => JSON.parse(line) as EventView).findLast(({type}) => type === 'approval.settled');
  assert.equal(settled?.actor, 'policy');
  assert.match(settled?.reason ?? '', /: denied by rule 1 of the home \(deny, agent claude, pattern /);
});

test('a request outlives its supervisor: it is listed without one, and the answer starts one', async () => {
  await start('lasting');
  const {id} = await ask('lasting', 'four');
  await home.killSupervisor();
  assert.deepEqual(
    (await open()).map(each => [each.id, each.session]),
    [[id, 'lasting']],
  );
  await home.amux('approve', id);
  assert.ok(existsSync(made('four')));
});

test('the API lists and decides, and refuses what it does not know', async () => {
  await start('served');
  const {id} = await ask('served', 'five');
  const curl = (...args: string[]) =>
    execFileSync('curl', ['-s', '--unix-socket', join(home.path, 'amux.sock'), ...args], {encoding: 'utf8'});
  const post = (body: string) =>
    curl('-w', ' %{http_code}', '-H', 'content-type: application/json', '-d', body, `http://x/api/approvals/${id}`);
  assert.equal((JSON.parse(curl('http://x/api/approvals')) as ApprovalView[])[0]?.id, id);
  assert.match(post('{"decision":"perhaps"}'), / 400$/);
  assert.match(post('{"decision":"allow","input":{"command":"ls"}}'), /approval\.unsupported.* 422$/);
  assert.match(post('{"decision":"deny"}'), /"outcome":"denied"\} 200$/);
  assert.match(post('{"decision":"allow"}'), /approval\.settled.* 409$/);
  assert.equal(existsSync(made('five')), false);
});

test('a program whose screen amux cannot read is listed, and answered in its terminal', async () => {
  const agent = await home.startAgent('plain', '--block', 'danger');
  await home.amux('send', 'plain', 'danger');
  const asked = await until('the request', async () => (await open()).find(({session}) => session === 'plain'));
  assert.deepEqual([asked.kind, asked.choices], ['permission', []]);
  assertFailed(await home.run(['approve', 'plain']), 4, /amux has no rules for its screen · amux attach plain/);
  await home.amux('keys', 'plain', 'Enter', '--force');
  await until('it to be over', async () => (await open()).every(({session}) => session !== 'plain'));
  assert.deepEqual(agent.prompts, ['danger']);
});
