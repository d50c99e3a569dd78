import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import type {SessionView} from '../../source/domain/fleet.ts';
import type {WorkspaceView} from '../../source/domain/workspace.ts';
import {assertFailed, Home} from '../helpers/home.ts';
import {gitIn, ownGitHome, put, TestRepository} from '../helpers/repository.ts';
import {Terminal} from '../helpers/terminal.ts';

const gitHome = ownGitHome();
const home = new Home();
let repository: TestRepository;
const amux = (...args: string[]) => home.run(args, {cwd: repository.root});
const json = async <T>(...args: string[]): Promise<T> => {
  const {code, out, err} = await amux(...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as T;
};

before(() => {
  repository = new TestRepository(home.work, 'my project');
});
after(async () => {
  await home[Symbol.asyncDispose]();
  rmSync(gitHome, {recursive: true, force: true});
});

test('init leaves nothing in git status, and honours a configuration that is tracked', async () => {
  rmSync(join(repository.gitDir, 'info', 'exclude'));
  await amux('init');
  assert.equal(repository.git('status', '--porcelain', '--untracked-files=all'), '');
  repository.git('add', '-f', '.amux/config.yaml');
  repository.commit('configuration');
  await amux('ws', 'create', 'one', '--agent', 'generic');
  assert.equal(repository.git('status', '--porcelain', '--ignored'), '!! .amux/context/\n!! .amux/workspaces/\n');
  const path = join(repository.root, '.amux', 'workspaces', 'one');
  assert.equal(gitIn(path, 'status', '--porcelain', '--ignored'), '!! .amux/context/\n');
  writeFileSync(join(repository.root, '.amux', 'config.yaml'), 'defaultAgent: claude\n');
  assert.equal(repository.git('status', '--porcelain'), ' M .amux/config.yaml\n');
  // The worktree has a copy of the configuration, and is still no project of its own.
  const inside = await home.run(['ws', 'show', '--json'], {cwd: path});
  const {id, project} = JSON.parse(inside.out) as WorkspaceView;
  assert.deepEqual([id, project], ['one', repository.root]);
});

test('list and show are tables, lines and JSON, also without a supervisor', async () => {
  await amux('serve', '--stop');
  const [header = '', main = '', one = ''] = (await amux('ws', 'list')).out.split('\n');
  assert.match(header, /^NAME +BRANCH +BASE +AGENT +STATE +CHANGED +SESSIONS +AGE +PATH$/);
  assert.match(main, /^main +main +- +- +ready +(-|\d+) +- +- +\//);
  assert.match(one, /^one +amux\/one +main +generic +ready +(-|\d+) +- +\d+s +\//);
  const path = join(repository.root, '.amux', 'workspaces', 'one');
  assert.match((await amux('ws', 'ls', '--oneline')).out, new RegExp(`^one\tamux/one\t${path}$`, 'm'));
  const shown = await json<WorkspaceView>('ws', 'show', 'one');
  assert.deepEqual(Object.keys(shown).slice(0, 6), ['id', 'name', 'path', 'branch', 'base', 'agent']);
  assert.deepEqual([shown.losses, shown.latest], [[], true]);
  assert.match((await amux('ws', 'show', 'one')).out, /^Only here +-$/m);
  assert.equal((await amux('ws', 'cd')).out, `${path}\n`);
  assert.ok(!existsSync(join(home.path, 'supervisor.json')), 'reading starts nothing');
});

test('what is wrong is one line, with the exit code of its kind', async () => {
  assertFailed(await amux('ws', 'create', 'one'), 4, /a workspace "one" exists already/);
  assertFailed(await amux('ws', 'create', '..'), 2, /cannot be the name of a workspace/);
  assertFailed(await amux('ws', 'create', 'x', '-b', 'y', '--branch', 'z'), 2, /give one of them/);
  assertFailed(await amux('ws', 'create', 'x', '--agent', 'nobody'), 3, /nobody/);
  assertFailed(await amux('ws', 'show', 'nothing'), 3, /no workspace "nothing" here · amux ws list/);
  assertFailed(await amux('ws', 'remove'), 2, /amux ws remove needs more/);
  assertFailed(await amux('ws', 'prune', '--days', 'many'), 2, /--days takes a number/);
  assertFailed(await amux('run', 'generic', '-w', 'nothing'), 3, /no workspace "nothing"/);
  assertFailed(await home.run(['ws', 'list'], {cwd: home.dir}), 1, /is not inside a git repository/);
});

test('a workspace of one tree of a bare repository is the same one in the others, and no project of its own', async () => {
  const bare = join(home.dir, 'bare.git');
  repository.git('clone', '-q', '--bare', repository.root, bare);
  const [left, right] = ['left', 'right'].map(name => join(home.dir, name)) as [string, string];
  for (const tree of [left, right]) gitIn(bare, 'worktree', 'add', '-q', tree);
  assert.equal((await home.run(['ws', 'create', 'seen'], {cwd: left})).code, 0);
  const path = join(left, '.amux', 'workspaces', 'seen');
  put(join(path, 'new.txt'), 'x\n');
  const show = async (cwd: string): Promise<WorkspaceView> =>
    JSON.parse((await home.run(['ws', 'show', 'seen', '--json'], {cwd})).out);
  const {state, path: told} = await show(right);
  assert.deepEqual([state, told], ['ready', path]);
  assertFailed(await home.run(['ws', 'remove', 'seen'], {cwd: right}), 4, /1 untracked file \(new\.txt\)/);
  assert.equal((await show(path)).project, left);
});

test('a workspace of a repository whose git directory lies elsewhere is no project of its own', async () => {
  const top = join(home.dir, 'apart');
  repository.git('clone', '-q', '--separate-git-dir', join(home.dir, 'elsewhere'), repository.root, top);
  assert.equal((await home.run(['ws', 'create', 'inner'], {cwd: top})).code, 0);
  const path = join(top, '.amux', 'workspaces', 'inner');
  const {out} = await home.run(['ws', 'show', '--json'], {cwd: path});
  const {id, project} = JSON.parse(out) as WorkspaceView;
  assert.deepEqual([id, project], ['inner', top]);
  gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'more');
  const merged = await home.run(['ws', 'merge', 'inner', '--into', gitIn(top, 'branch', '--show-current').trim()], {
    cwd: top,
  });
  assert.equal(merged.code, 0, merged.err);
});

test('a removal names what would be lost, and --discard goes on', async () => {
  await amux('ws', 'create', 'two');
  await amux('ws', 'create', 'three');
  const path = join(repository.root, '.amux', 'workspaces', 'two');
  put(join(path, 'a file'), 'x');
  assertFailed(await amux('ws', 'rm', 'two'), 4, /two is kept.*1 untracked file \(a file\) · .*--discard/);
  const both = await amux('ws', 'rm', 'two', 'three');
  assert.deepEqual([both.code, both.out], [4, 'three removed\n']);
  assertFailed(await home.run(['ws', 'rm', 'two', '--discard'], {cwd: path}), 4, /you are in it · cd /);
  const removed = await json<WorkspaceView>('ws', 'remove', 'two', '--discard');
  assert.deepEqual([removed.id, existsSync(path)], ['two', false]);
});

test('run goes to the latest workspace with its agent; --new makes one', async () => {
  const first = await json<SessionView>('run', '-c', 'cat');
  assert.deepEqual([first.workspace.id, first.agent], ['one', 'generic']);
  const named = await json<SessionView>('run', 'generic', '-c', 'cat', '--new', 'Fix It');
  assert.deepEqual([named.workspace.id, named.workspace.name, named.branch], ['fix-it', 'Fix It', 'amux/fix-it']);
  const free = await json<SessionView>('run', 'generic', '-c', 'cat', '--new');
  assert.equal(free.workspace.name, 'generic-1');
  assertFailed(await amux('run', 'generic', '--new', 'x', '-w', 'one'), 2, /--new makes a workspace/);
  assert.match((await amux('ps')).out, /^session-\w+ +generic +Fix It +running/m);
  assertFailed(await amux('ws', 'rm', 'fix-it', '--discard'), 4, /generic-\d runs there · amux stop/);
  await amux('stop', '--all', '--force');
  assert.equal((await amux('ws', 'rm', 'fix-it', 'generic-1')).code, 0);
});

test('commands of the project are shown and asked for on a terminal, and need --trust elsewhere', async () => {
  const config = `workspace:\n  setup: ["echo made > made.secret"]\n`;
  writeFileSync(join(repository.root, '.amux', 'config.yaml'), config);
  assertFailed(await amux('ws', 'create', 'x'), 1, /wants to run commands.*echo made > made\.secret · .*--trust/);
  const ask = (name: string) => new Terminal(home, ['ws', 'create', name], {cwd: repository.root});
  await using no = ask('no');
  await no.expect(/wants to run commands here:\n {2}echo made > made\.secret\n.*\[y\/N\]/);
  no.press('\r');
  assert.equal(await no.ended(), 1);
  assert.ok(!existsSync(join(repository.root, '.amux/workspaces/no')));
  await using yes = ask('yes');
  await yes.expect(/\[y\/N\]/);
  yes.press('y\r');
  assert.equal(await yes.ended(), 0);
  assert.equal(readFileSync(join(repository.root, '.amux/workspaces/yes/made.secret'), 'utf8'), 'made\n');
  assert.equal((await amux('ws', 'create', 'again')).code, 0);
});

test('the completion brings a function that changes to a workspace', () => {
  mkdirSync(join(home.dir, 'user'), {recursive: true});
  const file = join(import.meta.dirname, '../../bin/amux.js');
  home.program('amux', `#!/bin/sh\nexec "${process.execPath}" "${file}" "$@"\n`);
  const script = 'eval "$(amux completion bash)"; amux-cd one && pwd; amux-cd nothing || echo "still in $PWD"';
  const out = execFileSync('bash', ['-c', script], {
    cwd: repository.root,
    env: home.env,
    encoding: 'utf8',
    stdio: 'pipe',
  });
  assert.deepEqual(out.trim().split('\n'), [
    join(repository.root, '.amux/workspaces/one'),
    `still in ${join(repository.root, '.amux/workspaces/one')}`,
  ]);
});
