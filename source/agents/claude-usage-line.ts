import {KeyHash, TOKENS_MAX, type Usage} from '../domain/ledger.ts';
import {JsonWalk, type Word, word} from './json-walk.ts';

const TYPE = word('type');
const ASSISTANT = word('assistant');
const SYSTEM = word('system');
const SIDECHAIN = word('isSidechain');
const MESSAGE = word('message');
const REQUEST_ID = word('requestId');
const TIMESTAMP = word('timestamp');
const SESSION = word('sessionId');
const REQUEST_SESSION = word('requestSessionId');
const UUID = word('uuid');
const ID = word('id');
const MODEL = word('model');
const ROLE = word('role');
const CONTENT = word('content');
const USAGE = word('usage');
const INPUT = word('input_tokens');
const CREATED = word('cache_creation_input_tokens');
const READ = word('cache_read_input_tokens');
const OUTPUT = word('output_tokens');
const CREATION = word('cache_creation');
const HOUR = word('ephemeral_1h_input_tokens');
const DETAILS = word('output_tokens_details');
const THINKING = word('thinking_tokens');
const QUOTED_USAGE = Buffer.from('"usage"');
const SYNTHETIC = '<synthetic>';
const CLOSE = 0x7d;
const TRUE = 0x74;

/** One line at a time, in fields that are used again: a line costs no objects until it counts. */
export class ClaudeLine {
  readonly #walk = new JsonWalk();
  readonly #names = {model: new Name(), session: new Name()};
  readonly #counts = new Counts();
  readonly #id = new Place();
  readonly #request = new Place();
  readonly #uuid = new Place();
  readonly #session = new Place();
  readonly #requestSession = new Place();
  readonly #model = new Place();
  #bytes: Buffer = Buffer.alloc(0);
  /** The line that was read is of a sub-agent. */
  isSide = false;
  #isAssistant = false;
  #at = 0;

  read(bytes: Buffer, from: number, end: number): Usage | 'other' | 'system' | 'damaged' {
    this.#bytes = bytes;
    const last = bytes[end - 1] === 0x0d ? bytes[end - 2] : bytes[end - 1];
    if (last !== CLOSE) return 'damaged';
    const found = this.#look({from, end, leaps: true});
    // The leap went wrong, or the line is: only a whole walk can tell.
    return found === 'damaged' ? this.#look({from, end, leaps: false}) : found;
  }

  #look({from, end, leaps}: {from: number; end: number; leaps: boolean}): Usage | 'other' | 'system' | 'damaged' {
    this.#isAssistant = this.isSide = false;
    this.#counts.forget();
    this.#id.from = this.#request.from = this.#uuid.from = NOWHERE;
    this.#session.from = this.#requestSession.from = this.#model.from = NOWHERE;
    this.#at = 0;
    const walk = this.#walk;
    walk.over(this.#bytes, from, end);
    if (!walk.enter()) return 'damaged';
    while (walk.key()) {
      if (walk.is(TYPE)) {
        if (!walk.string()) walk.skip();
        else if (walk.is(ASSISTANT)) this.#isAssistant = true;
        else return walk.is(SYSTEM) ? 'system' : 'other';
      } else if (walk.is(SIDECHAIN)) {
        this.isSide = walk.bytes[walk.at] === TRUE;
        walk.skip();
      } else if (walk.is(MESSAGE)) {
        if (!this.#message(leaps)) return walk.isBroken ? 'damaged' : 'other';
      } else if (walk.is(REQUEST_ID)) this.#request.take(walk);
      else if (walk.is(TIMESTAMP)) this.#time();
      else if (walk.is(REQUEST_SESSION)) this.#requestSession.take(walk);
      else if (walk.is(SESSION)) this.#session.take(walk);
      else if (walk.is(UUID)) this.#uuid.take(walk);
      else walk.skip();
    }
    if (walk.isBroken || walk.at !== end) return 'damaged';
    if (!this.#isAssistant || !this.#counts.isThere) return 'other';
    return this.#counts.isWrong ? 'damaged' : this.#usage();
  }

  /** False: it is not of the model. */
  #message(leaps: boolean): boolean {
    const walk = this.#walk;
    if (!walk.enter()) {
      walk.skip();
      return false;
    }
    while (walk.key()) {
      if (walk.is(ID)) this.#id.take(walk);
      else if (walk.is(MODEL)) this.#model.take(walk);
      else if (walk.is(ROLE)) {
        if (!walk.string()) walk.skip();
        else if (!walk.is(ASSISTANT)) return false;
      } else if (walk.is(USAGE)) readCounts(walk, this.#counts);
      else if (leaps && walk.is(CONTENT)) this.#leap();
      else walk.skip();
    }
    return !walk.isBroken;
  }

  /**
   * Goes on at the next `"usage"`, which inside of a string would have a backslash before its second quote. Where it
   * is the key of something within the content, or comes in another object, the brackets that follow do not fit.
   */
  #leap(): void {
    const walk = this.#walk;
    const at = this.#bytes.indexOf(QUOTED_USAGE, walk.at);
    if (at === -1 || at >= walk.end) walk.skip();
    else walk.at = at;
  }

  #usage(): Usage | 'other' {
    const bytes = this.#bytes;
    const model = this.#model.isThere ? this.#names.model.of(bytes, this.#model) : '';
    if (model === SYNTHETIC) return 'other';
    const session = this.#requestSession.isThere ? this.#requestSession : this.#session;
    const hash = new KeyHash();
    const id = this.#id.isThere ? this.#id : this.#uuid;
    if (id.isThere) hash.addAll(bytes, id.from, id.to);
    if (this.#request.isThere) {
      hash.add(0);
      hash.addAll(bytes, this.#request.from, this.#request.to);
    }
    const {input, cacheRead, created, hour, output, reasoning} = this.#counts;
    const cacheWriteHour = Math.min(hour, created);
    return {
      key: hash.key(),
      conversation: session.isThere ? this.#names.session.of(bytes, session) : '',
      model,
      at: this.#at,
      input,
      cacheRead,
      cacheWrite: created - cacheWriteHour,
      cacheWriteHour,
      output,
      reasoning,
      cost: null,
    };
  }

  #time(): void {
    const walk = this.#walk;
    if (walk.string()) this.#at = timeOf(this.#bytes, walk);
    else walk.skip();
  }
}

