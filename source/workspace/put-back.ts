import {existsSync, lstatSync, readFileSync, realpathSync, rmdirSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {commitOf} from './base.ts';
import {type Ask, isThere, shown, withIndex} from './capture.ts';
import {CHANGE_MS, git, tryGit} from './git.ts';
import {parseStatus} from './porcelain.ts';

type CutShort = {
  /** What was checked out, and what the merge was to make of it: commits or trees. */
  before: string;
  result: string;
  /** The commit that was merged. */
  source: string;
  /** Git did not end by itself, so that its lock may lie there still. */
  ended: boolean;
};

/**
 * A merge that failed wrote what it had come to: files, and the index where only its branch could not be moved. What it
 * touches was clean before, so that all that it wrote is made again from what was checked out; what somebody else wrote
 * meanwhile stays. Returns the files that could not be put back.
 */
export async function putBack(tree: string, {before, result, source, ended}: CutShort): Promise<string[]> {
  const gitDir = await gitDirOf(tree);
  const change = {cwd: tree, timeoutMs: CHANGE_MS};
  // A hook that refuses leaves the merge half done.
  if (isOpen(gitDir, source)) await tryGit(['merge', '--abort'], change);
  if ((await commitOf(tree, 'HEAD')) !== before) return [];
  const look = {cwd: tree, bytes: true};
  const touched = namesOf(
    await git(['diff-tree', '-r', '-z', '--name-only', '--no-renames', before, result, '--'], look),
  );
  const staged = new Set(namesOf(await git(['diff-index', '--cached', '-z', '--name-only', before, '--'], look)));
  if (touched.some(path => staged.has(path))) await tryGit(['read-tree', '-m', '-u', result, before], change);
  const wrote = await restore(tree, {touched, result});
  if (wrote.size > 0 && ended) rmSync(join(gitDir, 'index.lock'), {force: true});
  await forgetMerge(tree, source);
  const status = parseStatus(await git(['status', '--porcelain=v2', '-z', '--untracked-files=all'], look));
  const open = new Set([...status.changed, ...status.untracked].filter(path => wrote.has(path)));
  const left = new Set([...status.staged, ...status.unmerged, ...open]);
  return touched.filter(path => left.has(path)).map(shown);
}

/** Git knows nothing more of a merge that is in progress; files and index stay as they are. */
export async function forgetMerge(tree: string, source: string): Promise<void> {
  if (isOpen(await gitDirOf(tree), source)) await tryGit(['merge', '--quit'], {cwd: tree});
}

/** No merge was in progress before, so it is this one. */
function isOpen(gitDir: string, source: string): boolean {
  const head = join(gitDir, 'MERGE_HEAD');
  return existsSync(head) && readFileSync(head, 'utf8').trim() === source;
}

const gitDirOf = async (tree: string): Promise<string> =>
  (await git(['rev-parse', '--absolute-git-dir'], {cwd: tree})).trim();

type Touched = {touched: readonly string[]; result: string};

/** The files that the merge wrote or took away. */
async function restore(tree: string, {touched, result}: Touched): Promise<Set<string>> {
  const isResult = await writtenBy(tree, result);
  const isOurs = async (path: string): Promise<boolean> => isResult(path) || (await isPartOf(tree, {path, result}));
  return withIndex(tree, async (_, {ask}) => {
    const {known, changed} = await lookAt(ask);
    const added: string[] = [];
    for (const path of touched) {
      if (!known.has(path) && isFileIn(tree, path) && (await isOurs(path))) added.push(path);
    }
    // First, as a directory of theirs may stand where a file was.
    for (const path of added) removeAdded(tree, path);
    const lost: string[] = [];
    for (const path of touched) {
      if (known.has(path) && changed.has(path) && (!isThere(tree, path) || (await isOurs(path)))) lost.push(path);
    }
    const lines = lost.map(path => `${path}\0`).join('');
    // What it cannot do is seen in what is left.
    if (lost.length > 0) await ask(['checkout-index', '--force', '-z', '--stdin'], lines).catch(() => {});
    return new Set([...added, ...lost]);
  });
}

/** Tells which files are as the merge was to make them. */
function writtenBy(tree: string, result: string): Promise<(path: string) => boolean> {
  return withIndex(tree, async (_, {ask}) => {
    await ask(['-c', 'core.sparseCheckout=false', 'read-tree', result]);
    const {known, changed} = await lookAt(ask);
    return path => known.has(path) && !changed.has(path);
  });
}

async function lookAt(ask: Ask): Promise<{known: Set<string>; changed: Set<string>}> {
  await ask(['update-index', '-q', '--refresh']).catch(() => {}); // It fails where something changed.
  const known = new Set(namesOf(await ask(['ls-files', '-z'])));
  return {known, changed: new Set(namesOf(await ask(['diff-files', '-z', '--name-only'])))};
}

/** A file that was cut short as it was written, empty at first. */
async function isPartOf(tree: string, {path, result}: {path: string; result: string}): Promise<boolean> {
  if (!isFileIn(tree, path) || lstatSync(pathIn(tree, path)).isSymbolicLink()) return false;
  const written = readFileSync(pathIn(tree, path));
  if (written.length === 0) return true;
  for (const how of ['--filters', 'blob']) {
    const {code, out} = await tryGit(['cat-file', how, `${result}:${shown(path)}`], {cwd: tree, bytes: true});
    if (code === 0 && Buffer.from(out, 'latin1').subarray(0, written.length).equals(written)) return true;
  }
  return false;
}

const pathIn = (tree: string, path: string): string => join(realpathSync(tree), shown(path));

/** It stands in the tree itself, not behind a link that the merge was to replace. */
function isFileIn(tree: string, path: string): boolean {
  const file = pathIn(tree, path);
  try {
    return realpathSync(dirname(file)) === dirname(file) && !lstatSync(file).isDirectory();
  } catch {
    return false; // The merge did not come to it.
  }
}

/** Directories that it made go with their last file. */
function removeAdded(tree: string, path: string): void {
  try {
    rmSync(pathIn(tree, path));
    for (let at = dirname(path); at !== '.'; at = dirname(at)) rmdirSync(pathIn(tree, at));
  } catch {
    // The first that holds something else stays.
  }
}

const namesOf = (told: string): string[] => told.split('\0').filter(Boolean);
