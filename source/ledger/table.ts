import type {Usage} from '../domain/ledger.ts';
import {Minutes} from './minutes.ts';
import {nothingSpent, type Spent} from './spent.ts';

/** Whole numbers of one row, in this order; the cost stands apart. */
const FIELDS = [
  'high',
  'low',
  'conversation',
  'model',
  'seconds',
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWriteHour',
  'output',
  'reasoning',
] as const;
export const ROW_FIELDS = FIELDS.length;
const [HIGH, LOW, CONVERSATION, MODEL, SECONDS, INPUT, CACHE_READ, CACHE_WRITE, CACHE_WRITE_HOUR, OUTPUT, REASONING] =
  FIELDS.map((_, i) => i) as [number, number, number, number, number, number, number, number, number, number, number];
/** On the model of a row: its conversation only has a copy of the message. */
const COPY = 0x8000_0000;
const FIRST_ROWS = 8192;
/** The index is filled to one half at most. */
const SLOTS_PER_ROW = 2;

/** A conversation of an agent, by their names. */
export type Payer = {agent: string; conversation: string};

/** Micro-USD of a message; null: its model has no price. */
export type Pricing = (
  usage: Pick<Usage, 'model' | 'at' | 'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'cacheWriteHour'>,
) => number | null;

/** `hour`: since the epoch, in UTC. */
export type Cell = {key: number; payer: number; model: number; hour: number; spent: Spent};

const HOUR_S = 3600;
const MODELS_MAX = 2 ** 12;
const HOURS_MAX = 2 ** 20;

/**
 * Every message of the machine once, in columns: some millions of them are no strain. Of several lines of one message
 * that with the largest output counts; the conversation is that of the line which came first and is no copy.
 */
export class Table {
  readonly payers: Payer[] = [];
  readonly models: string[] = [];
  /** Sums of conversation, model and hour, kept as rows come. */
  readonly cells = new Map<number, Cell>();
  size = 0;
  readonly minutes = new Minutes();
  /** Minutes before this one are not kept one by one: those of a cold start would all be. Unix seconds. */
  recentFrom = 0;
  /** Grows with each change of a sum. */
  changes = 0;
  readonly #payerIds = new Map<string, number>();
  readonly #modelIds = new Map<string, number>();
  /** What was asked for last: messages of a conversation come together. */
  #lastPayer = {agent: '', conversation: '', id: -1};
  #lastCell: Cell | null = null;
  #rows = new Uint32Array(FIRST_ROWS * ROW_FIELDS);
  /** Micro-USD, reported and estimated. */
  #costs = new Float64Array(FIRST_ROWS).fill(Number.NaN);
  #estimates = new Float64Array(FIRST_ROWS).fill(Number.NaN);
  readonly #pricing: Pricing;
  /** Row + 1 by the hash of its key; 0: free. */
  #slots = new Uint32Array(FIRST_ROWS * SLOTS_PER_ROW);

  constructor(pricing: Pricing = () => null) {
    this.#pricing = pricing;
  }

  /** Number of the row that is new or changed; -1: nothing was. */
  count(agent: string, usage: Usage): number {
    const {high, low} = usage.key;
    const slot = this.#slotOf(high, low);
    const known = this.#slots[slot]! - 1;
    if (known !== -1) return this.#again(known, agent, usage);
    const row = this.#add(slot, high, low);
    this.#belongs(row, agent, usage);
    this.#put(row, usage);
    this.#sum(row, 1);
    return row;
  }

