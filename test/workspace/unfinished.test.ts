import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, it} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import {placeOfRun} from '../../source/supervisor/workspace-places.ts';
import {createWorktree} from '../../source/workspace/create.ts';
import {placeOf} from '../../source/workspace/list.ts';
import {readRecords} from '../../source/workspace/records.ts';
import {finishMakings, isHalfMade, noteMaking} from '../../source/workspace/unfinished.ts';
import {ownGitHome, put, TestRepository, treeOf} from '../helpers/repository.ts';

const home = ownGitHome();
after(() => rmSync(home, {recursive: true, force: true}));

/** The process that checks out files is a child of the one that makes the worktree. */
const KILL_GIT = 'kill -9 $(cut -d " " -f 4 /proc/$PPID/stat) $PPID';

const create = (repository: TestRepository, name: string) =>
  createWorktree(repository, {name, cwd: repository.root}, Date.now());

/** Git is killed as it checks files out, and whoever started it is dead as well. */
async function makeByHalves(repository: TestRepository, id: string): Promise<void> {
  const record = await create(repository, id);
  repository.git('worktree', 'remove', '--force', placeOf(repository, id));
  const restore = whileChecking(repository, KILL_GIT);
  spawnSync('git', ['worktree', 'add', placeOf(repository, id), `amux/${record.id}`], {cwd: repository.root});
  restore();
  noteMaking(repository, id, {pid: deadPid(), git: deadPid(), isNew: true});
}

function whileChecking(repository: TestRepository, script: string): () => void {
  const attributes = join(repository.gitDir, 'info', 'attributes');
  put(attributes, '* filter=first\n');
  repository.git('config', 'filter.first.smudge', script);
  return () => rmSync(attributes);
}

const deadPid = (): number => spawnSync('true').pid;

const everything = (repository: TestRepository) => ({
  trees: repository.git('worktree', 'list', '--porcelain'),
  refs: repository.git('for-each-ref'),
  records: readRecords(repository),
  files: treeOf(repository.root).filter(line => !line.startsWith('.git')),
});

describe('a worktree that was not made to its end', () => {
  it('because git was killed is taken back at once', async () => {
    using repository = new TestRepository(home, 'git killed');
    await createWorktree(repository, {name: 'other', cwd: repository.root}, 1);
    const before = everything(repository);
    const restore = whileChecking(repository, KILL_GIT);
    await assert.rejects(create(repository, 'two'), error => {
      assert.ok(error instanceof AmuxError, String(error));
      assert.match(`${error.message} ${error.hint}`, /git was ended by SIGKILL nothing of two was kept/);
      return true;
    });
    restore();
    assert.deepEqual(everything(repository), before);
    assert.equal((await create(repository, 'two')).id, 'two');
  });

  it('because amux died as well is worked in by nobody, and taken back before the next is made', async () => {
    using repository = new TestRepository(home, 'both killed');
    const before = everything(repository);
    await makeByHalves(repository, 'two');
    assert.ok(isHalfMade(repository, 'two'));
    assert.throws(
      () => placeOfRun({cwd: repository.root, workspace: 'two'}),
      error => error instanceof AmuxError && error.code === 'workspace.half-made',
    );
    assert.equal(placeOfRun({cwd: repository.root}).workspace.id, 'main');
    await finishMakings(repository);
    const {files, ...rest} = everything(repository);
    assert.deepEqual(rest, {trees: before.trees, refs: before.refs, records: []});
    assert.deepEqual(
      files.filter(line => line.includes('two')),
      [],
    );
    assert.equal((await create(repository, 'two')).id, 'two');
  });

  it('is left alone while whoever makes it lives', async () => {
    using repository = new TestRepository(home, 'being made');
    await makeByHalves(repository, 'two');
    noteMaking(repository, 'two', {pid: deadPid(), git: process.pid, isNew: true});
    const before = everything(repository);
    await finishMakings(repository);
    assert.deepEqual(everything(repository), before);
    assert.ok(!isHalfMade(repository, 'two'));
  });

  it('is taken back where another process has the number of the one that made it', async () => {
    using repository = new TestRepository(home, 'number again');
    await makeByHalves(repository, 'two');
    noteMaking(repository, 'two', {pid: process.pid, git: null, isNew: true});
    assert.ok(!isHalfMade(repository, 'two'));
    const file = join(repository.gitDir, 'amux', 'workspaces', 'two.making');
    const noted = JSON.parse(readFileSync(file, 'utf8')) as {begun: string};
    put(file, JSON.stringify({...noted, begun: `${Number(noted.begun) - 1}`}));
    assert.ok(isHalfMade(repository, 'two'));
    await finishMakings(repository);
    assert.deepEqual(readRecords(repository), []);
  });

  it('stays where git had made its part, and says what may be missing', async () => {
    using repository = new TestRepository(home, 'setup cut');
    await create(repository, 'two');
    noteMaking(repository, 'two', {pid: deadPid(), git: deadPid(), isNew: true});
    put(join(placeOf(repository, 'two'), 'mine.txt'), 'mine\n');
    await finishMakings(repository);
    await finishMakings(repository);
    assert.ok(existsSync(join(placeOf(repository, 'two'), 'mine.txt')));
    assert.equal(
      readRecords(repository)[0]?.description,
      'amux died while it was made: its setup and its context files may be missing',
    );
    assert.equal(placeOfRun({cwd: repository.root, workspace: 'two'}).workspace.id, 'two');
  });
});
