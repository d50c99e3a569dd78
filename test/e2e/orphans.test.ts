import assert from 'node:assert/strict';
import {cpSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, test} from 'node:test';
import {Home, until} from '../helpers/home.ts';
import {gone, isAlive, kill} from '../helpers/processes.ts';

for (const backend of ['tmux', 'pty']) {
  describe(`what a session leaves behind, in ${backend}`, () => {
    const home = new Home({config: `backend: ${backend}\n`});
    after(() => home[Symbol.asyncDispose]());

    /** A program that starts a child in a terminal session of its own, as tools do; resolves with both pids. */
    async function leaver(name: string, child: string): Promise<{pid: number; child: number}> {
      const file = join(home.dir, `${name}.pid`);
      const script = join(home.dir, `${name}.sh`);
      writeFileSync(script, `setsid ${child} sh -c 'echo $$ >${file}; exec sleep 1000' &\nsleep 1000\n`);
      const where = ['--dir', home.work, '--agent', 'generic', '--restart', 'never'];
      await home.amux('register', name, ...where, '--command', `sh ${script}`);
      await home.amux('start', name);
      const pid = await until('its child', () => {
        try {
          return Number(readFileSync(file, 'utf8')) || null;
        } catch {
          return null; // Not written yet.
        }
      });
      return {pid: (await home.session(name)).pid!, child: pid};
    }

    test('a child in a session of its own is ended when its program is killed by somebody else', async () => {
      const {pid, child} = await leaver('killed', '');
      await kill(pid);
      await gone(child);
      const {status} = await until('its end', async () => {
        const session = await home.session('killed');
        return session.running ? null : session;
      });
      assert.equal(status, 'failed');
      const said = await until('the journal', async () => {
        const events = await home.amux('events');
        return events.includes('outlived') ? events : null;
      });
      assert.match(said, /killed +(a process|\d+ processes) had outlived it/);
    });

    test('a child that ignores SIGTERM and SIGHUP is gone after a stop', async () => {
      const {child} = await leaver('stopped', 'nohup');
      assert.ok(isAlive(child));
      await home.amux('stop', 'stopped');
      assert.ok(!isAlive(child));
    });

    test('the processes of other sessions, and a supervisor that a session started, are left alone', async () => {
      const {pid} = await leaver('one', '');
      const two = await leaver('two', '');
      await kill(pid);
      await until('its end', async () => !(await home.session('one')).running);
      assert.ok(isAlive(two.pid) && isAlive(two.child));
      const other = join(home.dir, 'other');
      const inside = await home.run(['ps', '--home', other], {env: {AMUX_SESSION_ID: (await home.session('two')).id}});
      assert.equal(inside.code, 0, inside.err);
      const supervisor = (): number => JSON.parse(readFileSync(join(other, 'supervisor.json'), 'utf8')).pid;
      const started = await home.run(
        ['register', 'x', '--dir', home.work, '--agent', 'generic', '--command', 'cat', '--home', other],
        {
          env: {AMUX_SESSION_ID: (await home.session('two')).id},
        },
      );
      assert.equal(started.code, 0, started.err);
      await home.amux('stop', 'two', '--force');
      assert.ok(isAlive(supervisor()));
      await home.run(['serve', '--stop', '--home', other]);
    });

    test('a copy of the home leaves the processes of the original alone', async () => {
      const {pid, child} = await leaver('copied', '');
      const copy = join(home.dir, 'copy');
      cpSync(home.path, copy, {recursive: true, filter: file => !statSync(file).isSocket()});
      const {code, err} = await home.run(['start', 'copied', '--home', copy]);
      assert.equal(code, 0, err);
      await home.run(['stop', '--all', '--force', '--home', copy]);
      await home.run(['serve', '--stop', '--home', copy]);
      assert.ok(isAlive(pid) && isAlive(child));
      assert.ok((await home.session('copied')).running);
    });
  });
}
