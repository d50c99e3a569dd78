import {copyFileSync, existsSync} from 'node:fs';
import {join} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import {type Ask, type Captured, capture, isThere, updateIndex, withIndex} from './capture.ts';
import {CHANGE_MS, git} from './git.ts';
import {inProgress} from './uncommitted.ts';

/** Of a merge that waits for its conflicts to be settled. With them it goes on in any worktree. */
const MERGE = ['MERGE_HEAD', 'MERGE_MODE', 'MERGE_MSG'];

/**
 * Puts what was captured into a fresh worktree at the same commit: files, index, conflicts and flags. Returns what a
 * person should know of it. Throws `workspace.git`, also when it did not become the same.
 */
export async function carry(top: string, captured: Captured): Promise<string[]> {
  const ask: Ask = (args, input = '') => git(args, {cwd: top, timeoutMs: CHANGE_MS, input, bytes: true});
  const {index, files, conflicts, intended, unseen} = captured;
  await ask(['read-tree', '--reset', '-u', files]);
  await ask(['read-tree', '-m', '-i', index]);
  await writeUnseen(top, captured);
  await updateIndex(ask, {
    args: ['--index-info'],
    lines: conflicts.map(({mode, blob, stage, path}) => `${mode} ${blob} ${stage}\t${path}`),
  });
  if (intended.length > 0) {
    const args = ['--literal-pathspecs', 'add', '--intent-to-add', '--force'];
    await ask([...args, '--pathspec-from-file=-', '--pathspec-file-nul'], intended.join('\0'));
  }
  for (const {path, how} of unseen) await updateIndex(ask, {args: [`--${how}`, '--stdin'], lines: [path]});
  const notices = await goOnWith(top, captured.gitDir);
  await check(top, captured);
  return [...captured.notices, ...notices];
}

/** What stands outside a sparse check-out, or is told not to be looked at, git does not write by itself. */
async function writeUnseen(top: string, {files, changed, unseen}: Captured): Promise<void> {
  const hidden = new Set(unseen.map(({path}) => path));
  const missing = changed.filter(path => hidden.has(path) || !isThere(top, path));
  if (missing.length === 0) return;
  await withIndex(top, async (_, {ask}) => {
    await ask(['-c', 'core.sparseCheckout=false', 'read-tree', files]);
    const known = new Set((await ask(['ls-files', '-z'])).split('\0'));
    const lines = missing.filter(path => known.has(path)); // The others are deleted.
    if (lines.length === 0) return;
    await ask(['checkout-index', '--force', '-z', '--stdin'], lines.map(path => `${path}\0`).join(''));
  });
}

/** A rebase would move the branch on which it began: only a merge comes along. */
async function goOnWith(top: string, source: string): Promise<string[]> {
  const [found] = inProgress(source);
  if (found === undefined) return [];
  const own = (await git(['rev-parse', '--absolute-git-dir'], {cwd: top})).trim();
  if (existsSync(join(source, MERGE[0]!))) {
    for (const name of MERGE) if (existsSync(join(source, name))) copyFileSync(join(source, name), join(own, name));
  }
  const left = found.examples.filter(what => what !== 'a merge');
  return left.map(
    what => `${what} is in progress there: its files came along, not the ${what.split(' ').at(-1)} itself`,
  );
}

async function check(top: string, captured: Captured): Promise<void> {
  const {index, files} = await capture(top);
  if (index === captured.index && files === captured.files) return;
  throw new AmuxError('workspace.git', {
    why: 'the uncommitted changes did not become the same in a new worktree',
    next: 'a filter may change files as they are written; --clean leaves the changes out',
  });
}
