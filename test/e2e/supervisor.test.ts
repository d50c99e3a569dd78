import assert from 'node:assert/strict';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {test} from 'node:test';
import type {SessionView} from '../../source/domain/fleet.ts';
import {assertFailed, ended, expectText, Home, until} from '../helpers/home.ts';
import {gone, holders, isAlive} from '../helpers/processes.ts';

const supervisors = (home: Home) => holders(home.path).filter(({command}) => / serve( |$)/.test(command));

test('twenty commands at once bring up one supervisor, and all of them succeed', async () => {
  await using home = new Home();
  const names = Array.from({length: 20}, (_, i) => `s${i}`);
  const results = await Promise.all(
    names.map(name => home.run(['register', name, '--dir', home.work, '--agent', 'generic', '--command', 'cat'])),
  );
  for (const {code, err} of results) assert.equal(code, 0, err);
  assert.equal((await home.json<SessionView[]>('ps')).length, 20);
  assert.equal(supervisors(home).length, 1, JSON.stringify(supervisors(home)));
  const started = (await home.amux('events', '-n', '100')).match(/supervisor\.started/g);
  assert.equal(started?.length, 1);
});

test('what a dead supervisor left behind — socket, lock, supervisor.json — is in nobody’s way', async () => {
  await using home = new Home();
  await home.amux('register', 'a', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  await home.killSupervisor();
  for (const file of ['amux.sock', 'lock.db', 'supervisor.json']) assert.ok(existsSync(join(home.path, file)), file);
  writeFileSync(join(home.path, 'autostart.lock'), '999999999');
  assert.equal((await home.json<SessionView[]>('ps')).length, 1);
  await home.amux('start', 'a');
  assert.equal((await home.session('a')).status, 'running');
});

test('what a session printed last is told by the next supervisor, too, unless it ran again since', async () => {
  await using home = new Home();
  const command = 'test -e once || echo boom; touch once; exit 3';
  await home.amux(
    'register',
    'a',
    '--dir',
    home.work,
    '--agent',
    'generic',
    '--restart',
    'never',
    '--command',
    `sh -c '${command}'`,
  );
  const failed = () =>
    until('its end', async () => {
      const session = await home.session('a');
      return session.status === 'failed' && session;
    });
  await home.run(['start', 'a']);
  assert.equal((await failed()).preview, 'boom');
  await home.killSupervisor();
  await home.amux('serve', '--detach');
  assert.equal((await failed()).preview, 'boom');
  await home.run(['start', 'a']);
  assert.equal((await failed()).preview, '');
});

test('a socket that somebody else listens on and never answers is not waited for without end', async () => {
  await using home = new Home();
  const silent = createServer(socket => socket.once('data', () => socket.destroy()));
  await new Promise<void>(resolve => silent.listen(join(home.path, 'amux.sock'), resolve));
  try {
    assertFailed(await home.run(['ps']), 5, /no answer from .*amux\.sock/);
  } finally {
    await new Promise(resolve => silent.close(resolve));
  }
});

test('serve --detach twice is one supervisor, and serve --stop ends it while sessions live on', async () => {
  await using home = new Home();
  const first = await home.amux('serve', '--detach');
  const pid = home.supervisorPid;
  assert.equal(await home.amux('serve', '--detach'), first);
  assert.equal(await home.amux('serve'), first, 'a serve that runs already says where');
  assert.equal(home.supervisorPid, pid);
  const agent = await home.startAgent('a');
  assert.equal(await home.amux('serve', '--stop'), '');
  assert.ok(!isAlive(pid));
  assert.ok(isAlive(agent.pid));
  assert.equal(await home.amux('serve', '--stop'), 'no supervisor runs\n');
  assert.equal((await home.session('a')).status, 'running');
  assert.ok(!existsSync(join(home.path, 'supervisor.json')));
});

test('serve in the foreground says where it listens, and SIGTERM ends it cleanly', async () => {
  await using home = new Home();
  const serve = home.spawn(['serve']);
  await expectText(serve.stdout, `socket       ${join(home.path, 'amux.sock')}\n`);
  const file = JSON.parse(readFileSync(join(home.path, 'supervisor.json'), 'utf8')) as Record<string, unknown>;
  assert.equal(file['pid'], serve.pid);
  assert.equal(file['socket'], join(home.path, 'amux.sock'));
  const agent = await home.startAgent('a');
  serve.kill('SIGTERM');
  assert.equal(await ended(serve), 0);
  assert.ok(isAlive(agent.pid));
});

test('autostart: false forbids a command to start a supervisor, which it says with exit code 5', async () => {
  await using home = new Home({config: 'autostart: false\n'});
  const failed = await home.run(['register', 'a', '--dir', home.work]);
  assertFailed(failed, 5, /no supervisor runs for .* · amux serve --detach starts one \(autostart is off/);
  assert.equal(supervisors(home).length, 0);
  assert.deepEqual(await home.json('ps'), []);
  await home.amux('serve', '--detach');
  await home.amux('register', 'a', '--dir', home.work, '--agent', 'generic');
});

test('an autostarted supervisor ends by itself when nothing runs and nobody asks', async () => {
  await using home = new Home({config: 'idleExit: 0.5\n'});
  const agent = await home.startAgent('a');
  const pid = home.supervisorPid;
  await until('a while to pass', async () => (await home.session('a')).activity === 'idle');
  assert.ok(isAlive(pid), 'a session that runs keeps it');
  await home.amux('stop', 'a');
  await gone(agent.pid);
  await gone(pid);
  assert.ok(!existsSync(join(home.path, 'supervisor.json')));
  assert.deepEqual(holders(home.dir), [], 'and the owner of its terminals with it');
});

test('one that was asked for stays, and takes over from an autostarted one', async () => {
  await using home = new Home({config: 'idleExit: 0.2\n'});
  const agent = await home.startAgent('a');
  const auto = home.supervisorPid;
  await home.amux('serve', '--detach');
  const stays = home.supervisorPid;
  assert.notEqual(stays, auto);
  await gone(auto);
  assert.ok(isAlive(agent.pid));
  await home.amux('stop', '--all', '--force');
  // As long as an autostarted one with the same configuration takes to leave, it is given.
  await using other = new Home({config: 'idleExit: 0.2\n'});
  await other.amux('register', 'b', '--dir', other.work, '--agent', 'generic', '--command', 'cat');
  await gone(other.supervisorPid);
  assert.ok(isAlive(stays));
});

test('a supervisor that is killed while it starts a session leaves nothing undecided', async () => {
  await using home = new Home();
  await home.amux('register', 'a', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  const start = home.run(['start', 'a']);
  await until('the start', async () => (await home.session('a')).status !== 'stopped');
  await home.killSupervisor();
  await start;
  const [seen] = await home.json<SessionView[]>('ps');
  assert.notEqual(seen?.status, 'starting', 'without a supervisor nothing is starting');
  if (seen?.status === 'failed') assert.match(seen.reason, /before its process began; it goes on with the next/);
  await home.amux('serve', '--detach');
  const {status} = await until('a decision', async () => {
    const session = await home.session('a');
    return session.status !== 'starting' && session;
  });
  if (status === 'running') await home.amux('stop', 'a', '--force');
  await home.amux('start', 'a');
});

test('a command that meets the last moment of an idle supervisor starts the next one', async () => {
  await using home = new Home({config: 'idleExit: 0\n'});
  await home.amux('register', 'a', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  // Each of these finds a supervisor that is about to leave, or none.
  for (let i = 0; i < 12; i++) await home.amux('send', 'a', `message ${i}`);
  assert.equal((await home.json<unknown[]>('queue', 'a')).length, 12);
});
