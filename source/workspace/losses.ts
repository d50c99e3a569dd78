import {existsSync, readdirSync, readFileSync, realpathSync} from 'node:fs';
import {lstat, readdir} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {type CopiedPath, isWithin, type Loss, type WorkspaceRecord} from '../domain/workspace.ts';
import {fingerprint} from './fingerprint.ts';
import {foreignOwner, git, type Repository, tryGit} from './git.ts';
import {parseIndex, parseStatus} from './porcelain.ts';
import {isInBase} from './squashed.ts';
import {changedUnseen, inProgress, loss} from './uncommitted.ts';

/** What a tool makes again by itself: ignored files under these names are not asked about. */
const REBUILT =
  /^(node_modules|__pycache__|\.(pytest|mypy|ruff|parcel)[-_]cache|\.cache|\.tox|\.venv|venv|\.next|\.nuxt|\.svelte-kit|\.turbo|\.gradle|\.eslintcache|\.DS_Store|target|build|dist|coverage|.*\.(pyc|pyo|o|class|tsbuildinfo))$/;
/** Kept when a workspace is removed: see `keep-context.ts`. */
const CONTEXT = '.amux/context/';

/** Commits that are counted, and files of one ignored directory that are looked at. */
const COMMITS_MAX = 1000;
const WALKED_MAX = 5000;
/** How deep submodules are looked into. */
const DEPTH_MAX = 5;

type Looked = {
  repository: Repository;
  /** Where its files are now. */
  path: string;
  record: Pick<WorkspaceRecord, 'copied' | 'branch' | 'ours' | 'base'>;
  /** The tree was moved aside: its submodules do not find their files there. */
  aside?: boolean;
};

/** Everything in a worktree that is nowhere else, asked of git now. */
export async function lossesIn({repository, path, record, aside = false}: Looked): Promise<Loss[]> {
  const own = (await git(['rev-parse', '--absolute-git-dir'], {cwd: path})).trim();
  // Somebody put a repository of its own in its place: git says nothing here of what that holds.
  if (!isWithin(realpathSync(own), join(realpathSync(repository.gitDir), 'worktrees'))) {
    return loss('untracked', [path]);
  }
  const losses = await changesIn(path, {copied: record.copied, depth: aside ? DEPTH_MAX : 0});
  const head = await headOf(path);
  return [...losses, ...(await unmergedCommits(repository, {record, head}))];
}

/**
 * The same for a worktree whose directory is gone: what was staged, and where it stood, outlives that. Its branch stays
 * while anything leads only through it.
 */
export async function lossesWithout(
  repository: Repository,
  {admin, record: {branch}}: {admin: string | null; record: Looked['record']},
): Promise<Loss[]> {
  if (admin === null) return [];
  const env = {GIT_DIR: admin};
  const staged = await tryGit(['diff-index', '--cached', '--name-only', '-z', 'HEAD'], {cwd: repository.root, env});
  const head = await tryGit(['rev-parse', '--verify', '--quiet', 'HEAD'], {cwd: repository.root, env});
  return [
    ...loss('staged', staged.out.split('\0').filter(Boolean)),
    ...inProgress(admin),
    ...(await unmergedCommits(repository, {
      record: {branch, ours: false, base: null},
      head: head.code === 0 ? head.out.trim() : null,
    })),
  ];
}

async function changesIn(
  path: string,
  {copied, depth}: {copied: readonly CopiedPath[]; depth: number},
): Promise<Loss[]> {
  // Past the last depth, or moved aside, submodules are not asked.
  const submodules = depth >= DEPTH_MAX ? 'all' : 'none';
  const asked = ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--ignored=matching'];
  const status = parseStatus(await git([...asked, `--ignore-submodules=${submodules}`], {cwd: path}));
  const index = parseIndex(await git(['ls-files', '-s', '-v', '-z'], {cwd: path}));
  const gitDir = (await git(['rev-parse', '--absolute-git-dir'], {cwd: path})).trim();
  const inSubmodules = new Set(status.submodules);
  if (depth < DEPTH_MAX) {
    for (const each of index.submodules) if (await holdsOwnWork(join(path, each), depth + 1)) inSubmodules.add(each);
  }
  const ignored: string[] = [];
  for (const each of status.ignored) {
    if (!each.startsWith(CONTEXT) && (await isPrecious(path, each, copied))) ignored.push(each);
  }
  return [
    ...inProgress(gitDir),
    ...loss('staged', status.staged),
    ...loss('changed', [...status.unmerged, ...status.changed]),
    ...loss(
      'untracked',
      status.untracked.filter(each => !each.startsWith(CONTEXT)),
    ),
    ...loss('ignored', ignored),
    ...loss('hidden', await changedUnseen(path, index.hidden)),
    ...loss('submodule', [...inSubmodules]),
  ];
}

