import assert from 'node:assert/strict';
import {chmodSync, existsSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, it} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import type {MergeInput} from '../../source/domain/workspace.ts';
import {createWorktree} from '../../source/workspace/create.ts';
import {type Found, findWorkspaces} from '../../source/workspace/list.ts';
import {mergeWorktree} from '../../source/workspace/merge.ts';
import {readRecords} from '../../source/workspace/records.ts';
import {gitIn, ownGitHome, put, TestRepository, treeOf} from '../helpers/repository.ts';
import {cases} from './spoiled.ts';

const home = ownGitHome();
after(() => rmSync(home, {recursive: true, force: true}));

async function make(
  repository: TestRepository,
  input: {name?: string; branch?: string; base?: string} = {},
): Promise<Found> {
  const {id} = await createWorktree(repository, {name: 'x', ...input, cwd: repository.root}, Date.now());
  return (await findWorkspaces(repository)).find(({record}) => record.id === id)!;
}

type Asked = Partial<MergeInput> & {living?: {name: string; dir: string}[]};
/** The newest one. */
const merge = async (repository: TestRepository, {living = [], ...asked}: Asked = {}) =>
  mergeWorktree(repository, (await findWorkspaces(repository)).at(-1)!, {...asked, living});

const refused = (says: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AmuxError, String(error));
  assert.match(error.message, says);
  assert.doesNotMatch(`${error.message}${error.hint}`, /[\n\0]/);
  return true;
};

function work(path: string, files: {[path: string]: string}, message = 'work'): string {
  for (const [file, text] of Object.entries(files)) put(join(path, file), text);
  gitIn(path, 'add', '-A', '-f', ...Object.keys(files));
  gitIn(path, 'commit', '-q', '-m', message);
  return gitIn(path, 'rev-parse', 'HEAD').trim();
}

/** All that a refusal must leave as it was; what a merge tried beside it is in the object store alone. */
const everything = (repository: TestRepository) => ({
  tree: treeOf(repository.root).filter(
    line => !/^\.git\/(objects|logs\/HEAD|worktrees\/[^/]+\/(index|ORIG_HEAD)|index|ORIG_HEAD)\b/.test(line),
  ),
  refs: repository.git('for-each-ref'),
  status: repository.git('status', '--porcelain=v2', '--ignored'),
});

describe('no merge takes what is only in a working tree', () => {
  for (const each of cases) {
    it(`${each.title} is where it was, whether it is merged or not`, async () => {
      using repository = new TestRepository(home, `project ${cases.indexOf(each)}`);
      repository.git('branch', 'existing');
      const {path, record} = await make(repository, {
        name: each.name ?? 'Spoiled',
        ...(each.branch && {branch: each.branch}),
      });
      await each.spoil({repository, path, id: record.id});
      const own = () => ({
        tree: treeOf(path),
        status: existsSync(join(path, '.git')) ? gitIn(path, 'status', '--porcelain=v2', '--ignored') : null,
        stash: repository.git('stash', 'list'),
        records: readRecords(repository),
      });
      const before = {own: own(), refs: repository.git('for-each-ref')};
      const asked = each.branch === undefined ? {} : {into: 'main'};
      if (each.merges === true) await merge(repository, asked);
      else {
        await assert.rejects(
          merge(repository, asked),
          refused(/is not merged: |directory of .* is gone|is no working tree/),
        );
        assert.equal(repository.git('for-each-ref'), before.refs);
      }
      assert.deepEqual(own(), before.own);
    });
  }
});

