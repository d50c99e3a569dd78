import type {WorkspaceRecord} from '../domain/workspace.ts';
import {baseBranch} from './base.ts';
import {type Repository, tryGit} from './git.ts';

/** The commit that is made to be compared is the same one each time. */
const SAME = {GIT_AUTHOR_DATE: '@0 +0000', GIT_COMMITTER_DATE: '@0 +0000'};

/**
 * Whether the base has taken all changes of a commit in another form: as one commit (a squash), or one by one (a
 * rebase). Two witnesses: the base has a commit with the same patch, and a merge would change nothing there. Patches are
 * compared without blanks, and a merge of nothing changes nothing: neither would do alone.
 */
export async function isInBase(
  repository: Repository,
  {record, tip}: {record: Pick<WorkspaceRecord, 'base'>; tip: string},
): Promise<boolean> {
  const cwd = repository.root;
  const said = async (...args: string[]): Promise<string | null> => {
    const {code, out} = await tryGit(args, {cwd, env: SAME});
    return code === 0 ? out.trim() : null;
  };
  const base = await baseBranch(cwd, record);
  const shared = base === null ? null : await said('merge-base', base, tip);
  if (base === null || shared === null) return false;
  const merged = await said('merge-tree', '--write-tree', base, tip);
  if (merged === null || merged !== (await said('rev-parse', '--verify', '--quiet', `${base}^{tree}`))) return false;
  const taken = (list: string | null): boolean =>
    list !== null && list !== '' && list.split('\n').every(line => line[0] === '-');
  // All as one commit, which is made beside everything and only to be compared.
  const author = ['-c', 'user.name=amux', '-c', 'user.email=amux@localhost', '-c', 'commit.gpgSign=false'];
  const whole = await said(...author, 'commit-tree', `${tip}^{tree}`, '-p', shared, '-m', 'all');
  if (whole !== null && taken(await said('cherry', base, whole))) return true;
  // One by one: what a merge of two brought by itself is in no patch.
  const merges = await said('rev-list', '--count', '--merges', tip, `^${base}`);
  return merges === '0' && taken(await said('cherry', base, tip));
}
