import {existsSync, mkdirSync, readFileSync, type Stats, statSync, writeFileSync} from 'node:fs';
import {basename, dirname, join, resolve} from 'node:path';

/** A git repository as seen from a directory in it. Read from its files: no git is forked. */
export type Repository = {
  /** The main working tree. */
  root: string;
  /** The working tree that the directory is in: a worktree's, or `root`. */
  top: string;
  /** The git directory that all worktrees share. */
  gitDir: string;
};

export function findRepository(dir: string): Repository | null {
  for (let at = dir; ; at = dirname(at)) {
    const found = repositoryAt(at);
    if (found !== null) return found;
    if (dirname(at) === at) return null;
  }
}

/** Adds patterns to `info/exclude`, which is never committed. What is there already stays as it is. */
export function keepOutOfGit({gitDir}: Pick<Repository, 'gitDir'>, patterns: readonly string[]): void {
  const file = join(gitDir, 'info', 'exclude');
  const text = readOr(file, '');
  const lines = new Set(text.split(/\r?\n/).map(line => line.trim()));
  const missing = patterns.filter(pattern => !lines.has(pattern) && !lines.has(`/${pattern}`));
  if (missing.length === 0) return;
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, `${text}${gap}${missing.join('\n')}\n`);
}

function repositoryAt(top: string): Repository | null {
  const dotGit = join(top, '.git');
  const found = lookAt(dotGit);
  if (found === null) return null;
  if (found.isDirectory()) return existsSync(join(dotGit, 'HEAD')) ? {root: top, top, gitDir: dotGit} : null;
  const target = /^gitdir: (.+)$/m.exec(readOr(dotGit, ''))?.[1]?.trim();
  if (target === undefined) return null;
  const own = resolve(top, target);
  const gitDir = sharedDirectory(own);
  // No `commondir`: a submodule, or a git directory kept elsewhere; it is a repository of its own.
  if (gitDir === null) return {root: top, top, gitDir: own};
  return {root: mainTree(gitDir) ?? top, top, gitDir};
}

/** For a worktree's git directory, the main repository's; null for any other. */
function sharedDirectory(own: string): string | null {
  const common = readOr(join(own, 'commondir'), '').trim();
  if (common !== '') return resolve(own, common);
  // A pruned worktree has lost its own directory, but its path still tells whose it was.
  const pruned = /^(.*)\/worktrees\/[^/]+$/.exec(own)?.[1];
  return pruned !== undefined && !existsSync(own) && existsSync(join(pruned, 'HEAD')) ? pruned : null;
}

/** The main working tree of a shared git directory; null when it is bare. */
function mainTree(gitDir: string): string | null {
  const parent = dirname(gitDir);
  if (basename(gitDir) === '.git') return parent;
  const worktree = /^\s*worktree\s*=\s*(.+?)\s*$/m.exec(readOr(join(gitDir, 'config'), ''))?.[1];
  if (worktree !== undefined) return resolve(gitDir, worktree);
  // A bare directory beside its worktrees, named by a `.git` file there.
  const pointer = /^gitdir: (.+)$/m.exec(readOr(join(parent, '.git'), ''))?.[1]?.trim();
  return pointer !== undefined && resolve(parent, pointer) === gitDir ? parent : null;
}

/** Null also where a directory above may not be entered. */
function lookAt(path: string): Stats | null {
  try {
    return statSync(path, {throwIfNoEntry: false}) ?? null;
  } catch {
    return null;
  }
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise; // Missing or not readable: it says nothing.
  }
}
