import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {quoted} from '../domain/argv.ts';
import {AmuxError} from '../domain/errors.ts';
import {oneLine} from '../domain/names.ts';
import type {Merged, MergeInput} from '../domain/workspace.ts';
import {commitOf, shortName} from './base.ts';
import {branchOf} from './branch.ts';
import {CHANGE_MS, type GitResult, git, type Repository, reasonOf, tryGit} from './git.ts';
import type {Found} from './list.ts';
import {type MergePlan, planMerge} from './merge-plan.ts';
import type {Living} from './merge-target.ts';

type Wanted = Pick<MergeInput, 'into' | 'ff' | 'message'> & {living: readonly Living[]};
type Done = Omit<Merged, 'workspace' | 'removed'>;

/**
 * Brings the commits of a workspace to another branch. Where that is checked out, git merges there, with its hooks; else
 * only the branch is moved, and only from where it was looked at. What is refused or fails leaves everything as it was.
 */
export async function mergeWorktree(repository: Repository, found: Found, wanted: Wanted): Promise<Done> {
  const plan = await planMerge(repository, found, wanted);
  const {how, commits, before, tree, into} = plan;
  const done = {branch: shortName(plan.branch), into: shortName(into), how, commits, before, tree};
  if (how === 'nothing to merge') return {...done, commit: before, notices: []};
  const message = wanted.message ?? `Merge branch '${done.branch}' into ${done.into}`;
  if (tree === null) await moveBranch(repository, {plan, message, name: found.record.name});
  else await mergeIn(tree, {plan, message, name: found.record.name});
  const unused = how === 'fast-forward' && wanted.message !== undefined;
  const notices = unused ? ['a fast-forward makes no commit: the message was not used (--no-ff makes one)'] : [];
  return {...done, commit: (await commitOf(repository.root, into)) ?? before, notices};
}

type Doing = {plan: MergePlan; message: string; name: string};

async function mergeIn(tree: string, {plan, message, name}: Doing): Promise<void> {
  const {how, source, into} = plan;
  if (branchOf(tree) !== shortName(into))
    throw failed(name, `${shortName(into)} is not checked out in ${tree} any more`);
  const form = how === 'fast-forward' ? ['--ff-only'] : ['--no-ff', '-m', message];
  // What a user set up for merges by hand (branch.NAME.mergeOptions, autostash) comes first and is overruled.
  const args = ['merge', '--commit', '--no-squash', '--no-autostash', '--no-edit', '--no-stat', ...form, source];
  const merged = await tryGit(args, {cwd: tree, timeoutMs: CHANGE_MS, hooks: true});
  if (merged.code === 0) return;
  const why = whyOf(merged, args);
  const gitDir = (await git(['rev-parse', '--absolute-git-dir'], {cwd: tree})).trim();
  const head = join(gitDir, 'MERGE_HEAD');
  // A hook that refuses leaves the merge half done. None was in progress before, so it is this one.
  if (existsSync(head) && readFileSync(head, 'utf8').trim() === source) {
    const undone = await tryGit(['merge', '--abort'], {cwd: tree, timeoutMs: CHANGE_MS});
    if (undone.code !== 0) throw failed(name, why, `git -C ${quoted(tree)} merge --abort puts everything back`);
  }
  throw failed(name, why);
}

/** What a hook says comes before what git makes of it. */
function whyOf(merged: GitResult, args: readonly string[]): string {
  const stopped = "Not committing merge; use 'git commit' to complete the merge.";
  if (!merged.err.includes(stopped)) return reasonOf(merged, args);
  const [said = ''] = merged.err.replace(stopped, '').trim().split('\n');
  return `a hook refused it${said === '' ? '' : `: ${oneLine(said).slice(0, 300)}`}`;
}

/** Nobody has it checked out: only the branch moves, and only from where it was looked at. */
async function moveBranch({root}: Repository, {plan, message, name}: Doing): Promise<void> {
  const {how, source, into, before, result} = plan;
  let commit = result;
  if (how === 'merge commit') {
    const made = await tryGit(['commit-tree', result, '-p', before, '-p', source, '-m', message], {cwd: root});
    if (made.code !== 0) throw failed(name, reasonOf(made, ['commit-tree']));
    commit = made.out.trim();
  }
  const why = `merge ${shortName(plan.branch)}: ${how === 'fast-forward' ? 'Fast-forward' : 'Merge made by amux'}`;
  const moved = await tryGit(['update-ref', '-m', why, into, commit, before], {cwd: root, hooks: true});
  if (moved.code !== 0) throw failed(name, reasonOf(moved, ['update-ref']));
}

const failed = (workspace: string, why: string, next = 'nothing was changed; git said why'): AmuxError =>
  new AmuxError('workspace.merge', {workspace, why, next});
