// A walk over one line of JSON in place: only what is asked for is looked at, nothing is decoded, sixteen bytes at a
// time. Histories are gigabytes of which some hundred bytes per line count. AssemblyScript: addresses are numbers.

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;
const OPEN_ARRAY: u8 = 0x5b;
const CLOSE_ARRAY: u8 = 0x5d;
const SPACE: u8 = 0x20;
const TAB: u8 = 0x09;
const RETURN: u8 = 0x0d;
const POINT: u8 = 0x2e;
const SMALL_E: u8 = 0x65;
const BIG_E: u8 = 0x45;
const ZERO: u32 = 0x30;

/** Bytes that are looked at together: up to so many behind the line are read, and have to be there. */
const BLOCK: u32 = 16;

/** Nothing was found. No line stands at this address. */
export const NOWHERE: u32 = 0;

/** More than any number of tokens: a number of more digits is told as this. */
export const COUNT_MAX: u64 = 1 << 40;

/** Where the walk is, and the byte behind the line. */
export let at: u32 = NOWHERE;
export let end: u32 = NOWHERE;
/** It came upon something that is no JSON. */
export let isBroken: bool = false;
/** Of the last key or string that was read, without its quotes. */
export let from: u32 = NOWHERE;
export let to: u32 = NOWHERE;

export function walkOver(first: u32, behind: u32): void {
  at = first;
  end = behind;
  isBroken = false;
  space();
}

export function goTo(address: u32): void {
  at = address;
}

/** Steps into an object. */
export function enter(): bool {
  if (at >= end || load<u8>(at) !== OPEN_OBJECT) return false;
  at++;
  space();
  return true;
}

/** The next key of the object: `from` to `to`; false: it ended. Its value has to be taken before the next. */
export function key(): bool {
  if (isBroken) return false;
  if (load<u8>(at) === COMMA) {
    at++;
    space();
  }
  if (at < end && load<u8>(at) === CLOSE_OBJECT) {
    at++;
    space();
    return false;
  }
  if (!text() || load<u8>(at) !== COLON) return broken();
  at++;
  space();
  return true;
}

/** A string value: `from` to `to`, escapes as they stand. False: it is something else. */
export function text(): bool {
  if (load<u8>(at) !== QUOTE) return false;
  const close = endOfText(at + 1);
  if (close === NOWHERE) return broken();
  from = at + 1;
  to = close;
  at = close + 1;
  space();
  return true;
}

/** What was read last is this word of ASCII. */
export function is(word: string): bool {
  return to - from === <u32>word.length && isSame(word);
}

/** A whole number that is not negative; `COUNT_MAX` stands for all that are more. -1: something else, left where it is. */
export function count(): i64 {
  let digits = at;
  let value: u64 = 0;
  for (; digits < end; digits++) {
    const digit = <u32>load<u8>(digits) - ZERO;
    if (digit > 9) break;
    value = min(value * 10 + digit, COUNT_MAX);
  }
  const next = load<u8>(digits);
  if (digits === at || next === POINT || next === SMALL_E || next === BIG_E) return -1;
  at = digits;
  space();
  return value;
}

/** Passes over a value of any kind. */
export function skip(): void {
  const first = load<u8>(at);
  if (first === QUOTE) text();
  else if (first === OPEN_OBJECT || first === OPEN_ARRAY) skipNested();
  else skipWord();
}

/** The next `byte`; `NOWHERE`: there is none before `behind`. */
export function find(byte: u8, first: u32, behind: u32): u32 {
  const wanted = i8x16.splat(byte);
  for (let block = first; block < behind; block += BLOCK) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(block), wanted));
    if (found === 0) continue;
    const address = block + ctz(found);
    return address < behind ? address : NOWHERE;
  }
  return NOWHERE;
}

/** The next string that is this word, quotes and no escapes. `NOWHERE`: none begins in the rest of the line. */
export function findQuoted(word: string): u32 {
  const length = <u32>word.length;
  const quote = i8x16.splat(QUOTE);
  const initial = i8x16.splat(<u8>word.charCodeAt(0));
  for (let block = at; block < end; block += BLOCK) {
    const opens = i8x16.eq(v128.load(block), quote);
    const begins = i8x16.eq(v128.load(block + 1), initial);
    const closes = i8x16.eq(v128.load(block + length + 1), quote);
    let found = i8x16.bitmask(v128.and(v128.and(opens, begins), closes));
    for (; found !== 0; found &= found - 1) {
      const address = block + ctz(found);
      if (address >= end) return NOWHERE;
      from = address + 1;
      to = from + length;
      if (isSame(word)) return address;
    }
  }
  return NOWHERE;
}

function endOfText(first: u32): u32 {
  const quote = i8x16.splat(QUOTE);
  const backslash = i8x16.splat(BACKSLASH);
  for (let block = first; block < end; ) {
    const bytes = v128.load(block);
    const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)));
    if (found === 0) {
      block += BLOCK;
      continue;
    }
    const address = block + ctz(found);
    if (address >= end) return NOWHERE;
    if (load<u8>(address) === QUOTE) return address;
    block = address + 2;
  }
  return NOWHERE;
}

/** Words are kept as UTF-16: bytes are made as wide, eight at a time. */
function isSame(word: string): bool {
  const length = <u32>word.length;
  const address = <u32>changetype<usize>(word);
  for (let i: u32 = 0; i < length; i += 8) {
    const wide = v128.load_ext<u8>(from + i);
    const differ = ~i16x8.bitmask(i16x8.eq(wide, v128.load(address + (i << 1))));
    const left = length - i;
    if ((differ & (left < 8 ? (1 << left) - 1 : 0xff)) !== 0) return false;
  }
  return true;
}

function skipNested(): void {
  let depth = 0;
  for (let next = at; next < end; next++) {
    const byte = load<u8>(next);
    if (byte === QUOTE) {
      next = endOfText(next + 1);
      if (next === NOWHERE) break;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth--;
      if (depth > 0) continue;
      at = next + 1;
      space();
      return;
    }
  }
  broken();
}

function skipWord(): void {
  let next = at;
  for (; next < end; next++) {
    const byte = load<u8>(next);
    if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) break;
  }
  if (next === at) broken();
  else at = next;
}

function space(): void {
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte !== SPACE && byte !== TAB && byte !== RETURN) return;
  }
}

function broken(): bool {
  isBroken = true;
  return false;
}
