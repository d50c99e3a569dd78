import {EventEmitter} from 'node:events';
import {StringDecoder} from 'node:string_decoder';
import {firstUnit, isPasteEnd, isPasteStart, isTornReport, type Unit} from './key-units.ts';
import {isMouseReport, type MouseEvent, mouseEvent} from './mouse.ts';

/** A cut-off paste marker waits this long for its rest, in ms. */
const MARKER_WAIT_MS = 20;
/** The rest of a report of the mouse, in ms. */
const REPORT_WAIT_MS = 1000;

/** Whoever makes such a pause has seen whose the keys are now, in ms. */
const PAUSE_MS = 500;

export type Typing = {
  /** Session that the keys go to; null in COMMAND mode. */
  into: () => string | null;
  /** Whether that session's program asked for bracketed paste. */
  bracketed: () => boolean;
  type: (session: string, bytes: string) => Promise<void>;
  leave: () => void;
  failed: (error: unknown) => void;
};

export type KeyboardOptions = {
  stdin: NodeJS.ReadStream;
  typing: Typing;
  leave: string;
  /** Takes what the terminal says of itself; true: it is no key. */
  hear?: (sequence: string) => boolean;
  /** A person did something. */
  touched?: () => void;
  /** Gets what the mouse does in COMMAND mode. */
  pointer?: (event: MouseEvent) => void;
};

/** The part of a tty handle that says whether Node reads from it. */
type ReadHandle = {readStop?: () => void; readStart?: () => number};

/** Owns the real stdin. Keys go to Ink in COMMAND mode and untouched to the agent in TYPING mode. */
export class Keyboard {
  /** What Ink reads instead of the real stdin. */
  readonly command: CommandInput;
  readonly #stdin: NodeJS.ReadStream;
  readonly #typing: Typing;
  readonly #leave: ReadonlySet<string>;
  readonly #hear: (sequence: string) => boolean;
  readonly #touched: () => void;
  readonly #pointer: (event: MouseEvent) => void;
  readonly #decoder = new StringDecoder('utf8');
  #listening = false;
  #pasting = false;
  #rest = '';
  #restTimer: NodeJS.Timeout | undefined;
  #outbox: {session: string; bytes: string}[] = [];
  #sending = false;
  #hush: {timer: NodeJS.Timeout; dropped: () => void} | null = null;

