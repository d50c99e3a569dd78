import {closeSync, openSync, truncateSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import type {KeyvSqlite} from '@keyv/sqlite';
import {AmuxError} from '../domain/errors.ts';
import {unwritable} from './database-file.ts';
import {readSupervisorFile, supervisorAlive} from './supervisor-file.ts';

export {
  readSupervisorFile,
  removeSupervisorFile,
  type SupervisorFile,
  supervisorAlive,
  writeSupervisorFile,
} from './supervisor-file.ts';

export type LockPaths = {home: string; lock: string; supervisor: string};

/** The right to supervise a home, held until `release` or the end of the process. */
export type Lock = {release(): Promise<void>; [Symbol.asyncDispose](): Promise<void>};

/** A try waits this long for SQLite's own short locks, ms. */
const BUSY_MS = 100;
/** Between two tries, ms. */
const RETRY_MS = 25;
/**
 * Processes that open the lock at the same moment get in each other's way for an instant, and then each would take the
 * others for the holder: so a first refusal is tried again for this long, ms.
 */
const CONTENTION_MS = 600;

/** POSIX locks belong to the process: opening and closing the file once more would silently let go of them. */
const held = new Map<string, KeyvSqlite>();

/**
 * Takes the lock of a home: an exclusive transaction on `lock.db`, which the kernel ends with the process, however that
 * dies, so that no stale lock can exist. Throws `supervisor.locked` when another holds it for longer than `waitMs`.
 */
export async function acquireLock(paths: LockPaths, {waitMs = 0}: {waitMs?: number} = {}): Promise<Lock> {
  const start = performance.now();
  let repaired = false;
  for (;;) {
    const result = held.has(paths.lock) ? 'busy' : await attempt(paths.lock);
    if (typeof result === 'object') return result;
    const waited = performance.now() - start;
    if (result === 'damaged') {
      if (repaired) throw unwritable(paths.lock, new Error('it is not a database, and emptying it did not help'));
      empty(paths.lock);
      repaired = true;
      continue;
    }
    const holder = readSupervisorFile(paths);
    const known = holder !== null && supervisorAlive(holder);
    if (waited >= Math.max(waitMs, known || held.has(paths.lock) ? 0 : CONTENTION_MS)) {
      const pid = held.has(paths.lock) ? process.pid : known ? holder.pid : 'not known yet';
      throw new AmuxError('supervisor.locked', {pid, home: paths.home});
    }
    await pause(RETRY_MS);
  }
}

async function attempt(file: string): Promise<Lock | 'busy' | 'damaged'> {
  const {KeyvSqlite} = await import('@keyv/sqlite');
  if (held.has(file)) return 'busy';
  makeFile(file);
  const sql = new KeyvSqlite({uri: `sqlite://${file}`, table: 'lock', busyTimeout: BUSY_MS});
  held.set(file, sql);
  try {
    await sql.query('PRAGMA locking_mode=EXCLUSIVE');
    await sql.query('BEGIN EXCLUSIVE');
  } catch (error) {
    await sql.close().catch(() => {}); // It may never have opened; the first error is the one to tell.
    held.delete(file);
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED') return 'busy';
    if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') return 'damaged';
    throw unwritable(file, error);
  }
  const release = async (): Promise<void> => {
    if (held.get(file) !== sql) return;
    await sql.close();
    held.delete(file);
  };
  return {release, [Symbol.asyncDispose]: release};
}

/** Made here, because SQLite would make it readable for everybody. */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Repairs a damaged lock in place. The lock is on the file, not on its content, so this is safe even when another process
 * has repaired and taken it meanwhile; a new file under the name would give the home a second lock.
 */
function empty(file: string): void {
  try {
    truncateSync(file, 0);
  } catch (error) {
    throw unwritable(file, error);
  }
}
