import {quoted} from '../domain/argv.ts';
import {AmuxError} from '../domain/errors.ts';
import {oneLine} from '../domain/names.ts';
import type {Merged, MergeInput} from '../domain/workspace.ts';
import {commitOf, shortName} from './base.ts';
import {branchOf} from './branch.ts';
import {CHANGE_MS, type GitResult, type Repository, reasonOf, tryGit} from './git.ts';
import type {Found} from './list.ts';
import {type MergePlan, planMerge} from './merge-plan.ts';
import type {Living} from './merge-target.ts';
import {forgetMerge, putBack} from './put-back.ts';

const SHOWN = 6;

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
  const doing = {plan, message, name: found.record.name};
  const told = tree === null ? await moveBranch(repository, doing) : await mergeIn(tree, doing);
  const unused = how === 'fast-forward' && wanted.message !== undefined;
  const unusedMessage = unused ? ['a fast-forward makes no commit: the message was not used (--no-ff makes one)'] : [];
  return {...done, commit: (await commitOf(repository.root, into)) ?? before, notices: [...told, ...unusedMessage]};
}

type Doing = {plan: MergePlan; message: string; name: string};

/** Returns what a person should know of it. */
async function mergeIn(tree: string, {plan, message, name}: Doing): Promise<string[]> {
  const {how, source, into, before, result} = plan;
  if (branchOf(tree) !== shortName(into))
    throw failed(name, `${shortName(into)} is not checked out in ${tree} any more`);
  const form = how === 'fast-forward' ? ['--ff-only'] : ['--no-ff', '-m', message];
  // What a user set up for merges by hand (branch.NAME.mergeOptions, autostash) comes first and is overruled.
  const args = ['merge', '--commit', '--no-squash', '--no-autostash', '--no-edit', '--no-stat', ...form, source];
  const merged = await tryGit(args, {cwd: tree, timeoutMs: CHANGE_MS, hooks: true});
  if (merged.code === 0) return [];
  const why = whyOf(merged, args);
  // The branch is moved before the last hook runs: what that does, or how it ends, takes nothing back.
  const there = await tryGit(['merge-base', '--is-ancestor', source, into], {cwd: tree});
  if (there.code === 0) {
    await forgetMerge(tree, source);
    return [`it is merged, but git came to no end: ${why}`];
  }
  const next = `git -C ${quoted(tree)} status shows what is left of it`;
  const left = await putBack(tree, {before, result, source, ended: merged.code === null}).catch((error: Error) => {
    throw failed(name, `${why}; it could not be put back: ${error.message}`, next);
  });
  if (left.length === 0) throw failed(name, why);
  const files = `${left.slice(0, SHOWN).map(oneLine).join(', ')}${left.length > SHOWN ? ' and more' : ''}`;
  throw failed(name, `${why}; ${files} could not be put back`, next);
}

/** What a hook says comes before what git makes of it. */
function whyOf(merged: GitResult, args: readonly string[]): string {
  const stopped = "Not committing merge; use 'git commit' to complete the merge.";
  if (!merged.err.includes(stopped)) return reasonOf(merged, args);
  const [said = ''] = merged.err.replace(stopped, '').trim().split('\n');
  return `a hook refused it${said === '' ? '' : `: ${oneLine(said).slice(0, 300)}`}`;
}

/** Nobody has it checked out: only the branch moves, and only from where it was looked at. */
async function moveBranch({root}: Repository, {plan, message, name}: Doing): Promise<string[]> {
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
  return [];
}

const failed = (workspace: string, why: string, next = 'everything is as it was; git said why'): AmuxError =>
  new AmuxError('workspace.merge', {workspace, why, next});
