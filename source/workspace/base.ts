import type {WorkspaceRecord} from '../domain/workspace.ts';
import {git, tryGit} from './git.ts';

/** What a working tree is compared with. `commit`: the last one that both have; null: there is none yet. */
export type Base = {name: string; branch: string | null; commit: string | null};

/**
 * The branch that a workspace was made from, where it is still there; else the commit that it began at. A tree that
 * amux did not make is compared with its own HEAD.
 */
export async function baseOf(path: string, record: WorkspaceRecord | null): Promise<Base> {
  const head = await commitOf(path, 'HEAD');
  if (record === null) return {name: 'HEAD', branch: null, commit: head};
  const branch = await baseBranch(path, record);
  const tip = branch === null ? null : await commitOf(path, branch);
  if (branch === null || tip === null) {
    return {
      name: record.commit.slice(0, 12),
      branch: null,
      commit: await sharedWith(path, {head, other: record.commit}),
    };
  }
  return {name: shortName(branch), branch, commit: await sharedWith(path, {head, other: tip})};
}

/** Full name of the branch that it was made from; null: there is none, or none any more. */
export async function baseBranch(path: string, {base}: Pick<WorkspaceRecord, 'base'>): Promise<string | null> {
  if (base === null) return null;
  const names = base.startsWith('refs/') ? [base] : [`refs/heads/${base}`, `refs/remotes/${base}`];
  for (const name of names) {
    if (/^refs\/(heads|remotes)\//.test(name) && (await commitOf(path, name)) !== null) return name;
  }
  return null;
}

export const shortName = (ref: string): string => ref.replace(/^refs\/(heads|remotes)\//, '');

/** Null: there is no such commit. */
export async function commitOf(cwd: string, name: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const {code, out} = await tryGit(args, {cwd});
  return code === 0 ? out.trim() : null;
}

/** Without anything in common, and without commits of its own: the other one itself. */
async function sharedWith(cwd: string, {head, other}: {head: string | null; other: string}): Promise<string | null> {
  if ((await commitOf(cwd, other)) === null) return head;
  if (head === null) return other;
  const {code, out} = await tryGit(['merge-base', head, other], {cwd});
  return code === 0 ? out.trim() : other;
}

/** The tree without anything in it, in the repository's own hash. */
export const emptyTree = async (cwd: string): Promise<string> =>
  (await git(['hash-object', '-t', 'tree', '/dev/null'], {cwd})).trim();
