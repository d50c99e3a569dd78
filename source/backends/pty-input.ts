import {writeSync} from 'node:fs';
import type {IPty} from 'node-pty';
import {AmuxError} from '../domain/errors.ts';

/** Bytes that may wait for a program that does not read. */
const WAITING_MAX = 8 * 1024 * 1024;
/** Between two tries while the kernel's buffer is full, in ms. */
const RETRY_MS = 10;

/** What of node-pty is not in its types. */
type Inside = {fd: number; _socket: {destroyed: boolean}};

/**
 * Writes to a terminal. node-pty's own `write` spins on a full buffer (one core for as long as the program
 * does not read) and queues without a bound.
 */
export class PtyInput {
  readonly #inside: Inside;
  readonly #queue: Buffer[] = [];
  #waiting = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(pty: IPty) {
    this.#inside = pty as unknown as Inside;
  }

  write(bytes: Buffer): void {
    if (this.#waiting + bytes.length > WAITING_MAX) {
      throw new AmuxError('backend.failed', {backend: 'pty', why: 'the program does not read its input'});
    }
    if (bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#waiting += bytes.length;
    if (this.#timer === null) this.#flush();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#queue.length = 0;
    this.#waiting = 0;
  }

  #flush(): void {
    this.#timer = null;
    // Once closed, the descriptor's number may be somebody else's.
    if (this.#inside._socket.destroyed) this.stop();
    for (;;) {
      const bytes = this.#queue[0];
      if (bytes === undefined) return;
      try {
        const written = writeSync(this.#inside.fd, bytes);
        this.#waiting -= written;
        if (written === bytes.length) this.#queue.shift();
        else this.#queue[0] = bytes.subarray(written);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') this.#timer = setTimeout(() => this.#flush(), RETRY_MS);
        // Closed: its exit is about to be told.
        else this.stop();
        return;
      }
    }
  }
}

/** Line ends as Enter sends them, and no other control character but Tab: nothing that a keyboard could do. */
export function typeable(text: string): string {
  let clean = text;
  while (clean.includes('\u001b[201~')) clean = clean.replaceAll('\u001b[201~', '');
  return clean.replace(/\r\n?|\n/g, '\r').replace(/[\u0000-\u0008\u000a-\u000c\u000e-\u001f\u007f-\u009f]/g, '');
}
