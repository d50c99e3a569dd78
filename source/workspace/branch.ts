import {existsSync, readFileSync, type Stats, statSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';

/** What was read is taken for true for so long, in ms: lists are asked for often. */
const KEPT_MS = 1000;
/** Directories that are remembered. */
const REMEMBERED = 1000;

/** Branches of directories, each read at most once a second. */
export class Branches {
  readonly #now: () => number;
  readonly #known = new Map<string, {at: number; branch: string | null}>();

  constructor(now: () => number) {
    this.#now = now;
  }

  of(dir: string): string | null {
    const at = this.#now();
    const known = this.#known.get(dir);
    if (known !== undefined && Math.abs(at - known.at) < KEPT_MS) return known.branch;
    const branch = branchOf(dir);
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(dir, {at, branch});
    return branch;
  }
}

/**
 * The branch checked out where `dir` is, by reading files (no git process); null outside a repository or detached, and
 * where `dir` or what its `.git` names is gone: workspaces lie inside of a repository, whose branch is not theirs.
 */
export function branchOf(dir: string): string | null {
  const head = findHead(dir);
  if (head === null) return null;
  return /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1]?.trim() ?? null;
}

function findHead(dir: string): string | null {
  if (!existsSync(dir)) return null;
  for (let at = resolve(dir); ; at = dirname(at)) {
    const git = join(at, '.git');
    let found: Stats | undefined;
    try {
      found = statSync(git, {throwIfNoEntry: false});
      if (found === undefined && at !== dirname(at)) continue;
      if (found === undefined) return null;
      if (found.isDirectory()) return readFileSync(join(git, 'HEAD'), 'utf8');
      // A worktree has a file that names its own directory.
      const pointer = /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1];
      return pointer === undefined ? null : readFileSync(join(resolve(at, pointer.trim()), 'HEAD'), 'utf8');
    } catch {
      // As git has it: a directory of that name may be anything, but what a file names has to be there.
      if (at === dirname(at) || found?.isFile() === true) return null;
    }
  }
}
