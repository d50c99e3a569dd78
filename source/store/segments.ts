import {closeSync, openSync, readdirSync, readSync} from 'node:fs';
import {join} from 'node:path';
import {crc32} from 'node:zlib';
import type {Change, Entry} from '../domain/events.ts';
import {complete} from '../domain/session.ts';

/** A file of the journal; its name is the cursor of its first entry. */
export type Segment = {file: string; first: number};

/** A line of a segment without its end; `line` counts from 1, `end` is the offset behind it. */
export type Line = {bytes: Buffer; line: number; end: number};

const CURSOR_DIGITS = 16;
const SUFFIX = '.jsonl';
const READ_BYTES = 1 << 18;
const CHECKSUM_BYTES = 8;

export const segmentName = (first: number): string => String(first).padStart(CURSOR_DIGITS, '0') + SUFFIX;

/** In order of their cursors; none when there is no such directory. */
export function listSegments(directory: string): Segment[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter(name => /^\d{16}\.jsonl$/.test(name))
    .sort()
    .map(name => ({file: join(directory, name), first: Number(name.slice(0, CURSOR_DIGITS))}));
}

/** `CHECKSUM JSON\n`; the cursor stands first in the JSON, so that a reader can skip lines without parsing them. */
export function encodeLine({cursor, ...rest}: Entry): string {
  const json = JSON.stringify({cursor, ...rest});
  return `${checksum(json)} ${json}\n`;
}

/** A line is as it was written. */
export const isIntact = (bytes: Buffer): boolean =>
  bytes.toString('latin1', 0, CHECKSUM_BYTES + 1) === `${checksum(bytes.subarray(CHECKSUM_BYTES + 1))} `;

/** The entry of a line, its sessions with what is new since it was written; null when the line is damaged. */
export function decodeLine(bytes: Buffer): Entry | null {
  if (!isIntact(bytes)) return null;
  try {
    const entry: unknown = JSON.parse(bytes.toString('utf8', CHECKSUM_BYTES + 1));
    return isEntry(entry) ? {...entry, changes: entry.changes.map(completed)} : null;
  } catch {
    return null; // The checksum is right and the content is not JSON: not written by amux.
  }
}

/** The cursor that a line claims, unchecked and cheap. */
export function peekCursor(bytes: Buffer): number | null {
  const match = /^[0-9a-f]{8} \{"cursor":(\d{1,16}),/.exec(bytes.toString('latin1', 0, 40));
  return match === null ? null : Number(match[1]);
}

/**
 * The complete lines of a file, read in pieces. What stands behind the last line's end is still being written, or was
 * torn by a crash: it is no line.
 */
export function* readLines(file: string): Generator<Line> {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    // The writer has let the oldest segment go meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    let rest: Buffer[] = [];
    let end = 0;
    let line = 0;
    for (;;) {
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      const piece = buffer.subarray(0, readSync(fd, buffer, 0, READ_BYTES, null));
      if (piece.length === 0) return;
      let from = 0;
      for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, from)) {
        const last = piece.subarray(from, at);
        const bytes = rest.length === 0 ? last : Buffer.concat([...rest, last]);
        rest = [];
        from = at + 1;
        end += bytes.length + 1;
        yield {bytes, line: ++line, end};
      }
      if (from < piece.length) rest.push(piece.subarray(from));
    }
  } finally {
    closeSync(fd);
  }
}

const completed = (change: Change): Change =>
  change.kind === 'session.put' ? {...change, session: complete(change.session)} : change;

const checksum = (json: string | Buffer): string => crc32(json).toString(16).padStart(CHECKSUM_BYTES, '0');

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const {cursor, type, changes} = value as Partial<Record<keyof Entry, unknown>>;
  return Number.isSafeInteger(cursor) && typeof type === 'string' && Array.isArray(changes);
}