  payer({agent, conversation}: Payer): number {
    return getOr(this.#payerIds, `${agent}\0${conversation}`, () => this.payers.push({agent, conversation}) - 1);
  }

  /** Its id, if it has one. */
  knows({agent, conversation}: Payer): number | null {
    return this.#payerIds.get(`${agent}\0${conversation}`) ?? null;
  }

  model(name: string): number {
    return getOr(this.#modelIds, name, () => this.models.push(name) - 1);
  }

  /** Sums of the parts of some cells: `partOf` names the part that a row belongs to, or null. */
  split(cells: ReadonlySet<number>, partOf: (row: {payer: number; seconds: number}) => string | null): Part[] {
    const parts = new Map<string, Part>();
    for (let row = 0; cells.size > 0 && row < this.size; row++) {
      const key = this.#cellOf(row);
      if (!cells.has(key)) continue;
      const {payer, model, hour} = this.cells.get(key)!;
      const part = partOf({payer, seconds: this.#rows[row * ROW_FIELDS + SECONDS]!});
      if (part === null) continue;
      const found = getOr(parts, `${key} ${part}`, () => ({payer, model, hour, part, spent: nothingSpent()}));
      this.#addTo(found.spent, row, 1);
    }
    return [...parts.values()];
  }

  /** Some rows as they are stored; they are counted again with `load`. */
  rows(from: number, to: number): {numbers: Uint32Array; costs: Float64Array} {
    return {numbers: this.#rows.slice(from * ROW_FIELDS, to * ROW_FIELDS), costs: this.#costs.slice(from, to)};
  }

  /** Counts stored rows. Ids of payers and models are those of this table. */
  load(numbers: Uint32Array, costs: Float64Array): void {
    for (let i = 0; i < costs.length; i++) {
      const at = i * ROW_FIELDS;
      const field = (name: number): number => numbers[at + name]!;
      const {agent, conversation} = this.payers[field(CONVERSATION)] ?? {agent: '', conversation: ''};
      const cost = costs[i]!;
      this.count(agent, {
        key: {high: field(HIGH), low: field(LOW)},
        conversation,
        model: this.models[field(MODEL) % COPY] ?? '',
        isCopy: field(MODEL) >= COPY,
        at: field(SECONDS) * 1000,
        input: field(INPUT),
        cacheRead: field(CACHE_READ),
        cacheWrite: field(CACHE_WRITE),
        cacheWriteHour: field(CACHE_WRITE_HOUR),
        output: field(OUTPUT),
        reasoning: field(REASONING),
        cost: Number.isNaN(cost) ? null : cost,
      });
    }
  }

  #payerOf(agent: string, conversation: string): number {
    const last = this.#lastPayer;
    if (last.conversation !== conversation || last.agent !== agent) {
      this.#lastPayer = {agent, conversation, id: this.payer({agent, conversation})};
    }
    return this.#lastPayer.id;
  }

  /** One more line of a known message: it may say more, or be the one of which the other is a copy. */
  #again(row: number, agent: string, usage: Usage): number {
    const at = row * ROW_FIELDS;
    const isOriginal = usage.isCopy !== true && this.#rows[at + MODEL]! >= COPY;
    const isMore = usage.output > this.#rows[at + OUTPUT]!;
    if (!isOriginal && !isMore) return -1;
    this.#sum(row, -1);
    if (isOriginal) this.#belongs(row, agent, usage);
    if (isMore) this.#put(row, usage);
    this.#sum(row, 1);
    return row;
  }

  #belongs(row: number, agent: string, {conversation, model, isCopy = false}: Usage): void {
    const at = row * ROW_FIELDS;
    this.#rows[at + CONVERSATION] = this.#payerOf(agent, conversation);
    this.#rows[at + MODEL] = this.model(model) + (isCopy ? COPY : 0);
  }

  #modelOf(row: number): number {
    return this.#rows[row * ROW_FIELDS + MODEL]! % COPY;
  }

  #put(row: number, usage: Usage): void {
    const at = row * ROW_FIELDS;
    const rows = this.#rows;
    rows[at + SECONDS] = Math.min(Math.max(Math.floor(usage.at / 1000), 0), 0xffffffff);
    rows[at + INPUT] = usage.input;
    rows[at + CACHE_READ] = usage.cacheRead;
    rows[at + CACHE_WRITE] = usage.cacheWrite;
    rows[at + CACHE_WRITE_HOUR] = usage.cacheWriteHour;
    rows[at + OUTPUT] = usage.output;
    rows[at + REASONING] = usage.reasoning;
    this.#costs[row] = usage.cost ?? Number.NaN;
    this.#estimates[row] = this.#pricing(usage) ?? Number.NaN;
  }

