import type {Usage} from './ledger.ts';

/** USD per million tokens, by kind. */
export type Rates = {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  /** For one hour. */
  cacheWriteHour: number;
};

/** What a model costs. */
export type Price = Rates & {
  /** Tokens that fit into its context; null: not known. */
  context: number | null;
  /** Rates of a whole message that is asked with more than `over` tokens, caches included; null: there are none. */
  long: (Rates & {over: number}) | null;
  /** Since when, in ms since the epoch; 0: always. */
  since: number;
};

/** By name of the model, whole or as `modelName` gives it, in small letters. Of several the newest that had begun counts. */
export type PriceTable = Readonly<Record<string, readonly Price[]>>;

/** When this table was checked against its sources. */
export const PRICES_OF = '2026-11-20';
/** Where it is from. */
export const PRICE_SOURCES = [
  'https://platform.claude.com/docs/en/about-claude/pricing',
  'https://developers.openai.com/api/docs/pricing',
  'https://ai.google.dev/gemini-api/docs/pricing',
];

const MILLION = 1_000_000;
const WIDE = {context: MILLION};

/** Anthropic: writing to a cache costs 1.25 of the input for five minutes and 2 of it for an hour. */
function claude(input: number, output: number, options: {read?: number; context?: number; since?: string} = {}): Price {
  const {read = 0.1, context = 200_000, since} = options;
  return {...anthropic(input, output, read), context, long: null, since: since === undefined ? 0 : Date.parse(since)};
}

function anthropic(input: number, output: number, read: number): Rates {
  return {
    input,
    output,
    cacheRead: rounded(input * read),
    cacheWrite: rounded(input * 1.25),
    cacheWriteHour: rounded(input * 2),
  };
}

type Plain = {
  cached: number;
  written?: number;
  context: number;
  long?: {over: number; input: number; output: number; cached: number};
};

/** OpenAI and Google: one price for what is written to a cache, by default that of the input. */
function plain(input: number, output: number, {cached, written = input, context, long}: Plain): Price {
  const rates = (each: {input: number; output: number; cached: number}, write: number): Rates => ({
    input: each.input,
    output: each.output,
    cacheRead: each.cached,
    cacheWrite: write,
    cacheWriteHour: write,
  });
  return {
    ...rates({input, output, cached}, written),
    context,
    long: long === undefined ? null : {...rates(long, rounded((written / input) * long.input)), over: long.over},
    since: 0,
  };
}

const sol = (input: number, output: number, cached: number): Price => {
  const long = {over: 272_000, input: input * 2, output: output * 1.5, cached: cached * 2};
  return plain(input, output, {cached, written: input * 1.25, context: 1_050_000, long});
};
const gpt = (input: number, output: number, cached: number): Price => plain(input, output, {cached, context: 400_000});
const longGpt = (input: number, output: number, cached: number): Price => {
  const long = {over: 272_000, input: input * 2, output: output * 1.5, cached: cached * 2};
  return plain(input, output, {cached, context: 1_050_000, long});
};
const geminiPro = (input: number, output: number): Price => {
  const long = {over: 200_000, input: input * 2, output: output * 1.5, cached: rounded(input * 0.2)};
  return plain(input, output, {cached: rounded(input * 0.1), context: 1_048_576, long});
};
const geminiFlash = (input: number, output: number): Price =>
  plain(input, output, {cached: rounded(input * 0.1), context: 1_048_576});

