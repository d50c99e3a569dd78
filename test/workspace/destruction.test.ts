import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import {join} from 'node:path';
import {after, describe, it} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import {makeContextFiles} from '../../source/workspace/context-files.ts';
import {copyFiles} from '../../source/workspace/copy.ts';
import {createWorktree} from '../../source/workspace/create.ts';
import {forkWorktree} from '../../source/workspace/fork.ts';
import {type Found, findWorkspaces} from '../../source/workspace/list.ts';
import {readRecords, writeRecord} from '../../source/workspace/records.ts';
import {finishRemovals, removeWorktree} from '../../source/workspace/remove.ts';
import {until} from '../helpers/home.ts';
import {gitIn, ownGitHome, put, TestRepository, treeOf} from '../helpers/repository.ts';
import {cases, withSubmodule} from './spoiled.ts';

/** `npm run test:trees`. */
const isLong = process.env['AMUX_TREES'] === 'long';
const home = ownGitHome();
after(() => rmSync(home, {recursive: true, force: true}));

describe('nothing is lost without --discard', () => {
  for (const each of cases) {
    it(`${each.title} keeps a worktree from being removed`, async () => {
      using repository = new TestRepository(home, `project ${cases.indexOf(each)}`);
      repository.git('branch', 'existing');
      repository.git('branch', 'bystander');
      const found = await make(repository, each);
      const {path} = found;
      await each.spoil({repository, path, id: found.record.id});
      const before = everything(repository, path);
      await assert.rejects(remove(repository), (error: unknown) => {
        assert.ok(error instanceof AmuxError, String(error));
        assert.equal(error.code, each.refuses, error.message);
        assert.match(error.message, each.says);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
      assert.deepEqual(everything(repository, path), before);

      if (each.discards === false) {
        await assert.rejects(remove(repository, {discard: true}));
        assert.deepEqual(everything(repository, path), before);
        return;
      }
      await remove(repository, {discard: true});
      assert.ok(!existsSync(path));
      assert.deepEqual(readdirSync(join(repository.root, '.amux', 'workspaces')), []);
      assert.deepEqual(await findWorkspaces(repository), []);
      assert.equal(repository.git('worktree', 'list').trim().split('\n').length, 1);
      const branches = repository.git('branch', '--format=%(refname:short)').trim().split('\n');
      assert.ok(
        ['main', 'existing', 'bystander'].every(branch => branches.includes(branch)),
        branches.join(),
      );
    });
  }
});

/** Each tree with its changes, and in turns without them or on a branch of a given name; the long form has all three. */
function waysToFork(index: number): [clean: boolean, branch: string | undefined][] {
  const others: [boolean, string | undefined][] = [
    [true, undefined],
    [false, 'feature/größe'],
  ];
  return isLong
    ? [[false, undefined], ...others]
    : index % 2 === 0
      ? [[false, undefined]]
      : [others[(index >> 1) % 2]!];
}

describe('a fork changes nothing of what it begins from, and has all of it', () => {
  for (const each of cases) {
    it(`${each.title}, also on a branch that a person named`, async () => {
      using repository = new TestRepository(home, `forked ${cases.indexOf(each)}`);
      repository.git('branch', 'existing');
      const {path, record} = await make(repository, each);
      await each.spoil({repository, path, id: record.id});
      const before = everything(repository, path);
      const fork = async (clean: boolean, newBranch?: string) => {
        const wanted = {top: path, name: 'the fork', agent: 'generic', description: 'A fork', clean, newBranch};
        const {record} = await forkWorktree(repository, wanted, Date.now() + 1000);
        return (await findWorkspaces(repository)).find(found => found.record.id === record.id)!;
      };
      // Whoever forks looks first whether it is (still) a worktree of this repository.
      if (!existsSync(join(path, '.git')) || lstatSync(join(path, '.git')).isDirectory()) {
        if (!existsSync(path)) await assert.rejects(fork(false), AmuxError);
        assert.deepEqual(everything(repository, path), before);
        return;
      }
      for (const [clean, branch] of waysToFork(cases.indexOf(each))) {
        const found = await fork(clean, branch);
        assert.equal(gitIn(found.path, 'rev-parse', 'HEAD'), gitIn(path, 'rev-parse', 'HEAD'));
        assert.equal(gitIn(found.path, 'branch', '--show-current').trim(), branch ?? 'amux/the-fork');
        assert.deepEqual(carriedIn(found.path), clean ? [] : carriedIn(path));
        if (!clean && carriedIn(path).length > 0)
          await assert.rejects(removeWorktree(repository, found, {discard: false}));
        await removeWorktree(repository, found, {discard: true});
        if (branch !== undefined) repository.git('branch', '-D', branch);
        assert.deepEqual(everything(repository, path), before);
      }
    });
  }

  it('one that cannot become the same leaves nothing', async () => {
    using repository = new TestRepository(home, 'odd filter');
    repository.git('config', 'filter.odd.smudge', 'cat; echo more');
    repository.git('config', 'filter.odd.clean', 'cat');
    const {path: top} = await make(repository, {name: 'source'});
    put(join(top, '.gitattributes'), 'file.txt filter=odd');
    put(join(top, 'file.txt'), 'changed\n');
    const before = everything(repository, top);
    const wanted = {top, name: 'x', agent: 'generic', description: 'A fork', clean: false};
    await assert.rejects(forkWorktree(repository, wanted, Date.now()), /did not become the same/);
    assert.deepEqual(everything(repository, top), before);
  });

  it('one whose branch exists, or is no name, leaves nothing', async () => {
    using repository = new TestRepository(home, 'branches');
    repository.git('branch', 'taken');
    const {path: top} = await make(repository, {name: 'source'});
    const before = everything(repository, top);
    const wanted = {top, name: 'x', agent: 'generic', description: 'A fork', clean: false};
    for (const newBranch of [
      'taken',
      'main',
      'refs/heads/taken',
      '-x',
      '@{-1}',
      'a..b',
      'a b',
      '',
      'HEAD',
      'taken/x',
    ]) {
      await assert.rejects(forkWorktree(repository, {...wanted, newBranch}, Date.now()), AmuxError, newBranch);
      assert.deepEqual(everything(repository, top), before, newBranch);
    }
  });

  it('one that did not come to its end says so', async () => {
    using repository = new TestRepository(home, 'killed');
    // What fills it never ends: so it stands there when its maker is killed.
    repository.git('config', 'filter.late.smudge', 'cat; sleep 1000');
    repository.write('.gitattributes', 'late.txt filter=late');
    repository.write('late.txt', 'x');
    const script = `
      import {forkWorktree} from '${new URL('../../source/workspace/fork.ts', import.meta.url).pathname}';
      const [root, gitDir] = process.argv.slice(2);
      await forkWorktree({root, gitDir}, {top: root, name: 'x', agent: 'generic', description: 'A fork of s', clean: false}, 1);`;
    const file = join(home, 'forks.mts');
    put(file, script);
    const child = spawn(process.execPath, ['--import', 'tsx', file, repository.root, repository.gitDir], {
      cwd: import.meta.dirname,
      detached: true,
      stdio: 'ignore',
    });
    const path = join(repository.root, '.amux', 'workspaces', 'x');
    await until('the file that is filtered', () => existsSync(join(path, 'file.txt')) && readRecords(repository)[0]);
    process.kill(-child.pid!, 'SIGKILL');
    assert.match(
      readRecords(repository)[0]!.description ?? '',
      /^A fork of s, which came to no end: .* may be missing/,
    );
    assert.equal(repository.git('status', '--porcelain'), '?? .gitattributes\n?? late.txt\n');
  });
});

describe('what holds nothing of its own is removed', () => {
  it('fresh: with its branch, and without a trace', async () => {
    using repository = new TestRepository(home, 'fresh');
    const before = repository.git('for-each-ref');
    const {path} = await make(repository, {name: 'fresh'});
    assert.equal(gitIn(path, 'status', '--porcelain'), '');
    assert.equal(repository.git('status', '--porcelain'), '');
    assert.deepEqual(await remove(repository), []);
    assert.equal(repository.git('for-each-ref'), before);
    assert.ok(!existsSync(path));
  });

  it('merged: its commits are on another branch', async () => {
    using repository = new TestRepository(home, 'merged');
    const {path} = await make(repository, {name: 'merged'});
    gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'work');
    repository.git('merge', '-q', 'amux/merged');
    await remove(repository);
    assert.equal(repository.git('branch', '--list', 'amux/*'), '');
  });

  for (const [how, take] of [
    ['squashed', ['merge', '-q', '--squash']],
    ['picked one by one', ['cherry-pick', 'amux/taken~1']],
  ] as const) {
    it(`${how}: its changes are in its base, which went on; it says how the commits come back`, async () => {
      using repository = new TestRepository(home, how);
      const {path} = await make(repository, {name: 'taken'});
      for (const file of ['one', 'two']) {
        put(join(path, file), `${file}\n`);
        gitIn(path, 'add', '.');
        gitIn(path, 'commit', '-q', '-m', file);
      }
      repository.write('before', 'x');
      repository.commit('elsewhere');
      repository.git(...take, 'amux/taken');
      if (how === 'squashed') repository.git('commit', '-q', '-m', 'both (#1)');
      repository.write('after', 'x');
      repository.commit('elsewhere again');
      const [notice] = await remove(repository);
      assert.match(notice ?? '', /the branch amux\/taken was at .*brings it back/);
      assert.ok(!existsSync(path));
    });
  }

  it('not what only looks like it: other blanks, a part of it, an empty commit, taken back again', async () => {
    const spoilers: ((repository: TestRepository) => unknown)[] = [
      repository => repository.write('code.py', 'if x:\n  a()\nb()\n'),
      repository => repository.write('code.py', 'if x:\n'),
      () => {},
      repository => {
        repository.write('code.py', 'if x:\n    a()\n    b()\n');
        repository.commit('taken');
        rmSync(join(repository.root, 'code.py'));
      },
    ];
    for (const [i, spoil] of spoilers.entries()) {
      using repository = new TestRepository(home, `alike ${i}`);
      const {path} = await make(repository, {name: 'x'});
      if (i !== 2) put(join(path, 'code.py'), 'if x:\n    a()\n    b()\n');
      gitIn(path, 'add', '.');
      gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'the work');
      spoil(repository);
      repository.write('other', 'x');
      repository.commit('on main');
      await assert.rejects(remove(repository), /1 commit that no other branch has/);
    }
  });

  it('caches, unchanged copies and untouched context files are nothing of its own', async () => {
    using repository = new TestRepository(home, 'caches');
    repository.write('.env.secret', 'TOKEN=1');
    repository.write('private/a', '1');
    const {path, record} = await make(repository, {name: 'caches'});
    const {copied} = await copyFiles({from: repository.root, to: path, paths: ['.env.secret', 'private']});
    writeRecord(repository, {...record, copied});
    put(join(path, 'node_modules', 'x', 'index.js'), 'x');
    makeContextFiles(path, {...record, branch: 'amux/caches'});
    assert.deepEqual(await remove(repository), []);
  });

  it('a clean submodule goes with it', async () => {
    using repository = new TestRepository(home, 'with submodule');
    const {path, record} = await make(repository, {name: 'sub'});
    withSubmodule({repository, path, id: record.id});
    repository.git('merge', '-q', 'amux/sub');
    await remove(repository);
    assert.ok(!existsSync(path));
  });

  it('an existing branch stays, whatever it holds', async () => {
    using repository = new TestRepository(home, 'existing');
    repository.git('branch', 'amux/mine');
    const {path} = await make(repository, {name: 'x', branch: 'amux/mine'});
    gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'work');
    const tip = repository.git('rev-parse', 'amux/mine');
    await remove(repository, {discard: true});
    assert.equal(repository.git('rev-parse', 'amux/mine'), tip);
  });

  it('a branch that is checked out elsewhere stays', async () => {
    using repository = new TestRepository(home, 'elsewhere');
    const {path} = await make(repository, {name: 'x'});
    gitIn(path, 'checkout', '-q', '-b', 'other');
    repository.git('checkout', '-q', 'amux/x');
    const [notice] = await remove(repository);
    assert.match(notice ?? '', /the branch amux\/x is kept: it is checked out in/);
    assert.equal(repository.git('branch', '--list', 'amux/x').trim(), '* amux/x');
    assert.match(repository.git('branch', '--list', 'other'), /other/);
  });

  it('with --discard it says how the commits come back', async () => {
    using repository = new TestRepository(home, 'back');
    const {path} = await make(repository, {name: 'x'});
    gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'work');
    const tip = gitIn(path, 'rev-parse', 'HEAD').trim();
    const [notice] = await remove(repository, {discard: true});
    const command = /git (branch amux\/x [0-9a-f]+) brings it back/.exec(notice ?? '')?.[1];
    repository.git(...command!.split(' '));
    assert.equal(repository.git('rev-parse', 'amux/x').trim(), tip);
  });

  it('a directory that was deleted by hand is forgotten; its branch stays unless it is merged', async () => {
    using repository = new TestRepository(home, 'deleted');
    const {path} = await make(repository, {name: 'merged'});
    rmSync(path, {recursive: true});
    await remove(repository);
    assert.equal(repository.git('branch', '--list', 'amux/*'), '');
    const next = await make(repository, {name: 'open'});
    gitIn(next.path, 'commit', '-q', '--allow-empty', '-m', 'work');
    rmSync(next.path, {recursive: true});
    const [notice] = await remove(repository);
    assert.match(notice ?? '', /amux\/open is kept: 1 commit/);
    assert.match(repository.git('branch', '--list', 'amux/*'), /amux\/open/);
  });

  it('another worktree that was deleted by hand keeps its place in git', async () => {
    using repository = new TestRepository(home, 'others');
    repository.git('worktree', 'add', '-q', join(home, 'theirs'));
    rmSync(join(home, 'theirs'), {recursive: true});
    await make(repository, {name: 'x'});
    await remove(repository);
    assert.match(repository.git('worktree', 'list'), /theirs/);
  });

  it('context files that somebody wrote to are kept in the main working tree', async () => {
    using repository = new TestRepository(home, 'context');
    for (const kept of ['x', 'x-2']) {
      const {path, record} = await make(repository, {name: 'x'});
      makeContextFiles(path, {...record, branch: 'amux/x'});
      put(join(path, '.amux', 'context', 'plan.md'), kept);
      const place = join(repository.root, '.amux', 'context', 'removed', kept);
      assert.deepEqual(await remove(repository), [`its context files are kept in ${place}`]);
      assert.equal(readFileSync(join(place, 'plan.md'), 'utf8'), kept);
      assert.equal(repository.git('status', '--porcelain'), '');
    }
  });
});

