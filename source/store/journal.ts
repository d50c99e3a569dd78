import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {type Change, type Entry, type FleetState, snapshot} from '../domain/events.ts';
import {unwritable} from './database-file.ts';
import {partOf, type Tail} from './replay.ts';
import {encodeLine, listSegments, segmentName} from './segments.ts';

/** A segment is closed when it has grown by this much since its snapshot, and by at least the snapshot's size. */
export const SEGMENT_BYTES = 4 << 20;
export const SEGMENTS_KEPT = 8;
/** A snapshot is split into entries of about this size (characters of JSON). */
const SNAPSHOT_PART = 1 << 20;
const UNFINISHED = '.new';

export type JournalOptions = {
  directory: string;
  /** Cursor of the last entry; the next one has the following. */
  cursor: number;
  /** Where to go on, as `replay` found it; null begins a first segment. */
  tail: Tail | null;
  segmentBytes?: number;
};

/** The writing end of the journal. An entry that `append` returned for is in the file, whatever happens to the process. */
export class Journal {
  readonly #directory: string;
  readonly #segmentBytes: number;
  #cursor: number;
  #file: string;
  #fd: number;
  #size: number;
  #rotateAt: number;
  #torn = false;

  constructor({directory, cursor, tail, segmentBytes = SEGMENT_BYTES}: JournalOptions) {
    this.#directory = directory;
    this.#segmentBytes = segmentBytes;
    this.#cursor = cursor;
    this.#file = tail?.file ?? join(directory, segmentName(cursor + 1));
    this.#size = tail?.end ?? 0;
    try {
      mkdirSync(directory, {recursive: true, mode: 0o700});
      for (const name of readdirSync(directory)) if (name.endsWith(UNFINISHED)) rmSync(join(directory, name));
      this.#fd = openSync(this.#file, 'a', 0o600);
      // A line that a crash has torn was never acknowledged.
      if (statSync(this.#file).size > this.#size) ftruncateSync(this.#fd, this.#size);
    } catch (error) {
      throw unwritable(this.#file, error);
    }
    const headEnd = tail?.headEnd ?? 0;
    this.#rotateAt = headEnd + Math.max(segmentBytes, headEnd);
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** It is time for `rotate`. */
  get full(): boolean {
    return this.#size >= this.#rotateAt;
  }

  /** Writes the entry under the next cursor. Throws `store.write`, and then nothing of it is there. */
  append(entry: Omit<Entry, 'cursor'>): Entry {
    const numbered: Entry = {...entry, cursor: this.#cursor + 1};
    const line = Buffer.from(encodeLine(numbered));
    try {
      if (this.#torn) this.#cut();
      writeAll(this.#fd, line);
    } catch (error) {
      this.#torn = true;
      try {
        this.#cut();
      } catch {
        // The next append tries again before it writes.
      }
      throw unwritable(this.#file, error);
    }
    this.#size += line.length;
    this.#cursor = numbered.cursor;
    return numbered;
  }

  /**
   * Begins a new segment with a snapshot of the state and lets the oldest segments go. Returns the snapshot's entries.
   * The segment appears whole or not at all; when it cannot be written, the journal goes on in the old one.
   */
  rotate(state: FleetState, at: number): Entry[] {
    const parts = split(snapshot(state));
    const entries = parts.map(
      (changes, index): Entry => ({
        cursor: this.#cursor + 1 + index,
        at,
        type: 'snapshot',
        actor: 'supervisor',
        session: null,
        reason: partOf(index + 1, parts.length),
        changes,
      }),
    );
    const file = join(this.#directory, segmentName(this.#cursor + 1));
    const unfinished = file + UNFINISHED;
    let size = 0;
    let fd: number | null = null;
    try {
      mkdirSync(this.#directory, {recursive: true, mode: 0o700});
      fd = openSync(unfinished, 'ax', 0o600);
      for (const entry of entries) {
        const line = Buffer.from(encodeLine(entry));
        writeAll(fd, line);
        size += line.length;
      }
      fdatasyncSync(fd);
      fdatasyncSync(this.#fd);
      renameSync(unfinished, file);
      syncDirectory(this.#directory);
    } catch (error) {
      if (fd !== null) closeSync(fd);
      rmSync(unfinished, {force: true});
      this.#rotateAt = this.#size + this.#segmentBytes;
      throw unwritable(file, error);
    }
    closeSync(this.#fd);
    this.#fd = fd;
    this.#file = file;
    this.#size = size;
    this.#rotateAt = size + Math.max(this.#segmentBytes, size);
    this.#cursor += entries.length;
    for (const segment of listSegments(this.#directory).slice(0, -SEGMENTS_KEPT)) rmSync(segment.file, {force: true});
    return entries;
  }

  /** Waits until what was appended so far is on the disk, not only with the kernel. */
  async sync(): Promise<void> {
    try {
      await promisify(fdatasync)(this.#fd);
    } catch (error) {
      // A rotation or `close` has synced and closed the file meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EBADF') throw unwritable(this.#file, error);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #cut(): void {
    ftruncateSync(this.#fd, this.#size);
    this.#torn = false;
  }
}

/** At least one part, so that the snapshot of an empty fleet is there too. */
function split(changes: Change[]): Change[][] {
  const parts: Change[][] = [[]];
  let size = 0;
  for (const change of changes) {
    if (size > SNAPSHOT_PART) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)!.push(change);
    size += JSON.stringify(change).length;
  }
  return parts;
}

/** So that the new name is there after a power cut, too. */
function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
