import assert from 'node:assert/strict';
import {existsSync, mkdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, type TestContext, test} from 'node:test';
import type {AmuxError, ErrorCode} from '../../source/domain/errors.ts';
import {gitIn, ownGitHome, put, TestRepository} from '../helpers/repository.ts';
import type {Subject} from './fleet.ts';

export const failsWith = (code: ErrorCode, says: RegExp) => (error: AmuxError) => {
  assert.equal(error.code, code, error.message);
  assert.match(error.message, says);
  assert.doesNotMatch(error.message, /\n/);
  return true;
};

/** What workspaces changed, and how that comes to their base. */
export function changesContract(open: (context: TestContext) => Promise<Subject>): void {
  let gitHome = '';
  before(() => {
    gitHome = ownGitHome();
  });
  after(() => rmSync(gitHome, {recursive: true, force: true}));

  const opened = async (context: TestContext): Promise<Subject & {repository: TestRepository; cwd: string}> => {
    const subject = await open(context);
    const repository = new TestRepository(subject.work);
    return {...subject, repository, cwd: repository.root};
  };

  test('the diff of a workspace is named, found by directory, and counts what it leaves out', async context => {
    const {fleet, repository, cwd} = await opened(context);
    const {path} = await fleet.createWorkspace({name: 'One', cwd});
    put(join(path, 'new file'), 'a\nb\n');
    const diff = await fleet.diff('one', {cwd});
    assert.deepEqual(diff.workspace, {id: 'one', name: 'One', path});
    assert.deepEqual(
      [diff.branch, diff.base, diff.commit],
      ['amux/one', 'main', repository.git('rev-parse', 'HEAD').trim()],
    );
    assert.deepEqual(diff.files[0]!.hunks, [{heading: '', from: [0, 0], to: [1, 2], lines: ['+a', '+b']}]);
    mkdirSync(join(path, 'deep'));
    assert.deepEqual(await fleet.diff(null, {cwd: join(path, 'deep')}), diff);
    const stat = await fleet.diff('one', {cwd, stat: true});
    assert.deepEqual([stat.total, stat.files[0]!.hunks], [{files: 1, added: 2, removed: 0}, []]);
    assert.equal((await fleet.diff('main', {cwd: path})).workspace.path, cwd);
    rmSync(path, {recursive: true});
    await assert.rejects(fleet.diff('one', {cwd}), failsWith('workspace.missing', /One/));
    await assert.rejects(fleet.diff('none', {cwd}), failsWith('workspace.unknown', /none/));
  });

  test('where amux did not make the working tree, main is that one', async context => {
    const {fleet, repository, cwd, work} = await opened(context);
    const foreign = join(work, 'foreign');
    repository.git('worktree', 'add', '-q', foreign);
    put(join(foreign, 'there'), 'x');
    put(join(cwd, 'here'), 'x');
    const pathsIn = async (dir: string) => (await fleet.diff('main', {cwd: dir})).files.map(file => file.path);
    assert.deepEqual([await pathsIn(foreign), await pathsIn(cwd)], [['there'], ['here']]);
    await assert.rejects(fleet.diff('main', {cwd: work}), failsWith('project.none', /not inside a git repository/));
  });

  test('a merge brings commits to the base, is in the journal with its actor, and removes the workspace when asked', async context => {
    const {fleet, repository, cwd} = await opened(context);
    const ending = new AbortController();
    const events = fleet.events({since: 0, signal: ending.signal})[Symbol.asyncIterator]();
    const {path} = await fleet.createWorkspace({name: 'One', cwd});
    put(join(path, 'new'), 'x');
    await assert.rejects(
      fleet.mergeWorkspace('one', {cwd}),
      failsWith('workspace.merge', /One is not merged: it holds what is not committed: 1 untracked file \(new\)/),
    );
    gitIn(path, 'add', '.');
    gitIn(path, 'commit', '-q', '-m', 'work');
    await assert.rejects(
      fleet.mergeWorkspace('one', {cwd: path, remove: true}),
      failsWith('workspace.busy', /you are in it/),
    );
    const merged = await fleet.mergeWorkspace('one', {cwd, remove: true});
    assert.deepEqual(
      [merged.workspace, merged.how, merged.into, merged.commits, merged.removed, merged.tree],
      [{id: 'one', name: 'One'}, 'fast-forward', 'main', 1, true, cwd],
    );
    assert.equal(repository.git('rev-parse', 'main').trim(), merged.commit);
    assert.ok(!existsSync(path));
    for (;;) {
      const {value} = await events.next();
      if (value?.type !== 'workspace.merged') continue;
      assert.match(value.reason, /^One: amux\/one merged into main by a fast-forward, [0-9a-f]{12} to [0-9a-f]{12}$/);
      assert.notEqual(value.actor, 'supervisor');
      break;
    }
    ending.abort();
    await assert.rejects(fleet.mergeWorkspace('main', {cwd}), failsWith('workspace.merge', /project directory itself/));
  });

  test('what cannot be removed after a merge is merged and kept', async context => {
    const {fleet, cwd} = await opened(context);
    const {path} = await fleet.createWorkspace({name: 'x', cwd});
    put(join(path, 'keys.secret'), 'x');
    gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'work');
    const {how, removed, notices} = await fleet.mergeWorkspace('x', {cwd, remove: true});
    assert.deepEqual([how, removed, notices.length], ['fast-forward', false, 1]);
    assert.match(notices[0]!, /x is kept, it holds what is nowhere else: 1 ignored file/);
    assert.ok(existsSync(join(path, 'keys.secret')));
  });

  test('two merges at once into one branch are both in it', async context => {
    const {fleet, repository, cwd} = await opened(context);
    const names = ['a', 'b', 'c'];
    for (const name of names) {
      const {path} = await fleet.createWorkspace({name, cwd});
      put(join(path, name), 'x');
      gitIn(path, 'add', '.');
      gitIn(path, 'commit', '-q', '-m', name);
    }
    await Promise.all(names.map(name => fleet.mergeWorkspace(name, {cwd})));
    assert.deepEqual(
      repository
        .git('ls-files')
        .split('\n')
        .filter(file => names.includes(file)),
      names,
    );
    assert.equal(repository.git('status', '--porcelain'), '');
  });
}
