import {closeSync, fstatSync, openSync, renameSync, writeSync} from 'node:fs';

const MAX_BYTES = 5 * 1024 * 1024;
/** With the one that is written. */
const FILES = 5;

/** A file that begins anew when it is full; older ones are called NAME.1 (the newest) and so on. */
export class RotatingFile {
  readonly #path: string;
  readonly #maxBytes: number;
  #fd: number | null = null;
  #size = 0;

  constructor(path: string, {maxBytes = MAX_BYTES}: {maxBytes?: number} = {}) {
    this.#path = path;
    this.#maxBytes = maxBytes;
  }

  /** A failure loses the line: what is logged is not worth an end. */
  write(text: string): void {
    try {
      if (this.#fd !== null && this.#size + text.length > this.#maxBytes) this.#rotate();
      if (this.#fd === null) this.#open();
      this.#size += writeSync(this.#fd!, text);
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.#fd === null) return;
    try {
      closeSync(this.#fd);
    } catch {
      // It is gone either way.
    }
    this.#fd = null;
  }

  #open(): void {
    this.#fd = openSync(this.#path, 'a', 0o600);
    this.#size = fstatSync(this.#fd).size;
    if (this.#size >= this.#maxBytes) {
      this.#rotate();
      this.#fd = openSync(this.#path, 'a', 0o600);
      this.#size = 0;
    }
  }

  #rotate(): void {
    this.close();
    for (let i = FILES - 1; i > 0; i--) {
      try {
        renameSync(i === 1 ? this.#path : `${this.#path}.${i - 1}`, `${this.#path}.${i}`);
      } catch {
        // There is no such file yet.
      }
    }
  }
}
