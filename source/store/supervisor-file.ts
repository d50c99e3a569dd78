import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {AmuxError} from '../domain/errors.ts';

/** What `supervisor.json` says of the process that supervises a home. */
export type SupervisorFile = {
  pid: number;
  /** Where its API answers over TCP; null while it has none. */
  url: string | null;
  socket: string;
  version: string;
  /** Tells it from another of the same version; not there: an older one, which did not say it. */
  build?: string;
  /** Unix seconds. */
  started_at: number;
};

/** Larger than any that amux wrote. */
const MAX_BYTES = 64 * 1024;

/** Appears whole, for its owner only (0600). Throws `store.write`. */
export function writeSupervisorFile(paths: {supervisor: string}, content: SupervisorFile): void {
  const unfinished = `${paths.supervisor}.${process.pid}.new`;
  try {
    rmSync(unfinished, {force: true});
    writeFileSync(unfinished, `${JSON.stringify(content)}\n`, {mode: 0o600, flag: 'wx'});
    renameSync(unfinished, paths.supervisor);
  } catch (error) {
    rmSync(unfinished, {force: true});
    throw new AmuxError('store.write', {file: paths.supervisor, why: (error as Error).message}, error);
  }
}

/** Null when there is none or it makes no sense. A killed supervisor leaves it behind: see `supervisorAlive`. */
export function readSupervisorFile(paths: {supervisor: string}): SupervisorFile | null {
  try {
    const text = readFileSync(paths.supervisor, 'utf8');
    const content: unknown = text.length > MAX_BYTES ? null : JSON.parse(text);
    return isSupervisorFile(content) ? content : null;
  } catch {
    return null; // Missing, unreadable or not JSON: either way it names nobody.
  }
}

/** Removes the file if it names this process (or `pid`): a successor may have written its own. */
export function removeSupervisorFile(paths: {supervisor: string}, pid: number = process.pid): void {
  if (readSupervisorFile(paths)?.pid === pid) rmSync(paths.supervisor, {force: true});
}

/** A process with this pid exists; after a crash it may be another program's. */
export function supervisorAlive({pid}: Pick<SupervisorFile, 'pid'>): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isSupervisorFile(value: unknown): value is SupervisorFile {
  if (typeof value !== 'object' || value === null) return false;
  const {pid, url, socket, version, started_at} = value as Partial<Record<keyof SupervisorFile, unknown>>;
  return (
    Number.isSafeInteger(pid) &&
    (pid as number) > 0 &&
    (url === null || typeof url === 'string') &&
    typeof socket === 'string' &&
    typeof version === 'string' &&
    typeof started_at === 'number'
  );
}
