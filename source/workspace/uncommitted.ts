import {existsSync, lstatSync} from 'node:fs';
import {join} from 'node:path';
import type {Loss} from '../domain/workspace.ts';
import {git, tryGit} from './git.ts';
import {parseIndex, parseStatus} from './porcelain.ts';

const SHOWN = 4;
/** Kept out of git: what amux writes there is no work that waits for a commit. */
const CONTEXT = '.amux/context/';

/** What would be left behind if only the commits of a working tree were taken; ignored files are not asked about. */
export async function uncommittedIn(path: string): Promise<Loss[]> {
  const asked = ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--ignore-submodules=none'];
  const status = parseStatus(await git(asked, {cwd: path}));
  const index = parseIndex(await git(['ls-files', '-s', '-v', '-z'], {cwd: path}));
  const gitDir = (await git(['rev-parse', '--absolute-git-dir'], {cwd: path})).trim();
  return [
    ...inProgress(gitDir),
    ...loss('staged', status.staged),
    ...loss('changed', [...status.unmerged, ...status.changed]),
    ...loss(
      'untracked',
      status.untracked.filter(each => !each.startsWith(CONTEXT)),
    ),
    ...loss('hidden', await changedUnseen(path, index.hidden)),
    ...loss('submodule', status.submodules),
  ];
}

/** Files that git was told not to look at, and that are not what it knows. */
export async function changedUnseen(path: string, hidden: readonly {path: string; blob: string}[]): Promise<string[]> {
  const changed: string[] = [];
  for (const {path: file, blob} of hidden) {
    if (lstatSync(join(path, file), {throwIfNoEntry: false}) === undefined) continue;
    const {out} = await tryGit(['hash-object', `--path=${file}`, '--', file], {cwd: path});
    if (out.trim() !== blob) changed.push(file);
  }
  return changed;
}

const MARKS: [string, string][] = [
  ['MERGE_HEAD', 'a merge'],
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['BISECT_LOG', 'a bisection'],
];

/** What git was told to do there and has not come to its end. */
export function inProgress(gitDir: string): Loss[] {
  const found = MARKS.filter(([mark]) => existsSync(join(gitDir, mark))).map(([, what]) => what);
  return found.length === 0 ? [] : [{kind: 'in progress', count: found.length, examples: [...new Set(found)]}];
}

export const loss = (kind: Loss['kind'], all: readonly string[]): Loss[] =>
  all.length === 0 ? [] : [{kind, count: all.length, examples: all.slice(0, SHOWN)}];
