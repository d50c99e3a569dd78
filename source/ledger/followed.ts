import {closeSync, fstatSync, openSync, readSync} from 'node:fs';
import {crc32} from 'node:zlib';
import type {ContextSaid, Usage, UsageReader} from '../domain/ledger.ts';

export const CHUNK = 1 << 18;
/** A longer line is passed over: pictures and whole files stand in histories too, in bytes. */
const LINE_MAX = 16 << 20;
/** So many bytes before the place where reading goes on have to be the same as the last time. */
const GUARD = 1024;

/** How far a file was read, as it is stored. */
export type Mark = {
  /** Behind the last whole line. */
  offset: number;
  inode: number;
  /** CRC-32 of the bytes before `offset`. */
  guard: number;
  carry: unknown;
  /** Lines that could not be read. */
  skipped: number;
  /** Inside of a line that is too long. */
  inLong: boolean;
};

export type Step = {usages: Usage[]; contexts: ContextSaid[]; skipped: number; isAtEnd: boolean};

/** One file of JSON lines that grows. What it says is read once; after a replacement everything is read again. */
export class Followed {
  readonly path: string;
  readonly agent: string;
  readonly #reader: UsageReader;
  readonly #name: string;
  #mark: Mark;
  /** Its size and change when it was read to its end; -1: it was not yet. */
  #seen = {size: -1, changed: -1};

  constructor({
    path,
    name,
    agent,
    reader,
    mark,
  }: {path: string; name: string; agent: string; reader: UsageReader; mark: Mark | null}) {
    this.path = path;
    this.agent = agent;
    this.#reader = reader;
    this.#name = name;
    this.#mark = mark ?? this.#begin(0);
  }

  get mark(): Mark {
    return this.#mark;
  }

  /** It was read to its end and is as it was then. */
  isUnchanged({size, mtimeMs}: {size: number; mtimeMs: number}): boolean {
    return size === this.#seen.size && mtimeMs === this.#seen.changed;
  }

  /** Reads one piece. Throws what the system says of a file that cannot be read. */
  step(buffer: Buffer): Step {
    const fd = openSync(this.path, 'r');
    try {
      const {size, ino, mtimeMs} = fstatSync(fd);
      if (this.#isAnother(fd, {size, ino})) this.#mark = this.#begin(ino);
      this.#mark = {...this.#mark, inode: ino};
      const step = this.#read(fd, buffer);
      if (step.isAtEnd) this.#seen = {size, changed: mtimeMs};
      return step;
    } finally {
      closeSync(fd);
    }
  }

  #read(fd: number, shared: Buffer): Step {
    const {offset, inLong} = this.#mark;
    let buffer = shared;
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, offset);
      const chunk = buffer.subarray(0, length);
      if (inLong) return this.#leaveLong(fd, {chunk, hasMore: length === buffer.length});
      const {usages, contexts, carry, used, skipped} = this.#reader.read(chunk, this.#mark.carry);
      const isAtEnd = length < buffer.length;
      if (used > 0 || isAtEnd) {
        if (used > 0) this.#advance(fd, {chunk, used, carry, inLong});
        this.#mark.skipped += skipped;
        return {usages, contexts, skipped, isAtEnd};
      }
      if (buffer.length >= LINE_MAX) {
        this.#advance(fd, {chunk, used: length, carry, inLong: true});
        this.#mark.skipped++;
        return {usages, contexts, skipped: 1, isAtEnd};
      }
      buffer = Buffer.allocUnsafe(buffer.length * 4);
    }
  }

  #leaveLong(fd: number, {chunk, hasMore}: {chunk: Buffer; hasMore: boolean}): Step {
    const end = chunk.indexOf(10);
    const used = end === -1 ? chunk.length : end + 1;
    if (used > 0) this.#advance(fd, {chunk, used, carry: this.#mark.carry, inLong: end === -1});
    return {usages: [], contexts: [], skipped: 0, isAtEnd: end === -1 && !hasMore};
  }

  /** Goes on behind what was used of a piece that begins where the mark is. */
  #advance(fd: number, {chunk, used, carry, inLong}: Advance): void {
    const offset = this.#mark.offset + used;
    const length = Math.min(GUARD, offset);
    const guard = used < length ? guardOf(fd, offset) : crc32(chunk.subarray(used - length, used));
    this.#mark = {...this.#mark, offset, guard, carry, inLong};
  }

  #begin(inode: number): Mark {
    return {offset: 0, inode, guard: 0, carry: this.#reader.begin(this.#name), skipped: 0, inLong: false};
  }

  /** Written anew, or another file under its name. */
  #isAnother(fd: number, {size, ino}: {size: number; ino: number}): boolean {
    const {offset, inode, guard} = this.#mark;
    if (offset === 0) return false;
    return size < offset || inode !== ino || guardOf(fd, offset) !== guard;
  }
}

type Advance = {chunk: Buffer; used: number; carry: unknown; inLong: boolean};

/** Of the bytes before a place. */
function guardOf(fd: number, offset: number): number {
  const length = Math.min(GUARD, offset);
  const bytes = Buffer.alloc(length);
  readSync(fd, bytes, 0, length, offset - length);
  return crc32(bytes);
}
