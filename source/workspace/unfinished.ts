import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {WorkspaceRecord} from '../domain/workspace.ts';
import {CHANGE_MS, type Repository, tryGit} from './git.ts';
import {placeOf} from './list.ts';
import {adminOf, isLinked} from './losses.ts';
import {directoryOf, forgetRecord, readRecords, writeRecord} from './records.ts';

/** Who makes a worktree: amux, the git that it started, and whether its branch is made with it. */
export type Making = {pid: number | null; git: number | null; isNew: boolean};

/** When both began: another process may have a number of theirs later. */
type Noted = Making & {begun: string | null; gitBegun: string | null};

const fileOf = (repository: Pick<Repository, 'gitDir'>, id: string): string =>
  join(directoryOf(repository), `${id}.making`);

/** Beside its record, until all of it is there. */
export function noteMaking(repository: Repository, id: string, making: Making): void {
  const {pid, git} = making;
  const noted: Noted = {...making, begun: begunOf(pid), gitBegun: begunOf(git)};
  writeFileSync(fileOf(repository, id), JSON.stringify(noted));
}

export function endMaking(repository: Repository, id: string): void {
  rmSync(fileOf(repository, id), {force: true});
}

/** Whoever made it died before git had made its part. */
export function isHalfMade(repository: Repository, id: string): boolean {
  return readMaking(repository, id) !== null && isOver(repository, id) && !isWhole(repository, id);
}

/**
 * After a crash: what git had not made to its end is taken back, as nobody was told that it is there. What it had stays,
 * and says in its description what may be missing.
 */
export async function finishMakings(repository: Repository): Promise<void> {
  for (const id of unfinishedIn(repository)) {
    if (!isOver(repository, id)) continue;
    const record = readRecords(repository).find(each => each.id === id);
    if (record !== undefined && isWhole(repository, id)) writeRecord(repository, withDoubt(record));
    else if (record !== undefined) {
      await takeBack(repository, {record, isNew: readMaking(repository, id)?.isNew === true});
    }
    endMaking(repository, id);
  }
}

/** What an attempt made, and only that: the branch, while it still stands where it began. */
export async function takeBack(
  repository: Repository,
  {record, isNew}: {record: WorkspaceRecord; isNew: boolean},
): Promise<void> {
  const cwd = repository.root;
  const path = placeOf(repository, record.id);
  // Twice: git locks one that it makes, and leaves it locked where it is killed.
  const args = ['worktree', 'remove', '--force', '--force', '--', path];
  if (adminOf(repository, path) !== null) await tryGit(args, {cwd, timeoutMs: CHANGE_MS});
  if (adminOf(repository, path) === null) await rm(path, {recursive: true, force: true, maxRetries: 2});
  if (isNew) await tryGit(['update-ref', '-d', record.branch, record.commit], {cwd});
  forgetRecord(repository, record.id);
  endMaking(repository, record.id);
}

function withDoubt(record: WorkspaceRecord): WorkspaceRecord {
  const doubt = 'amux died while it was made: its setup and its context files may be missing';
  const {description} = record;
  if (description?.includes('came to no end') === true) return record;
  return {...record, description: description === null ? doubt : `${description} (${doubt})`};
}

/** Git keeps it locked until it is checked out. */
function isWhole(repository: Repository, id: string): boolean {
  const path = placeOf(repository, id);
  const admin = adminOf(repository, path);
  if (admin === null || !isLinked(repository, path)) return false;
  const lock = join(admin, 'locked');
  return !existsSync(lock) || readFileSync(lock, 'utf8').trim() !== 'initializing';
}

function isOver(repository: Repository, id: string): boolean {
  const making = readMaking(repository, id);
  return making === null || !(isAlive(making.pid, making.begun) || isAlive(making.git, making.gitBegun));
}

/** Another process may have its number by now, which began at another time. */
function isAlive(pid: number | null, begun: string | null): boolean {
  if (pid === null) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = statOf(pid);
  // One that ended and that nobody has waited for yet is over as well. Where there is no /proc its number has to do.
  return now === null || (now.state !== 'Z' && (begun === null || now.begun === begun));
}

/** State, and when it began, in clock ticks since the boot; null: nobody can see it. */
function statOf(pid: number): {state: string; begun: string | null} | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {state: fields[0]!, begun: fields[19] ?? null};
  } catch {
    return null;
  }
}

const begunOf = (pid: number | null): string | null => (pid === null ? null : (statOf(pid)?.begun ?? null));

function unfinishedIn(repository: Repository): string[] {
  const directory = directoryOf(repository);
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap(name => /^([a-z0-9-]+)\.making$/.exec(name)?.[1] ?? []);
}

/** Null: there is none. One that was cut short was written by nobody who lives. */
function readMaking(repository: Repository, id: string): Noted | null {
  let text: string;
  try {
    text = readFileSync(fileOf(repository, id), 'utf8');
  } catch {
    return null;
  }
  try {
    const {pid, git, isNew, begun, gitBegun} = JSON.parse(text) as Partial<Noted>;
    if (typeof pid === 'number') {
      const ofGit = typeof git === 'number' ? git : null;
      return {pid, git: ofGit, isNew: isNew === true, begun: begun ?? null, gitBegun: gitBegun ?? null};
    }
  } catch {
    // Said below.
  }
  return {pid: null, git: null, isNew: false, begun: null, gitBegun: null};
}
