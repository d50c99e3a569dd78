// Finds what counts in the lines of Claude's histories. AssemblyScript, compiled by `npm run wasm`.
import {
  at,
  count,
  end,
  enter,
  find,
  findQuoted,
  from,
  goTo,
  is,
  isBroken,
  key,
  NOWHERE,
  skip,
  text,
  to,
  walkOver,
} from './json.ts';
import {
  CACHE_CREATED,
  CACHE_HOUR,
  CACHE_MINUTES,
  CACHE_READ,
  COMPACTED,
  DAMAGED,
  ID,
  INPUT,
  IS_SIDE,
  KIND,
  LAST_TIME,
  LINE_FROM,
  LINE_TO,
  MODEL,
  OTHER,
  OUTPUT,
  REASONING,
  RECORD_FIELDS,
  REQUEST,
  REQUEST_SESSION,
  SESSION,
  TIME,
  USAGE,
  UUID,
} from './record.ts';

const NEWLINE: u8 = 0x0a;
const RETURN: u8 = 0x0d;
const CLOSE: u8 = 0x7d;
const TRUE: u8 = 0x74;
const NULL: u8 = 0x6e;

/** A message cannot have more of one kind (`TOKENS_MAX` of the domain). */
const TOKENS_MAX: i64 = 1_000_000_000;

/** The record that is written, and the one before it, if that is of a message. */
let record: u32 = 0;
let before: u32 = NOWHERE;
let isAssistant: bool = false;
let isCounted: bool = false;
let isWrong: bool = false;
/** Behind the last line that was read. */
let done: u32 = 0;

export function doneTo(): u32 {
  return done;
}

/**
 * Reads the whole lines from `first` to `behind`, and writes a record of each that is not of something else to
 * `records`: at most `most`. Says how many. Of lines of one message that follow each other, the one with the largest
 * output has a record. 32 bytes behind the last line have to be there.
 */
export function scan(first: u32, behind: u32, records: u32, most: u32): u32 {
  let written: u32 = 0;
  done = first;
  before = NOWHERE;
  while (written < most) {
    const newline = find(NEWLINE, done, behind);
    if (newline === NOWHERE) break;
    record = records + written * (RECORD_FIELDS << 2);
    const kind = newline === done ? OTHER : kindOf(done, newline);
    if (kind !== OTHER) {
      put(LINE_FROM, done);
      put(LINE_TO, newline);
      put(KIND, kind);
      copyText(LAST_TIME, record, TIME);
      if (kind === USAGE && before !== NOWHERE && isSameMessage()) merge();
      else {
        before = kind === USAGE ? record : NOWHERE;
        written++;
      }
    }
    done = newline + 1;
  }
  return written;
}

/** One more line of the message of the record before. */
function merge(): void {
  // A line without a time has that of the line before it.
  if (get(record, TIME) === NOWHERE) copyText(TIME, before, LAST_TIME);
  copyText(LAST_TIME, record, TIME);
  if (get(record, OUTPUT) > get(before, OUTPUT)) memory.copy(before, record, RECORD_FIELDS << 2);
  else memory.copy(before + (LAST_TIME << 2), record + (LAST_TIME << 2), 8);
}

function isSameMessage(): bool {
  const hasId = get(record, ID) !== NOWHERE;
  if ((get(before, ID) !== NOWHERE) !== hasId) return false;
  const name = hasId ? ID : UUID;
  return get(record, name) !== NOWHERE && isSameText(name) && isSameText(REQUEST);
}

function isSameText(field: u32): bool {
  const first = get(record, field);
  const known = get(before, field);
  const length = get(record, field + 1) - first;
  return get(before, field + 1) - known === length && memory.compare(first, known, length) === 0;
}

function kindOf(first: u32, behind: u32): u32 {
  const last = load<u8>(behind - 1) === RETURN ? behind - 2 : behind - 1;
  if (load<u8>(last) !== CLOSE) return DAMAGED;
  const kind = look(first, behind, true);
  // The leap went wrong, or the line is: only a whole walk can tell.
  return kind === DAMAGED ? look(first, behind, false) : kind;
}

