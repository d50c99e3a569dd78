import assert from 'node:assert/strict';
import {readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import type {Health, SessionView} from '../../source/domain/fleet.ts';
import {type Home, until} from '../helpers/home.ts';
import {gone, isAlive, kill} from '../helpers/processes.ts';

/** What holds for each owner of terminals when the supervisor dies. */
export function survival(home: Home, backend: Health['backend']): void {
  const count = (name: string) => Number(readFileSync(join(home.dir, `${name}.count`), 'utf8') || 0);
  const isSupervised = () => {
    try {
      return isAlive(home.supervisorPid);
    } catch {
      return false; // No supervisor.json: none runs.
    }
  };
  const agent = (name: string) => home.agent(name, '--count', join(home.dir, `${name}.count`));

  test(`the main job on ${backend}: register, start, send, peek, ps`, async () => {
    const one = agent('one');
    await home.amux('register', 'one', '--dir', home.work, '--agent', 'generic', '--command', one.command);
    await home.amux('start', 'one');
    await one.ready();
    assert.match(await home.amux('send', 'one', 'hello'), /^delivered to one/);
    assert.match(await home.amux('peek', 'one'), /> hello\nworking .*done 5/);
    assert.match(await home.amux('ps'), / generic +main +running +\d+s .* one$/m);
    assert.match(
      await home.amux('doctor'),
      new RegExp(`pid \\d+ \\(auto\\), ${backend} backend; 1 session, 1 running`),
    );
  });

  test(`after kill -9 of the supervisor on ${backend} ps tells the truth without starting one, and no agent noticed`, async () => {
    const {pid} = await home.session('one');
    await home.killSupervisor();
    const before = count('one');
    const [session] = await home.json<SessionView[]>('ps');
    assert.deepEqual([session?.status, session?.running, session?.pid], ['running', true, pid]);
    assert.match(await home.amux('peek', 'one'), /> hello\nworking .*done 5/);
    assert.match((await home.amux('logs', 'one')).trim(), /^__READY__\n> hello/);
    assert.match(await home.amux('explain', 'one'), /one: running/);
    assert.match(await home.amux('doctor'), /supervisor +none runs; 1 session, 1 running/);
    assert.ok(!isSupervised(), 'a command that only reads starts no supervisor');
    assert.ok(isAlive(pid!));
    await until('its counter to go on', () => count('one') > before);
  });

  test(`the next command that writes adopts the agent on ${backend}`, async () => {
    const {pid} = await home.session('one');
    assert.match(await home.amux('send', 'one', 'still there?'), /^delivered to one/);
    assert.ok(isSupervised());
    assert.equal((await home.session('one')).pid, pid);
    assert.deepEqual(await home.agent('one').read(2), ['hello', 'still there?']);
    assert.equal(home.agent('one').entries.filter(({event}) => event === 'ready').length, 1);
  });

  test(`an agent that died while nobody watched on ${backend} is shown as ended with its exit code`, async () => {
    await home.amux(
      'register',
      'brief',
      '--dir',
      home.work,
      '--agent',
      'generic',
      '--restart',
      'never',
      '--command',
      `sh -c 'echo up; read line; exit 5'`,
    );
    await home.amux('start', 'brief');
    const victim = agent('victim');
    await home.amux(
      'register',
      'victim',
      '--dir',
      home.work,
      '--agent',
      'generic',
      '--restart',
      'never',
      '--command',
      victim.command,
    );
    await home.amux('start', 'victim');
    await victim.ready();
    const {pid} = await home.session('brief');
    await home.killSupervisor();
    await kill(victim.pid);
    // Its only way to hear anything while nobody supervises: its terminal's own device.
    process.kill(pid!, 'SIGHUP');
    await gone(pid!);
    const offline = await home.session('victim');
    assert.deepEqual(
      [offline.status, offline.exit?.signal, offline.running],
      ['failed', 'SIGKILL', false],
      JSON.stringify(offline),
    );
    assert.ok(!isSupervised());
    await home.amux('serve', '--detach');
    const adopted = await home.session('victim');
    assert.deepEqual([adopted.status, adopted.exit?.signal], ['failed', 'SIGKILL']);
    assert.equal((await home.session('brief')).exit?.signal, 'SIGHUP');
    assert.equal((await home.session('one')).status, 'running');
    assert.match(await home.amux('peek', 'victim'), /__READY__/);
  });

  test(`logs, peek and the exit code of ${backend} stay after the end`, async () => {
    const lines = `sh -c 'for i in 1 2 3 4 5 6; do echo line $i; done; read x; exit 9'`;
    await home.amux(
      'register',
      'over',
      '--dir',
      home.work,
      '--agent',
      'generic',
      '--restart',
      'never',
      '--command',
      lines,
    );
    await home.amux('start', 'over');
    await home.amux('keys', 'over', 'Enter');
    await until('its end', async () => !(await home.session('over')).running);
    assert.equal((await home.session('over')).exit?.code, 9);
    assert.match(await home.amux('logs', 'over'), /^line 1\nline 2\nline 3\nline 4\nline 5\nline 6\n/);
    assert.match(await home.amux('agent', 'logs', 'over', '-n', '2'), /^line 6/m);
    assert.match(await home.amux('peek', 'over'), /line 6/);
    await home.amux('serve', '--stop');
    assert.match(await home.amux('logs', 'over'), /line 6/);
  });

  test(`stop --all on ${backend} leaves no process`, async () => {
    await home.amux('stop', '--all');
    assert.equal((await home.json<SessionView[]>('ps')).filter(({running}) => running).length, 0);
  });
  test(`an agent on ${backend} of which neither journal nor database know is told of at the start`, async () => {
    await home.startAgent('lost');
    const {id, pid} = await home.session('lost');
    await home.killSupervisor();
    for (const file of ['journal', 'amux.db', 'amux.db-shm', 'amux.db-wal']) {
      rmSync(join(home.path, file), {recursive: true, force: true});
    }
    await home.amux('serve', '--detach');
    assert.match(await home.amux('events'), new RegExp(` ${id} still runs \\(pid ${pid}\\), .*; kill ${pid} ends it`));
    assert.ok(isAlive(pid!));
    await kill(pid!);
    // What is left of it goes with the next start, and the owner of terminals with that.
    await home.amux('serve', '--stop');
    await home.amux('serve', '--detach');
  });
}
