import {closeSync, fstatSync, openSync, readSync, renameSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import {AmuxError} from '../domain/errors.ts';

/** The version of what the database holds; kept in SQLite's `user_version`, and so in the file's header. */
export const schemaVersion = 3;

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const LOGS = ['-wal', '-shm'];

/**
 * Looks at the database's header without opening it as a database, so that a file of a newer amux stays untouched.
 * Throws `store.newer` and `store.corrupt`.
 */
export function inspectDatabase(file: string): 'missing' | 'present' {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
    throw unreadable(dirname(file), error);
  }
  try {
    const {size} = fstatSync(fd);
    if (size === 0) return 'missing';
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(fd, header, 0, HEADER_BYTES, 0);
    if (size < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
      throw corrupt(file, new Error('it is not a database'));
    }
    checkVersion(file, header.readUInt32BE(60));
    const expected = pagesOf(header);
    if (expected !== null && size < expected && !hasLog(file)) {
      throw corrupt(file, new Error(`it is cut off: ${size} of ${expected} bytes`));
    }
    return 'present';
  } catch (error) {
    throw unreadable(dirname(file), error);
  } finally {
    closeSync(fd);
  }
}

export function checkVersion(file: string, found: number, known: number = schemaVersion): void {
  if (found > known) throw new AmuxError('store.newer', {file, found, known});
}

export function corrupt(file: string, error: unknown): AmuxError {
  return new AmuxError('store.corrupt', {file, why: error instanceof Error ? error.message : String(error)}, error);
}

/** An error of the file system while reading something below a home, or while getting ready to write there. */
export function unreadable(home: string, error: unknown, {toWrite = false} = {}): unknown {
  if (error instanceof AmuxError) return error;
  const {code, path, message} = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    return new AmuxError('home.rights', {act: toWrite ? 'write to' : 'read', home, why: message}, error);
  }
  if (path === undefined) return error;
  return toWrite ? unwritable(path, error) : new AmuxError('store.read', {file: path, why: message}, error);
}

export function unwritable(file: string, error: unknown): AmuxError {
  return new AmuxError('store.write', {file, why: error instanceof Error ? error.message : String(error)}, error);
}

/** Moves the database and its logs out of the way, deleting nothing; returns where the database went. */
export function moveAside(file: string, now: number): string {
  const time = new Date(now).toISOString().replace(/[:.]/g, '-');
  const aside = `${file}.corrupt-${time}`;
  for (const suffix of ['', ...LOGS]) move(file + suffix, aside + suffix);
  return aside;
}

/** Logs without their database would be taken for the logs of the next one. */
export function moveLogsAside(file: string, now: number): void {
  for (const suffix of LOGS) move(file + suffix, `${file}.orphan-${now}${suffix}`);
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unwritable(from, error);
  }
}

/** The size that the header tells, in bytes; null when an old writer left the number of pages out of date. */
function pagesOf(header: Buffer): number | null {
  const stored = header.readUInt16BE(16);
  const pageSize = stored === 1 ? 65536 : stored;
  return header.readUInt32BE(24) === header.readUInt32BE(92) ? pageSize * header.readUInt32BE(28) : null;
}

function hasLog(file: string): boolean {
  return (statSync(`${file}-wal`, {throwIfNoEntry: false})?.size ?? 0) > 0;
}
