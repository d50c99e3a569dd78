const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const NEVER = -1;

/** A word to compare with; most others differ from it in length or first letter. */
export type Word = {readonly code: number; readonly bytes: Uint8Array};

export function word(text: string): Word {
  const bytes = new TextEncoder().encode(text);
  return {code: codeOf(bytes.length, bytes[0] ?? 0), bytes};
}

const codeOf = (length: number, first: number): number => (length << 8) | first;

/**
 * Walks over one line of JSON in place: only what is asked for is looked at, nothing is decoded. Histories are
 * gigabytes of which some hundred bytes per line count. `at` is -1 after anything that is no JSON.
 */
export class JsonWalk {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  /** Of the last key or string that was read, without its quotes. */
  from = 0;
  to = 0;
  #code = 0;

  over(bytes: Uint8Array, from: number, end: number): void {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
    this.#space();
  }

  get isBroken(): boolean {
    return this.at === NEVER;
  }

  /** Steps into an object. */
  enter(): boolean {
    if (this.bytes[this.at] !== OPEN_OBJECT || this.at >= this.end) return false;
    this.at++;
    this.#space();
    return true;
  }

  /** The next key of the object: `from` to `to`; false: it ended. Its value has to be taken before the next. */
  key(): boolean {
    const {bytes} = this;
    if (this.at === NEVER) return false;
    if (bytes[this.at] === COMMA) {
      this.at++;
      this.#space();
    }
    if (bytes[this.at] === CLOSE_OBJECT && this.at < this.end) {
      this.at++;
      this.#space();
      return false;
    }
    if (!this.string()) return this.broken();
    if (bytes[this.at] !== COLON) return this.broken();
    this.at++;
    this.#space();
    return true;
  }

  /** A string value: `from` to `to`, escapes as they stand. False: it is something else. */
  string(): boolean {
    const {bytes, end} = this;
    if (bytes[this.at] !== QUOTE) return false;
    let at = this.at + 1;
    this.from = at;
    while (at < end) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.to = at;
        this.#code = codeOf(at - this.from, bytes[this.from]!);
        this.at = at + 1;
        this.#space();
        return true;
      }
      at += byte === BACKSLASH ? 2 : 1;
    }
    return this.broken();
  }

  /** A whole number that is not negative; -1: something else, which is left where it is. */
  count(): number {
    const {bytes} = this;
    let at = this.at;
    let value = 0;
    for (; at < this.end; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const next = bytes[at];
    if (at === this.at || next === 0x2e || next === 0x65 || next === 0x45) return -1;
    this.at = at;
    this.#space();
    return value;
  }

  /** Passes over a value of any kind. */
  skip(): void {
    const {bytes, end} = this;
    const first = bytes[this.at];
    if (first === QUOTE) {
      this.string();
      return;
    }
    if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
      this.#skipWord();
      return;
    }
    let depth = 0;
    for (let at = this.at; at < end; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        at++;
        while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth--;
        if (depth === 0) {
          this.at = at + 1;
          this.#space();
          return;
        }
      }
    }
    this.broken();
  }

  /** What was read last is this word. */
  is(word: Word): boolean {
    if (this.#code !== word.code) return false;
    const {bytes, from} = this;
    const known = word.bytes;
    for (let i = 1; i < known.length; i++) if (bytes[from + i] !== known[i]) return false;
    return true;
  }

  broken(): false {
    this.at = NEVER;
    return false;
  }

  #skipWord(): void {
    const {bytes, end} = this;
    let at = this.at;
    while (at < end && bytes[at] !== COMMA && bytes[at] !== CLOSE_OBJECT && bytes[at] !== CLOSE_ARRAY) at++;
    if (at === this.at) this.broken();
    else this.at = at;
  }

  #space(): void {
    const {bytes, end} = this;
    let {at} = this;
    while (at < end) {
      const byte = bytes[at];
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) break;
      at++;
    }
    this.at = at;
  }
}