export const PRICES: PriceTable = {
  'claude-fable-5-1': [claude(10, 50, {...WIDE, read: 0.025})],
  'claude-fable-5': [claude(10, 50, WIDE)],
  'claude-opus-5-5': [claude(4, 20, {...WIDE, read: 0.05})],
  'claude-opus-5': [claude(5, 25, WIDE)],
  'claude-opus-4-8': [claude(5, 25, WIDE)],
  'claude-opus-4-7': [claude(5, 25, WIDE)],
  'claude-opus-4-6': [claude(5, 25, WIDE)],
  'claude-opus-4-5': [claude(5, 25)],
  'claude-opus-4-1': [claude(15, 75)],
  'claude-opus-4': [claude(15, 75)],
  'claude-sonnet-5-5': [claude(2, 10, WIDE), claude(2, 10, {...WIDE, read: 0.05, since: '2026-10-07'})],
  'claude-sonnet-5': [claude(2, 10, WIDE)],
  'claude-sonnet-4-6': [claude(3, 15, WIDE)],
  'claude-sonnet-4-5': [claude(3, 15)],
  'claude-sonnet-4': [claude(3, 15)],
  'claude-3-7-sonnet': [claude(3, 15)],
  'claude-haiku-5-5': [{...claude(0.1, 0.5), long: {...anthropic(0.5, 2.5, 0.1), over: 100_000}}],
  'claude-haiku-4-5': [claude(1, 5)],
  'claude-3-5-haiku': [claude(0.8, 4)],
  'gpt-6.1-sol': [sol(2, 10, 0.1)],
  'gpt-6-sol': [sol(2, 10, 0.2)],
  'gpt-6-luna': [sol(0.1, 0.5, 0.01)],
  'gpt-5.6-sol': [sol(5, 30, 0.5)],
  'gpt-5.5': [longGpt(5, 30, 0.5)],
  'gpt-5.4': [longGpt(2.5, 15, 0.25)],
  'gpt-5.4-mini': [gpt(0.75, 4.5, 0.075)],
  'gpt-5.4-nano': [gpt(0.2, 1.25, 0.02)],
  'gpt-5.1': [gpt(1.25, 10, 0.125)],
  'gpt-5.1-codex': [gpt(1.25, 10, 0.125)],
  'gpt-5': [gpt(1.25, 10, 0.125)],
  'gpt-5-codex': [gpt(1.25, 10, 0.125)],
  'gpt-5-mini': [gpt(0.25, 2, 0.025)],
  'gpt-5-nano': [gpt(0.05, 0.4, 0.005)],
  'gemini-3.1-pro-preview': [geminiPro(2, 12)],
  'gemini-3-pro-preview': [geminiPro(2, 12)],
  'gemini-2.5-pro': [geminiPro(1.25, 10)],
  'gemini-2.5-flash': [geminiFlash(0.3, 2.5)],
  'gemini-2.5-flash-lite': [geminiFlash(0.1, 0.4)],
};

/** Without the provider before it, the size of the context or the date behind it. */
export function modelName(model: string): string {
  return model
    .slice(model.lastIndexOf('/') + 1)
    .replace(/\[\d+[km]\]$/i, '')
    .replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '')
    .toLowerCase();
}

/** Null: no price is known, and none is guessed. `at`: when it was used, in ms since the epoch. */
export function priceOf(table: PriceTable, model: string, at: number): Price | null {
  return priceAt(pricesOf(table, model), at);
}

/** All that a model ever had, oldest first. */
export function pricesOf(table: PriceTable, model: string): readonly Price[] {
  const name = [model.toLowerCase(), modelName(model)].find(each => Object.hasOwn(table, each));
  return name === undefined ? [] : table[name]!;
}

export const priceAt = (prices: readonly Price[], at: number): Price | null =>
  prices.findLast(({since}) => since <= at) ?? prices[0] ?? null;

type Counts = Pick<Usage, 'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'cacheWriteHour'>;

/** Micro-USD, estimated from what its kinds cost. */
export function costOf(price: Price, counts: Counts): number {
  const {input, output, cacheRead, cacheWrite, cacheWriteHour} = counts;
  const asked = input + cacheRead + cacheWrite + cacheWriteHour;
  const rates = price.long !== null && asked > price.long.over ? price.long : price;
  return (
    input * rates.input +
    output * rates.output +
    cacheRead * rates.cacheRead +
    cacheWrite * rates.cacheWrite +
    cacheWriteHour * rates.cacheWriteHour
  );
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
