import {randomBytes} from 'node:crypto';
import {existsSync, readdirSync, renameSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import {BRANCH_PREFIX, type Loss, lossText, type WorkspaceRecord} from '../domain/workspace.ts';
import type {About} from './context-files.ts';
import {CHANGE_MS, type Repository, reasonOf, tryGit} from './git.ts';
import {keepContext} from './keep-context.ts';
import type {Found} from './list.ts';
import {adminOf, branchTip, lossesIn, lossesWithout, unmergedCommits} from './losses.ts';
import {forgetRecord, readRecords} from './records.ts';
import {loss} from './uncommitted.ts';
import {endMaking} from './unfinished.ts';
import {whyMissing} from './unlinked.ts';

const ASIDE = '.removing-';

/** What the removal of a worktree would lose, asked of git now. */
export async function lossesOf(repository: Repository, {record, path, missing, unlinked}: Found): Promise<Loss[]> {
  if (unlinked) return loss('untracked', [path]);
  if (missing) return lossesWithout(repository, {admin: adminOf(repository, path), record});
  return lossesIn({repository, path, record});
}

/**
 * Removes a worktree, and its branch where amux made it and nothing leads only through it. What is nowhere else is
 * looked for again once the tree is moved aside, where nobody finds it any more: until then everything can be put back.
 * Returns what a person should know of it.
 */
export async function removeWorktree(
  repository: Repository,
  found: Found,
  {discard}: {discard: boolean},
): Promise<string[]> {
  const {record, path, missing, worktree} = found;
  if (worktree?.locked != null) {
    const why = `it is locked${worktree.locked === '' ? '' : `: ${worktree.locked}`}`;
    throw new AmuxError('workspace.busy', {workspace: record.name, why, next: `git worktree unlock ${path}`});
  }
  // Git says nothing of what it holds.
  if (found.unlinked && !discard) throw whyMissing(repository, {...record, path});
  if (!discard) refuseLosses(record.name, await lossesOf(repository, found));
  const notices: string[] = [];
  const aside = existsSync(path) ? moveAside(path) : null;
  const putBack = (): void => {
    if (aside !== null) renameSync(aside, path);
  };
  try {
    // Submodules keep their files by the old path: they were looked at above.
    if (aside !== null && !missing && !discard) {
      refuseLosses(record.name, await lossesIn({repository, path: aside, record, aside: true}));
    }
    await forgetWorktree(repository, found);
  } catch (error) {
    putBack();
    throw error;
  }
  if (aside !== null) notices.push(...(await removeTree(repository, {aside, id: record.id, about: aboutOf(record)})));
  notices.push(...(await removeBranch(repository, found, discard)));
  forgetRecord(repository, record.id);
  endMaking(repository, record.id);
  return notices;
}

function refuseLosses(workspace: string, losses: Loss[]): void {
  if (losses.length > 0) throw new AmuxError('workspace.losses', {workspace, losses: lossText(losses)});
}

function moveAside(path: string): string {
  const aside = join(
    dirname(path),
    `${ASIDE}${randomBytes(4).toString('hex')}-${path.slice(dirname(path).length + 1)}`,
  );
  renameSync(path, aside);
  return aside;
}

/** Git's own part of one worktree: its index, HEAD and the repositories of its submodules. */
async function forgetWorktree(repository: Repository, {path, worktree}: Found): Promise<void> {
  if (worktree === null) return;
  const args = ['worktree', 'remove', '--force', '--', path];
  const removed = await tryGit(args, {cwd: repository.root, timeoutMs: CHANGE_MS});
  if (removed.code === 0 || adminOf(repository, path) === null) return;
  throw new AmuxError('workspace.git', {why: reasonOf(removed, args), next: 'nothing was removed'});
}

/** Only a branch that amux made, and only at the commit that was judged. */
async function removeBranch(repository: Repository, {record, missing}: Found, discard: boolean): Promise<string[]> {
  const cwd = repository.root;
  const short = record.branch.replace(/^refs\/heads\//, '');
  if (!record.ours || !short.startsWith(BRANCH_PREFIX)) return [];
  const tip = await branchTip(repository, record.branch);
  if (tip === null) return [];
  const unmerged = await unmergedCommits(repository, {record, head: null});
  if (unmerged.length > 0 && (!discard || missing)) return [`the branch ${short} is kept: ${lossText(unmerged)}`];
  const {out} = await tryGit(['for-each-ref', '--format=%(worktreepath)', '--', record.branch], {cwd});
  if (out.trim() !== '') return [`the branch ${short} is kept: it is checked out in ${out.trim()}`];
  const removed = await tryGit(['update-ref', '-d', record.branch, tip], {cwd});
  if (removed.code !== 0) return [`the branch ${short} is kept: ${reasonOf(removed, ['update-ref'])}`];
  await tryGit(['config', '--local', '--remove-section', `branch.${short}`], {cwd}); // Most have none.
  if (unmerged.length === 0 && !(await isOnlyThere(repository, tip))) return [];
  return [`the branch ${short} was at ${tip}: git branch ${short} ${tip.slice(0, 12)} brings it back`];
}

/** Its changes are elsewhere, and its commits are not: it was squashed or rebased. */
async function isOnlyThere({root}: Repository, tip: string): Promise<boolean> {
  const {code, out} = await tryGit(
    ['for-each-ref', '--count=1', `--contains=${tip}`, 'refs/heads', 'refs/tags', 'refs/remotes'],
    {cwd: root},
  );
  return code === 0 && out.trim() === '';
}

const aboutOf = (record: WorkspaceRecord): About => ({
  ...record,
  branch: record.branch.replace(/^refs\/heads\//, ''),
});

/** What people wrote into the context files stays; the rest was judged. */
async function removeTree(
  {root}: Repository,
  {aside, id, about}: {aside: string; id: string; about: About},
): Promise<string[]> {
  try {
    const kept = keepContext({root, path: aside, id, about});
    await rm(aside, {recursive: true, force: true, maxRetries: 2});
    return kept === null ? [] : [`its context files are kept in ${kept}`];
  } catch (error) {
    return [`what is left in ${aside} could not be removed: ${(error as Error).message}`];
  }
}

/**
 * After a crash in the middle of a removal: a tree that git still knows is put back, one that git has forgotten was
 * looked at before that, and its removal is finished.
 */
export async function finishRemovals(repository: Repository): Promise<void> {
  const place = join(repository.root, '.amux', 'workspaces');
  if (!existsSync(place)) return;
  for (const name of readdirSync(place)) {
    const id = new RegExp(`^\\${ASIDE}[0-9a-f]{8}-([a-z0-9-]+)$`).exec(name)?.[1];
    if (id === undefined) continue;
    const path = join(place, id);
    const record = readRecords(repository).find(each => each.id === id);
    const about = record === undefined ? {name: id, branch: null, base: null, description: null} : aboutOf(record);
    if (adminOf(repository, path) === null) await removeTree(repository, {aside: join(place, name), id, about});
    else if (!existsSync(path)) renameSync(join(place, name), path);
  }
}