describe('a removal that did not come to its end', () => {
  it('before git forgot the worktree: everything is put back', async () => {
    using repository = new TestRepository(home, 'half');
    const {path} = await make(repository, {name: 'x'});
    put(join(path, 'work'), 'x');
    const before = everything(repository, path);
    renameSync(path, join(repository.root, '.amux', 'workspaces', '.removing-0123abcd-x'));
    await finishRemovals(repository);
    assert.deepEqual(everything(repository, path), before);
  });

  it('after that: what was judged is removed', async () => {
    using repository = new TestRepository(home, 'half gone');
    const {path} = await make(repository, {name: 'x'});
    renameSync(path, join(repository.root, '.amux', 'workspaces', '.removing-0123abcd-x'));
    repository.git('worktree', 'remove', '--force', path);
    await finishRemovals(repository);
    assert.deepEqual(readdirSync(join(repository.root, '.amux', 'workspaces')), []);
  });

  it('what came after the first look is found by the second: everything is put back', async () => {
    using repository = new TestRepository(home, 'late');
    repository.write('.gitattributes', 'file.txt filter=late');
    repository.commit('a filter');
    const {path} = await make(repository, {name: 'x'});
    gitIn(path, 'update-index', '--assume-unchanged', 'file.txt');
    const before = treeOf(path);
    // Git runs it only for the last question of the first look.
    repository.git('config', 'filter.late.clean', 'echo late > late.txt; cat');
    await assert.rejects(remove(repository), /1 untracked file \(late\.txt\)/);
    rmSync(join(path, 'late.txt'));
    assert.deepEqual(treeOf(path), before);
    assert.match(repository.git('worktree', 'list'), /workspaces\/x/);
  });

  it('a worktree that git does not let go of is put back', async () => {
    using repository = new TestRepository(home, 'locked late');
    const found = await make(repository, {name: 'x'});
    repository.git('worktree', 'lock', found.path);
    const before = everything(repository, found.path);
    await assert.rejects(removeWorktree(repository, found, {discard: true}), /locked/);
    assert.deepEqual(everything(repository, found.path), before);
  });
});

