import assert from 'node:assert/strict';
import {chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, it} from 'node:test';
import {capture} from '../../source/workspace/capture.ts';
import {carry} from '../../source/workspace/carry.ts';
import {createWorktree} from '../../source/workspace/create.ts';
import {placeOf} from '../../source/workspace/list.ts';
import {gitIn, ownGitHome, put, TestRepository, treeOf} from '../helpers/repository.ts';

const home = ownGitHome();
// Git would refresh the index that is compared.
process.env['GIT_OPTIONAL_LOCKS'] = '0';
after(() => rmSync(home, {recursive: true, force: true}));

type Case = {
  title: string;
  spoil: (top: string, repository: TestRepository) => unknown;
  /** What is told of it. */
  says?: readonly RegExp[];
  /** What git says of the copy, where that is not what it says of the source. */
  becomes?: RegExp;
};

const cases: Case[] = [
  {title: 'nothing', spoil: () => {}},
  {title: 'a changed file', spoil: top => put(join(top, 'file.txt'), 'changed\n')},
  {title: 'a file of the same size and time as what git knows', spoil: top => put(join(top, 'file.txt'), 'fIrst\n')},
  {
    title: 'a staged file that was changed again, and one that was staged and deleted',
    spoil: top => {
      put(join(top, 'file.txt'), 'staged\n');
      put(join(top, 'gone.txt'), 'only staged\n');
      gitIn(top, 'add', '.');
      put(join(top, 'file.txt'), 'and changed\n');
      rmSync(join(top, 'gone.txt'));
    },
  },
  {title: 'a deleted file', spoil: top => rmSync(join(top, 'file.txt'))},
  {
    title: 'a file that git shall forget and that stays',
    spoil: top => gitIn(top, 'rm', '-q', '--cached', 'file.txt'),
  },
  {
    title: 'a staged rename, and one that is not staged',
    spoil: top => {
      gitIn(top, 'mv', 'file.txt', 'moved.txt');
      renameSync(join(top, 'other.txt'), join(top, 'elsewhere.txt'));
    },
  },
  {
    title: 'modes, links and what takes the place of something else',
    spoil: top => {
      chmodSync(join(top, 'file.txt'), 0o755);
      symlinkSync('nowhere', join(top, 'link'));
      rmSync(join(top, 'dir'), {recursive: true});
      put(join(top, 'dir'), 'was a directory\n');
      rmSync(join(top, 'other.txt'));
      put(join(top, 'other.txt', 'deep'), 'was a file\n');
    },
  },
  {
    title: 'bytes that are no text, an empty file and a large one',
    spoil: top => {
      writeFileSync(join(top, 'bytes'), Buffer.from([0, 255, 13, 10, 0, 128]));
      put(join(top, 'empty'), '');
      put(join(top, 'large'), 'x'.repeat(5_000_000));
    },
  },
  {
    title: 'names with spaces, line ends, quotes, letters of all kinds and no letters',
    spoil: top => {
      put(join(top, 'dir ö', 'a b\n"日本"\t.txt'), 'x');
      put(join(top, '-rf'), 'x');
      put(join(top, ':(exclude)*'), 'x');
      writeFileSync(Buffer.concat([Buffer.from(`${top}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'not UTF-8');
      gitIn(top, 'add', '--', '-rf');
    },
  },
  {
    title: 'line ends that git turns',
    spoil: top => {
      put(join(top, '.gitattributes'), '*.txt text eol=crlf\n');
      put(join(top, 'file.txt'), 'one\r\ntwo\r\n');
      gitIn(top, 'config', 'core.safecrlf', 'true');
    },
  },
  {
    title: 'a file that is only meant to be added',
    spoil: top => {
      put(join(top, 'meant *.txt'), 'soon\n');
      gitIn(top, 'add', '--intent-to-add', '.');
    },
  },
  {
    title: 'untracked files that the user has hidden, and ignored ones, which stay behind',
    spoil: top => {
      gitIn(top, 'config', 'status.showUntrackedFiles', 'no');
      put(join(top, 'deep', 'hidden'), 'x');
    },
  },
  {
    title: 'a merge with conflicts of every kind',
    spoil: (top, repository) => {
      begin(top, repository);
      assert.throws(() => gitIn(top, 'merge', '-q', 'theirs'));
      put(join(top, 'during.txt'), 'x');
    },
  },
  {
    title: 'a rebase with a conflict: its files, not the rebase',
    spoil: (top, repository) => {
      begin(top, repository);
      assert.throws(() => gitIn(top, 'rebase', '-q', 'theirs'));
    },
    says: [/^a rebase is in progress there: its files came along, not the rebase itself$/],
  },
  {
    title: 'a cherry-pick with a conflict',
    spoil: (top, repository) => {
      begin(top, repository);
      assert.throws(() => gitIn(top, 'cherry-pick', 'theirs'));
    },
    says: [/^a cherry-pick is in progress there/],
  },
  {
    title: 'files that git was told to take for unchanged',
    spoil: top => {
      gitIn(top, 'update-index', '--assume-unchanged', 'file.txt', 'other.txt');
      put(join(top, 'file.txt'), 'unseen\n');
    },
  },
  {
    title: 'files that git was told to skip',
    spoil: top => {
      gitIn(top, 'update-index', '--skip-worktree', 'file.txt', 'other.txt');
      put(join(top, 'file.txt'), 'unseen\n');
    },
  },
  {
    title: 'a sparse check-out, with a file of it outside that was written again',
    spoil: top => {
      gitIn(top, 'sparse-checkout', 'set', 'dir');
      put(join(top, 'apart', 'in.txt'), 'written again\n');
      put(join(top, 'dir', 'new'), 'x');
    },
  },
  {
    title: 'a split index',
    spoil: top => {
      gitIn(top, 'update-index', '--split-index');
      put(join(top, 'file.txt'), 'staged\n');
      gitIn(top, 'add', '.');
      put(join(top, 'file.txt'), 'changed\n');
    },
  },
  {title: 'a detached HEAD', spoil: top => gitIn(top, 'checkout', '-q', '--detach')},
  {
    title: 'a repository that was cloned into it',
    spoil: (top, repository) => gitIn(top, 'clone', '-q', repository.root, 'own clone'),
    says: [/^own clone\/ is a repository of its own/],
    becomes: /^$/,
  },
  {
    title: 'a submodule with work of its own',
    spoil: (top, repository) => {
      const lib = new TestRepository(home, `lib of ${repository.root.split('/').at(-1)}`);
      gitIn(top, 'submodule', '-q', 'add', lib.root, 'lib module');
      put(join(top, 'lib module', 'file.txt'), 'changed\n');
    },
    says: [/^what is new in the submodule lib module did not/, /submodule update --init/],
    becomes: /^1 A\. S\.\.\. .* lib module$/m,
  },
];

const places = ['the project itself', 'a worktree'] as const;

/** In turns; the long form (`npm run test:trees`) has both for each. */
function placesOf(index: number): readonly (typeof places)[number][] {
  return process.env['AMUX_TREES'] === 'long' ? places : [places[index % 2]!];
}

describe('uncommitted changes come along, and nothing of the source changes', () => {
  for (const each of cases) {
    for (const where of placesOf(cases.indexOf(each))) {
      it(`${each.title}, in ${where}`, async () => {
        using repository = new TestRepository(home, `project ${cases.indexOf(each)}${where.length}`);
        repository.write('other.txt', 'other\n');
        repository.write('dir/in.txt', 'in\n');
        repository.write('apart/in.txt', 'in\n');
        repository.commit('more');
        const top = where === 'a worktree' ? await make(repository, 'Source Ö') : repository.root;
        await each.spoil(top, repository);
        put(join(top, 'keys.secret'), 'precious');
        const before = everything(repository, top);
        const captured = await capture(top);
        const to = await make(repository, 'fork', {cwd: top, commit: captured.head});
        const notices = await carry(to, captured);

        assert.deepEqual(everything(repository, top), before);
        assert.deepEqual(notices.length, each.says?.length ?? 0, notices.join('\n'));
        for (const [i, says] of (each.says ?? []).entries()) assert.match(notices[i] ?? '', says);
        assert.ok(!existsSync(join(to, 'keys.secret')));
        if (each.becomes !== undefined) assert.match(statusOf(to), each.becomes);
        else {
          assert.equal(statusOf(to), statusOf(top));
          assert.deepEqual(filesOf(to), filesOf(top));
        }
        assert.equal(gitIn(to, 'rev-parse', 'HEAD'), gitIn(top, 'rev-parse', 'HEAD'));
        assert.equal(gitIn(to, 'symbolic-ref', 'HEAD'), 'refs/heads/amux/fork\n');
      });
    }
  }

  it('a merge goes on in the copy, with both parents', async () => {
    using repository = new TestRepository(home, 'merging');
    begin(repository.root, repository);
    assert.throws(() => repository.git('merge', '-q', 'theirs'));
    const captured = await capture(repository.root);
    const to = await make(repository, 'fork', {commit: captured.head});
    await carry(to, captured);
    put(join(to, 'file.txt'), 'settled\n');
    gitIn(to, 'add', '-A');
    gitIn(to, 'commit', '-q', '--no-edit');
    assert.equal(gitIn(to, 'rev-list', '--parents', '-1', 'HEAD').trim().split(' ').length, 3);
    assert.match(repository.git('status'), /You have unmerged paths/);
  });

  it('a repository without a commit has nothing to begin from', async () => {
    const root = join(home, 'empty');
    mkdirSync(root);
    gitIn(root, 'init', '-q');
    await assert.rejects(capture(root), /nothing to start from: HEAD is no commit of .*empty/);
  });

  it('a copy that did not become the same is told', async () => {
    using repository = new TestRepository(home, 'filter');
    repository.git('config', 'filter.odd.smudge', 'cat; echo more');
    repository.git('config', 'filter.odd.clean', 'cat');
    repository.write('.gitattributes', 'file.txt filter=odd');
    repository.write('file.txt', 'changed\n');
    const captured = await capture(repository.root);
    const to = await make(repository, 'fork', {commit: captured.head});
    await assert.rejects(carry(to, captured), /did not become the same/);
  });
});

/** Two branches that do not agree; `top` is on the one. */
function begin(top: string, repository: TestRepository): void {
  repository.git('branch', 'theirs');
  const theirs = join(repository.root, '..', `${repository.root.split('/').at(-1)} theirs`);
  repository.git('worktree', 'add', '-q', theirs, 'theirs');
  commit(theirs, {'file.txt': 'theirs\n', 'both.txt': 'theirs\n', 'other.txt': null});
  repository.git('worktree', 'remove', theirs);
  commit(top, {'file.txt': 'ours\n', 'both.txt': 'ours\n', 'other.txt': 'changed\n'});
}

function commit(top: string, files: Record<string, string | null>): void {
  for (const [path, text] of Object.entries(files)) {
    if (text === null) rmSync(join(top, path), {force: true});
    else put(join(top, path), text);
  }
  gitIn(top, 'add', '-A');
  gitIn(top, 'commit', '-q', '-m', 'work');
}

type Making = {cwd?: string; commit?: string};

async function make(repository: TestRepository, name: string, {cwd = repository.root, commit}: Making = {}) {
  return placeOf(repository, (await createWorktree(repository, {name, cwd, commit}, Date.now())).id);
}

const asked = ['status', '--porcelain=v2', '--untracked-files=all', '-z'];

const statusOf = (top: string): string => gitIn(top, ...asked).replaceAll('\0', '\n');

/** Without what amux and git keep there. */
function filesOf(top: string): string[] {
  return treeOf(top).filter(line => !/^(\.git[ /]|\.amux|keys\.secret)/.test(line));
}

/** Asked in a way that writes nothing: what git would refresh by itself stays as well. */
function everything(repository: TestRepository, top: string): unknown {
  const gitDir = gitIn(top, 'rev-parse', '--absolute-git-dir').trim();
  return {
    files: treeOf(top).filter(line => !line.startsWith('.git/') && !line.startsWith('.amux')),
    index: readFileSync(join(gitDir, 'index')).toString('hex'),
    own: treeOf(gitDir).filter(line => !/^(objects|refs|logs|worktrees|amux|packed-refs)/.test(line)),
    refs: repository.git('for-each-ref').replace(/^.*refs\/heads\/amux\/fork\n/m, ''),
    stash: gitIn(top, 'stash', 'list'),
  };
}
