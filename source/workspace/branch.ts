import {readFileSync, statSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';

/** The branch checked out where `dir` is, by reading files (no git process); null outside a repository or detached. */
export function branchOf(dir: string): string | null {
  const head = findHead(dir);
  if (head === null) return null;
  return /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1]?.trim() ?? null;
}

function findHead(dir: string): string | null {
  for (let at = resolve(dir); ; at = dirname(at)) {
    const git = join(at, '.git');
    try {
      if (statSync(git).isDirectory()) return readFileSync(join(git, 'HEAD'), 'utf8');
      // A worktree has a file that names its own directory.
      const pointer = /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1];
      return pointer === undefined ? null : readFileSync(join(resolve(at, pointer.trim()), 'HEAD'), 'utf8');
    } catch {
      if (at === dirname(at)) return null;
    }
  }
}
