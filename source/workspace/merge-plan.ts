import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {quoted} from '../domain/argv.ts';
import {AmuxError} from '../domain/errors.ts';
import {oneLine} from '../domain/names.ts';
import {lossText, type Merged, type MergeInput} from '../domain/workspace.ts';
import {baseBranch, commitOf, shortName} from './base.ts';
import {git, type Repository, reasonOf, tryGit} from './git.ts';
import {type Found, worktreesOf} from './list.ts';
import {adminOf, isLinked} from './losses.ts';
import {checkTarget, type Living} from './merge-target.ts';
import type {Worktree} from './porcelain.ts';
import {uncommittedIn} from './uncommitted.ts';
import {whyMissing} from './unlinked.ts';

const SHOWN = 6;

export type MergePlan = Pick<Merged, 'how' | 'commits' | 'before' | 'tree'> & {
  /** Commit that is merged, and the full names of its branch and of the one that it comes to. */
  source: string;
  branch: string;
  into: string;
  /** What `into` will hold: a commit for a fast-forward, else a tree. */
  result: string;
};

type Wanted = Pick<MergeInput, 'into' | 'ff'> & {living: readonly Living[]};

/** Everything that can speak against a merge is asked before anything is changed. Throws `workspace.merge`. */
export async function planMerge(repository: Repository, found: Found, {into, ff, living}: Wanted): Promise<MergePlan> {
  const {record, path, missing, worktree} = found;
  const no = (why: string, next: string): AmuxError =>
    new AmuxError('workspace.merge', {workspace: record.name, why, next});
  if (missing || worktree === null) throw whyMissing(repository, {...record, path});
  if (!isLinked(repository, path)) {
    throw no(`${path} is another repository`, 'amux ws list shows the workspaces');
  }
  const left = await uncommittedIn(path);
  if (left.length > 0)
    throw no(`it holds what is not committed: ${lossText(left)}`, `commit it in ${path}, then merge`);
  if (worktree.ref === null)
    throw no('no branch is checked out there', `git -C ${quoted(path)} switch -c NAME gives it one`);
  const source = await commitOf(path, 'HEAD');
  if (source === null) throw no('it has no commit', `commit in ${path}, then merge`);
  const target = await targetOf(repository, {found, into, no});
  if (target.ref === worktree.ref)
    throw no(`${shortName(target.ref)} is its own branch`, '--into BRANCH names another');

  const trees = await worktreesOf(repository);
  checkNotUsedUp(repository, {trees, ref: target.ref, no});
  const tree = trees.find(({ref}) => ref === target.ref) ?? null;
  const plan = {source, branch: worktree.ref, into: target.ref, before: target.commit, tree: tree?.path ?? null};
  const commits = Number(await git(['rev-list', '--count', source, `^${target.commit}`], {cwd: repository.root}));
  if (commits === 0) return {...plan, commits, how: 'nothing to merge', result: target.commit};
  const ahead = await tryGit(['merge-base', '--is-ancestor', target.commit, source], {cwd: repository.root});
  const how = ahead.code === 0 && ff !== 'never' ? 'fast-forward' : 'merge commit';
  if (how === 'merge commit' && ff === 'only') {
    throw no(`${shortName(target.ref)} has commits that it does not have`, 'leave --ff-only out, or rebase it first');
  }
  const cwd = tree === null || tree.prunable ? repository.root : tree.path;
  const result = how === 'fast-forward' ? source : await mergedTree({cwd, target, source, no, path});
  if (tree !== null) await checkTarget(tree, {how, before: target.commit, result, living, trees, no});
  return {...plan, commits, how, result};
}

/** Why not, and what to do about it. */
export type Refusal = (why: string, next: string) => AmuxError;

type Target = {ref: string; commit: string};

async function targetOf(
  repository: Repository,
  {found, into, no}: {found: Found; into: string | undefined; no: Refusal},
): Promise<Target> {
  const ref = into === undefined ? await baseBranch(repository.root, found.record) : localName(into);
  if (ref?.startsWith('refs/heads/') !== true) {
    const why =
      ref === null ? 'the branch that it was made from is not known' : `${shortName(ref)} is a remote's branch`;
    throw no(why, '--into BRANCH says where it goes');
  }
  // By its exact name: `main~1` is a commit, and no branch.
  const format = '%(refname)%00%(objectname)%00%(symref)';
  const {out} = await tryGit(['for-each-ref', `--format=${format}`, '--', ref], {cwd: repository.root});
  const lines = out.split('\n').map(line => line.split('\0'));
  const [, commit, symbolic] = lines.find(([name]) => name === ref) ?? [];
  if (commit === undefined) throw no(`there is no branch "${shortName(ref)}" here`, 'git branch lists them');
  if (symbolic !== '')
    throw no(`${shortName(ref)} only leads to another branch`, `--into ${shortName(symbolic ?? '')}`);
  return {ref, commit};
}

const localName = (into: string): string => (into.startsWith('refs/') ? into : `refs/heads/${into}`);

/** A rebase or a bisection will come back to its branch, which nothing else shows as checked out. */
function checkNotUsedUp(
  repository: Repository,
  {trees, ref, no}: {trees: readonly Worktree[]; ref: string; no: Refusal},
): void {
  for (const {path} of trees.filter(each => each.ref === null && !each.bare)) {
    const admin = path === repository.root ? repository.gitDir : adminOf(repository, path);
    if (admin === null) continue;
    for (const file of ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START']) {
      const name = existsSync(join(admin, file)) ? readFileSync(join(admin, file), 'utf8').trim() : '';
      if (name !== ref && `refs/heads/${name}` !== ref) continue;
      throw no(`a rebase or a bisection of ${shortName(ref)} is in progress in ${path}`, 'bring that to its end first');
    }
  }
}

type Tested = {cwd: string; target: Target; source: string; no: Refusal; path: string};

/** The tree that a merge makes, made beside everything. Throws where that has conflicts. */
async function mergedTree({cwd, target, source, no, path}: Tested): Promise<string> {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', target.commit, source];
  const tested = await tryGit(args, {cwd});
  const [tree = '', ...names] = tested.out.split('\0').filter(Boolean);
  const name = shortName(target.ref);
  if (tested.code === 0) return tree;
  if (tested.code === 1) {
    const files = [...new Set(names)];
    const shown = files.slice(0, SHOWN).map(oneLine).join(', ');
    const more = files.length > SHOWN ? `, and ${files.length - SHOWN} more` : '';
    throw no(
      `it and ${name} changed the same in ${shown}${more}`,
      `git -C ${quoted(path)} merge ${name} lets you settle that there; then merge`,
    );
  }
  const old = /usage|unknown option|not something we can merge --write-tree/.test(tested.err);
  if (old) throw no('a merge commit needs git 2.38 or newer', `git -C ${quoted(path)} rebase ${name}; then merge`);
  throw no(reasonOf(tested, args), 'git log --graph tells more');
}
