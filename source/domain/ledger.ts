/**
 * What one message of a model cost, in tokens. Kinds do not overlap: `input` is without what came from a cache or went
 * into one. `reasoning` is a part of `output`.
 */
export type Usage = {
  /** Names the message on this machine: the same in every copy of its line. */
  key: MessageKey;
  /** The agent's own id of the conversation that paid. */
  conversation: string;
  model: string;
  /** ms since the epoch; 0: not said. */
  at: number;
  input: number;
  cacheRead: number;
  /** Written to a cache for five minutes, and for one hour. */
  cacheWrite: number;
  cacheWriteHour: number;
  output: number;
  reasoning: number;
  /** Micro-USD that the agent itself reports; null: it reports none. */
  cost: number | null;
  /** It stands here as a copy, in a conversation that did not pay: where its original is known, that one does. */
  isCopy?: boolean;
};

/** 64 bits of a message's name, as two unsigned 32-bit numbers. */
export type MessageKey = {high: number; low: number};

/** How full the context of a conversation is. */
export type ContextSaid = {
  conversation: string;
  /** That filled it; empty: not said. */
  model: string;
  /** Tokens. */
  used: number;
  /** Tokens that fit, as the agent says; null: it does not say. */
  limit: number | null;
  /** ms since the epoch; 0: not said. */
  at: number;
};

export type Reading<Carry> = {
  usages: Usage[];
  /** In the order in which they were said. */
  contexts: ContextSaid[];
  carry: Carry;
  /** Bytes. */
  used: number;
  /** Lines that could not be read. */
  skipped: number;
};

/** Reads the histories of one agent piece by piece. Pure: what it must remember of a file is its carry. */
export type UsageReader<Carry = unknown> = {
  /** For the beginning of a file; `name` is its path below its root. */
  begin: (name: string) => Carry;
  /**
   * Takes the whole lines at the beginning of `chunk`: `used` bytes. What follows is the beginning of a line, which has
   * to come again. A carry is JSON and is not changed in place.
   */
  read(chunk: Buffer, carry: Carry): Reading<Carry>;
};

/** A message cannot have more of one kind: what claims so is damaged. */
export const TOKENS_MAX = 1_000_000_000;

const MOMENTS = {from: Date.UTC(2000, 0, 1), until: Date.UTC(2100, 0, 1)};

/** ms since the epoch; 0 for what is no moment in which a model could have answered. */
export const momentOf = (at: number): number => (at >= MOMENTS.from && at < MOMENTS.until ? at : 0);

/** The same of a text. */
export const momentIn = (text: string): number => momentOf(Date.parse(text));

export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= TOKENS_MAX;

/** Tokens by kind, as they are shown; `total` is their sum, of which `reasoning` is no part of its own. */
export type Tokens = {
  input: number;
  output: number;
  cacheRead: number;
  /** For both times. */
  cacheWrite: number;
  total: number;
};

export const noTokens = (): Tokens => ({input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0});

const HASH_SEED = 0x811c9dc5;

/** The key of a message with these names. UTF-8 of each, with a zero between them. */
export function messageKey(...names: string[]): MessageKey {
  const hash = new KeyHash();
  names.forEach((name, i) => {
    if (i > 0) hash.add(0);
    for (const byte of new TextEncoder().encode(name)) hash.add(byte);
  });
  return hash.key();
}

/** Two independent 32-bit hashes (FNV-1a and one with another prime), mixed at the end. */
export class KeyHash {
  #high = HASH_SEED;
  #low = 0x9747b28c;

  add(byte: number): void {
    this.#high = Math.imul(this.#high ^ byte, 0x01000193);
    this.#low = Math.imul(this.#low ^ byte, 0x5bd1e995);
    this.#low ^= this.#low >>> 15;
  }

  addAll(bytes: Uint8Array, from: number, to: number): void {
    let high = this.#high;
    let low = this.#low;
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      high = Math.imul(high ^ byte, 0x01000193);
      low = Math.imul(low ^ byte, 0x5bd1e995);
      low ^= low >>> 15;
    }
    this.#high = high;
    this.#low = low;
  }

  key(): MessageKey {
    return {high: mixed(this.#high ^ this.#low), low: mixed(this.#low)};
  }
}

function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
