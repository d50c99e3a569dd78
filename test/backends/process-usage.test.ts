import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, describe, test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {ProcessMeter, readPs} from '../../source/backends/process-usage.ts';
import type {TreeUsage} from '../../source/domain/usage.ts';

const MB = 1024 ** 2;
const BOUND_MS = 20_000;
const started: ChildProcess[] = [];
after(() => {
  for (const {pid} of started) {
    try {
      process.kill(-pid!, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
});

/** A program as the first process of a session, in a terminal session of its own. */
function program(script: string, env: Record<string, string> = {}): number {
  const child = spawn(process.execPath, ['-e', script], {
    detached: true,
    stdio: 'ignore',
    env: {...process.env, ...env},
  });
  started.push(child);
  return child.pid!;
}

/** Looks until it shows what is waited for. */
async function until(pid: number, holds: (usage: TreeUsage) => boolean): Promise<TreeUsage> {
  const meter = new ProcessMeter(home);
  for (const end = performance.now() + BOUND_MS; performance.now() < end; await pause(200)) {
    const usage = (await meter.measure(new Map([['s1', pid]]), performance.now())).get('s1');
    if (usage !== undefined && holds(usage)) return usage;
  }
  return assert.fail('it never took as much');
}

const home = tmpdir();
const forever = 'setInterval(() => {}, 1000)';

describe('what the processes of a session take', () => {
  test('is the memory of all of them', async () => {
    const child = `const kept = Buffer.alloc(${150 * MB}, 1); ${forever}`;
    const pid = program(
      `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]); ${forever}`,
    );
    const {memory, processes} = await until(pid, usage => usage.memory > 180 * MB);
    assert.ok(memory < 2000 * MB, `${memory} bytes`);
    assert.equal(processes, 2);
  });

  test('is CPU time since the look before, of the agent itself', async () => {
    const {own, work} = await until(program('for (;;);'), ({cpu}) => (cpu ?? 0) >= 20);
    assert.ok(own! >= 20, `${own}%`);
    assert.equal(work, 0);
  });

  test('is nothing yet at the first look', async () => {
    const meter = new ProcessMeter(home);
    const usage = (await meter.measure(new Map([['s1', program(forever)]]), performance.now())).get('s1');
    assert.deepEqual([usage?.processes, usage?.cpu, usage?.own, usage?.work], [1, null, null, null]);
  });

  test('counts what has ended since, once', async () => {
    // One process after the other, each over before anybody could look at it twice.
    const burn = 'for (const end = Date.now() + 150; Date.now() < end;);';
    const loop = `const {spawnSync} = require('child_process'); for (;;) spawnSync(process.execPath, ['-e', ${JSON.stringify(burn)}])`;
    const {cpu, work} = await until(program(loop), usage => (usage.work ?? 0) >= 10);
    assert.ok(cpu! <= 210, `${cpu}% of a core in all, ${work}% of what has ended`);
  });

  test('counts those that left their parent and its terminal session, by their environment', async () => {
    const leave = `require('child_process').spawn('sh', ['-c', 'sleep 60 & sleep 60 & wait'], {detached: true, stdio: 'ignore'}).unref(); ${forever}`;
    const pid = program(
      `const {spawn} = require('child_process');
       const middle = spawn(process.execPath, ['-e', ${JSON.stringify(leave)}], {detached: true, stdio: 'ignore'});
       process.on('SIGUSR2', () => middle.kill('SIGKILL')); ${forever}`,
      {AMUX_SESSION_ID: 's1'},
    );
    await until(pid, ({processes}) => processes === 5);
    process.kill(pid, 'SIGUSR2');
    await until(pid, ({processes}) => processes === 4);
  });

  test('is of the session of this home alone, not of the one with its id in a copy of it', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'amux-copy-'));
    after(() => rmSync(copy, {recursive: true}));
    program(forever, {AMUX_SESSION_ID: 's3', AMUX_HOME: copy});
    program(forever, {AMUX_SESSION_ID: 's3', AMUX_HOME: `${home}/.`});
    const meter = new ProcessMeter(home);
    const usage = await meter.measure(new Map([['s3', program(forever)]]), performance.now());
    assert.equal(usage.get('s3')?.processes, 2);
  });

  test('is of one session alone where one stands below the other', async () => {
    const inner = program(forever, {AMUX_SESSION_ID: 's2'});
    const meter = new ProcessMeter(home);
    const roots = new Map([
      ['s1', process.pid],
      ['s2', inner],
    ]);
    const usage = await meter.measure(roots, performance.now());
    assert.equal(usage.get('s2')?.processes, 1);
  });

  test('is nothing for a process that is gone', async () => {
    assert.equal((await new ProcessMeter(home).measure(new Map([['s1', 2 ** 22 + 1]]), 1)).size, 0);
  });
});

test('the lines of ps are read where there is no /proc', () => {
  assert.deepEqual(
    readPs('    1     0   9876   0:01.50\n  501     1    100 1-02:03:04\nnonsense\n').map(row => ({
      pid: row.pid,
      ppid: row.ppid,
      bytes: row.bytes,
      cpu: row.cpu,
    })),
    [
      {pid: 1, ppid: 0, bytes: 9876 * 1024, cpu: 150},
      {pid: 501, ppid: 1, bytes: 100 * 1024, cpu: (26 * 3600 + 3 * 60 + 4) * 100},
    ],
  );
});
