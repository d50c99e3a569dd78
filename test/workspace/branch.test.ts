import assert from 'node:assert/strict';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {branchOf} from '../../source/workspace/branch.ts';
import {ownGitHome, TestRepository} from '../helpers/repository.ts';

const home = ownGitHome();
after(() => rmSync(home, {recursive: true, force: true}));

test('a workspace that is gone, or whose worktree git forgot, is not on the branch of the repository around it', () => {
  const repository = new TestRepository(home);
  const path = join(repository.root, '.amux', 'workspaces', 'one');
  repository.git('worktree', 'add', '-q', '-b', 'amux/one', path);
  repository.write('.amux/workspaces/one/deep/file', 'x');
  assert.equal(branchOf(join(path, 'deep')), 'amux/one');
  rmSync(join(repository.gitDir, 'worktrees'), {recursive: true});
  assert.equal(branchOf(join(path, 'deep')), null);
  rmSync(path, {recursive: true});
  assert.equal(branchOf(path), null);
  assert.equal(branchOf(join(repository.root, '.amux')), 'main');
});
