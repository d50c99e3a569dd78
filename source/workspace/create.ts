import {lstatSync, mkdirSync, realpathSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import {oneLine} from '../domain/names.ts';
import {BRANCH_PREFIX, freeSlug, slugOf, type WorkspaceInput, type WorkspaceRecord} from '../domain/workspace.ts';
import {CHANGE_MS, type GitResult, type Repository, reasonOf, tryGit} from './git.ts';
import {placeOf, worktreesOf} from './list.ts';
import {branchTip} from './losses.ts';
import {readRecords, writeRecord} from './records.ts';
import {noteMaking, takeBack} from './unfinished.ts';

/**
 * `cwd`: whose HEAD counts, in any working tree of the repository; with `commit`, what it was at before. `newBranch`: its
 * name, instead of `amux/SLUG`.
 */
export type Wanted = Pick<WorkspaceInput, 'name' | 'agent' | 'description' | 'base' | 'branch' | 'cwd'> & {
  newBranch?: string;
  commit?: string;
};

type Start = Pick<WorkspaceRecord, 'branch' | 'ours' | 'base' | 'commit'> & {isNew: boolean};

/**
 * A worktree in `.amux/workspaces/SLUG`, on a new branch `amux/SLUG` or on one that exists. Where it fails nothing of it
 * is left. Until `endMaking` it counts as not complete: whoever dies before leaves it to `finishMakings`.
 */
export async function createWorktree(repository: Repository, wanted: Wanted, now: number): Promise<WorkspaceRecord> {
  const id = chooseId(repository, wanted.name);
  const path = placeOf(repository, id);
  checkPlace(repository, dirname(path));
  const {isNew, ...start} = await startOf(repository, wanted, id);
  const record: WorkspaceRecord = {
    id,
    name: wanted.name.trim(),
    description: wanted.description ?? null,
    agent: wanted.agent ?? null,
    ...start,
    createdAt: now,
    copied: [],
  };
  // Before git's part: what is half made when this process dies can be found and removed.
  const making = {pid: process.pid, git: null, isNew};
  writeRecord(repository, record);
  noteMaking(repository, id, making);
  const short = record.branch.replace(/^refs\/heads\//, '');
  const failed = (result: GitResult, args: readonly string[]): AmuxError =>
    new AmuxError('workspace.git', {why: reasonOf(result, args), next: `nothing of ${record.name} was kept`});
  if (isNew) {
    // Only where there is none: what somebody else makes in this moment is not ours to undo.
    const args = ['update-ref', record.branch, record.commit, '0'.repeat(record.commit.length)];
    const made = await tryGit(args, {cwd: repository.root});
    if (made.code !== 0) {
      await takeBack(repository, {record, isNew: false});
      throw failed(made, args);
    }
  }
  const args = ['worktree', 'add', '--no-guess-remote', '--', path, short];
  // From there, so that a sparse check-out stays one.
  const started = (git: number): void => noteMaking(repository, id, {...making, git});
  const added = await tryGit(args, {cwd: wanted.cwd, timeoutMs: CHANGE_MS, started});
  if (added.code === 0) return record;
  await takeBack(repository, {record, isNew});
  throw failed(added, args);
}

function chooseId(repository: Repository, name: string): string {
  const slug = slugOf(name);
  const records = readRecords(repository);
  const same = records.find(each => each.name === name.trim());
  if (same !== undefined) throw exists(same.name, placeOf(repository, same.id));
  return freeSlug(slug, each => {
    if (records.some(({id}) => id === each)) return true;
    return lstatSync(placeOf(repository, each), {throwIfNoEntry: false}) !== undefined;
  });
}

const exists = (workspace: string, path: string): AmuxError => new AmuxError('workspace.exists', {workspace, path});

/** A repository may bring links of its own: worktrees are made inside it and nowhere else. */
function checkPlace({root}: Repository, place: string): void {
  mkdirSync(place, {recursive: true});
  const real = realpathSync(place);
  if (real === join(realpathSync(root), '.amux', 'workspaces')) return;
  const next = 'remove the link at .amux or .amux/workspaces';
  throw new AmuxError('workspace.git', {why: `${place} leads out of the repository, to ${real}`, next});
}

async function startOf(
  repository: Repository,
  {base, branch, newBranch, commit: at, cwd}: Wanted,
  id: string,
): Promise<Start> {
  if (branch !== undefined) return existing(repository, branch.replace(/^refs\/heads\//, ''));
  const short = newBranch === undefined ? `${BRANCH_PREFIX}${id}` : await checked(repository, newBranch);
  const ref = `refs/heads/${short}`;
  if ((await branchTip(repository, ref)) !== null) {
    const next =
      newBranch === undefined
        ? `--branch ${short} goes on with it; or choose another name`
        : 'choose another name for it, or leave it out';
    throw new AmuxError('workspace.branch', {why: `the branch ${short} exists already`, next});
  }
  const from = at ?? base ?? 'HEAD';
  const here = {...repository, root: cwd};
  const commit = await branchTip(here, from);
  if (commit === null) throw noBase(repository, base);
  // One that was named by a person is his: it is never deleted.
  const ours = short.startsWith(BRANCH_PREFIX);
  return {branch: ref, ours, base: base ?? (await nameOfHead(here, commit)), commit, isNew: true};
}

async function checked({root}: Repository, name: string): Promise<string> {
  const short = name.replace(/^refs\/heads\//, '');
  const {code} = await tryGit(['check-ref-format', '--branch', short], {cwd: root});
  if (code === 0 && !short.startsWith('-') && !short.startsWith('@')) return short;
  throw new AmuxError('workspace.branch', {why: `"${oneLine(name)}" cannot be a branch`, next: 'choose another name'});
}

function noBase({root}: Repository, base: string | undefined): AmuxError {
  const next = base === undefined ? 'make a first commit' : 'git branch -a shows what there is';
  return new AmuxError('workspace.base', {base: base ?? 'HEAD', project: root, next});
}

/** What is checked out there, by its name where it has one. */
async function nameOfHead({root}: Repository, commit: string): Promise<string> {
  const {code, out} = await tryGit(['symbolic-ref', '--quiet', '--short', 'HEAD'], {cwd: root});
  return code === 0 ? out.trim() : commit.slice(0, 12);
}

async function existing(repository: Repository, branch: string): Promise<Start> {
  const ref = `refs/heads/${branch}`;
  const commit = await branchTip(repository, ref);
  if (commit === null) {
    const next = `git branch lists them; git branch ${branch} origin/${branch} takes one from a remote`;
    throw new AmuxError('workspace.branch', {why: `there is no branch "${branch}" here`, next});
  }
  const holder = (await worktreesOf(repository)).find(each => each.ref === ref);
  if (holder !== undefined) {
    const next = 'git allows a branch in one worktree at a time: choose another, or -b to start a new one from it';
    throw new AmuxError('workspace.branch', {why: `the branch ${branch} is checked out in ${holder.path}`, next});
  }
  return {branch: ref, ours: false, base: null, commit, isNew: false};
}