function look(first: u32, behind: u32, leaps: bool): u32 {
  for (let field = 0; field < RECORD_FIELDS; field += 4) v128.store(record + (field << 2), i32x4.splat(0));
  isAssistant = isCounted = isWrong = false;
  walkOver(first, behind);
  if (!enter()) return DAMAGED;
  while (key()) {
    if (is('type')) {
      if (!text()) skip();
      else if (is('assistant')) isAssistant = true;
      else return is('system') && findQuoted('compact_boundary') !== NOWHERE ? COMPACTED : OTHER;
    } else if (is('isSidechain')) {
      put(IS_SIDE, load<u8>(at) === TRUE ? 1 : 0);
      skip();
    } else if (is('message')) {
      if (!message(leaps)) return isBroken ? DAMAGED : OTHER;
    } else if (is('requestId')) take(REQUEST);
    else if (is('timestamp')) take(TIME);
    else if (is('requestSessionId')) take(REQUEST_SESSION);
    else if (is('sessionId')) take(SESSION);
    else if (is('uuid')) take(UUID);
    else skip();
  }
  if (isBroken || at !== end) return DAMAGED;
  if (!isAssistant || !isCounted) return OTHER;
  return isWrong ? DAMAGED : USAGE;
}

/** False: it is not of the model. */
function message(leaps: bool): bool {
  if (!enter()) {
    skip();
    return false;
  }
  while (key()) {
    if (is('id')) take(ID);
    else if (is('model')) take(MODEL);
    else if (is('role')) {
      if (!text()) skip();
      else if (!is('assistant')) return false;
    } else if (is('usage')) usage();
    else if (leaps && is('content')) leap();
    else skip();
  }
  return !isBroken;
}

/**
 * Goes on at the next `"usage"`, which inside of a string would have a backslash before its second quote. Where it is
 * the key of something within the content, or comes in another object, the brackets that follow do not fit.
 */
function leap(): void {
  const found = findQuoted('usage');
  if (found === NOWHERE) skip();
  else goTo(found);
}

function usage(): void {
  if (!enter()) {
    skip();
    return;
  }
  isCounted = true;
  while (key()) {
    if (is('input_tokens')) tokens(INPUT);
    else if (is('cache_read_input_tokens')) tokens(CACHE_READ);
    else if (is('cache_creation_input_tokens')) tokens(CACHE_CREATED);
    else if (is('output_tokens')) tokens(OUTPUT);
    else if (is('cache_creation'))
      parts('ephemeral_1h_input_tokens', CACHE_HOUR, 'ephemeral_5m_input_tokens', CACHE_MINUTES);
    else if (is('output_tokens_details')) parts('thinking_tokens', REASONING);
    else skip();
  }
}

function parts(name: string, field: u32, other: string = '', otherField: u32 = 0): void {
  if (!enter()) {
    skip();
    return;
  }
  while (key()) {
    if (is(name)) tokens(field);
    else if (otherField !== 0 && is(other)) tokens(otherField);
    else skip();
  }
}

function tokens(field: u32): void {
  const isNull = load<u8>(at) === NULL;
  const said = count();
  if (said >= 0 && said <= TOKENS_MAX) {
    put(field, <u32>said);
    return;
  }
  if (said < 0) skip();
  if (!isNull) isWrong = true;
}

function take(field: u32): void {
  if (!text()) {
    skip();
    return;
  }
  put(field, from);
  put(field + 1, to);
}

function put(field: u32, value: u32): void {
  store<u32>(record + (field << 2), value);
}

/** To the record that is written. */
function copyText(to: u32, source: u32, field: u32): void {
  put(to, get(source, field));
  put(to + 1, get(source, field + 1));
}

function get(source: u32, field: u32): u32 {
  return load<u32>(source + (field << 2));
}
