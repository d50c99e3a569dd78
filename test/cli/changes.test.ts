import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import type {WorkspaceDiff} from '../../source/domain/diff.ts';
import {assertFailed, Home} from '../helpers/home.ts';
import {gitIn, ownGitHome, put, TestRepository} from '../helpers/repository.ts';
import {Terminal} from '../helpers/terminal.ts';

const gitHome = ownGitHome();
const home = new Home();
let repository: TestRepository;
let path = '';
const amux = (...args: string[]) => home.run(args, {cwd: repository.root});

before(async () => {
  repository = new TestRepository(home.work, 'my project');
  repository.git('config', 'user.name', 'Ada');
  repository.git('config', 'user.email', 'ada@example.com');
  await amux('ws', 'create', 'one');
  path = join(repository.root, '.amux', 'workspaces', 'one');
  put(join(path, 'file.txt'), 'first\n\x1b[31mred\tend\x1b]52;c;eA==\x07\n');
  put(join(path, 'new ö.txt'), '日本\n');
});
after(async () => {
  await home[Symbol.asyncDispose]();
  rmSync(gitHome, {recursive: true, force: true});
});

test('piped, a diff is a patch that git apply takes, also without a supervisor', async () => {
  await amux('serve', '--stop');
  const {code, out, err} = await amux('ws', 'diff', 'one');
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^diff --git a\/file\.txt b\/file\.txt\n/);
  execFileSync('git', ['apply', '--check'], {cwd: repository.root, input: out});
});

test('what a patch has no place for is named on stderr, and git apply takes the rest', async () => {
  put(join(path, 'picture'), '\0\x01');
  const {code, out, err} = await amux('ws', 'diff', 'one');
  assert.deepEqual([code, err], [0, 'amux: not in the patch: picture, binary 2 B\n']);
  execFileSync('git', ['apply', '--check'], {cwd: repository.root, input: out, stdio: 'pipe'});
  rmSync(join(path, 'picture'));
});

test('as a table and as JSON', async () => {
  const {out} = await amux('ws', 'diff', '--stat');
  assert.deepEqual(out.split('\n'), [
    'CHANGE   LINES  FILE',
    'changed  +1 −0  file.txt',
    'added    +1 −0  new ö.txt',
    'one on amux/one against main: 2 files +2 −0',
    '',
  ]);
  const diff = JSON.parse((await amux('ws', 'diff', '--json')).out) as WorkspaceDiff;
  assert.deepEqual(
    diff.files.map(file => file.hunks[0]!.lines.at(-1)),
    ['+\x1b[31mred\tend\x1b]52;c;eA==\x07', '+日本'],
  );
});

test('on a terminal it is coloured, and nothing that a file holds acts on it', async () => {
  await using terminal = new Terminal(home, ['ws', 'diff', 'one'], {cwd: repository.root});
  assert.equal(await terminal.ended(), 0);
  const {output} = terminal;
  assert.match(output, /\x1b\[32m\+\^\[\[31mred +end\^\[\]52;c;eA==\^G\x1b\[m\r\n/);
  assert.match(output, /one on amux\/one against main: 2 files/);
  assert.doesNotMatch(output, /\x1b\]/);
});

test('a workspace without changes, and one that is not there', async () => {
  const {code, out, err} = await amux('ws', 'diff', 'main');
  assert.deepEqual([code, out, err], [0, '', '']);
  assertFailed(await amux('ws', 'diff', 'nothing'), 3, /no workspace "nothing" here · amux ws list/);
});

test('a merge says what it did, or why not and what to do', async () => {
  assertFailed(
    await amux('ws', 'merge', 'one'),
    4,
    /one is not merged: it holds what is not committed: .* · commit it in /,
  );
  assertFailed(await amux('ws', 'merge', 'one', '--ff-only', '--no-ff'), 2, /give one of them/);
  assertFailed(await amux('ws', 'merge'), 2, /amux ws merge needs more/);
  gitIn(path, 'add', '.');
  gitIn(path, 'commit', '-q', '-m', 'work');
  const merged = await amux('ws', 'merge', 'one', '--no-ff', '-m', 'by amux');
  assert.equal(merged.err, '');
  assert.match(merged.out, /^amux\/one merged into main: 1 commit, merge commit [0-9a-f]{12}\n$/);
  assert.equal(repository.git('log', '-1', '--format=%s'), 'by amux\n');
  assert.equal((await amux('ws', 'merge', 'one')).out, 'main has everything of amux/one already\n');
  put(join(path, 'x.secret'), 'x');
  const kept = await amux('ws', 'merge', 'one', '--remove');
  assert.deepEqual([kept.code, kept.out], [4, 'main has everything of amux/one already\n']);
  assert.match(kept.err, /one is kept, it holds what is nowhere else: 1 ignored/);
  rmSync(join(path, 'x.secret'));
  assert.match((await amux('ws', 'merge', 'one', '--remove')).out, /; one removed\n$/);
});
