import {existsSync, realpathSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {WorkspaceRecord} from '../domain/workspace.ts';
import {git, type Repository, tryGit} from './git.ts';
import {adminOf, isLinked, linkedTrees} from './losses.ts';
import {parseWorktrees, type Worktree} from './porcelain.ts';
import {readRecords} from './records.ts';
import {unlinkedAt} from './unlinked.ts';

/**
 * A worktree that amux made, as its record and git tell it; `worktree` is null when git has forgotten it. Nothing can be
 * done in one that is `missing`; the directory of one that is also `unlinked` is there.
 */
export type Found = {
  record: WorkspaceRecord;
  path: string;
  worktree: Worktree | null;
  missing: boolean;
  unlinked: boolean;
};

/**
 * Where a workspace lies: in the main working tree. A bare repository has none, but trees that may each hold some of its
 * workspaces; what is not in this one is looked for in those.
 */
export function placeOf(repository: Repository, id: string): string {
  const place = join('.amux', 'workspaces', id);
  const own = join(repository.root, place);
  return existsSync(own) ? own : (linkedTrees(repository).find(path => path.endsWith(`/${place}`)) ?? own);
}

/** One call of git, however many there are. */
export async function worktreesOf(repository: Repository): Promise<Worktree[]> {
  const args = ['worktree', 'list', '--porcelain'];
  const {code, out} = await tryGit([...args, '-z'], {cwd: repository.root});
  // Before 2.36 there is no -z: paths with line ends are not told apart then.
  const text = code === 0 ? out : (await git(args, {cwd: repository.root})).replaceAll('\n', '\0');
  return parseWorktrees(text).map(each => (isGitDirectory(repository, each) ? {...each, path: repository.root} : each));
}

/** Git takes a git directory that lies elsewhere for the main working tree. */
function isGitDirectory({root, gitDir}: Repository, {path, bare}: Worktree): boolean {
  if (bare || !existsSync(join(path, 'HEAD')) || isLinked({gitDir}, root)) return false;
  return realpathSync(path) === realpathSync(gitDir);
}

/** Those that amux made, in order of creation. */
export async function findWorkspaces(repository: Repository): Promise<Found[]> {
  const records = readRecords(repository);
  if (records.length === 0) return [];
  const worktrees = await worktreesOf(repository);
  return records.map(record => {
    const path = placeOf(repository, record.id);
    const worktree = worktrees.find(each => each.path === path) ?? null;
    const missing = worktree === null || !existsSync(join(path, '.git'));
    return {record, path, worktree, missing, unlinked: missing && unlinkedAt(repository, {...record, path}) !== null};
  });
}

/** When it was last worked in, as far as git's files tell, in ms since the epoch. */
export function lastUsed(repository: Repository, {record, path}: Found): number {
  const admin = adminOf(repository, path);
  const files = admin === null ? [] : ['HEAD', 'index', 'logs/HEAD'].map(name => join(admin, name));
  const times = [...files, path, join(path, '.amux', 'context', 'working-log.md')].map(
    file => statSync(file, {throwIfNoEntry: false})?.mtimeMs ?? 0,
  );
  return Math.max(record.createdAt, ...times);
}
