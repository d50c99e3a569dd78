import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {pathsOf} from '../../source/config/paths.ts';
import {assertFailed, Home, type Result} from '../helpers/home.ts';

/** Another user than root, whose rights count. */
const NOBODY = 65_534;

type Doctor = {findings: {what: string; state: string; says: string}[]};

async function homeWithSession(): Promise<Home> {
  const home = new Home({ownCertificate: true});
  await home.amux('register', 'kept', '--dir', home.work, '--agent', 'generic', '--command', 'cat', '--tag', 'green');
  await home.amux('serve', '--stop');
  return home;
}

test('a corrupt database is rebuilt from the journal, kept aside, and doctor says so', async () => {
  await using home = await homeWithSession();
  const database = join(home.path, 'amux.db');
  writeFileSync(database, 'this is not a database'.repeat(20));
  await home.amux('send', 'kept', 'hello');
  const kept = await home.session('kept');
  assert.deepEqual(kept.tags, ['green']);
  assert.equal(kept.queue, 1);
  const {findings} = await home.json<Doctor>('doctor');
  const notice = findings.find(({what, says}) => what === 'notice' && says.includes(database));
  assert.ok(notice, JSON.stringify(findings));
  const aside = readdirSync(home.path).find(name => name.startsWith('amux.db.corrupt-'));
  assert.equal(readFileSync(join(home.path, aside!), 'utf8'), 'this is not a database'.repeat(20));
});

test('a database of a newer amux is refused by every command, and stays untouched', async () => {
  await using home = await homeWithSession();
  const database = join(home.path, 'amux.db');
  const bytes = readFileSync(database);
  bytes.writeUInt32BE(99, 60);
  writeFileSync(database, bytes);
  const says = /amux\.db was written by a newer amux \(schema 99; this one knows 3\) · update amux/;
  for (const args of [
    ['ps'],
    ['send', 'kept', 'x'],
    ['register', 'n', '--dir', '.'],
    ['serve', '--detach'],
    ['serve'],
  ]) {
    assertFailed(await home.run(args), 1, says);
  }
  const doctor = await home.run(['doctor']);
  assert.equal(doctor.code, 1);
  assert.match(doctor.out, /✗ supervisor .*newer amux/);
  assert.ok(readFileSync(database).equals(bytes));
});

test('a home that may not be written is said, with what to do', async () => {
  await using home = new Home();
  chmodSync(home.path, 0o555);
  const failed = await asNobody(home, ['register', 'n', '--dir', '/tmp', '--agent', 'generic']);
  assertFailed(failed, 1, /cannot write to the home .*\/home: .* · give this user the rights, or choose another/);
  chmodSync(home.path, 0o700);
  assertFailed(await asNobody(home, ['serve']), 1, /cannot write to the home/);
});

test('a home below a directory that may not be written is said', async () => {
  await using home = new Home();
  const path = join(home.dir, 'locked');
  mkdirSync(path, {mode: 0o555});
  const failed = await asNobody(home, ['send', 'a', 'b', '--home', join(path, 'home')]);
  assertFailed(failed, 1, /cannot write to the home .*locked\/home/);
});

test('a home of this user that cannot be read is said by commands that read, too', async () => {
  await using home = await homeWithSession();
  const {code, err} = await asNobody(home, ['ps']);
  assert.equal(code, 1, err);
  assert.match(err, /^amux: cannot read the home .* · give this user the rights/);
});

test('another user who may read a home, and not its terminals, sees what was stored', async () => {
  await using home = await homeWithSession();
  await home.startAgent('seat');
  await home.amux('board', 'add', 'a card');
  for (const path of [
    home.path,
    ...readdirSync(home.path, {recursive: true}).map(name => join(home.path, `${name}`)),
  ]) {
    const status = statSync(path);
    chmodSync(path, status.isSocket() ? 0 : status.isDirectory() ? 0o755 : 0o644);
  }
  try {
    const ps = await asNobody(home, ['ps']);
    assert.equal(ps.code, 0, ps.err);
    assert.match(ps.err, /^amux: this user may not look into the terminals of this home: .*\n$/);
    assert.match(ps.out, / running .* seat\n/);
    for (const args of [['board'], ['events'], ['logs', 'seat'], ['peek', 'seat'], ['explain', 'seat']]) {
      const {code, err} = await asNobody(home, args);
      assert.equal(code, 0, `${args.join(' ')}: ${err}`);
    }
  } finally {
    for (const name of ['amux.sock', 'tmux.sock']) chmodSync(join(home.path, name), 0o600);
  }
});

test('a home that is open to others and holds foreign files is not taken for one', async () => {
  await using home = new Home();
  const foreign = join(home.dir, 'documents');
  mkdirSync(foreign, {mode: 0o755});
  writeFileSync(join(foreign, 'letter.txt'), 'dear');
  const failed = await home.run(['register', 'n', '--dir', '/tmp', '--home', foreign]);
  assertFailed(failed, 1, /holds files that are not amux's and is open to other users/);
});

test('a home whose path is too long for a socket works all the same', async () => {
  await using home = new Home();
  const long = join(home.dir, 'x'.repeat(60), 'y'.repeat(60));
  home.env['AMUX_HOME'] = long;
  await home.amux('register', 'far', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  await home.amux('start', 'far');
  assert.equal((await home.session('far')).status, 'running');
  await home.amux('stop', '--all', '--force');
  await home.amux('serve', '--stop');
  rmSync(pathsOf(long).sockets, {recursive: true});
});

test('everything that amux writes is private to its user', async () => {
  await using home = await homeWithSession();
  const open: string[] = [];
  const walk = (dir: string) => {
    for (const entry of readdirSync(dir, {withFileTypes: true})) {
      const path = join(dir, entry.name);
      if ((statSync(path).mode & 0o077) !== 0) open.push(path);
      if (entry.isDirectory()) walk(path);
    }
  };
  walk(home.path);
  assert.deepEqual(open, []);
});

/** Rights are no test for root, who may do everything; other users simply run it. */
async function asNobody(home: Home, args: string[]): Promise<Result> {
  if (process.getuid?.() !== 0) return home.run(args);
  await readable();
  return home.run(args, {uid: NOBODY, cwd: '/'});
}

/** The other user must be able to run the checkout's Node at all. */
async function readable(): Promise<void> {
  const child = spawn(process.execPath, ['-e', '0'], {uid: NOBODY, gid: NOBODY, stdio: 'ignore'});
  const code = await new Promise(resolve => {
    child.once('error', resolve);
    child.once('close', resolve);
  });
  assert.equal(code, 0, `${process.execPath} cannot be run by another user: put the checkout where all may read`);
}
