import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdirSync, rmdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {amuxFile, assertFailed, type ErrorText, Home} from '../helpers/home.ts';

const home = new Home();
after(() => home[Symbol.asyncDispose]());

before(async () => {
  for (const name of ['alpha', 'alpine', 'beta']) {
    await home.amux('register', name, '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  }
});

test('an unknown session is said, with exit code 3, by every command that takes one', async () => {
  for (const args of [
    ['start', 'nobody'],
    ['stop', 'nobody'],
    ['restart', 'nobody'],
    ['unregister', 'nobody'],
    ['peek', 'nobody'],
    ['logs', 'nobody'],
    ['send', 'nobody', 'hello'],
    ['keys', 'nobody', 'Enter'],
    ['queue', 'nobody'],
    ['explain', 'nobody'],
    ['wait', 'nobody', '--until', 'idle'],
    ['agent', 'stop', 'nobody'],
    ['agent', 'logs', 'nobody'],
  ]) {
    assertFailed(await home.run(args), 3, /no session "nobody" · amux ps lists the sessions\n$/);
  }
});

test('with --json an error is one JSON object on stderr', async () => {
  const {code, out, err} = await home.run(['peek', 'nobody', '--json']);
  assert.equal(code, 3);
  assert.equal(out, '');
  assert.deepEqual(JSON.parse(err), {
    error: {code: 'session.unknown', message: 'no session "nobody"', hint: 'amux ps lists the sessions'},
  });
});

test('an ambiguous prefix lists the candidates', async () => {
  assertFailed(await home.run(['peek', 'al']), 4, /"al" could be alpha, alpine · write more of the name/);
});

test('an unambiguous prefix, an id and a row of ps name a session', async () => {
  const {id} = await home.session('beta');
  for (const ref of ['bet', id, id.slice(0, -1), '3']) {
    assert.equal((await home.json<{name: string}>('explain', ref)).name, 'beta', ref);
  }
});

test('a row of ps is an index, from 1, and never a name', async () => {
  // A name begins with a letter, so that none can look like an index; one that is a row is that row.
  const {name} = await home.json<{name: string}>('explain', '1');
  assert.equal(name, 'alpha');
  assertFailed(await home.run(['explain', '4']), 3, /no session "4"/);
  assertFailed(await home.run(['explain', '0']), 3, /no session "0"/);
});

test('a name that is taken is refused, and the first session stays as it was', async () => {
  const before = await home.session('alpha');
  const again = ['register', 'alpha', '--dir', home.dir, '--agent', 'generic', '--command', 'true'];
  assertFailed(await home.run(again), 4, /a session named "alpha" exists already · choose another name/);
  assert.deepEqual(await home.session('alpha'), before);
  const run = await home.run(['run', 'generic', '-c', 'cat', '--name', 'alpha']);
  assertFailed(run, 4, /"alpha" exists already/);
});

test('the reserved name and names that cannot be typed are refused', async () => {
  for (const name of ['bulk', '7', 'a b', '../x', 'ä', '.hidden', 'x'.repeat(65), 'a/b', 'a\nb']) {
    const {code, err} = await home.run(['register', name, '--dir', home.work]);
    assert.equal(code, 2, `${name}: ${err}`);
    assert.match(err, /is not a session name · letters, digits/);
  }
});

test('an empty name is refused', async () => {
  const {code, err} = await home.run(['register', '', '--dir', home.work]);
  assert.equal(code, 2, err);
});

test('a directory that does not exist is named whole', async () => {
  const dir = join(home.dir, 'not', 'there');
  assertFailed(
    await home.run(['register', 'lost', '--dir', dir, '--agent', 'generic']),
    2,
    new RegExp(`no directory ${dir} `),
  );
  const file = join(home.dir, 'a-file');
  writeFileSync(file, '');
  assertFailed(
    await home.run(['register', 'lost', '--dir', file, '--agent', 'generic']),
    2,
    /no directory .*a-file · make it/,
  );
  assertFailed(await home.run(['register', 'lost']), 2, /register needs the directory to work in/);
});

test('an unknown agent lists those that are known', async () => {
  const known = /no agent "martian" · known here: claude, codex, gemini, opencode, generic; amux agent config add/;
  assertFailed(await home.run(['register', 'm', '--dir', home.work, '--agent', 'martian']), 3, known);
  assertFailed(await home.run(['run', 'martian']), 3, known);
  assertFailed(await home.run(['agent', 'config', 'show', 'martian']), 3, known);
});

test('an unknown workspace is said', async () => {
  assertFailed(await home.run(['run', 'generic', '-c', 'cat', '-w', 'nowhere']), 3, /no workspace "nowhere" here/);
});

test('a bad --env is said, and nothing is registered', async () => {
  const cases: [string, RegExp][] = [
    ['NOVALUE', /--env "NOVALUE" has no "="/],
    ['1X=2', /"1X" is not a variable name/],
    ['=x', /"" is not a variable name/],
    ['A B=c', /"A B" is not a variable name/],
  ];
  for (const [given, says] of cases) {
    assertFailed(await home.run(['register', 'e', '--dir', home.work, '--env', given]), 2, says);
    assertFailed(await home.run(['run', 'generic', '-c', 'cat', '-e', given]), 2, says);
  }
  assert.equal((await home.json<unknown[]>('ps', '-a')).length, 3);
});

test('a command that is not on the PATH shows argv, exit code, profile and workspace, and the session is failed', async () => {
  await home.amux('register', 'missing', '--dir', home.work, '--agent', 'generic', '--command', 'no-such-program --x');
  const failed = await home.run(['start', 'missing']);
  assertFailed(failed, 1, /command not found: no-such-program/);
  assert.match(failed.err, /exit code 127; argv \["no-such-program","--x"\]; agent generic; workspace main, /);
  assert.ok(failed.err.includes(home.work));
  const {status, reason, exit, pid, running} = await home.session('missing');
  assert.equal(status, 'failed');
  assert.equal(running, false);
  assert.equal(pid, null);
  assert.equal(exit?.code, 127);
  assert.match(reason, /command not found/);
});

test('a command that ends at once shows its exit code and its last lines', async () => {
  // Of a program that ends while tmux still sets its pane up, tmux can lose what it printed.
  await using home = new Home({config: 'backend: pty\n'});
  const line = `sh -c 'echo first; echo "cannot log in" >&2; exit 3'`;
  await home.amux('register', 'brief', '--dir', home.work, '--agent', 'generic', '--command', line);
  const failed = await home.run(['start', 'brief']);
  assertFailed(failed, 1, /brief did not start: exit code 3/);
  assert.match(failed.err, /\n {4}first\n {4}cannot log in/);
  assert.match(failed.err, /argv \["sh","-c"/);
  assert.match(failed.err, /agent generic; workspace main/);
  assert.equal((await home.session('brief')).status, 'failed');
  assert.match(await home.amux('peek', 'brief'), /cannot log in/);
});

test('unbalanced quotes in a command line are said', async () => {
  await home.amux('register', 'quotes', '--dir', home.work, '--agent', 'generic', '--command', `cat 'x`);
  const failed = await home.run(['start', 'quotes']);
  assert.notEqual(failed.code, 0);
  assert.match(failed.err, /cannot read the command line .*cat 'x/);
});

test('an empty message is refused', async () => {
  for (const args of [
    ['send', 'alpha', ''],
    ['send', 'alpha', '  '],
    ['send', 'alpha', '-'],
    ['send', 'alpha'],
  ]) {
    assertFailed(await home.run(args), 2, /nothing to send: the text is empty/);
  }
  assert.deepEqual(await home.json('queue', 'alpha'), []);
});

test('a session that runs is not started again, and not unregistered', async () => {
  await home.amux('start', 'beta');
  assertFailed(await home.run(['start', 'beta']), 4, /beta is running · amux stop beta first/);
  assertFailed(await home.run(['unregister', 'beta']), 4, /beta is running/);
  await home.amux('stop', 'beta', '--force');
  assertFailed(await home.run(['keys', 'beta', 'Enter']), 4, /beta is not running · amux start beta/);
});

test('of several sessions the failing ones are said and the others done', async () => {
  const {code, out, err} = await home.run(['start', 'nobody', 'alpha']);
  assert.equal(code, 3);
  assert.equal(out, 'alpha running\n');
  assert.match(err, /no session "nobody"/);
  await home.amux('stop', 'alpha', '--force');
});

test('a session whose directory is gone is orphaned, said so, and comes back with it', async () => {
  const dir = join(home.dir, 'vanishing');
  mkdirSync(dir);
  await home.amux('register', 'orphan', '--dir', dir, '--agent', 'generic', '--command', 'cat');
  rmdirSync(dir);
  assertFailed(await home.run(['start', 'orphan']), 4, /the directory of orphan is gone: .*vanishing/);
  assert.equal((await home.session('orphan')).status, 'orphaned');
  mkdirSync(dir);
  await home.amux('start', 'orphan');
  await home.amux('stop', 'orphan', '--force');
});

test('a command that does not understand a supervisor of another build says so', async () => {
  await using old = new Home();
  await using server = createServer((_, response) => void response.end('{"pid": 1, "trouble": null, "notices": []}'));
  await new Promise<void>(resolve => server.listen(join(old.path, 'amux.sock'), resolve));
  const said = {pid: process.pid, url: null, socket: join(old.path, 'amux.sock'), version: '0.0.9', started_at: 1};
  writeFileSync(join(old.path, 'supervisor.json'), JSON.stringify(said));
  const differs =
    /^amux: the supervisor of this home is another amux \(0\.0\.9\) than this command .* · amux serve --stop/;
  for (const args of [
    ['ps', '-a'],
    ['queue', 'a'],
  ])
    assertFailed(await old.run(args), 1, differs);
  assert.match((await old.run(['doctor'])).out, /^· supervisor .*, of another amux \(0\.0\.9\);/m);
});

test('output that cannot be written is told, and is no success', {skip: process.platform !== 'linux'}, () => {
  const shell = (line: string) => spawnSync('sh', ['-c', line], {env: home.env, encoding: 'utf8'});
  for (const args of ['ps', 'ps --json', '--help']) {
    const {status, stderr} = shell(`'${process.execPath}' '${amuxFile}' ${args} > /dev/full`);
    assert.equal(status, 1, args);
    assert.match(stderr, /the output could not be written: ENOSPC/, args);
  }
});

test('errors of the command line itself are JSON too', async () => {
  for (const args of [['nonsense'], ['ps', '--nonsense'], ['peek'], ['register', 'x', '--dir']]) {
    const {code, err} = await home.run([...args, '--json']);
    assert.equal(code, 2);
    assert.equal((JSON.parse(err) as ErrorText).error.code, 'input.invalid', args.join(' '));
  }
});
