import {existsSync, lstatSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {AmuxError} from '../domain/errors.ts';
import {oneLine} from '../domain/names.ts';
import {isWithin, type Merged} from '../domain/workspace.ts';
import {git} from './git.ts';
import {parseIndex, parseStatus, type Worktree} from './porcelain.ts';
import {changedUnseen, inProgress} from './uncommitted.ts';

const SHOWN = 6;
const CONTEXT = '.amux/context/';

/** A session that runs, and where. */
export type Living = {name: string; dir: string};

type Merge = {
  how: Merged['how'];
  /** Commits or trees, before and after. */
  before: string;
  result: string;
  living: readonly Living[];
  trees: readonly Worktree[];
  no: (why: string, next: string) => AmuxError;
};

/**
 * The working tree in which the target is checked out will hold the merge: nothing in it may be written over. Git itself
 * takes ignored files, and those that it was told not to look at, for worth nothing.
 */
export async function checkTarget(
  {path, prunable}: Worktree,
  {before, result, how, living, trees, no}: Merge,
): Promise<void> {
  if (prunable || !existsSync(path))
    throw no(`its target is checked out in ${path}, which is gone`, 'git worktree prune');
  const gitDir = (await git(['rev-parse', '--absolute-git-dir'], {cwd: path})).trim();
  const [doing] = inProgress(gitDir);
  if (doing !== undefined)
    throw no(`${doing.examples.join(' and ')} is in progress in ${path}`, 'bring that to its end first');

  const asked = [
    'status',
    '--porcelain=v2',
    '-z',
    '--untracked-files=all',
    '--ignored=matching',
    '--ignore-submodules=none',
  ];
  const {staged, changed, unmerged, submodules, untracked, ignored} = parseStatus(await git(asked, {cwd: path}));
  const dirty = [...staged, ...changed, ...unmerged, ...submodules];
  const loose = untracked.filter(each => !each.startsWith(CONTEXT));
  const inhabitant = living.find(({dir}) => isIn(dir, path, trees));
  const open = [...dirty, ...loose];
  if (inhabitant !== undefined && open.length > 0) {
    const are = open.length === 1 ? 'is' : 'are';
    const why = `${inhabitant.name} runs in ${path}, where ${named(open)} ${are} not committed`;
    throw no(why, `commit there, or amux stop ${inhabitant.name} first`);
  }
  if (how === 'merge commit' && staged.length > 0) {
    throw no(`${named(staged)} is staged in ${path}`, 'commit there first');
  }
  const touched = (
    await git(['diff-tree', '-r', '-z', '--name-only', '--no-renames', before, result, '--'], {cwd: path})
  )
    .split('\0')
    .filter(Boolean);
  const hit = touchedOf(touched, dirty);
  if (hit.length > 0) throw no(`${named(hit)} is changed in ${path} as well, and not committed`, 'commit there first');
  const overwritten = touchedOf(touched, [...untracked, ...ignored.map(each => each.replace(/\/$/, ''))]);
  const there = overwritten.filter(each => isThere(path, each));
  if (there.length > 0) {
    throw no(`${named(there)} in ${path} is not in git and would be written over`, 'move it away first');
  }
  const {hidden} = parseIndex(await git(['ls-files', '-s', '-v', '-z'], {cwd: path}));
  const asTouched = new Set(touched);
  const unseen = await changedUnseen(
    path,
    hidden.filter(each => asTouched.has(each.path)),
  );
  if (unseen.length > 0) {
    throw no(
      `${named(unseen)} in ${path} is changed, and git was told not to look at it`,
      'git update-index --no-assume-unchanged --no-skip-worktree FILE shows it',
    );
  }
}

/** It stands in this tree, and in none that lies within it. */
function isIn(dir: string, path: string, trees: readonly Worktree[]): boolean {
  const around = trees.filter(each => isWithin(dir, each.path)).sort((a, b) => b.path.length - a.path.length);
  return around[0]?.path === path;
}

/** Those that are, lie in or hold one of `others`. */
function touchedOf(touched: readonly string[], others: readonly string[]): string[] {
  const own = new Set(others);
  const above = new Set(others.flatMap(ancestors));
  return touched.filter(each => own.has(each) || above.has(each) || ancestors(each).some(top => own.has(top)));
}

function ancestors(path: string): string[] {
  const found: string[] = [];
  for (let at = dirname(path); at !== '.' && at !== '/'; at = dirname(at)) found.push(at);
  return found;
}

/** Something stands where it would be written, or where its directory would be made. */
function isThere(top: string, path: string): boolean {
  try {
    return lstatSync(join(top, path), {throwIfNoEntry: false}) !== undefined;
  } catch {
    return true; // A file where a directory would have to be.
  }
}

function named(files: readonly string[]): string {
  const shown = files.slice(0, SHOWN).map(oneLine).join(', ');
  return files.length > SHOWN ? `${shown}, and ${files.length - SHOWN} more` : shown;
}
