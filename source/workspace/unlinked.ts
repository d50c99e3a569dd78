import {existsSync, readdirSync} from 'node:fs';
import {basename, join} from 'node:path';
import {quoted} from '../domain/argv.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Repository} from './git.ts';
import {isLinked, linkTarget} from './losses.ts';

type Place = {name: string; path: string};
type Unlinked = {why: string; next: string};

/** Why a workspace is not worked in: its directory is gone, or git does not know it as a working tree. */
export function whyMissing(repository: Repository, {name, path}: Place): AmuxError {
  const found = unlinkedAt(repository, {name, path});
  if (found === null) return new AmuxError('workspace.missing', {workspace: name, path});
  return new AmuxError('workspace.unlinked', {workspace: name, path, ...found});
}

/** The directory is there, and git cannot work in it; null: it can, or there is none. */
export function unlinkedAt(repository: Repository, {name, path}: Place): Unlinked | null {
  if (!isFilled(path) || isLinked(repository, path)) return null;
  const target = linkTarget(path);
  const next = `move out of it what matters; amux ws remove ${quoted(name)} --discard takes the rest away`;
  if (target === null) return {why: 'it has no .git file that leads to the repository', next};
  if (existsSync(target)) return {why: `its .git file leads to ${target}`, next};
  const admin = join(repository.gitDir, 'worktrees', basename(target));
  if (!existsSync(admin)) return {why: 'git has forgotten it', next};
  return {
    why: 'git looks for it where the repository was before',
    next: `git -C ${quoted(repository.root)} worktree repair ${quoted(path)}`,
  };
}

function isFilled(path: string): boolean {
  try {
    return readdirSync(path).length > 0;
  } catch {
    return false;
  }
}
