import assert from 'node:assert/strict';
import {chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, it} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import type {Merged, MergeInput} from '../../source/domain/workspace.ts';
import {createWorktree} from '../../source/workspace/create.ts';
import {findWorkspaces} from '../../source/workspace/list.ts';
import {mergeWorktree} from '../../source/workspace/merge.ts';
import {putBack} from '../../source/workspace/put-back.ts';
import {gitIn, ownGitHome, put, TestRepository, treeOf} from '../helpers/repository.ts';

const home = ownGitHome();
after(() => rmSync(home, {recursive: true, force: true}));

/** A workspace that changed a file, removed one, and made one in a directory and one where a link leads elsewhere. */
async function prepare(repository: TestRepository): Promise<void> {
  put(join(repository.root, 'kept.txt'), 'kept\n');
  put(join(repository.root, 'gone.txt'), 'gone\n');
  put(join(home, 'outside', 'in.txt'), 'outside\n');
  symlinkSync(join(home, 'outside'), join(repository.root, 'link'));
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'files');
  const {id} = await createWorktree(repository, {name: 'x', cwd: repository.root}, Date.now());
  const {path} = (await findWorkspaces(repository)).find(({record}) => record.id === id)!;
  rmSync(join(path, 'link'));
  rmSync(join(path, 'gone.txt'));
  put(join(path, 'kept.txt'), 'changed\n');
  put(join(path, 'link', 'in.txt'), 'inside\n');
  put(join(path, 'new', 'deep', 'file.txt'), 'new\n');
  put(join(path, 'zz.last'), 'last\n');
  gitIn(path, 'add', '-A');
  gitIn(path, 'commit', '-q', '-m', 'work');
  put(join(repository.root, 'mine.txt'), 'not committed\n');
}

const merge = async (
  repository: TestRepository,
  asked: Partial<MergeInput> = {},
): Promise<Omit<Merged, 'workspace'>> => ({
  removed: false,
  ...(await mergeWorktree(repository, (await findWorkspaces(repository))[0]!, {...asked, living: []})),
});

function commitsOf(repository: TestRepository): {before: string; result: string; source: string} {
  const [before = '', source = ''] = repository.git('rev-parse', 'main', 'amux/x').split('\n');
  return {before, result: source, source};
}

const everything = (repository: TestRepository) => ({
  files: treeOf(repository.root).filter(line => !/^\.(git|amux)\b/.test(line)),
  refs: repository.git('for-each-ref'),
  status: repository.git('status', '--porcelain=v2'),
  merging: existsSync(join(repository.gitDir, 'MERGE_HEAD')),
  locked: existsSync(join(repository.gitDir, 'index.lock')),
});

function hook({gitDir}: TestRepository, name: string, script: string): void {
  const file = join(gitDir, 'hooks', name);
  put(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Runs as git writes the last file. */
function whileWriting(repository: TestRepository, script: string): void {
  put(join(repository.gitDir, 'info', 'attributes'), 'zz.last filter=last\n');
  repository.git('config', 'filter.last.smudge', script);
  repository.git('config', 'filter.last.clean', 'cat');
  repository.git('config', 'filter.last.required', 'true');
}

const faults: {title: string; says: RegExp; fault: (repository: TestRepository) => void; mend: string | null}[] = [
  {
    title: 'whose branch is locked',
    says: /cannot lock ref/,
    fault: ({gitDir}) => put(join(gitDir, 'refs', 'heads', 'main.lock'), ''),
    mend: 'refs/heads/main.lock',
  },
  {
    title: 'whose branch a hook does not let move',
    says: /aborted by hook/,
    fault: repository =>
      hook(repository, 'reference-transaction', '[ "$1" = prepared ] && grep -q refs/heads/main && exit 1; exit 0'),
    mend: 'hooks/reference-transaction',
  },
  {
    title: 'in which a file cannot be written',
    says: /filter/,
    fault: repository => whileWriting(repository, 'exit 1'),
    mend: 'info/attributes',
  },
  {
    title: 'whose git is killed while it writes files',
    says: /git was ended by SIGKILL/,
    fault: repository => whileWriting(repository, 'kill -9 $PPID'),
    mend: 'info/attributes',
  },
];

describe('a merge that fails half way leaves everything as it was', () => {
  for (const {title, says, fault, mend} of faults) {
    for (const ff of [undefined, 'never'] as const) {
      it(`${title}${ff === undefined ? '' : ', as a merge commit'}, and is done when it is asked for again`, async () => {
        using repository = new TestRepository(home, `cut ${faults.findIndex(each => each.title === title)}${ff ?? ''}`);
        await prepare(repository);
        const before = everything(repository);
        fault(repository);
        await assert.rejects(merge(repository, {ff}), error => {
          assert.ok(error instanceof AmuxError, String(error));
          assert.match(error.message, says);
          assert.match(error.hint, /everything is as it was/);
          return true;
        });
        assert.deepEqual(everything(repository), before);
        assert.equal(readFileSync(join(home, 'outside', 'in.txt'), 'utf8'), 'outside\n');
        if (mend !== null) rmSync(join(repository.gitDir, mend));
        assert.equal((await merge(repository, {ff})).commits, 1);
        assert.equal(repository.git('status', '--porcelain'), '?? mine.txt\n');
      });
    }
  }
});

it('what somebody wrote while it failed stays, and what it wrote by halves does not', async () => {
  using repository = new TestRepository(home, 'meanwhile');
  await prepare(repository);
  const plan = commitsOf(repository);
  put(join(repository.root, 'kept.txt'), 'written by a person\n');
  put(join(repository.root, 'new', 'deep', 'file.txt'), 'also by a person\n');
  put(join(repository.root, 'zz.last'), 'la');
  rmSync(join(repository.root, 'gone.txt'));
  assert.deepEqual(await putBack(repository.root, {...plan, ended: true}), []);
  assert.equal(
    repository.git('status', '--porcelain', '--untracked-files=all'),
    ' M kept.txt\n?? mine.txt\n?? new/deep/file.txt\n',
  );
  assert.equal(readFileSync(join(repository.root, 'kept.txt'), 'utf8'), 'written by a person\n');
});

describe('a merge whose last hook goes wrong is told as done', () => {
  it('where git ends in it', async () => {
    using repository = new TestRepository(home, 'last hook');
    await prepare(repository);
    hook(repository, 'post-merge', 'kill -9 $PPID');
    const {how, commit, notices} = await merge(repository, {ff: 'never'});
    assert.equal(how, 'merge commit');
    assert.equal(commit, repository.git('rev-parse', 'main').trim());
    assert.deepEqual(notices, ['it is merged, but git came to no end: git was ended by SIGKILL']);
    assert.equal(repository.git('status', '--porcelain'), '?? mine.txt\n');
    assert.ok(!existsSync(join(repository.gitDir, 'MERGE_HEAD')));
  });

  it('without waiting for what it left in the background', async () => {
    using repository = new TestRepository(home, 'background');
    await prepare(repository);
    const [told, alone] = [join(home, 'told'), join(home, 'alone')];
    const wait = `for i in $(seq 200); do [ -e '${told}' ] && exit; sleep 0.1; done; touch '${alone}'`;
    hook(repository, 'post-merge', `(${wait}) &`);
    assert.equal((await merge(repository)).commits, 1);
    writeFileSync(told, '');
    assert.ok(!existsSync(alone), 'it was waited for');
  });
});
