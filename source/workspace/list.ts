import {existsSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {WorkspaceRecord} from '../domain/workspace.ts';
import {git, type Repository, tryGit} from './git.ts';
import {adminOf} from './losses.ts';
import {parseWorktrees, type Worktree} from './porcelain.ts';
import {readRecords} from './records.ts';

/** A worktree that amux made, as its record and git tell it; `worktree` is null when git has forgotten it. */
export type Found = {record: WorkspaceRecord; path: string; worktree: Worktree | null; missing: boolean};

export const placeOf = ({root}: Pick<Repository, 'root'>, id: string): string => join(root, '.amux', 'workspaces', id);

/** One call of git, however many there are. */
export async function worktreesOf(repository: Repository): Promise<Worktree[]> {
  const args = ['worktree', 'list', '--porcelain'];
  const {code, out} = await tryGit([...args, '-z'], {cwd: repository.root});
  if (code === 0) return parseWorktrees(out);
  // Before 2.36 there is no -z: paths with line ends are not told apart then.
  return parseWorktrees((await git(args, {cwd: repository.root})).replaceAll('\n', '\0'));
}

/** Those that amux made, in order of creation. */
export async function findWorkspaces(repository: Repository): Promise<Found[]> {
  const records = readRecords(repository);
  if (records.length === 0) return [];
  const worktrees = await worktreesOf(repository);
  return records.map(record => {
    const path = placeOf(repository, record.id);
    const worktree = worktrees.find(each => each.path === path) ?? null;
    return {record, path, worktree, missing: worktree === null || !existsSync(join(path, '.git'))};
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
