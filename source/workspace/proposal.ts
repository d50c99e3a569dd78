import {lstatSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import {oneLine, plainText} from '../domain/names.ts';
import type {Proposal, WorkspaceRecord} from '../domain/workspace.ts';
import {baseBranch, commitOf, shortName} from './base.ts';
import {branchOf} from './branch.ts';
import {contextOf, staysInside, textOf} from './context-files.ts';
import {git, tryGit} from './git.ts';
import {uncommittedIn} from './uncommitted.ts';

/** Of a pull request's text, bytes, and of its title, characters. */
const BODY_MAX = 64 << 10;
const TITLE_MAX = 200;

type Asked = {path: string; name: string; record: WorkspaceRecord | null; base: string | undefined};

/** What a pull request of a working tree would be. Nothing is asked of its remote. Throws `workspace.proposal`. */
export async function proposalOf({path, name, record, base: wanted}: Asked): Promise<Omit<Proposal, 'workspace'>> {
  const no = (why: string, next: string): AmuxError =>
    new AmuxError('workspace.proposal', {workspace: name, why, next});
  const branch = branchOf(path);
  if (branch === null) throw no('no branch is checked out there', 'git switch -c NAME gives it one');
  const remote = await remoteOf(path, branch);
  if (remote === null) throw no('the repository has no remote', 'git remote add origin URL');
  const base = wanted ?? (await targetOf(path, {record, remote}));
  if (base === null) throw no('the branch that it goes to is not known', '--base BRANCH names it');
  if (base === branch)
    throw no(`${branch} is checked out there, where pull requests go to`, 'git switch -c NAME makes a branch');
  const from = await firstOf(path, [`refs/remotes/${remote}/${base}`, `refs/heads/${base}`, record?.commit ?? '']);
  const range = from === null ? ['HEAD'] : ['HEAD', `^${from}`];
  const subjects = (
    await git(['log', '--no-show-signature', '--format=%s', '--max-count=1000', ...range, '--'], {cwd: path})
  )
    .split('\n')
    .filter(Boolean);
  if (subjects.length === 0) throw no(`it has no commit that ${base} does not have`, `commit in ${path} first`);
  const description = record?.description?.trim() || null;
  const summary = record === null ? null : summaryOf(path, record);
  const [first] = (description ?? '').split('\n');
  const title = oneLine(first || (subjects.length === 1 ? subjects[0]! : name)).slice(0, TITLE_MAX);
  return {
    branch,
    base,
    remote,
    title,
    body: summary?.text ?? plainText(description ?? ''),
    bodyFile: summary?.file ?? null,
    commits: subjects.length,
    uncommitted: await uncommittedIn(path),
  };
}

/** Where git would push it to, else the only one there is. */
async function remoteOf(cwd: string, branch: string): Promise<string | null> {
  const remotes = (await git(['remote'], {cwd})).split('\n').filter(Boolean);
  for (const key of [`branch.${branch}.pushRemote`, 'remote.pushDefault', `branch.${branch}.remote`]) {
    const {code, out} = await tryGit(['config', '--get', key], {cwd});
    if (code === 0 && remotes.includes(out.trim())) return out.trim();
  }
  return remotes.includes('origin') ? 'origin' : remotes.length === 1 ? remotes[0]! : null;
}

/** The branch that it was made from, as the remote calls it; else the remote's own. */
async function targetOf(
  cwd: string,
  {record, remote}: {record: WorkspaceRecord | null; remote: string},
): Promise<string | null> {
  const ref = record === null ? null : await baseBranch(cwd, record);
  const own = `refs/remotes/${remote}/`;
  if (ref?.startsWith(own) === true) return ref.slice(own.length);
  if (ref?.startsWith('refs/heads/') === true) return shortName(ref);
  const {code, out} = await tryGit(['symbolic-ref', '--quiet', `${own}HEAD`], {cwd});
  return code === 0 && out.startsWith(own) ? out.trim().slice(own.length) : null;
}

async function firstOf(cwd: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const commit = name === '' ? null : await commitOf(cwd, name);
    if (commit !== null) return commit;
  }
  return null;
}

/** The results that somebody wrote down; null: nobody did. */
function summaryOf(path: string, record: WorkspaceRecord): {file: string; text: string} | null {
  const file = join(contextOf(path), 'results-summary.md');
  const found = lstatSync(file, {throwIfNoEntry: false});
  if (found === undefined || !found.isFile() || found.size > BODY_MAX || !staysInside(path)) return null;
  const text = readFileSync(file, 'utf8');
  const untouched = textOf('results-summary.md', {...record, branch: null});
  return text.trim() === '' || text.trim() === untouched.trim() ? null : {file, text};
}