describe('hostile repositories', () => {
  it('hooks are not run', async () => {
    using repository = new TestRepository(home, 'hooks');
    const hook = join(repository.gitDir, 'hooks', 'post-checkout');
    put(hook, `#!/bin/sh\ntouch "${repository.root}/hooked"\n`);
    chmodSync(hook, 0o755);
    repository.git('config', 'core.fsmonitor', `touch "${repository.root}/hooked"; false`);
    await make(repository, {name: 'x'});
    await remove(repository);
    assert.ok(!existsSync(join(repository.root, 'hooked')));
  });

  it('links do not lead a worktree, its context files or copies out of the repository', async () => {
    using repository = new TestRepository(home, 'links');
    const outside = join(home, 'outside');
    mkdirSync(outside, {recursive: true});
    put(join(outside, 'secret'), 'x');
    symlinkSync(outside, join(repository.root, '.amux'));
    await assert.rejects(make(repository, {name: 'x'}), /leads out of the repository/);
    rmSync(join(repository.root, '.amux'));
    rmSync(join(outside, 'workspaces'), {recursive: true, force: true});
    symlinkSync(outside, join(repository.root, 'link'));
    repository.commit('a link');
    const {path, record} = await make(repository, {name: 'x'});
    const paths = ['link', 'link/secret', '../outside', '/etc/passwd', '.git', '.amux/x', '.', 'none'];
    const {copied, notices} = await copyFiles({from: repository.root, to: path, paths});
    assert.deepEqual(copied, []);
    assert.equal(notices.length, paths.length - 1, notices.join('\n'));
    mkdirSync(join(path, '.amux'));
    symlinkSync(outside, join(path, '.amux', 'context'));
    assert.throws(() => makeContextFiles(path, {...record, branch: null}), /leads out of the workspace/);
    assert.deepEqual(readdirSync(outside), ['secret']);
  });
});