  constructor({stdin, typing, leave, hear = () => false, touched = () => {}, pointer = () => {}}: KeyboardOptions) {
    this.#hear = hear;
    this.#touched = touched;
    this.#stdin = stdin;
    this.#typing = typing;
    this.#pointer = pointer;
    this.#leave = new Set(leaveSequences(leave));
    this.command = new CommandInput(raw => this.#setRawMode(raw));
  }

  /** Before the first frame: what is typed while Ink still comes up must not be echoed into the picture. */
  open(): void {
    if (this.#stdin.isTTY) this.#stdin.setRawMode(true);
  }

  /**
   * Leaves stdin wholly to somebody else. Pausing the stream is not enough: Node would still read, and
   * take the keys of the program that has the terminal now.
   */
  async lend<T>(use: () => Promise<T>): Promise<T> {
    const handle = (this.#stdin as {_handle?: ReadHandle | null})._handle;
    handle?.readStop?.();
    if (handle) handle.readStart = () => 0;
    try {
      return await use();
    } finally {
      if (handle) {
        delete handle.readStart;
        resumeReading(handle);
      }
    }
  }

  /** Until the first pause what is typed goes nowhere: it was meant for a program that is no more. */
  hush(dropped: () => void): void {
    clearTimeout(this.#hush?.timer);
    const timer = setTimeout(() => {
      this.#hush = null;
    }, PAUSE_MS);
    this.#hush = {timer, dropped};
  }

  /** Stops reading for good; raw mode off. */
  close(): void {
    clearTimeout(this.#restTimer);
    clearTimeout(this.#hush?.timer);
    this.#stdin.off('data', this.#onData);
    if (this.#stdin.isTTY) this.#stdin.setRawMode(false);
    this.#stdin.pause();
    this.#listening = false;
  }

  #setRawMode(raw: boolean): void {
    if (this.#stdin.isTTY) this.#stdin.setRawMode(raw);
    if (!raw || this.#listening) return;
    this.#listening = true;
    this.#stdin.on('data', this.#onData);
    this.#stdin.resume();
  }

  readonly #onData = (chunk: Buffer | string): void => {
    clearTimeout(this.#restTimer);
    this.#route(this.#rest + (typeof chunk === 'string' ? chunk : this.#decoder.write(chunk)), false);
    if (this.#rest === '') return;
    // No key begins as a report does: it is waited for longer, and dropped without its end.
    const torn = this.#rest.length > 2 && isTornReport(this.#rest);
    const give = () => (torn ? this.#route('', true) : this.#route(this.#rest, true));
    this.#restTimer = setTimeout(give, torn ? REPORT_WAIT_MS : MARKER_WAIT_MS);
  };

  /** The mode is asked for anew at each unit: `i` and what follows may come in one chunk. */
  #route(text: string, whole: boolean): void {
    this.#rest = '';
    let at = 0;
    while (at < text.length) {
      const unit = firstUnit(text.slice(at, at + UNIT_WINDOW), this.#pasting);
      if (unit.kind === 'part' && !whole && text.length - at < UNIT_WINDOW) {
        this.#rest = text.slice(at);
        break;
      }
      at += unit.text.length;
      this.#take(unit);
    }
  }

  #take(unit: Unit): void {
    if (unit.kind === 'sequence' && !this.#pasting && this.#hear(unit.text)) return;
    this.#touched();
    const marker = isPasteStart(unit) || isPasteEnd(unit);
    if (marker) this.#pasting = isPasteStart(unit);
    if (this.#hush !== null) {
      this.#hush.timer.refresh();
      this.#hush.dropped();
      return;
    }
    const session = this.#typing.into();
    // Reports that were under way when typing began are not for the agent: it did not ask for them.
    if (!this.#pasting && isMouseReport(unit.text)) {
      const event = session === null ? mouseEvent(unit.text) : null;
      if (event !== null) this.#pointer(event);
      return;
    }
    if (session !== null && !this.#pasting && this.#leave.has(unit.text)) {
      this.#typing.leave();
      return;
    }
    if (session === null) this.command.feed(unit.text);
    else if (!marker || this.#typing.bracketed()) this.#post(session, unit.text);
  }

  /** In order, joined per tick; while one piece is under way the next ones gather. */
  #post(session: string, bytes: string): void {
    const last = this.#outbox.at(-1);
    if (last?.session === session) last.bytes += bytes;
    else this.#outbox.push({session, bytes});
    if (this.#sending) return;
    this.#sending = true;
    setImmediate(() => void this.#empty());
  }

  async #empty(): Promise<void> {
    for (let next = this.#outbox.shift(); next !== undefined; next = this.#outbox.shift()) {
      try {
        await this.#typing.type(next.session, next.bytes);
      } catch (error) {
        this.#typing.failed(error);
      }
    }
    this.#sending = false;
  }
}

/** With the own property gone this is the handle's method again. */
const resumeReading = (handle: ReadHandle): number | undefined => handle.readStart?.();

/** Longest piece that is looked at in one step, in UTF-16 units; pastes go on in pieces of this size. */
const UNIT_WINDOW = 16_384;

/** A tty as far as Ink can tell. Delivers at once: when `feed` returns, the key's effect has happened. */
export class CommandInput extends EventEmitter {
  readonly isTTY = true;
  readonly #setRawMode: (raw: boolean) => void;
  #chunks: string[] = [];

  constructor(setRawMode: (raw: boolean) => void) {
    super();
    this.#setRawMode = setRawMode;
  }

  feed(text: string): void {
    this.#chunks.push(text);
    this.emit('readable');
  }

  read(): string | null {
    return this.#chunks.shift() ?? null;
  }

  setRawMode(raw: boolean): this {
    this.#setRawMode(raw);
    return this;
  }

  setEncoding(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  asStream(): NodeJS.ReadStream {
    return this as unknown as NodeJS.ReadStream;
  }
}

/** How `ctrl+]` arrives: as its control byte, or as the sequences of modern keyboard protocols. */
export function leaveSequences(name: string): string[] {
  const key = controlKey(name);
  if (key === undefined) return [name];
  const code = key.charCodeAt(0);
  return [String.fromCharCode(key.toUpperCase().charCodeAt(0) & 0x1f), `\x1b[${code};5u`, `\x1b[27;5;${code}~`];
}

/** The key's name as the cockpit writes it, from `C-]`, `^]` or `ctrl+]`. */
export function keyTitle(name: string): string {
  const key = controlKey(name);
  return key === undefined ? name : `ctrl+${key}`;
}

const controlKey = (name: string): string | undefined => /^(?:ctrl\+|c-|\^)(.)$/i.exec(name)?.[1]?.toLowerCase();
