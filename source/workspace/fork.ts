import type {WorkspaceRecord} from '../domain/workspace.ts';
import {capture, headOf} from './capture.ts';
import {carry} from './carry.ts';
import {createWorktree} from './create.ts';
import type {Repository} from './git.ts';
import {findWorkspaces, placeOf} from './list.ts';
import {writeRecord} from './records.ts';
import {removeWorktree} from './remove.ts';

export type ForkedTree = {
  /** The working tree that it begins from. */
  top: string;
  name: string;
  agent: string;
  /** Default: `amux/SLUG`. */
  newBranch?: string;
  description: string;
  /** Without what is not committed there. */
  clean: boolean;
};

/**
 * A worktree at the commit of another working tree, with all that is not committed there, on a branch of its own. Where it
 * fails nothing of it is left; until it is complete its description says that it is not.
 */
export async function forkWorktree(
  repository: Repository,
  {top, clean, description, ...wanted}: ForkedTree,
  now: number,
): Promise<{record: WorkspaceRecord; notices: string[]}> {
  const captured = clean ? null : await capture(top);
  const commit = captured?.head ?? (await headOf(top));
  const unfinished = `${description}, which came to no end: what was not committed there may be missing here`;
  const record = await createWorktree(repository, {...wanted, cwd: top, commit, description: unfinished}, now);
  try {
    const notices = captured === null ? [] : await carry(placeOf(repository, record.id), captured);
    writeRecord(repository, {...record, description});
    return {record: {...record, description}, notices};
  } catch (error) {
    const found = (await findWorkspaces(repository)).find(each => each.record.id === record.id);
    // All that it holds are copies, and nobody knew of it.
    if (found !== undefined) await removeWorktree(repository, found, {discard: true});
    throw error;
  }
}