describe('a merge', () => {
  it('is a fast-forward where that is enough, and nothing when there is nothing', async () => {
    using repository = new TestRepository(home, 'forward');
    const {path} = await make(repository);
    assert.equal((await merge(repository)).how, 'nothing to merge');
    const tip = work(path, {'new.txt': 'x', 'file.txt': 'second\n'});
    const {how, commits, commit, into, branch, tree} = await merge(repository, {message: 'not used'});
    assert.deepEqual(
      [how, commits, commit, into, branch, tree],
      ['fast-forward', 1, tip, 'main', 'amux/x', repository.root],
    );
    assert.equal(repository.git('rev-parse', 'HEAD').trim(), tip);
    assert.equal(readFileSync(join(repository.root, 'file.txt'), 'utf8'), 'second\n');
    assert.equal(repository.git('status', '--porcelain'), '');
  });

  it('is a commit where both went on, with the message that was given, or git’s own', async () => {
    using repository = new TestRepository(home, 'both');
    const {path} = await make(repository);
    const tip = work(path, {'new.txt': 'x'});
    repository.write('other.txt', 'x');
    const before = repository.commit('on main');
    await assert.rejects(merge(repository, {ff: 'only'}), refused(/main has commits that it does not have/));
    const {how, commit} = await merge(repository);
    assert.equal(how, 'merge commit');
    assert.equal(repository.git('rev-list', '--parents', '-1', 'HEAD').trim(), `${commit} ${before} ${tip}`);
    assert.equal(repository.git('log', '-1', '--format=%s').trim(), "Merge branch 'amux/x' into main");
    work(path, {'more.txt': 'x'});
    await merge(repository, {ff: 'never', message: 'as I say\n\nand why'});
    assert.equal(repository.git('log', '-1', '--format=%B').trim(), 'as I say\n\nand why');
  });

  it('settings for merges by hand do not bend it', async () => {
    using repository = new TestRepository(home, 'bent');
    repository.git('config', 'branch.main.mergeOptions', '--squash --no-commit');
    repository.git('config', 'merge.ff', 'false');
    repository.git('config', 'merge.autoStash', 'true');
    const {path} = await make(repository);
    const tip = work(path, {'new.txt': 'x'});
    await merge(repository);
    assert.equal(repository.git('rev-parse', 'HEAD').trim(), tip);
  });

  it('with conflicts is refused before anything is done, and names the files', async () => {
    using repository = new TestRepository(home, 'conflicts');
    repository.write('b\nb.txt', 'first\n');
    repository.commit('more');
    const {path} = await make(repository);
    work(path, {'file.txt': 'ours\n', 'b\nb.txt': 'ours\n', 'fine.txt': 'x'});
    for (const file of ['file.txt', 'b\nb.txt']) repository.write(file, 'theirs\n');
    repository.commit('on main');
    const before = everything(repository);
    await assert.rejects(merge(repository), refused(/it and main changed the same in b b\.txt, file\.txt$/));
    assert.deepEqual(everything(repository), before);
  });

  it('hooks run as in a merge by hand; one that refuses leaves nothing behind', async () => {
    using repository = new TestRepository(home, 'hooks');
    const hook = (name: string, script: string) => {
      const file = join(repository.gitDir, 'hooks', name);
      put(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
    };
    const {path} = await make(repository);
    work(path, {'new.txt': 'x'});
    repository.write('other.txt', 'x');
    repository.commit('on main');
    repository.write('mine.txt', 'only here');
    hook('pre-merge-commit', 'echo "tests fail" >&2; exit 1');
    const before = everything(repository);
    await assert.rejects(merge(repository), refused(/tests fail/));
    assert.deepEqual(everything(repository), before);
    hook('pre-merge-commit', 'exit 0');
    hook('post-merge', `echo merged > "${home}/hooked"`);
    await merge(repository);
    assert.equal(readFileSync(join(home, 'hooked'), 'utf8'), 'merged\n');
    assert.equal(readFileSync(join(repository.root, 'mine.txt'), 'utf8'), 'only here');
  });
});

describe('what is in the tree of the target stays', () => {
  type Threat = {
    title: string;
    files: {[path: string]: string};
    spoil: (repository: TestRepository) => unknown;
    says: RegExp;
  };
  const threats: Threat[] = [
    {
      title: 'a change',
      files: {'file.txt': 'merged\n'},
      spoil: repository => repository.write('file.txt', 'mine\n'),
      says: /file\.txt is changed in .* as well/,
    },
    {
      title: 'a staged change',
      files: {'file.txt': 'merged\n'},
      spoil: repository => {
        repository.write('file.txt', 'mine\n');
        repository.git('add', '.');
      },
      says: /file\.txt is (changed|staged)/,
    },
    {
      title: 'an untracked file',
      files: {'new.txt': 'merged\n'},
      spoil: repository => repository.write('new.txt', 'mine\n'),
      says: /new\.txt in .* is not in git and would be written over/,
    },
    {
      title: 'an ignored file',
      files: {'keys.secret': 'merged\n'},
      spoil: repository => repository.write('keys.secret', 'mine\n'),
      says: /keys\.secret in .* is not in git and would be written over/,
    },
    {
      title: 'an ignored file in an ignored directory',
      files: {'private/notes': 'merged\n'},
      spoil: repository => repository.write('private/notes', 'mine\n'),
      says: /private\/notes in .* would be written over/,
    },
    {
      title: 'an ignored file where a directory comes',
      files: {'x.secret/deep/file': 'merged\n'},
      spoil: repository => repository.write('x.secret', 'mine\n'),
      says: /x\.secret\/deep\/file in .* would be written over/,
    },
    {
      title: 'a directory with an ignored file where a file comes',
      files: {there: 'merged\n'},
      spoil: repository => repository.write('there/x.secret', 'mine\n'),
      says: /there in .* would be written over/,
    },
    {
      title: 'a change that git was told not to look at',
      files: {'file.txt': 'merged\n'},
      spoil: repository => {
        repository.git('update-index', '--assume-unchanged', 'file.txt');
        repository.write('file.txt', 'mine\n');
      },
      says: /file\.txt in .* told not to look at it/,
    },
    {
      title: 'a file outside a sparse check-out that was written again',
      files: {'file.txt': 'merged\n'},
      spoil: repository => {
        repository.git('update-index', '--skip-worktree', 'file.txt');
        repository.write('file.txt', 'mine\n');
      },
      says: /file\.txt in .* told not to look at it/,
    },
    {
      title: 'an operation in progress',
      files: {'new.txt': 'merged\n'},
      spoil: repository => repository.git('bisect', 'start'),
      says: /bisection.* in progress/,
    },
  ];
  for (const {title, files, spoil, says} of threats) {
    for (const ff of [undefined, 'never'] as const) {
      it(`${title}${ff === undefined ? '' : ', in a merge commit as well'}`, async () => {
        using repository = new TestRepository(home, `target ${threats.findIndex(each => each.title === title)} ${ff}`);
        const {path} = await make(repository);
        work(path, files);
        await spoil(repository);
        const before = everything(repository);
        await assert.rejects(merge(repository, {ff}), refused(says));
        assert.deepEqual(everything(repository), before);
      });
    }
  }

  it('what the merge does not touch may be changed, untracked or ignored, and stays so', async () => {
    using repository = new TestRepository(home, 'beside');
    repository.write('other.txt', 'first\n');
    repository.commit('more');
    const {path} = await make(repository);
    work(path, {'file.txt': 'merged\n', 'private/theirs': 'x'});
    for (const file of ['other.txt', 'untracked', 'a.secret', 'private/mine']) repository.write(file, 'mine\n');
    await merge(repository);
    for (const file of ['other.txt', 'untracked', 'a.secret', 'private/mine']) {
      assert.equal(readFileSync(join(repository.root, file), 'utf8'), 'mine\n');
    }
    assert.equal(readFileSync(join(repository.root, 'file.txt'), 'utf8'), 'merged\n');
  });

  it('a session that runs there keeps a merge away only while its tree is dirty', async () => {
    using repository = new TestRepository(home, 'lived in');
    const {path} = await make(repository);
    work(path, {'new.txt': 'x'});
    const living = [
      {name: 'agent', dir: path},
      {name: 'boss', dir: repository.root},
    ];
    repository.write('untouched.txt', 'mine');
    await assert.rejects(
      merge(repository, {living}),
      refused(/boss runs in .*, where untouched\.txt is not committed/),
    );
    rmSync(join(repository.root, 'untouched.txt'));
    await merge(repository, {living});
  });
});

describe('the target of a merge', () => {
  it('that nobody has checked out is moved without a working tree', async () => {
    using repository = new TestRepository(home, 'ref');
    const {path} = await make(repository);
    const tip = work(path, {'new.txt': 'x'});
    repository.git('checkout', '-q', '-b', 'elsewhere');
    const tree = treeOf(repository.root).filter(line => !/^\.(git|amux)\//.test(line));
    const forward = await merge(repository);
    assert.deepEqual([forward.how, forward.tree, forward.commit], ['fast-forward', null, tip]);
    work(path, {'more.txt': 'x'});
    repository.git(
      'branch',
      '-f',
      'main',
      repository.git('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'other').trim(),
    );
    const made = await merge(repository, {message: 'mine'});
    assert.equal(made.how, 'merge commit');
    assert.equal(repository.git('log', '-1', '--format=%s %p', 'main').split(' ').length, 3);
    assert.match(repository.git('ls-tree', '--name-only', 'main'), /more\.txt/);
    assert.deepEqual(
      treeOf(repository.root).filter(line => !/^\.(git|amux)\//.test(line)),
      tree,
    );
    assert.match(repository.git('reflog', 'main'), /merge amux\/x: Merge made by amux/);
  });

  it('is the branch that the workspace was made from; where that is not known, somebody has to say it', async () => {
    using repository = new TestRepository(home, 'into');
    repository.git('branch', 'mine');
    repository.git('branch', 'release');
    const {path} = await make(repository, {branch: 'mine'});
    const tip = work(path, {'new.txt': 'x'});
    await assert.rejects(merge(repository), refused(/branch that it was made from is not known/));
    for (const into of ['nothing', 'main~0', '--all', '*', 'refs/tags/x', 'mine', '']) {
      await assert.rejects(merge(repository, {into}), refused(/is not merged: /));
    }
    repository.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    await assert.rejects(merge(repository, {into: 'alias'}), refused(/alias only leads to another branch/));
    assert.equal((await merge(repository, {into: 'release'})).commit, tip);
    assert.notEqual(repository.git('rev-parse', 'main').trim(), tip);
  });

  it('that is being rebased, or whose tree is gone, is left alone', async () => {
    using repository = new TestRepository(home, 'rebased');
    const {path} = await make(repository);
    work(path, {'new.txt': 'x'});
    repository.git('checkout', '-q', '-b', 'other');
    const theirs = join(home, 'main tree');
    repository.git('worktree', 'add', '-q', theirs, 'main');
    work(theirs, {'file.txt': 'theirs\n'});
    work(repository.root, {'file.txt': 'mine\n'});
    assert.throws(() => gitIn(theirs, 'rebase', 'other'));
    const refs = repository.git('for-each-ref');
    await assert.rejects(merge(repository), refused(/a rebase or a bisection of main is in progress in .*main tree/));
    gitIn(theirs, 'rebase', '--abort');
    rmSync(theirs, {recursive: true});
    await assert.rejects(merge(repository), refused(/main tree, which is gone/));
    assert.equal(repository.git('for-each-ref'), refs);
  });

  it('nothing in common is told as git tells it', async () => {
    using repository = new TestRepository(home, 'unrelated');
    repository.git('checkout', '-q', '--orphan', 'other');
    repository.commit('from nothing');
    await make(repository, {base: 'other'});
    await assert.rejects(merge(repository, {into: 'main'}), refused(/unrelated histories/));
  });
});
