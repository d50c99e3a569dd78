import assert from 'node:assert/strict';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, test} from 'node:test';
import type {SessionView} from '../../source/domain/fleet.ts';
import {assertFailed, Home, until} from '../helpers/home.ts';
import {gone, isAlive} from '../helpers/processes.ts';

const home = new Home();
after(() => home[Symbol.asyncDispose]());

const register = (name: string, command: string, ...more: string[]) =>
  home.amux('register', name, '--dir', home.work, '--agent', 'generic', '--command', command, ...more);

const ended = (name: string) =>
  until(`the end of ${name}`, async () => {
    const session = await home.session(name);
    return session.running ? null : session;
  });

/** A shell script below the home; its pid files stand beside it. */
function script(name: string, text: string): string {
  const file = join(home.dir, `${name}.sh`);
  writeFileSync(file, text);
  return `sh ${file}`;
}

const pidIn = (file: string) =>
  until(`a pid in ${file}`, () => {
    try {
      return Number(readFileSync(join(home.dir, file), 'utf8')) || null;
    } catch {
      return null; // Not written yet.
    }
  });

test('a durable session is registered, started, restarted, stopped and unregistered', async () => {
  assert.match(await register('seat', 'cat', '--tag', 'one', '--tag', 'two'), /^seat registered \(session-\w{6}, /);
  const fresh = await home.session('seat');
  assert.deepEqual(
    [fresh.status, fresh.kind, fresh.pid, fresh.started_at, fresh.exit, fresh.tags, fresh.dir],
    ['stopped', 'durable', null, null, null, ['one', 'two'], home.work],
  );
  assert.equal(await home.amux('start', 'seat'), 'seat running\n');
  const first = await home.session('seat');
  assert.ok(first.pid !== null && isAlive(first.pid));
  assert.equal(await home.amux('restart', 'seat'), 'seat running\n');
  const second = await home.session('seat');
  assert.notEqual(second.pid, first.pid);
  assert.ok(!isAlive(first.pid));
  assert.equal(second.id, first.id);
  assert.equal(await home.amux('stop', 'seat'), 'seat stopped\n');
  await gone(second.pid!);
  assert.equal(await home.amux('stop', 'seat'), 'seat stopped\n');
  assert.equal(await home.amux('start', 'seat'), 'seat running\n');
  await home.amux('stop', 'seat', '--force');
  assert.equal(await home.amux('unregister', 'seat'), 'seat forgotten\n');
  assertFailed(await home.run(['peek', 'seat']), 3, /no session "seat"/);
});

test('a session that was stopped is stopped, whatever its exit code', async () => {
  await register('polite', script('polite', 'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done'));
  await home.amux('start', 'polite');
  await until('its first line', async () => (await home.amux('peek', 'polite')).includes('up'));
  await home.amux('stop', 'polite');
  const {status, exit} = await home.session('polite');
  assert.equal(status, 'stopped');
  assert.equal(exit?.code, 7);
});

test('a session is completed by code 0, failed by another code or a signal', async () => {
  await register('fine', script('fine', 'sleep 0.7; exit 0'));
  await register('bad', script('bad', 'sleep 0.7; exit 3'), '--restart', 'never');
  await register('shot', script('shot', 'sleep 0.7; kill -9 $$'), '--restart', 'never');
  await home.amux('start', 'fine', 'bad', 'shot');
  const fine = await ended('fine');
  assert.deepEqual([fine.status, fine.exit?.code, fine.exit?.signal], ['completed', 0, null]);
  const bad = await ended('bad');
  assert.deepEqual([bad.status, bad.exit?.code, bad.reason], ['failed', 3, 'exit code 3']);
  const shot = await ended('shot');
  assert.deepEqual([shot.status, shot.exit?.code, shot.exit?.signal], ['failed', null, 'SIGKILL']);
  assert.match(await home.amux('ps'), /failed +\d+s +killed by SIGKILL +shot/);
});

test('run prints the id of a one-shot session, which never starts again', async () => {
  const id = (await home.amux('run', 'generic', '-c', 'cat', '--name', 'shot-1')).trim();
  assert.match(id, /^session-\w{6}$/);
  const session = await home.session(id);
  assert.deepEqual(
    [session.name, session.kind, session.status, session.workspace.name],
    ['shot-1', 'one-shot', 'running', 'main'],
  );
  await home.amux('agent', 'stop', id);
  assert.equal((await home.session(id)).status, 'stopped');
  const again = /came from "amux run" and is over.* · amux run generic starts a new one/;
  assertFailed(await home.run(['start', id]), 4, again);
  assertFailed(await home.run(['restart', id]), 4, again);
  const next = await home.json<SessionView>('run', 'generic', '-c', 'cat');
  assert.equal(next.kind, 'one-shot');
  assert.equal(next.dir, session.dir);
  assert.match(next.name, /^generic-\d+$/);
  await home.amux('stop', next.id, '--force');
});

test('run gives its first message to the agent, and a failing run says so', async () => {
  const agent = home.agent('prompted');
  const {name} = await home.json<SessionView>('run', 'generic', '-c', agent.command, '--prompt', 'begin here');
  assert.deepEqual(await agent.read(1), ['begin here']);
  await home.amux('stop', name, '--force');
  const failed = await home.run([
    'run',
    'generic',
    '-c',
    'sh -c "echo no key; sleep 0.15; exit 4"',
    '--name',
    'hopeless',
  ]);
  assertFailed(failed, 1, /hopeless did not start: exit code 4.*\n {4}no key/);
  assert.equal((await home.session('hopeless')).status, 'failed');
});

test('sessions are listed in order of creation, the same by ps and agent list', async () => {
  const names = (await home.json<SessionView[]>('ps')).map(({name}) => name);
  assert.deepEqual(names.slice(0, 2), ['polite', 'fine']);
  assert.deepEqual(
    (await home.json<SessionView[]>('agent', 'list')).map(({name}) => name),
    names,
  );
  assert.ok(names.includes('shot-1'), 'a one-shot session stays in the list for an hour');
});

test('stop ends the whole tree: children that ignore SIGTERM and a grandchild in a session of its own', async () => {
  const stubborn = `trap "" TERM HUP INT; echo $$ >${home.dir}/stubborn.pid; while :; do sleep 0.05; done`;
  const daemon = `trap "" HUP; echo $$ >${home.dir}/daemon.pid; while :; do sleep 0.05; done`;
  writeFileSync(join(home.dir, 'stubborn.sh'), stubborn);
  writeFileSync(join(home.dir, 'daemon.sh'), daemon);
  const command = script('tree', `sh ${home.dir}/stubborn.sh & setsid sh ${home.dir}/daemon.sh & echo up; wait`);
  await register('tree', command);
  await home.amux('start', 'tree');
  const pids = await Promise.all(['stubborn.pid', 'daemon.pid'].map(pidIn));
  const {pid} = await home.session('tree');
  await home.amux('stop', 'tree');
  for (const each of [pid!, ...pids]) assert.ok(!isAlive(each), `${each} outlived the stop`);
});

test('stop --force ends a tree at once, without asking', async () => {
  await register('hard', script('hard', 'trap "echo asked" TERM; echo up; while :; do sleep 0.05; done'));
  await home.amux('start', 'hard');
  const {pid} = await home.session('hard');
  const from = performance.now();
  await home.amux('stop', 'hard', '--force');
  assert.ok(performance.now() - from < 2000);
  assert.ok(!isAlive(pid!));
  const {status, exit} = await home.session('hard');
  assert.deepEqual([status, exit?.signal], ['stopped', 'SIGKILL']);
  assert.doesNotMatch(await home.amux('peek', 'hard'), /asked/);
});

test('of two starts of one session at once, one starts it and the other says that it runs', async () => {
  await register('twice', 'cat');
  const results = await Promise.all([home.run(['start', 'twice']), home.run(['start', 'twice'])]);
  const codes = results.map(({code}) => code).sort();
  assert.deepEqual(codes, [0, 4]);
  assert.match(results.find(({code}) => code === 4)!.err, /twice is running/);
  await home.amux('stop', 'twice', '--force');
});

test('stop --all ends every session and names each', async () => {
  await register('left', 'cat');
  await register('right', 'cat');
  await home.amux('start', 'left', 'right');
  const out = await home.amux('stop', '--all');
  assert.match(out, /^left stopped$/m);
  assert.match(out, /^right stopped$/m);
  assert.equal((await home.json<SessionView[]>('ps', '-a')).filter(({running}) => running).length, 0);
  assert.equal(await home.amux('stop', '--all'), '');
});

test('many are started and stopped at once, and told in the order of their names', async () => {
  await using many = new Home();
  const names = Array.from({length: 12}, (_, i) => `n${11 - i}`);
  for (const name of names)
    await many.amux('register', name, '--dir', many.work, '--agent', 'generic', '--command', 'cat');
  const started = await many.run(['start', ...names.slice(0, 6), 'nobody', ...names.slice(4)]);
  assert.equal(started.out, names.map(name => `${name} running\n`).join(''));
  assert.equal(started.code, 3);
  assert.match(started.err, /^amux: no session "nobody"/);
  const ends = await many.json<SessionView[]>('stop', ...names);
  assert.deepEqual(
    ends.map(({name}) => name),
    names,
  );
});

test('a stop of many asks all of them to end before it waits for the first', async () => {
  const names = Array.from({length: 10}, (_, i) => `slow-${i}`);
  // Each ends by itself once all were asked; otherwise it is killed.
  const all = `while test "$(ls ${home.dir}/asked-* | wc -l)" -lt ${names.length}; do sleep 0.1; done`;
  for (const name of names) {
    const asked = `touch ${home.dir}/asked-${name}; ${all}; touch ${home.dir}/ended-${name}; exit`;
    await register(name, script(name, `trap '${asked}' TERM\necho ready\nwhile :; do sleep 0.05; done`));
  }
  await home.amux('start', ...names);
  await until('all to run', async () =>
    (await Promise.all(names.map(name => home.amux('peek', name)))).every(text => text.includes('ready')),
  );
  await home.amux('stop', ...names);
  assert.deepEqual(
    names.filter(name => !existsSync(join(home.dir, `ended-${name}`))),
    [],
  );
  await home.amux('unregister', ...names);
});

test('an index means the row that was seen, also while several sessions are acted on', async () => {
  const rows = (await home.json<SessionView[]>('ps')).map(({name}) => name);
  const left = rows.indexOf('left') + 1;
  const out = await home.amux('start', String(left), String(left + 1));
  assert.equal(out, 'left running\nright running\n');
  await home.amux('stop', '--all', '--force');
});