const NOWHERE = -1;

type Range = {readonly from: number; readonly to: number};

/** Where a text stands in the bytes. */
class Place {
  from = NOWHERE;
  to = 0;

  get isThere(): boolean {
    return this.from !== NOWHERE;
  }

  take(walk: JsonWalk): void {
    if (!walk.string()) {
      walk.skip();
      return;
    }
    this.from = walk.from;
    this.to = walk.to;
  }
}

class Counts {
  isThere = false;
  isWrong = false;
  input = 0;
  cacheRead = 0;
  created = 0;
  hour = 0;
  output = 0;
  reasoning = 0;

  forget(): void {
    this.isThere = this.isWrong = false;
    this.input = this.cacheRead = this.created = this.hour = this.output = this.reasoning = 0;
  }
}

function readCounts(walk: JsonWalk, counts: Counts): void {
  if (!walk.enter()) {
    walk.skip();
    return;
  }
  counts.isThere = true;
  while (walk.key()) {
    if (walk.is(INPUT)) counts.input = countOf(walk, counts);
    else if (walk.is(READ)) counts.cacheRead = countOf(walk, counts);
    else if (walk.is(CREATED)) counts.created = countOf(walk, counts);
    else if (walk.is(OUTPUT)) counts.output = countOf(walk, counts);
    else if (walk.is(CREATION)) readPart(walk, counts, HOUR, 'hour');
    else if (walk.is(DETAILS)) readPart(walk, counts, THINKING, 'reasoning');
    else walk.skip();
  }
}

function readPart(walk: JsonWalk, counts: Counts, name: Word, to: 'hour' | 'reasoning'): void {
  if (!walk.enter()) {
    walk.skip();
    return;
  }
  while (walk.key()) {
    if (walk.is(name)) counts[to] = countOf(walk, counts);
    else walk.skip();
  }
}

const NULL = 0x6e;

function countOf(walk: JsonWalk, counts: Counts): number {
  const isNull = walk.bytes[walk.at] === NULL;
  const count = walk.count();
  if (count >= 0 && count <= TOKENS_MAX) return count;
  if (count < 0) walk.skip();
  if (!isNull) counts.isWrong = true;
  return 0;
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
function timeOf(bytes: Buffer, {from, to}: Range): number {
  if (to - from !== 24 || bytes[to - 1] !== 0x5a || bytes[from + 10] !== 0x54 || bytes[from + 19] !== 0x2e) {
    const at = Date.parse(bytes.toString('latin1', from, Math.min(to, from + 64)));
    return Number.isNaN(at) ? 0 : at;
  }
  const number = (at: number, digits: number): number => {
    let value = 0;
    for (let i = at; i < at + digits; i++) value = value * 10 + bytes[i]! - 48;
    return value;
  };
  const day = dayOf(number(from, 4), number(from + 5, 2), number(from + 8, 2));
  const seconds = number(from + 11, 2) * 3600 + number(from + 14, 2) * 60 + number(from + 17, 2);
  const at = day + seconds * 1000 + number(from + 20, 3);
  return at > 0 ? at : 0;
}

let lastDay = {year: 0, month: 0, date: 0, at: 0};

function dayOf(year: number, month: number, date: number): number {
  if (lastDay.date !== date || lastDay.month !== month || lastDay.year !== year) {
    lastDay = {year, month, date, at: Date.UTC(year, month - 1, date)};
  }
  return lastDay.at;
}
