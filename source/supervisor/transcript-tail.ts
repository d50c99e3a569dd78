import {type FSWatcher, watch} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';

const CHUNK = 256 * 1024;
/** A longer line is passed over: pictures stand in histories, too, in bytes. */
const LINE_MAX = 8 * 1024 * 1024;
/** Changes of one moment are read together, in ms. */
const BURST_MS = 15;

export type Place = {file: string; offset: number};

type Options = {
  /** One whole line, parsed. */
  onLine: (line: unknown) => void;
  /** The file is gone or was moved away. */
  onGone: () => void;
};

/** Follows one file of JSON lines that grows: each whole line once, in order, whatever happens to the file. */
export class TranscriptTail {
  readonly file: string;
  readonly #options: Options;
  #offset: number;
  #inode: number | null = null;
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> = Promise.resolve();
  /** Inside a line that is too long, or of which only the end is there: up to its end nothing counts. */
  #skipping: boolean;

  /** `within`: the place may be in the middle of a line. */
  constructor({file, offset}: Place, {within, ...options}: Options & {within: boolean}) {
    this.file = file;
    this.#offset = offset;
    this.#skipping = within;
    this.#options = options;
    try {
      this.#watcher = watch(file, {persistent: false}, event => {
        if (event === 'rename') options.onGone();
        this.#soon();
      });
      this.#watcher.on('error', () => options.onGone());
    } catch {
      // It is read when its session prints.
    }
  }

  /** Behind the last whole line that was read. */
  get place(): Place {
    return {file: this.file, offset: this.#offset};
  }

  /** Reads to the end as it is now. */
  catchUp(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.catchUp();
    }, BURST_MS);
  }

  async #read(): Promise<void> {
    try {
      await using handle = await open(this.file);
      const {size, ino} = await handle.stat();
      // Written anew, or another file under its name: what stands there now is read from its beginning.
      if (size < this.#offset || (this.#inode !== null && ino !== this.#inode)) {
        this.#offset = 0;
        this.#skipping = false;
      }
      this.#inode = ino;
      if (size > this.#offset) await this.#readTo(handle, size);
    } catch {
      // It is away for now; `onGone` or the next look finds the one that goes on.
    }
  }

  async #readTo(handle: FileHandle, end: number): Promise<void> {
    let kept: Buffer[] = [];
    let keptBytes = 0;
    for (let at = this.#offset; at < end; ) {
      const {buffer, bytesRead} = await handle.read(Buffer.allocUnsafe(CHUNK), 0, Math.min(CHUNK, end - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      let rest = buffer.subarray(0, bytesRead);
      for (let cut = rest.indexOf(10); cut !== -1; cut = rest.indexOf(10)) {
        const line = Buffer.concat([...kept, rest.subarray(0, cut)]);
        rest = rest.subarray(cut + 1);
        kept = [];
        keptBytes = 0;
        this.#offset = at - rest.length;
        if (!this.#skipping) this.#line(line);
        this.#skipping = false;
      }
      keptBytes += rest.length;
      if (keptBytes > LINE_MAX) {
        this.#skipping = true;
        kept = [];
        keptBytes = 0;
        this.#offset = at;
      } else kept.push(rest);
    }
  }

  #line(line: Buffer): void {
    let value: unknown;
    try {
      value = JSON.parse(line.toString());
    } catch {
      return; // Half a line that a crash left behind, or none of ours.
    }
    this.#options.onLine(value);
  }
}
