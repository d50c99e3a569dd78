import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {chmodSync, cpSync, existsSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, it} from 'node:test';
import {type FileDiff, patchLines} from '../../source/domain/diff.ts';
import {createWorktree} from '../../source/workspace/create.ts';
import {diffOf} from '../../source/workspace/diff.ts';
import {placeOf} from '../../source/workspace/list.ts';
import {readRecords} from '../../source/workspace/records.ts';
import {gitIn, ownGitHome, put, TestRepository, treeOf} from '../helpers/repository.ts';

const home = ownGitHome();
after(() => rmSync(home, {recursive: true, force: true}));

type Stage = {repository: TestRepository; path: string; look: (stat?: boolean) => ReturnType<typeof diffOf>};

async function stage(name: string, prepare: (repository: TestRepository) => void = () => {}): Promise<Stage> {
  const repository = new TestRepository(home, name);
  prepare(repository);
  const {id} = await createWorktree(repository, {name: 'x', cwd: repository.root}, Date.now());
  const path = placeOf(repository, id);
  const look = (stat = false) => diffOf({path, record: readRecords(repository)[0]!, stat});
  return {repository, path, look};
}

const told = ({change, kind, path, before, added, removed}: FileDiff): string =>
  `${change} ${kind} ${before === null ? '' : `${before} → `}${path} +${added} -${removed}`;

