import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {after, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {acquireLock, readSupervisorFile, removeSupervisorFile, writeSupervisorFile} from '../../source/store/lock.ts';
import {temporaryHome} from './records.ts';

const program = fileURLToPath(new URL('programs/lock.ts', import.meta.url));
const children = new Set<ChildProcess>();
after(() => {
  for (const child of children) child.kill('SIGKILL');
});

describe('the lock of a home', () => {
  test('goes to one of twenty processes, and after its kill -9 at once to the next', {timeout: 60_000}, async () => {
    const paths = temporaryHome();
    const racers = await Promise.all(Array.from({length: 20}, () => start(paths.home)));
    const winners = racers.filter(({says}) => says === 'won');
    assert.equal(winners.length, 1, racers.map(({says}) => says).join(', '));
    assert.equal(racers.filter(({says}) => says.startsWith('supervisor.locked')).length, 19);

    const winner = winners[0]!.child;
    const late = await start(paths.home);
    assert.equal(late.says, `supervisor.locked ${winner.pid}`);

    winner.kill('SIGKILL');
    await once(winner, 'exit');
    assert.equal((await start(paths.home)).says, 'won');
  });

  test('goes to one of twenty processes that wait when its holder is killed', {timeout: 60_000}, async () => {
    const paths = temporaryHome();
    const holder = await start(paths.home);
    const waiting = Array.from({length: 20}, () => start(paths.home, 10_000));
    holder.child.kill('SIGKILL');
    const first = await Promise.race(waiting);
    assert.equal(first.says, 'won');
    first.child.kill('SIGKILL');
    const second = await Promise.race(
      waiting.map(async racer => ((await racer) === first ? await new Promise<never>(() => {}) : racer)),
    );
    assert.equal(second.says, 'won');
  });

  test('is refused within the same process, and free after its release', async () => {
    const paths = temporaryHome();
    const lock = await acquireLock(paths);
    await assert.rejects(acquireLock(paths), {code: 'supervisor.locked', facts: {pid: process.pid, home: paths.home}});
    assert.match((await start(paths.home)).says, /^supervisor\.locked/);
    const [next] = await Promise.all([acquireLock(paths, {waitMs: 5000}), lock.release()]);
    await lock.release();
    assert.match((await start(paths.home)).says, /^supervisor\.locked/);
    await next.release();
    assert.equal((await start(paths.home)).says, 'won');
  });

  test('is given within the time that a caller waits for it', async () => {
    const paths = temporaryHome();
    const holder = await start(paths.home);
    const waiting = acquireLock(paths, {waitMs: 10_000});
    holder.child.stdin!.write('\n');
    await (await waiting).release();
  });

  for (const [what, content] of [
    ['garbage', Buffer.from('this is no database at all '.repeat(100))],
    ['half a page of a real one', null],
    ['empty', Buffer.alloc(0)],
  ] as const) {
    test(`is repaired when its file is ${what}, and still goes to one of many`, {timeout: 60_000}, async () => {
      const paths = temporaryHome();
      await (await acquireLock(paths)).release();
      const whole = readFileSync(paths.lock);
      writeFileSync(paths.lock, content ?? whole.subarray(0, whole.length / 2 - 1000));
      const racers = await Promise.all(Array.from({length: 8}, () => start(paths.home)));
      assert.deepEqual(racers.map(({says}) => says.split(' ')[0]).sort(), [
        ...Array(7).fill('supervisor.locked'),
        'won',
      ]);
    });
  }

  test('is readable by its owner only', async () => {
    const paths = temporaryHome();
    await using _ = await acquireLock(paths);
    assert.equal(statSync(paths.lock).mode & 0o777, 0o600);
  });
});

describe('supervisor.json', () => {
  const content = {pid: process.pid, url: 'https://localhost:8822', socket: '/s', version: '1', started_at: 7};

  test('tells who supervises the home, to its owner only', () => {
    const paths = temporaryHome();
    assert.equal(readSupervisorFile(paths), null);
    writeSupervisorFile(paths, content);
    assert.deepEqual(readSupervisorFile(paths), content);
    assert.equal(statSync(paths.supervisor).mode & 0o777, 0o600);
  });

  test('is removed by the process that it names only', () => {
    const paths = temporaryHome();
    writeSupervisorFile(paths, {...content, pid: 1});
    removeSupervisorFile(paths);
    assert.ok(existsSync(paths.supervisor));
    writeSupervisorFile(paths, content);
    removeSupervisorFile(paths);
    assert.ok(!existsSync(paths.supervisor));
  });

  for (const text of [
    '',
    '{"pid":',
    '[]',
    'null',
    '{"pid":"1"}',
    '{"pid":0,"url":null,"socket":"","version":"","started_at":1}',
  ]) {
    test(`that holds ${JSON.stringify(text)} names nobody`, () => {
      const paths = temporaryHome();
      writeFileSync(paths.supervisor, text);
      assert.equal(readSupervisorFile(paths), null);
    });
  }
});

/** Starts a process that takes the lock; resolves with its first line. */
async function start(home: string, waitMs = 0): Promise<{child: ChildProcess; says: string}> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, home, String(waitMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(child);
  const [says] = (await once(createInterface({input: child.stdout}), 'line')) as [string];
  return {child, says};
}
