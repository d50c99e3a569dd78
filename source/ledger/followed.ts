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
      const {offset} = this.#mark;
      const step = this.#read(fd, buffer);
      if (this.#mark.offset !== offset) this.#mark.guard = guardOf(fd, this.#mark.offset);
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
      if (inLong) return this.#leaveLong(chunk, length === buffer.length);
      const {usages, contexts, carry, used, skipped} = this.#reader.read(chunk, this.#mark.carry);
      const isAtEnd = length < buffer.length;
      if (used > 0 || isAtEnd) {
        if (used > 0) this.#mark = {...this.#mark, offset: offset + used, carry};
        this.#mark.skipped += skipped;
        return {usages, contexts, skipped, isAtEnd};
      }
      if (buffer.length >= LINE_MAX) {
        this.#mark = {...this.#mark, offset: offset + length, inLong: true};
        this.#mark.skipped++;
        return {usages, contexts, skipped: 1, isAtEnd};
      }
      buffer = Buffer.allocUnsafe(buffer.length * 4);
    }
  }

  #leaveLong(chunk: Buffer, hasMore: boolean): Step {
    const end = chunk.indexOf(10);
    const used = end === -1 ? chunk.length : end + 1;
    if (used > 0) {
      const {offset} = this.#mark;
      this.#mark = {...this.#mark, offset: offset + used, inLong: end === -1};
    }
    return {usages: [], contexts: [], skipped: 0, isAtEnd: end === -1 && !hasMore};
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

/** Of the bytes before a place. */
function guardOf(fd: number, offset: number): number {
  const length = Math.min(GUARD, offset);
  const bytes = Buffer.alloc(length);
  readSync(fd, bytes, 0, length, offset - length);
  return crc32(bytes);
}