describe('what a workspace changed', () => {
  it('commits, changes, staged and untracked files against where it left its base; ignored ones are not told', async () => {
    const {repository, path, look} = await stage('all', repo => {
      repo.write('old name.txt', 'one\ntwo\nthree\nfour\n');
      repo.write('gone', 'x\n');
      repo.write('picture', '\0\x01');
      repo.write('script', 'x\n');
      symlinkSync('file.txt', join(repo.root, 'turns'));
      repo.commit('more');
    });
    put(join(path, 'file.txt'), 'committed\n');
    gitIn(path, 'commit', '-q', '-am', 'work');
    gitIn(path, 'mv', 'old name.txt', 'new name.txt');
    put(join(path, 'new name.txt'), 'one\ntwo\nthree\n4\n');
    rmSync(join(path, 'gone'));
    put(join(path, 'picture'), '\0\x01\x02\x03');
    chmodSync(join(path, 'script'), 0o755);
    rmSync(join(path, 'turns'));
    put(join(path, 'turns'), 'a file\n');
    put(join(path, 'empty'), '');
    put(join(path, 'dir ö', 'a b\n"日本".txt'), 'no end');
    put(join(path, 'keys.secret'), 'x');
    // The base goes on: that is none of the workspace's changes.
    repository.write('elsewhere', 'x');
    repository.commit('on main');
    const diff = await look();
    assert.deepEqual(diff.files.map(told), [
      'added text dir ö/a b\n"日本".txt +1 -0',
      'added text empty +0 -0',
      'changed text file.txt +1 -1',
      'removed text gone +0 -1',
      'renamed text old name.txt → new name.txt +1 -1',
      'changed binary picture +null -null',
      'changed text script +0 -0',
      'removed link turns +0 -1',
      'added text turns +1 -0',
    ]);
    assert.deepEqual([diff.base, diff.total, diff.cut], ['main', {files: 9, added: 4, removed: 4}, []]);
    assert.deepEqual(diff.files[5]!.bytes, {from: 2, to: 4});
    assert.deepEqual(diff.files[6]!.modes, {from: '100644', to: '100755'});
    assert.deepEqual(diff.files[2]!.hunks, [{heading: '', from: [1, 1], to: [1, 1], lines: ['-first', '+committed']}]);
    assert.deepEqual(diff.files[0]!.hunks[0]!.lines, ['+no end', '\\ No newline at end of file']);
    assert.deepEqual((await look(true)).files.map(told), diff.files.map(told));
    assert.ok((await look(true)).files.every(({hunks, cut}) => hunks.length === 0 && cut === null));
  });

  it('touches nothing: not the index, not the tree, not a ref, and no content is stored', async () => {
    const {repository, path, look} = await stage('untouched');
    put(join(path, 'file.txt'), 'changed\n');
    put(join(path, 'staged'), 'staged\n');
    gitIn(path, 'add', 'staged');
    put(join(path, 'staged'), 'and changed\n');
    put(join(path, 'untracked'), 'only here\n');
    const untracked = gitIn(path, 'hash-object', 'untracked').trim();
    const everything = () => [
      treeOf(path),
      treeOf(join(repository.gitDir, 'worktrees')),
      repository.git('for-each-ref'),
    ];
    const before = everything();
    assert.equal((await look()).files.length, 3);
    assert.deepEqual(everything(), before);
    assert.throws(() => gitIn(path, 'cat-file', '-e', untracked));
    assert.deepEqual(
      readdirSync(process.env['TMPDIR'] ?? '/tmp').filter(name => name.startsWith('amux-diff-')),
      [],
    );
  });

  it('is what git apply takes, whatever the lines and names are', async () => {
    const {repository, path, look} = await stage('apply', repo => {
      repo.write('late', `${'line\n'.repeat(50)}function here() {\n${'  more\n'.repeat(20)}}\n`);
      repo.write('windows', 'a\r\nb\r\n');
      execFileSync('git', ['config', 'diff.noprefix', 'true'], {cwd: repo.root});
      repo.commit('more');
    });
    put(
      join(path, 'late'),
      `${'line\n'.repeat(50)}function here() {\n${'  more\n'.repeat(10)}changed\n${'  more\n'.repeat(10)}}`,
    );
    put(join(path, 'windows'), 'a\r\nB\r\n');
    writeFileSync(join(path, 'latin'), Buffer.from('gr\xfc\xdfe\n', 'latin1'));
    put(join(path, 'marks'), 'diff --git a/x b/x\n@@ -1 +1 @@\n--- a\n+++ b\n* Unmerged path x\n\n\x1b[31mred\n');
    put(join(path, ' odd\t"name'), 'x\n');
    put(join(path, 'deep', '日本'), '日本\n');
    const {files} = await look();
    assert.equal(files.find(each => each.path === 'late')!.hunks[0]!.heading, 'function here() {');
    assert.equal(files.find(each => each.path === 'latin')!.hunks[0]!.lines[0], '+grüße');
    const copy = join(home, 'apply copy');
    gitIn(repository.root, 'worktree', 'add', '-q', copy, 'HEAD');
    const patch = Buffer.concat(files.map(file => Buffer.from(`${[...patchLines(file)].join('\n')}\n`, file.encoding)));
    execFileSync('git', ['apply', '--check'], {cwd: copy, input: patch});
    execFileSync('git', ['apply'], {cwd: copy, input: patch});
    const own = ({root}: {root: string}) => treeOf(root).filter(line => !line.startsWith('.git '));
    assert.deepEqual(own({root: copy}), own({root: path}));
  });

  it('a file that was changed in the moment in which git wrote its index is told', async () => {
    const {path, look} = await stage('moment', repo => {
      repo.write('small', 'a');
      repo.commit('more');
    });
    // All of it in one second, long ago.
    gitIn(path, 'config', 'core.trustctime', 'false');
    const dated = (file: string) => utimesSync(file, 1_600_000_000, 1_600_000_000);
    dated(join(path, 'small'));
    gitIn(path, 'update-index', '--refresh');
    writeFileSync(join(path, 'small'), 'b');
    dated(join(path, 'small'));
    dated(join(gitIn(path, 'rev-parse', '--absolute-git-dir').trim(), 'index'));
    assert.deepEqual((await look()).files.map(told), ['changed text small +1 -1']);
  });

  it('nothing that user or repository set up for the eyes runs or bends it', async () => {
    const {repository, path, look} = await stage('hostile', repo => {
      repo.write('.gitattributes', '*.txt diff=own\n');
      repo.commit('attributes');
    });
    const mark = join(repository.root, 'ran');
    gitIn(path, 'mv', 'file.txt', 'moved.txt');
    put(join(path, 'ö'), '\n');
    for (const key of ['diff.external', 'diff.own.command', 'diff.own.textconv', 'core.fsmonitor', 'core.pager']) {
      repository.git('config', key, `touch "${mark}"; cat`);
    }
    for (const [key, value] of [
      ['color.ui', 'always'],
      ['diff.mnemonicPrefix', 'true'],
      ['diff.renames', 'false'],
      ['diff.context', '0'],
      ['diff.relative', 'true'],
      ['diff.submodule', 'log'],
      ['core.quotePath', 'true'],
      ['core.splitIndex', 'true'],
      ['diff.suppressBlankEmpty', 'true'],
      ['status.showUntrackedFiles', 'no'],
    ] as const) {
      repository.git('config', key, value);
    }
    const {files} = await look();
    assert.deepEqual(files.map(told), ['renamed text file.txt → moved.txt +0 -0', 'added text ö +1 -0']);
    assert.deepEqual(files[1]!.header.slice(-1), ['+++ b/ö']);
    assert.ok(!existsSync(mark));
  });

  it('what is too large is named and cut, and git apply refuses the rest', async () => {
    const {repository, path, look} = await stage('large');
    put(join(path, 'large.txt'), `${'x'.repeat(99)}\n`.repeat(12_000));
    for (const i of [1, 2, 3, 4, 5, 6]) put(join(path, `part ${i}`), `${'y'.repeat(98)}\n`.repeat(10_000));
    const {files, cut, total} = await look();
    assert.deepEqual(files[0]!.bytes, {from: null, to: 1_200_000});
    assert.equal(files[0]!.kind, 'large');
    assert.deepEqual(
      files.slice(1).map(each => each.cut),
      [null, null, null, null, 'the rest of it', 'all of it'],
    );
    assert.deepEqual([cut, total.added], [['2 files: the diff is larger than 4 MB'], 60_000]);
    const patch = files.slice(1).flatMap(file => [...patchLines(file)]);
    assert.throws(() =>
      execFileSync('git', ['apply', '--check'], {cwd: repository.root, input: `${patch.join('\n')}\n`, stdio: 'pipe'}),
    );
  });

  it('a conflict, a submodule, a cloned repository and a repository without a commit', async () => {
    const {repository, path, look} = await stage('odd');
    put(join(path, 'file.txt'), 'ours\n');
    gitIn(path, 'commit', '-q', '-am', 'ours');
    repository.write('file.txt', 'theirs\n');
    repository.commit('theirs');
    assert.throws(() => gitIn(path, 'merge', 'main'));
    gitIn(path, 'clone', '-q', repository.root, 'clone');
    const spoiled = (await look()).files.map(told);
    assert.deepEqual(spoiled, ['added submodule clone +1 -0', 'changed text file.txt +5 -1']);
    assert.match(gitIn(path, 'status', '--porcelain'), /^UU file\.txt$/m);
    const bare = join(home, 'unborn');
    execFileSync('git', ['init', '-q', bare]);
    put(join(bare, 'first'), 'x\n');
    const unborn = await diffOf({path: bare, record: null, stat: false});
    assert.deepEqual([unborn.commit, unborn.files.map(told)], [null, ['added text first +1 -0']]);
  });

  it('without its base branch it is compared with the commit that it began at', async () => {
    const {repository, path, look} = await stage('base gone', repo => repo.git('checkout', '-q', '-b', 'topic'));
    put(join(path, 'new'), 'x\n');
    assert.equal((await look()).base, 'topic');
    repository.git('checkout', '-q', 'main');
    repository.git('branch', '-D', 'topic');
    const {base, files} = await look();
    assert.match(base, /^[0-9a-f]{12}$/);
    assert.deepEqual(files.map(told), ['added text new +1 -0']);
  });

  it('a working tree that amux did not make is compared with its own HEAD', async () => {
    const {repository} = await stage('foreign');
    const path = join(home, 'foreign tree');
    repository.git('worktree', 'add', '-q', '-b', 'foreign', path);
    put(join(path, 'done'), 'x\n');
    gitIn(path, 'add', '.');
    gitIn(path, 'commit', '-q', '-m', 'done');
    put(join(path, 'doing'), 'x\n');
    const {base, files} = await diffOf({path, record: null, stat: false});
    assert.deepEqual([base, files.map(told)], ['HEAD', ['added text doing +1 -0']]);
    cpSync(path, `${path} 2`, {recursive: true}); // A copy that shares the index of the first is looked at as well.
    assert.equal((await diffOf({path: `${path} 2`, record: null, stat: true})).files.length, 1);
  });
});
