import {KeyHash, momentOf, type Usage} from '../domain/ledger.ts';
import {
  CACHE_CREATED,
  CACHE_HOUR,
  CACHE_MINUTES,
  CACHE_READ,
  ID,
  INPUT,
  LINE_FROM,
  LINE_TO,
  MODEL,
  OUTPUT,
  REASONING,
  REQUEST,
  REQUEST_SESSION,
  SESSION,
  TIME,
  UUID,
} from './assembly/record.ts';
import type {ClaudeRecord} from './claude-scan.ts';

const SYNTHETIC = '<synthetic>';

/** What a line of usage says; null: the agent made the message up itself. */
export function usageOf(record: ClaudeRecord): Usage | null {
  const model = has(record, MODEL) ? names.model.of(record.bytes, rangeOf(record, MODEL)) : '';
  if (model === SYNTHETIC) return null;
  const session = has(record, REQUEST_SESSION) ? REQUEST_SESSION : SESSION;
  // Its parts alone say the same.
  const created = record.field(CACHE_CREATED) || record.field(CACHE_HOUR) + record.field(CACHE_MINUTES);
  const cacheWriteHour = Math.min(record.field(CACHE_HOUR), created);
  return {
    key: keyOf(record),
    conversation: has(record, session) ? names.session.of(record.bytes, rangeOf(record, session)) : '',
    model,
    at: timeOf(record, TIME),
    input: record.field(INPUT),
    cacheRead: record.field(CACHE_READ),
    cacheWrite: created - cacheWriteHour,
    cacheWriteHour,
    output: record.field(OUTPUT),
    reasoning: record.field(REASONING),
    cost: null,
  };
}

type Range = {readonly from: number; readonly to: number};

const rangeOf = (record: ClaudeRecord, text: number): Range => ({from: record.field(text), to: record.field(text + 1)});

/** No text stands at address 0. */
const has = (record: ClaudeRecord, text: number): boolean => record.field(text) !== 0;

function keyOf(record: ClaudeRecord): Usage['key'] {
  const hash = new KeyHash();
  const id = has(record, ID) ? ID : UUID;
  if (has(record, id)) hash.addAll(record.bytes, record.field(id), record.field(id + 1));
  if (has(record, REQUEST)) {
    hash.add(0);
    hash.addAll(record.bytes, record.field(REQUEST), record.field(REQUEST + 1));
  }
  // Without any name only the same line is the same message.
  if (!has(record, id) && !has(record, REQUEST))
    hash.addAll(record.bytes, record.field(LINE_FROM), record.field(LINE_TO));
  return hash.key();
}

/** The same bytes as the last time are the same text. */
class Name {
  #bytes = new Uint8Array(0);
  #text = '';

  of(bytes: Buffer, {from, to}: Range): string {
    const known = this.#bytes;
    if (known.length === to - from) {
      let i = 0;
      while (i < known.length && known[i] === bytes[from + i]) i++;
      if (i === known.length) return this.#text;
    }
    this.#bytes = Uint8Array.prototype.slice.call(bytes, from, to);
    this.#text = bytes.toString('utf8', from, to);
    return this.#text;
  }
}

/** ms since the epoch; 0: it is none. `2026-11-20T08:33:15.284Z` is read without a date's own parser. */
export function timeOf(record: ClaudeRecord, text: number): number {
  const {bytes} = record;
  const {from, to} = rangeOf(record, text);
  if (from === 0) return 0;
  if (to - from !== 24 || bytes[to - 1] !== 0x5a || bytes[from + 10] !== 0x54 || bytes[from + 19] !== 0x2e) {
    const at = Date.parse(bytes.toString('latin1', from, Math.min(to, from + 64)));
    return momentOf(at);
  }
  const number = (at: number, digits: number): number => {
    let value = 0;
    for (let i = at; i < at + digits; i++) {
      const digit = bytes[i]! - 48;
      value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
    }
    return value;
  };
  const day = dayOf(number(from, 4), number(from + 5, 2), number(from + 8, 2));
  const seconds = number(from + 11, 2) * 3600 + number(from + 14, 2) * 60 + number(from + 17, 2);
  const at = day + seconds * 1000 + number(from + 20, 3);
  return momentOf(at);
}

let lastDay = {year: 0, month: 0, date: 0, at: 0};

function dayOf(year: number, month: number, date: number): number {
  if (lastDay.date !== date || lastDay.month !== month || lastDay.year !== year) {
    lastDay = {year, month, date, at: Date.UTC(year, month - 1, date)};
  }
  return lastDay.at;
}

const names = {model: new Name(), session: new Name()};
