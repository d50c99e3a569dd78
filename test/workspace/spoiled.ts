import assert from 'node:assert/strict';
import {rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {ErrorCode} from '../../source/domain/errors.ts';
import {copyFiles} from '../../source/workspace/copy.ts';
import {readRecords, writeRecord} from '../../source/workspace/records.ts';
import {gitIn, put, TestRepository} from '../helpers/repository.ts';

export type Stage = {repository: TestRepository; path: string; id: string};
export type Case = {
  title: string;
  name?: string;
  /** On a branch that exists instead of a new one. */
  branch?: string;
  spoil: (stage: Stage) => unknown;
  refuses: ErrorCode;
  says: RegExp;
  /** It goes on with `--discard`. */
  discards?: false;
  /** What it holds is no matter for a merge, or goes along with it. */
  merges?: true;
};

/** Worktrees that hold something of their own, and why each is not removed. */
export const cases: Case[] = [
  {
    title: 'a changed file',
    spoil: ({path}) => put(join(path, 'file.txt'), 'changed\n'),
    refuses: 'workspace.losses',
    says: /1 changed file \(file\.txt\)/,
  },
  {
    title: 'a deleted file',
    spoil: ({path}) => rmSync(join(path, 'file.txt')),
    refuses: 'workspace.losses',
    says: /1 changed file \(file\.txt\)/,
  },
  {
    title: 'a file of the same size and time as what git knows',
    spoil: ({path}) => put(join(path, 'file.txt'), 'fIrst\n'),
    refuses: 'workspace.losses',
    says: /file\.txt/,
  },
  {
    title: 'a staged file, whose text is nowhere else',
    spoil: ({path}) => {
      put(join(path, 'new.txt'), 'staged\n');
      gitIn(path, 'add', 'new.txt');
      rmSync(join(path, 'new.txt'));
    },
    refuses: 'workspace.losses',
    says: /1 staged file \(new\.txt\)/,
  },
  {
    title: 'an untracked file with spaces, a line end and letters of all kinds in its name',
    spoil: ({path}) => put(join(path, 'dir ö', 'a b\n"日本".txt'), 'x'),
    refuses: 'workspace.losses',
    says: /1 untracked file \(dir ö\/a b "日本"\.txt\)/,
  },
  {
    title: 'an untracked file where the user has hidden these',
    spoil: ({path}) => {
      gitIn(path, 'config', 'status.showUntrackedFiles', 'no');
      put(join(path, 'hidden'), 'x');
    },
    refuses: 'workspace.losses',
    says: /1 untracked file \(hidden\)/,
  },
  {
    title: 'an ignored file that no tool makes again',
    spoil: ({path}) => put(join(path, 'keys.secret'), 'x'),
    refuses: 'workspace.losses',
    merges: true,
    says: /ignored file.*\(keys\.secret\)/,
  },
  {
    title: 'an ignored file in a directory that is ignored as a whole, beside a cache',
    spoil: ({path}) => {
      put(join(path, 'private', 'node_modules', 'x'), 'x');
      put(join(path, 'private', 'deep', 'notes'), 'x');
    },
    refuses: 'workspace.losses',
    merges: true,
    says: /ignored .*\(private\/\)/,
  },
  {
    title: 'a copied file that was changed since',
    spoil: async ({repository, path, id}) => {
      repository.write('.env.secret', 'TOKEN=1');
      const {copied} = await copyFiles({from: repository.root, to: path, paths: ['.env.secret']});
      writeRecord(repository, {...readRecords(repository).find(each => each.id === id)!, copied});
      put(join(path, '.env.secret'), 'TOKEN=2');
    },
    refuses: 'workspace.losses',
    merges: true,
    says: /ignored .*\.env\.secret/,
  },
  {
    title: 'a repository that was cloned into it',
    spoil: ({repository, path}) => gitIn(path, 'clone', '-q', repository.root, 'clone'),
    refuses: 'workspace.losses',
    says: /untracked .*clone\//,
  },
  {
    title: 'commits that no other branch has',
    spoil: ({path}) => {
      put(join(path, 'work.txt'), 'work');
      gitIn(path, 'add', '.');
      gitIn(path, 'commit', '-q', '-m', 'the work');
    },
    refuses: 'workspace.losses',
    merges: true,
    says: /1 commit that no other branch has \([0-9a-f]+ the work\)/,
  },
  {
    title: 'a detached HEAD with a commit that no branch has',
    spoil: ({path}) => {
      gitIn(path, 'checkout', '-q', '--detach');
      gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'detached work');
    },
    refuses: 'workspace.losses',
    says: /detached work/,
  },
  {
    title: 'a detached HEAD over an existing branch',
    branch: 'existing',
    spoil: ({path}) => {
      gitIn(path, 'checkout', '-q', '--detach');
      gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'detached work');
    },
    refuses: 'workspace.losses',
    says: /detached work/,
  },
  {
    title: 'a commit that nothing leads to but a stash over it',
    spoil: ({path}) => {
      gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'below a stash');
      put(join(path, 'file.txt'), 'stashed\n');
      gitIn(path, 'stash', '-q');
    },
    refuses: 'workspace.losses',
    merges: true,
    says: /below a stash/,
  },
  {
    title: 'a rebase with a conflict',
    spoil: ({repository, path}) => conflict(repository, path, 'rebase', 'main'),
    refuses: 'workspace.losses',
    says: /a rebase in progress/,
  },
  {
    title: 'a merge with a conflict',
    spoil: ({repository, path}) => conflict(repository, path, 'merge', 'main'),
    refuses: 'workspace.losses',
    says: /a merge in progress.*changed file/,
  },
  {
    title: 'a bisection',
    spoil: ({path}) => gitIn(path, 'bisect', 'start'),
    refuses: 'workspace.losses',
    says: /a bisection in progress/,
  },
  {
    title: 'a file that git was told to take for unchanged',
    spoil: ({path}) => {
      gitIn(path, 'update-index', '--assume-unchanged', 'file.txt');
      put(join(path, 'file.txt'), 'unseen\n');
    },
    refuses: 'workspace.losses',
    says: /told not to look at \(file\.txt\)/,
  },
  {
    title: 'a file outside a sparse check-out that was written again',
    spoil: ({path}) => {
      gitIn(path, 'update-index', '--skip-worktree', 'file.txt');
      put(join(path, 'file.txt'), 'unseen\n');
    },
    refuses: 'workspace.losses',
    says: /told not to look at \(file\.txt\)/,
  },
  {
    title: 'a submodule with a changed file',
    spoil: stage => put(join(withSubmodule(stage), 'file.txt'), 'changed\n'),
    refuses: 'workspace.losses',
    says: /1 submodule .*lib module/,
  },
  {
    title: 'a submodule with an ignored file',
    spoil: stage => put(join(withSubmodule(stage), 'x.secret'), 'x'),
    refuses: 'workspace.losses',
    merges: true,
    says: /1 submodule .*lib module/,
  },
  {
    title: 'a submodule with a branch of its own',
    spoil: stage => {
      const sub = withSubmodule(stage);
      const at = gitIn(sub, 'rev-parse', 'HEAD').trim();
      gitIn(sub, 'checkout', '-q', '-b', 'own');
      gitIn(sub, 'commit', '-q', '--allow-empty', '-m', 'own');
      gitIn(sub, 'checkout', '-q', at);
    },
    refuses: 'workspace.losses',
    merges: true,
    says: /1 submodule .*lib module/,
  },
  {
    title: 'a submodule with a stash',
    spoil: stage => {
      const sub = withSubmodule(stage);
      put(join(sub, 'file.txt'), 'stashed\n');
      gitIn(sub, 'stash', '-q');
    },
    refuses: 'workspace.losses',
    merges: true,
    says: /1 submodule .*lib module/,
  },
  {
    title: 'a name with spaces and letters of all kinds',
    name: 'Größe 日本 -- ..',
    spoil: ({path}) => put(join(path, 'x'), 'x'),
    refuses: 'workspace.losses',
    says: /^Größe 日本 -- \.\. is kept.*1 untracked file \(x\)/,
  },
  {
    title: 'a lock',
    spoil: ({path}) => gitIn(path, 'worktree', 'lock', '--reason', 'on a disk', path),
    refuses: 'workspace.busy',
    merges: true,
    says: /locked: on a disk/,
    discards: false,
  },
  {
    title: 'a directory that was deleted, with something staged',
    spoil: ({path}) => {
      put(join(path, 'new.txt'), 'staged\n');
      gitIn(path, 'add', 'new.txt');
      rmSync(path, {recursive: true});
    },
    refuses: 'workspace.losses',
    says: /1 staged file \(new\.txt\)/,
  },
  {
    title: 'a directory that was deleted, with a detached commit',
    spoil: ({path}) => {
      gitIn(path, 'checkout', '-q', '--detach');
      gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'detached work');
      rmSync(path, {recursive: true});
    },
    refuses: 'workspace.losses',
    says: /detached work/,
  },
  {
    title: 'another repository in its place',
    spoil: ({repository, path}) => {
      rmSync(path, {recursive: true});
      repository.git('clone', '-q', repository.root, path);
      gitIn(path, 'checkout', '-q', '-b', 'own');
    },
    refuses: 'workspace.losses',
    says: /1 untracked file \(.*workspaces\/spoiled\)/,
  },
  {
    title: 'a directory that lost its .git, and its place in git',
    spoil: ({repository, path}) => {
      rmSync(join(path, '.git'));
      repository.git('worktree', 'prune');
    },
    refuses: 'workspace.unlinked',
    says: /no working tree that git knows as Spoiled: it has no \.git file/,
  },
];

function conflict(repository: TestRepository, path: string, ...command: string[]): void {
  put(join(path, 'file.txt'), 'ours\n');
  gitIn(path, 'commit', '-q', '-a', '-m', 'ours');
  repository.write('file.txt', 'theirs\n');
  repository.commit('theirs');
  assert.throws(() => gitIn(path, ...command));
}

/** Adds one that is clean and pushed, and returns where it is. */
export function withSubmodule({repository, path}: Stage): string {
  const lib = new TestRepository(dirname(repository.root), `lib of ${repository.root.split('/').at(-1)}`);
  gitIn(path, 'submodule', '-q', 'add', lib.root, 'lib module');
  gitIn(path, 'commit', '-q', '-m', 'a submodule');
  return join(path, 'lib module');
}
