import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import {crc32} from 'node:zlib';
import type {ContextSaid} from '../domain/ledger.ts';
import type {Mark} from './followed.ts';
import {type Payer, type Pricing, ROW_FIELDS, Table} from './table.ts';

/** `AMXL`, kind, bytes of the content, CRC-32 of the content: four numbers of 32 bits each. */
const MAGIC_BYTES = Buffer.from('AMXL');
const HEAD = 16;
const NAMES = 1;
const ROWS = 2;
const MARKS = 3;
const VERSION = 4;
const CONTEXTS = 5;
/** Grows when the content of a block changes: an older log is read anew from the histories. */
const CURRENT = 1;
/** Rows per block: one that is damaged costs no more. */
const BLOCK_ROWS = 8192;
const ROW_BYTES = ROW_FIELDS * 4 + 8;
/** The log is written anew when it is so much longer than what it says. */
const SLACK_BYTES = 4 << 20;

type Names = {payers: Payer[]; models: string[]};

type Loading = {repair: boolean; pricing?: Pricing | undefined; recentFrom?: number | undefined};

/** Marks by path, contexts by payer. */
type Known = {table: Table; marks: ReadonlyMap<string, Mark>; contexts: ReadonlyMap<number, ContextSaid>};

export type Loaded = {
  table: Table;
  marks: Map<string, Mark>;
  contexts: Map<number, ContextSaid>;
  problem: string | null;
};

/**
 * What the ledger knows, on disk: blocks that are only added. A row that grew is written once more; the place up to
 * which a file was read comes behind its rows, so that a crash makes something be read twice and nothing be left out.
 * It outlives the histories, which their agents delete after some weeks.
 */