  #add(slot: number, high: number, low: number): number {
    if (this.size * ROW_FIELDS === this.#rows.length) {
      this.#enlarge();
      return this.#add(this.#slotOf(high, low), high, low);
    }
    const row = this.size++;
    this.#rows[row * ROW_FIELDS + HIGH] = high;
    this.#rows[row * ROW_FIELDS + LOW] = low;
    this.#slots[slot] = row + 1;
    return row;
  }

  #enlarge(): void {
    const capacity = this.size * 2;
    const rows = new Uint32Array(capacity * ROW_FIELDS);
    rows.set(this.#rows);
    this.#rows = rows;
    const costs = new Float64Array(capacity).fill(Number.NaN);
    costs.set(this.#costs);
    this.#costs = costs;
    const estimates = new Float64Array(capacity).fill(Number.NaN);
    estimates.set(this.#estimates);
    this.#estimates = estimates;
    this.#slots = new Uint32Array(capacity * SLOTS_PER_ROW);
    for (let row = 0; row < this.size; row++) {
      const at = row * ROW_FIELDS;
      this.#slots[this.#slotOf(rows[at + HIGH]!, rows[at + LOW]!)] = row + 1;
    }
  }

  /** Where the row of this key is, or would be. */
  #slotOf(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1;
      if (row === -1) return slot;
      if (this.#rows[row * ROW_FIELDS + LOW] === low && this.#rows[row * ROW_FIELDS + HIGH] === high) return slot;
    }
  }

  #sum(row: number, sign: 1 | -1): void {
    const key = this.#cellOf(row);
    const cell = this.#lastCell?.key === key ? this.#lastCell : this.#cell(key, row);
    this.#addTo(cell.spent, row, sign);
    this.#lastCell = cell;
    if (cell.spent.messages === 0) {
      this.cells.delete(key);
      this.#lastCell = null;
    }
    this.changes++;
    const at = row * ROW_FIELDS;
    const seconds = this.#rows[at + SECONDS]!;
    if (seconds < this.recentFrom) return;
    const tokens = [INPUT, CACHE_READ, CACHE_WRITE, CACHE_WRITE_HOUR, OUTPUT].reduce(
      (sum, kind) => sum + this.#rows[at + kind]!,
      0,
    );
    this.minutes.add({payer: this.#rows[at + CONVERSATION]!, seconds, tokens: sign * tokens});
  }

  #cell(key: number, row: number): Cell {
    const at = row * ROW_FIELDS;
    return getOr(this.cells, key, () => ({
      key,
      payer: this.#rows[at + CONVERSATION]!,
      model: this.#modelOf(row),
      hour: Math.floor(this.#rows[at + SECONDS]! / HOUR_S),
      spent: nothingSpent(),
    }));
  }

  #cellOf(row: number): number {
    const at = row * ROW_FIELDS;
    const hour = Math.floor(this.#rows[at + SECONDS]! / HOUR_S) % HOURS_MAX;
    return (this.#rows[at + CONVERSATION]! * MODELS_MAX + (this.#modelOf(row) % MODELS_MAX)) * HOURS_MAX + hour;
  }

  #addTo(spent: Spent, row: number, sign: 1 | -1): void {
    const at = row * ROW_FIELDS;
    const rows = this.#rows;
    spent.messages += sign;
    spent.input += sign * rows[at + INPUT]!;
    spent.cacheRead += sign * rows[at + CACHE_READ]!;
    spent.cacheWrite += sign * rows[at + CACHE_WRITE]!;
    spent.cacheWriteHour += sign * rows[at + CACHE_WRITE_HOUR]!;
    spent.output += sign * rows[at + OUTPUT]!;
    spent.reasoning += sign * rows[at + REASONING]!;
    const reported = this.#costs[row]!;
    const estimated = this.#estimates[row]!;
    if (!Number.isNaN(reported)) {
      spent.reported += sign * reported;
      spent.reports += sign;
    }
    if (!Number.isNaN(estimated)) {
      spent.estimated += sign * estimated;
      spent.priced += sign;
    }
    spent.cost += sign * (Number.isNaN(reported) ? (Number.isNaN(estimated) ? 0 : estimated) : reported);
  }
}

/** A part of a cell, by the name that it was given. */
export type Part = Omit<Cell, 'key'> & {part: string};

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
