import {lstatSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import {CHANGE_MS, git} from './git.ts';
import {copyIndex} from './index-copy.ts';
import {branchTip} from './losses.ts';
import {type IndexEntry, parseEntries, parseStatus} from './porcelain.ts';

/** A commit that is made meanwhile would mix two states: so often it is looked at anew. */
const TRIES = 3;
/** What amux keeps beside the work: each workspace has its own. */
const OURS = /^\.amux\/(workspaces|context)\//;
const SUBMODULE = '160000';
/** In `git status`: added by intent only. */
const INTENDED = /^1 \.A /;

/**
 * What a working tree holds beside its commit, as objects of its repository that nothing refers to. Paths are bytes:
 * see `git`.
 */
export type Captured = {
  /** What is checked out there. */
  head: string;
  /** Tree of the index. A path with conflicts is not in it. */
  index: string;
  /** Tree of the files as they are, those that nobody added included. */
  files: string;
  /** Paths in which `files` may differ from `index`. */
  changed: string[];
  /** Of the index, all stages: paths with conflicts. */
  conflicts: IndexEntry[];
  /** Files that `git add --intent-to-add` promised. */
  intended: string[];
  /** Files that git was told not to look at, and that are there. */
  unseen: {path: string; how: Unseen}[];
  /** Its own git directory: what is in progress stands there. */
  gitDir: string;
  /** What of it is in no tree. */
  notices: string[];
};

export type Unseen = 'assume-unchanged' | 'skip-worktree';

/** The tree is only read: git is asked about copies of its index. Throws `workspace.git` and `workspace.base`. */
export async function capture(top: string): Promise<Captured> {
  for (let i = 1; ; i++) {
    const captured = await withIndex(top, captureIn);
    if (i === TRIES || (await headOf(top)) === captured.head) return captured;
  }
}

/** Throws `workspace.base` before the first commit. */
export async function headOf(top: string): Promise<string> {
  const head = await branchTip({root: top, gitDir: ''}, 'HEAD');
  if (head === null) throw new AmuxError('workspace.base', {base: 'HEAD', project: top, next: 'make a first commit'});
  return head;
}

/** Asks git in a working tree, with an index that is a copy. */
export type Ask = (args: readonly string[], input?: string) => Promise<string>;

/** The copy goes away in the end. */
export async function withIndex<T>(top: string, act: (top: string, about: {ask: Ask; gitDir: string}) => Promise<T>) {
  const directory = mkdtempSync(join(tmpdir(), 'amux-index-'));
  try {
    const gitDir = (await git(['rev-parse', '--absolute-git-dir'], {cwd: top})).trim();
    const index = join(directory, 'index');
    copyIndex(join(gitDir, 'index'), index);
    const ask: Ask = (args, input = '') =>
      git(['-c', 'core.splitIndex=false', '-c', 'core.safecrlf=false', ...args], {
        cwd: top,
        timeoutMs: CHANGE_MS,
        env: {GIT_INDEX_FILE: index},
        input,
        bytes: true,
      });
    return await act(top, {ask, gitDir});
  } finally {
    rmSync(directory, {recursive: true, force: true});
  }
}

async function captureIn(top: string, {ask, gitDir}: {ask: Ask; gitDir: string}): Promise<Captured> {
  const head = await headOf(top);
  const asked = ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none'];
  const told = await ask(asked);
  const status = parseStatus(told);
  const entries = parseEntries(await ask(['ls-files', '-s', '-v', '-z']));
  const unseen = entries.flatMap(entry => unseenOf(top, entry));
  const conflicts = entries.filter(({stage}) => stage !== 0);

  const inConflict = [...new Set(conflicts.map(({path}) => path))];
  await updateIndex(ask, {
    args: ['--index-info'],
    lines: inConflict.map(path => `0 ${'0'.repeat(head.length)}\t${path}`),
  });
  const index = (await ask(['write-tree'])).trim();

  for (const how of ['assume-unchanged', 'skip-worktree'] as const) {
    const lines = unseen.filter(each => each.how === how).map(({path}) => path);
    await updateIndex(ask, {args: [`--no-${how}`, '--stdin'], lines});
  }
  const untracked = status.untracked.filter(path => !OURS.test(path));
  const found = [...status.changed, ...status.unmerged, ...unseen.map(({path}) => path), ...untracked];
  const isRepository = (path: string): boolean => path.endsWith('/');
  const changed = [...new Set(found.filter(path => !isRepository(path)))];
  await updateIndex(ask, {args: ['--add', '--remove', '--replace', '--stdin'], lines: changed});
  const files = (await ask(['write-tree'])).trim();

  const intended = told.split('\0').flatMap(line => (INTENDED.test(line) ? [line.split(' ').slice(8).join(' ')] : []));
  const notices = [
    ...found.filter(isRepository).map(path => `${shown(path)} is a repository of its own: it did not come along`),
    ...status.submodules.map(path => `what is new in the submodule ${shown(path)} did not come along`),
    ...(entries.some(({mode}) => mode === SUBMODULE) ? ['submodules are empty: git submodule update --init'] : []),
  ];
  return {head, index, files, changed, conflicts, intended, unseen, gitDir, notices};
}

function unseenOf(top: string, {path, flag, mode, stage}: IndexEntry): Captured['unseen'] {
  const assumed = flag === flag.toLowerCase();
  const skipped = /s/i.test(flag);
  if (!(assumed || skipped) || mode === SUBMODULE || stage !== 0 || !isThere(top, path)) return [];
  return [
    ...(assumed ? [{path, how: 'assume-unchanged' as const}] : []),
    ...(skipped ? [{path, how: 'skip-worktree' as const}] : []),
  ];
}

/** `path` as git told it. */
export function isThere(top: string, path: string): boolean {
  try {
    lstatSync(Buffer.concat([Buffer.from(`${top}/`), Buffer.from(path, 'latin1')]));
    return true;
  } catch {
    return false; // Nor is it where a file has taken the place of its directory.
  }
}

export const shown = (path: string): string => Buffer.from(path, 'latin1').toString();

type Update = {args: readonly string[]; lines: readonly string[]};

export async function updateIndex(ask: Ask, {args, lines}: Update): Promise<void> {
  if (lines.length > 0) await ask(['update-index', '-z', ...args], lines.map(line => `${line}\0`).join(''));
}