export class LedgerLog {
  readonly #file: string;
  #known = {payers: 0, models: 0};
  #bytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * What a crash left half behind at the end is cut off when `repair`. Damage before that ends the reading: it is told in
   * `problem`, and the file is kept aside as it was.
   */
  load({repair, pricing, recentFrom = 0}: Loading): Loaded {
    const table = new Table(pricing);
    table.recentFrom = recentFrom;
    const loaded: Loaded = {table, marks: new Map(), contexts: new Map(), problem: null};
    if (!existsSync(this.#file)) return loaded;
    const bytes = readFileSync(this.#file);
    let at = 0;
    for (;;) {
      const found = blockAt(bytes, at);
      if (found === 'end') break;
      if (found === 'damaged') loaded.problem = `${bytes.length - at} of its ${bytes.length} bytes are damaged`;
      else if (found.kind === VERSION && found.content.readUInt32LE(0) !== CURRENT) {
        loaded.problem = 'it is of another version of amux';
      }
      if (found === 'damaged' || loaded.problem !== null) break;
      take(found.kind, found.content, loaded);
      at = found.end;
    }
    if (repair && at < bytes.length) {
      if (loaded.problem !== null) copyFileSync(this.#file, `${this.#file}.damaged`);
      truncateSync(this.#file, at);
    }
    this.#bytes = at;
    this.#known = {payers: table.payers.length, models: table.models.length};
    return loaded;
  }

  /** Adds these rows of the table, in any order, and then the marks. Throws what the system says. */
  append({table, rows, marks, contexts}: Known & {rows: readonly number[]}): void {
    const blocks = this.#bytes === 0 ? [block(VERSION, version())] : [];
    const names = this.#newNames(table);
    if (names !== null) blocks.push(block(NAMES, Buffer.from(JSON.stringify(names))));
    for (let from = 0; from < rows.length; from += BLOCK_ROWS) {
      blocks.push(block(ROWS, rowsOf(table, rows.slice(from, from + BLOCK_ROWS))));
    }
    if (contexts.size > 0) blocks.push(block(CONTEXTS, Buffer.from(JSON.stringify([...contexts]))));
    if (marks.size > 0) blocks.push(block(MARKS, Buffer.from(JSON.stringify([...marks]))));
    this.#write(blocks);
    this.#known = {payers: table.payers.length, models: table.models.length};
  }

  /** Whether it should be written anew. */
  isWasteful(table: Table): boolean {
    return this.#bytes > 2 * table.size * ROW_BYTES + SLACK_BYTES;
  }

  /** Puts a new log in place of the old one. */
  rewrite(known: Known): void {
    const fresh = new LedgerLog(`${this.#file}.new`);
    const fd = openSync(fresh.#file, 'w', 0o600);
    closeSync(fd);
    fresh.append({...known, rows: Array.from({length: known.table.size}, (_, row) => row)});
    const written = openSync(fresh.#file, 'r+');
    fsyncSync(written);
    closeSync(written);
    renameSync(fresh.#file, this.#file);
    this.#bytes = fresh.#bytes;
    this.#known = fresh.#known;
  }

  #newNames(table: Table): Names | null {
    const payers = table.payers.slice(this.#known.payers);
    const models = table.models.slice(this.#known.models);
    return payers.length + models.length === 0 ? null : {payers, models};
  }

  #write(blocks: Buffer[]): void {
    const bytes = Buffer.concat(blocks);
    const fd = openSync(this.#file, 'a', 0o600);
    try {
      let written = 0;
      try {
        while (written < bytes.length) written += writeSync(fd, bytes, written);
      } catch (error) {
        // A full disk takes a part: what stands there is as it was before.
        ftruncateSync(fd, this.#bytes);
        throw error;
      }
      this.#bytes = statSync(this.#file).size;
    } finally {
      closeSync(fd);
    }
  }
}

type Block = {kind: number; content: Buffer; end: number};

/** `end`: nothing more, or a block that was being written when its writer died. */
function blockAt(bytes: Buffer, at: number): Block | 'end' | 'damaged' {
  const head = bytes.subarray(at, at + HEAD);
  const isBegun = head.subarray(0, 4).equals(MAGIC_BYTES.subarray(0, Math.min(4, head.length)));
  if (!isBegun) return 'damaged';
  if (head.length < HEAD) return 'end';
  const end = at + HEAD + head.readUInt32LE(8);
  if (end > bytes.length) return isFollowed(bytes, at) ? 'damaged' : 'end';
  return wholeAt(bytes, at) ?? 'damaged';
}

function wholeAt(bytes: Buffer, at: number): Block | null {
  if (at + HEAD > bytes.length) return null;
  const [kind, length, sum] = [4, 8, 12].map(offset => bytes.readUInt32LE(at + offset)) as [number, number, number];
  const end = at + HEAD + length;
  const content = bytes.subarray(at + HEAD, end);
  return end <= bytes.length && crc32(content) === sum ? {kind, content, end} : null;
}

/** Whether a whole block stands behind the beginning of this one: then its length is wrong, not its end missing. */
function isFollowed(bytes: Buffer, at: number): boolean {
  let next = bytes.indexOf(MAGIC_BYTES, at + 1);
  while (next !== -1 && wholeAt(bytes, next) === null) next = bytes.indexOf(MAGIC_BYTES, next + 1);
  return next !== -1;
}

function take(kind: number, content: Buffer, {table, marks, contexts}: Omit<Loaded, 'problem'>): void {
  if (kind === NAMES) {
    const {payers, models} = JSON.parse(content.toString()) as Names;
    for (const payer of payers) table.payer(payer);
    for (const model of models) table.model(model);
  } else if (kind === ROWS) {
    const count = content.length / ROW_BYTES;
    // A copy is aligned, as typed arrays have to be.
    const copy = Uint8Array.prototype.slice.call(content).buffer;
    const costs = new Float64Array(copy, 0, count);
    table.load(new Uint32Array(copy, count * 8, count * ROW_FIELDS), costs);
  } else if (kind === CONTEXTS) {
    for (const [payer, said] of JSON.parse(content.toString()) as [number, ContextSaid][]) contexts.set(payer, said);
  } else if (kind === MARKS) {
    for (const [path, mark] of JSON.parse(content.toString()) as [string, Mark][]) marks.set(path, mark);
  }
}

function rowsOf(table: Table, rows: readonly number[]): Buffer {
  const content = Buffer.alloc(rows.length * ROW_BYTES);
  const costs = new Float64Array(rows.length);
  const numbers = new Uint32Array(rows.length * ROW_FIELDS);
  rows.forEach((row, i) => {
    const one = table.rows(row, row + 1);
    costs[i] = one.costs[0]!;
    numbers.set(one.numbers, i * ROW_FIELDS);
  });
  content.set(new Uint8Array(costs.buffer), 0);
  content.set(new Uint8Array(numbers.buffer), costs.byteLength);
  return content;
}

function block(kind: number, content: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  MAGIC_BYTES.copy(head);
  head.writeUInt32LE(kind, 4);
  head.writeUInt32LE(content.length, 8);
  head.writeUInt32LE(crc32(content), 12);
  return Buffer.concat([head, content]);
}

function version(): Buffer {
  const content = Buffer.alloc(4);
  content.writeUInt32LE(CURRENT);
  return content;
}
