import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, realpathSync, type Stats, statSync} from 'node:fs';
import {basename, dirname, join, resolve} from 'node:path';
import {editFile} from './edit-file.ts';

/** How long git may take to say whether it knows a file, in ms. */
const GIT_MS = 10_000;

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

/**
 * Adds patterns to `info/exclude`, which is never committed, and takes others out. What else is there stays as it is.
 * Throws `store.write`.
 */
export function keepOutOfGit(
  {gitDir}: Pick<Repository, 'gitDir'>,
  {add, remove = []}: {add: readonly string[]; remove?: readonly string[]},
): void {
  const file = excludeOf(gitDir);
  const change = (text: string): string => {
    const kept = remove.length === 0 ? text : without(text, remove);
    const lines = linesOf(kept);
    const missing = add.filter(pattern => !lines.has(pattern) && !lines.has(`/${pattern}`));
    if (missing.length === 0) return kept;
    const gap = kept === '' || kept.endsWith('\n') ? '' : '\n';
    return `${kept}${gap}${missing.join('\n')}\n`;
  };
  if (change(readOr(file, '')) === readOr(file, '')) return;
  mkdirSync(dirname(file), {recursive: true});
  editFile(file, {read: () => readOr(file, ''), change});
}

/** `info/exclude` has this line. */
export const isKeptOut = ({gitDir}: Pick<Repository, 'gitDir'>, pattern: string): boolean =>
  linesOf(readOr(excludeOf(gitDir), '')).has(pattern);

/** Git knows the file already; false also where it cannot be asked. */
export function isTracked({root}: Pick<Repository, 'root'>, path: string): boolean {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const {status} = spawnSync('git', ['-C', root, 'ls-files', '--error-unmatch', '--', path], {
    env: {...Object.fromEntries(own), GIT_OPTIONAL_LOCKS: '0'},
    stdio: 'ignore',
    timeout: GIT_MS,
  });
  return status === 0;
}

const excludeOf = (gitDir: string): string => join(gitDir, 'info', 'exclude');

const linesOf = (text: string): Set<string> => new Set(text.split(/\r?\n/).map(line => line.trim()));

function without(text: string, patterns: readonly string[]): string {
  return text
    .split(/(?<=\n)/)
    .filter(line => !patterns.includes(line.trim()))
    .join('');
}

function repositoryAt(top: string): Repository | null {
  const dotGit = join(top, '.git');
  const found = lookAt(dotGit);
  if (found === null) return null;
  if (found.isDirectory()) return existsSync(join(dotGit, 'HEAD')) ? {root: top, top, gitDir: dotGit} : null;
  const target = /^gitdir: (.+)$/s.exec(readOr(dotGit, ''))?.[1]?.trim();
  if (target === undefined) return null;
  const own = resolve(top, target);
  const gitDir = sharedDirectory(own);
  // No `commondir`: a submodule, or a git directory kept elsewhere; it is a repository of its own.
  if (gitDir === null) return {root: top, top, gitDir: own};
  return {root: mainTree(gitDir) ?? makerOf(top, gitDir) ?? top, top, gitDir};
}

/** The working tree in whose `.amux/workspaces` this one was made, where both are of one repository. */
function makerOf(top: string, gitDir: string): string | null {
  const maker = /^(.+)\/\.amux\/workspaces\/[^/]+$/s.exec(top)?.[1];
  const its = maker === undefined ? undefined : repositoryAt(maker)?.gitDir;
  return maker !== undefined && its !== undefined && realpathSync(its) === realpathSync(gitDir) ? maker : null;
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
