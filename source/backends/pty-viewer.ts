import {createPainter} from '../terminal/painter.ts';
import type {FromHost, Size} from './pty-protocol.ts';
import type {Onlooker, PtyTerminal} from './pty-terminal.ts';

/** At most one frame in this time, in ms. */
const FRAME_MS = 16;
/** How long a program may hold back a frame by a synchronised update, in ms. */
const HELD_MS = 150;

export type Wire = {
  /** False when the other side does not keep up; `onDrained` tells when it does. */
  send(message: FromHost): boolean;
};

/**
 * A person's terminal that is joined to a process's. It is sent frames, not the program's bytes: whoever is
 * slow simply gets the newest screen next, nothing is kept for him, and the program never waits.
 */
export class Viewer implements Onlooker {
  readonly #terminal: PtyTerminal;
  readonly #wire: Wire;
  readonly #painter = createPainter();
  #size: Size;
  #timer: NodeJS.Timeout | null = null;
  #blocked = false;
  #stale = false;
  #paintedAt = 0;
  #heldSince: number | null = null;
  #over = false;

  constructor(terminal: PtyTerminal, size: Size, wire: Wire) {
    this.#terminal = terminal;
    this.#size = size;
    this.#wire = wire;
    terminal.join(this);
    if (terminal.info().exit === null) this.changed();
    else this.ended();
  }

  get size(): Size {
    return this.#size;
  }

  input(bytes: string): void {
    this.#terminal.join(this);
    this.#terminal.write(Buffer.from(bytes, 'latin1'));
  }

  resize(size: Size): void {
    this.#size = size;
    this.#terminal.join(this);
    this.changed();
  }

  changed(): void {
    if (this.#over) return;
    if (this.#blocked) this.#stale = true;
    else this.#timer ??= setTimeout(() => this.#paint(), Math.max(0, this.#paintedAt + FRAME_MS - performance.now()));
  }

  drained(): void {
    this.#blocked = false;
    if (!this.#stale) return;
    this.#stale = false;
    this.changed();
  }

  /** The process ended: its last screen, and the word that it is the last. */
  ended(): void {
    if (this.#over) return;
    this.#send();
    this.#wire.send({ended: true});
    this.leave();
  }

  leave(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#over = true;
    this.#terminal.leave(this);
  }

  #paint(): void {
    this.#timer = null;
    const now = performance.now();
    if (this.#terminal.midFrame) {
      this.#heldSince ??= now;
      if (now - this.#heldSince < HELD_MS) {
        this.#timer = setTimeout(() => this.#paint(), FRAME_MS);
        return;
      }
    }
    this.#heldSince = null;
    this.#paintedAt = now;
    this.#send();
  }

  #send(): void {
    const frame = this.#painter.paint(this.#terminal.frame(), this.#size);
    if (frame !== '') this.#blocked = !this.#wire.send({frame});
  }
}
