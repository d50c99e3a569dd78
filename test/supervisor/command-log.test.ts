import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {tmpdir} from 'node:os';
import {test} from 'node:test';
import {endText, essence, shownArgv} from '../../source/domain/external-command.ts';
import {commandLog} from '../../source/supervisor/command-log.ts';

const run = (script: string, cwd = tmpdir()) => spawn(process.execPath, ['-e', script], {cwd, stdio: 'ignore'});

test('each process that is started is told, with where, how long and how it ended', async () => {
  let now = 1000;
  using log = commandLog(() => now);
  const child = run('process.exit(3)');
  await new Promise(setImmediate);
  const [running] = log.list();
  assert.deepEqual(running!.argv, [process.execPath, '-e', 'process.exit(3)']);
  assert.deepEqual([running!.at, running!.cwd, running!.ms, endText(running!)], [1, tmpdir(), null, 'it runs']);
  now = 1250;
  await once(child, 'exit');
  const [ended] = log.list();
  assert.deepEqual([ended!.ms, ended!.code, ended!.signal, endText(ended!)], [250, 3, null, 'exit 3']);
  assert.equal(running!.ms, null, 'what was listed does not change');
});

test('one that cannot be run says why, and stays an error to whoever started it', async () => {
  using log = commandLog(Date.now);
  const failure = await new Promise<{code?: unknown} | null>(resolve => {
    execFile('/nowhere/at-all', error => resolve(error));
  });
  assert.equal(failure?.code, 'ENOENT');
  assert.match(endText(log.list()[0]!), /ENOENT/);
  const child = spawn('/nowhere/at-all');
  assert.equal(child.listenerCount('error'), 0, 'an unheard error stays unheard');
  await assert.rejects(once(child, 'close'), {code: 'ENOENT'});
});

test('one that is killed has its signal, and only the last ones are kept', async () => {
  using log = commandLog(Date.now);
  const child = run('setInterval(() => {}, 1000)');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(endText(log.list()[0]!), 'SIGKILL');
  for (let i = 0; i < 320; i++) spawn('/nowhere/at-all').on('error', () => {});
  await new Promise(setImmediate);
  const ids = log.list().map(({id}) => id);
  assert.deepEqual([ids.length, ids[0], ids.at(-1)], [300, 22, 321]);
});

test('nothing is kept after its end', async () => {
  const log = commandLog(Date.now);
  log[Symbol.dispose]();
  await once(run(''), 'exit');
  assert.deepEqual(log.list(), []);
});

test('a line begins with what a command was run for', () => {
  const texts = [
    ['git', '--no-optional-locks', 'status', '-z'],
    ['tmux', '-S', '/x', '-f', '/y', '-C', 'attach', '-t', 'hub'],
    ['/bin/sh', '-c', 'npm ci'],
    ['ps', '-axo', '-w'],
    ['true'],
  ].map(essence);
  assert.deepEqual(texts, ['status -z', 'attach -t hub', 'npm ci', '-axo -w', '']);
});

test('settings and passwords are not shown, and long arguments are cut', () => {
  const git = ['git', '-c', 'core.fsmonitor=false', '-c', 'a=b', 'fetch', 'https://ada:secret@host/x.git', '-c'];
  assert.deepEqual(shownArgv(git), ['git', 'fetch', 'https://***@host/x.git', '-c']);
  assert.deepEqual(shownArgv(['/bin/sh', '-c', 'npm ci']), ['/bin/sh', '-c', 'npm ci']);
  const long = shownArgv(['x', 'y'.repeat(999), ...Array.from({length: 60}, () => 'z')]);
  assert.equal(long[1]!.length, 300);
  assert.deepEqual([long.length, long.at(-1)], [42, '…']);
});