async function make(
  repository: TestRepository,
  {name = 'Spoiled', branch}: {name?: string; branch?: string},
): Promise<Found> {
  const {id} = await createWorktree(repository, {name, branch, cwd: repository.root}, Date.now());
  return (await findWorkspaces(repository)).find(({record}) => record.id === id)!;
}

/** The newest one. */
async function remove(repository: TestRepository, {discard = false} = {}): Promise<string[]> {
  return removeWorktree(repository, (await findWorkspaces(repository)).at(-1)!, {discard});
}

function everything(repository: TestRepository, path: string): unknown {
  return {
    tree: treeOf(path),
    refs: repository.git('for-each-ref'),
    worktrees: repository.git('worktree', 'list', '--porcelain'),
    status: existsSync(join(path, '.git')) ? gitIn(path, 'status', '--porcelain=v2', '--ignored') : null,
    beside: readdirSync(join(repository.root, '.amux', 'workspaces')),
    records: readRecords(repository),
  };
}

/** What git says of the changes, without repositories within, which no other working tree can have. */
function carriedIn(path: string): string[] {
  const lines = gitIn(path, 'status', '--porcelain=v2', '--untracked-files=all', '-z').split('\0').filter(Boolean);
  const hidden = gitIn(path, 'ls-files', '-v')
    .split('\n')
    .filter(line => /^[a-z]|^S/.test(line));
  const texts = hidden.map(line => `${line} ${readFileSync(join(path, line.slice(2)), 'utf8')}`);
  return [...lines.filter(line => !/^\S \.\S S|^\? .*\/$/.test(line)), ...texts];
}