/** The repository of a submodule goes with the worktree: its commits and stashes must be elsewhere, too. */
async function holdsOwnWork(path: string, depth: number): Promise<boolean> {
  if (!existsSync(join(path, '.git'))) return false;
  const own = await git(['rev-list', '--max-count=1', '--all', 'HEAD', '--not', '--remotes'], {cwd: path});
  return own.trim() !== '' || (await changesIn(path, {copied: [], depth})).length > 0;
}

/** `each` is a file, or a directory (with a slash behind) that is ignored as a whole. */
async function isPrecious(top: string, each: string, copied: readonly CopiedPath[]): Promise<boolean> {
  return holdsPrecious(top, {path: each.replace(/\/$/, ''), copied, walked: {left: WALKED_MAX}});
}

type Walk = {path: string; copied: readonly CopiedPath[]; walked: {left: number}};

async function holdsPrecious(top: string, {path, copied, walked}: Walk): Promise<boolean> {
  if (walked.left-- <= 0) return true;
  if (REBUILT.test(basename(path)) || (await isCopy(top, path, copied))) return false;
  const found = await lstat(join(top, path)).catch(() => null);
  if (found?.isDirectory() !== true) return found !== null;
  for (const name of await readdir(join(top, path))) {
    if (await holdsPrecious(top, {path: `${path}/${name}`, copied, walked})) return true;
  }
  return false;
}

/** It is what amux copied here, unchanged. */
async function isCopy(top: string, path: string, copied: readonly CopiedPath[]): Promise<boolean> {
  const known = copied.find(each => each.path === path);
  return known != null && known.hash !== null && (await fingerprint(join(top, path))) === known.hash;
}

async function headOf(path: string): Promise<string | null> {
  const {code, out} = await tryGit(['rev-parse', '--verify', '--quiet', 'HEAD'], {cwd: path});
  return code === 0 ? out.trim() : null;
}

type Tips = {record: Pick<WorkspaceRecord, 'branch' | 'ours' | 'base'>; head: string | null};

/** Commits that nothing would lead to once the worktree is gone, and its branch with it where that is amux's. */
export async function unmergedCommits(repository: Repository, {record, head}: Tips): Promise<Loss[]> {
  const cwd = repository.root;
  const tips = head === null ? [] : [head];
  if (record.ours && (await branchTip(repository, record.branch)) !== null) tips.push(record.branch);
  if (tips.length === 0) return [];
  const without = record.ours ? [`--exclude=${record.branch.replace(/^refs\/heads\//, '')}`] : [];
  const asked = ['log', '--no-show-signature', '--format=%h %s', `--max-count=${COMMITS_MAX}`, ...tips];
  const out = await git([...asked, '--not', ...without, '--branches', '--tags', '--remotes', '--'], {cwd});
  const commits = out.split('\n').filter(Boolean);
  if (commits.length === 0) return [];
  const taken = await Promise.all(tips.map(tip => isInBase(repository, {record, tip})));
  return taken.every(Boolean) ? [] : loss('unmerged', commits);
}

/** The commit of a branch; null: there is no such branch. Throws `workspace.git` where git refuses to look. */
export async function branchTip({root}: Repository, ref: string): Promise<string | null> {
  const asked = await tryGit(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], {cwd: root});
  if (asked.code === 0) return asked.out.trim();
  const refused = foreignOwner(asked);
  if (refused !== null) throw refused;
  return null;
}

/** The directory in which git keeps a worktree's index and HEAD, by the path that it was made at. */
export const adminOf = ({gitDir}: Pick<Repository, 'gitDir'>, path: string): string | null =>
  adminsIn(gitDir).find(each => each.path === path)?.admin ?? null;

/** Working trees beside the main one that are where git looks for them, and lead back to this repository. */
export const linkedTrees = ({gitDir}: Pick<Repository, 'gitDir'>): string[] =>
  adminsIn(gitDir)
    .filter(({admin, path}) => isLedTo(admin, path))
    .map(({path}) => path);

/** The working tree there is git's own of that name: its `.git` file leads to where git keeps its part. */
export function isLinked(repository: Pick<Repository, 'gitDir'>, path: string): boolean {
  const admin = adminOf(repository, path);
  return admin !== null && isLedTo(admin, path);
}

function isLedTo(admin: string, path: string): boolean {
  const target = linkTarget(path);
  return target !== null && existsSync(target) && realpathSync(target) === realpathSync(admin);
}

/** Where the `.git` file of a working tree leads; null: it has none. */
export function linkTarget(path: string): string | null {
  const pointer = /^gitdir: (.+)$/s.exec(textOf(join(path, '.git')))?.[1]?.trim();
  return pointer === undefined ? null : resolve(path, pointer);
}

function adminsIn(gitDir: string): {admin: string; path: string}[] {
  const directory = join(gitDir, 'worktrees');
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap(each => {
    const admin = join(directory, each);
    const file = textOf(join(admin, 'gitdir')).trim();
    // Relative where `worktree.useRelativePaths` is set; else half gone: it leads nowhere.
    return file.endsWith('/.git') ? [{admin, path: dirname(resolve(admin, file))}] : [];
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // Gone, or a directory: somebody's own repository.
  }
}
