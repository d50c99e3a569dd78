import {claudeModule} from './assembly/claude.wasm.ts';
import {IS_SIDE, KIND, LINE_FROM, LINE_TO, RECORD_FIELDS} from './assembly/record.ts';

/** The part of WebAssembly that is used here; Node has it, its types do not. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => {exports: unknown};
};

type Exports = {
  memory: {readonly buffer: ArrayBuffer; grow(pages: number): number};
  /** Reads the whole lines from `first` to `behind`; returns how many records it wrote. */
  scan(first: number, behind: number, records: number, most: number): number;
  /** Behind the last line that was read. */
  doneTo(): number;
};

const PAGE = 65_536;
/** Below are the words that the module knows. */
const INPUT_AT = PAGE;
/** So many bytes behind the input are read along. */
const SLACK = 64;
const RECORDS = 4096;
const RECORD_BYTES = RECORD_FIELDS * 4;

/** A line that counts, in memory that is used again for the next. Places are addresses in `bytes`. */
export type ClaudeRecord = {
  readonly bytes: Buffer;
  readonly kind: number;
  /** Of a sub-agent. */
  readonly isSide: boolean;
  readonly line: string;
  /** One of the fields of `assembly/record.ts`. */
  field(name: number): number;
};

let compiled: object | null = null;

/** Finds the lines that count in pieces of Claude's histories of at most `capacity` bytes. */
export class ClaudeScan implements ClaudeRecord {
  readonly bytes: Buffer;
  readonly #exports: Exports;
  readonly #fields: Uint32Array;
  readonly #recordsAt: number;
  /** Of the record that is told, in `#fields`. */
  #at = 0;

  constructor(capacity: number) {
    compiled ??= new WebAssembly.Module(Buffer.from(claudeModule, 'base64'));
    this.#exports = new WebAssembly.Instance(compiled).exports as Exports;
    const {memory} = this.#exports;
    this.#recordsAt = Math.ceil((INPUT_AT + capacity + SLACK) / RECORD_BYTES) * RECORD_BYTES;
    memory.grow(Math.ceil((this.#recordsAt + RECORDS * RECORD_BYTES - memory.buffer.byteLength) / PAGE));
    this.bytes = Buffer.from(memory.buffer);
    this.#fields = new Uint32Array(memory.buffer);
  }

  /** Tells of each line that counts; returns how many bytes of whole lines there were. */
  read(chunk: Buffer, tell: (record: ClaudeRecord) => void): number {
    const {scan, doneTo} = this.#exports;
    const behind = INPUT_AT + chunk.length;
    this.bytes.set(chunk, INPUT_AT);
    // What stands behind the input is no end of a line.
    this.bytes.fill(0, behind, behind + SLACK);
    for (let from = INPUT_AT; ; from = doneTo()) {
      const found = scan(from, behind, this.#recordsAt, RECORDS);
      for (let i = 0; i < found; i++) {
        this.#at = this.#recordsAt / 4 + i * RECORD_FIELDS;
        tell(this);
      }
      if (found < RECORDS) return doneTo() - INPUT_AT;
    }
  }

  get kind(): number {
    return this.field(KIND);
  }

  get isSide(): boolean {
    return this.field(IS_SIDE) === 1;
  }

  get line(): string {
    return this.bytes.toString('utf8', this.field(LINE_FROM), this.field(LINE_TO));
  }

  field(name: number): number {
    return this.#fields[this.#at + name]!;
  }
}
