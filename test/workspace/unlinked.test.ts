import assert from 'node:assert/strict';
import {cpSync, existsSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, it} from 'node:test';
import {createWorktree} from '../../source/workspace/create.ts';
import {type Found, findWorkspaces} from '../../source/workspace/list.ts';
import {mergeWorktree} from '../../source/workspace/merge.ts';
import {removeWorktree} from '../../source/workspace/remove.ts';
import {gitIn, ownGitHome, put, TestRepository} from '../helpers/repository.ts';

const home = ownGitHome();
after(() => rmSync(home, {recursive: true, force: true}));

type Place = {root: string; gitDir: string};
const at = (root: string): Place => ({root, gitDir: join(root, '.git')});

async function only(repository: Place): Promise<Found> {
  const [found] = await findWorkspaces(repository);
  assert.ok(found !== undefined);
  return found;
}

async function made(name: string): Promise<TestRepository> {
  const repository = new TestRepository(home, name);
  const {id} = await createWorktree(repository, {name: 'fix', cwd: repository.root}, Date.now());
  put(join(repository.root, '.amux', 'workspaces', id, 'new.txt'), 'x\n');
  return repository;
}

describe('a workspace whose directory git does not know', () => {
  it('says how it comes back where the repository was moved, and keeps what it holds', async () => {
    const before = await made('before');
    const moved = at(join(home, 'it moved'));
    renameSync(before.root, moved.root);
    const found = await only(moved);
    const repair = new RegExp(`^git -C '${moved.root}' worktree repair '${found.path}'$`);
    for (const act of [
      () => removeWorktree(moved, found, {discard: false}),
      () => mergeWorktree(moved, found, {living: []}),
    ]) {
      await assert.rejects(act, {code: 'workspace.unlinked', hint: repair});
    }
    gitIn(moved.root, 'worktree', 'repair', found.path);
    const {missing, unlinked} = await only(moved);
    assert.deepEqual([missing, unlinked, existsSync(join(found.path, 'new.txt'))], [false, false, true]);
  });

  it('names the repository that it belongs to where this one is a copy', async () => {
    const original = await made('original');
    const copy = at(join(home, 'copy'));
    cpSync(original.root, copy.root, {recursive: true});
    const found = await only(copy);
    const why = new RegExp(`its \\.git file leads to ${original.gitDir}/worktrees/fix$`);
    await assert.rejects(() => removeWorktree(copy, found, {discard: false}), {
      code: 'workspace.unlinked',
      message: why,
    });
    await removeWorktree(copy, found, {discard: true});
    assert.ok(!existsSync(found.path));
    const {missing, path} = await only(original);
    assert.deepEqual([missing, existsSync(join(path, 'new.txt'))], [false, true]);
  });
});
