import {PRICES_OF, type PriceTable, priceOf} from '../domain/prices.ts';
import {
  type ContextView,
  type ConversationRecord,
  type Cost,
  type Grouping,
  type Holder,
  holderAt,
  type SpendQuery,
  type SpendReport,
  type SpendRow,
} from '../domain/spending.ts';
import type {Ledger} from './ledger.ts';
import {beginOf, isAstride, LocalTimes, QUARTER_S} from './local-time.ts';
import {nothingSpent, type Spent, tokensOf} from './spent.ts';
import {troubleText} from './tally.ts';

/** Whose conversations are. */
export type Holders = {
  /** By the agent's id of the conversation. */
  conversations: ReadonlyMap<string, ConversationRecord>;
  /** Of a session that is still there; null: it is gone. */
  tagsOf: (session: string) => readonly string[] | null;
};

type Options = {
  ledger: Ledger;
  holders: Holders;
  query: SpendQuery;
  /** Default: every session. */
  only?: (session: HolderTags) => boolean;
  /** What rows by session are called; default: their names. */
  sessionKey?: 'name' | 'session';
};

const HOUR_S = 3600;
const MINUTE_S = 60;
const UNTAGGED = '(no tag)';
const UNKNOWN = '(unknown)';
/** Rows of these are in the order of time; others by what was spent. */
const IN_TIME: readonly Grouping[] = ['day', 'hour', 'minute'];

/** What was spent, in groups. */
export function report({ledger, holders, query, only, sessionKey = 'name'}: Options): SpendReport {
  const {by = 'session', since, until, all = false} = query;
  const {table} = ledger;
  const times = new LocalTimes();
  const keysOf: Record<Grouping, (part: Mine) => readonly string[]> = {
    session: ({payer, holder}) => [holder?.[sessionKey] ?? (table.payers[payer]!.conversation || UNKNOWN)],
    model: ({model}) => [table.models[model] || UNKNOWN],
    agent: ({payer}) => [table.payers[payer]!.agent],
    day: ({from}) => [times.day(from)],
    hour: ({from}) => [times.hour(from)],
    minute: ({from}) => [times.minute(from)],
    tag: ({holder}) => {
      const {tags} = tagged(holder, holders);
      return tags.length === 0 ? [UNTAGGED] : tags;
    },
  };
  const groups = new Map<string, Map<number, Spent>>();
  const everything = new Map<number, Spent>();
  const begins = new Map<string, number>();
  for (const part of partsOf(ledger, {holders, since, until, all, by})) {
    const {holder, model, spent} = part;
    if (holder !== null && only?.(tagged(holder, holders)) === false) continue;
    add(everything, model, spent);
    for (const key of keysOf[by](part)) {
      add(getOr(groups, key), model, spent);
      begins.set(key, Math.min(begins.get(key) ?? part.from, part.from));
    }
  }
  const rows = [...groups].map(([key, models]) => ({
    key,
    at: beginOf(by, begins.get(key)!),
    ...row(table.models, models),
  }));
  const total = row(table.models, everything);
  const {input, output, cacheRead, cacheWrite, cost} = total;
  const {progress} = ledger;
  return {
    by,
    rows: rows.sort(IN_TIME.includes(by) ? (a, b) => (a.key < b.key ? -1 : 1) : (a, b) => b.total - a.total),
    total: {input, output, cacheRead, cacheWrite, total: total.total, cost},
    unpriced: total.unpriced,
    reading: progress === null ? null : {bytes: progress.bytes, readBytes: progress.readBytes},
    prices: PRICES_OF,
    unread: [...ledger.troubles.values()].map(troubleText),
  };
}

/** A session that spent something, with its tags: those that it has, or had when it went. */
export type HolderTags = Pick<Holder, 'session' | 'name'> & {tags: readonly string[]};

function tagged(holder: Holder | null, {tagsOf}: Holders): HolderTags {
  const {session = '', name = '', tags = []} = holder ?? {};
  return {session, name, tags: tagsOf(session) ?? tags};
}

/** `from`: when its hour or minute begins, in unix seconds. */
type Mine = {payer: number; model: number; from: number; spent: Spent; holder: Holder | null};

/** `all`: also what no session of the fleet had. `by`: minutes stand one by one, which looks at every message. */
type Span = {holders: Holders; since?: number; until?: number; all: boolean; by: Grouping};

/**
 * All that was spent within a span. Hours in which a span ends or a conversation changes hands are taken apart, and where
 * zones are no whole hours those that belong to two groups.
 */
function* partsOf(
  {table}: Ledger,
  {holders, since = 0, until = Number.POSITIVE_INFINITY, all, by}: Span,
): Iterable<Mine> {
  const recordOf = (payer: number) => holders.conversations.get(table.payers[payer]!.conversation);
  const split = new Set<number>();
  for (const cell of table.cells.values()) {
    const from = cell.hour * HOUR_S;
    const to = from + HOUR_S;
    if (to <= since || from >= until) continue;
    const record = recordOf(cell.payer);
    if (record === undefined && !all) continue;
    const changes = record?.holders.slice(1).some(({at}) => at / 1000 > from && at / 1000 < to) === true;
    if (by === 'minute' || isAstride(by, from) || from < since || to > until || changes) split.add(cell.key);
    else yield {...cell, from, holder: record === undefined ? null : holderAt(record, from * 1000 + 999)};
  }
  const partOf = ({payer, seconds}: {payer: number; seconds: number}): string | null => {
    if (seconds < since || seconds >= until) return null;
    const record = recordOf(payer);
    const hour = Math.floor(seconds / HOUR_S) * HOUR_S;
    const step = by === 'minute' ? MINUTE_S : isAstride(by, hour) ? QUARTER_S : HOUR_S;
    const holder = record === undefined ? '' : record.holders.indexOf(holderAt(record, seconds * 1000 + 999));
    return `${Math.floor(seconds / step) * step} ${holder}`;
  };
  for (const {part, ...rest} of table.split(split, partOf)) {
    const [from, holder] = part.split(' ') as [string, string];
    yield {...rest, from: Number(from), holder: holder === '' ? null : recordOf(rest.payer)!.holders[Number(holder)]!};
  }
}

function row(models: readonly string[], spent: ReadonlyMap<number, Spent>): Omit<SpendRow, 'key' | 'at'> {
  const all = [...spent.values()];
  const sum = (of: (each: Spent) => number): number => all.reduce((total, each) => total + of(each), 0);
  return {
    ...tokensOf(all),
    ...costOfAll(models, spent),
    messages: sum(each => each.messages),
    reasoning: sum(each => each.reasoning),
  };
}

/** In USD. */
export function costOfAll(models: readonly string[], spent: ReadonlyMap<number, Spent>): Cost {
  const sum = (of: (each: Spent) => number): number => [...spent.values()].reduce((total, each) => total + of(each), 0);
  const priced = sum(each => each.priced);
  const reports = sum(each => each.reports);
  const unpriced = [...spent].filter(([, each]) => each.priced < each.messages && each.reports < each.messages);
  return {
    cost: priced + reports === 0 ? null : usd(sum(each => each.cost)),
    estimated: priced === 0 ? null : usd(sum(each => each.estimated)),
    reported: reports === 0 ? null : usd(sum(each => each.reported)),
    unpriced: unpriced.map(([model]) => models[model] || UNKNOWN).sort(),
  };
}

/** Tokens per minute of a conversation: the last `minutes` of them, the one that runs last. `now`: unix seconds. */
export function ratesOf(
  {table}: Ledger,
  {agent, conversation, minutes, now}: {agent: string; conversation: string; minutes: number; now: number},
): number[] {
  const payer = table.knows({agent, conversation});
  const kept = payer === null ? undefined : table.minutes.of(payer);
  const last = Math.floor(now / 60);
  return Array.from({length: minutes}, (_, i) => kept?.get(last - minutes + 1 + i) ?? 0);
}

/** How full the context of a conversation is; null: nobody knows. */
export function contextOf(
  ledger: Ledger,
  {agent, conversation, prices}: {agent: string; conversation: string; prices: PriceTable},
): {at: number; view: ContextView} | null {
  const payer = ledger.table.knows({agent, conversation});
  const said = payer === null ? undefined : ledger.contexts.get(payer);
  if (said === undefined || payer === null) return null;
  const limit = said.limit ?? limitOf(said.model, prices);
  const percent = limit === null ? null : Math.min(100, Math.round((said.used / limit) * 100));
  return {at: said.at, view: {used: said.used, limit, percent}};
}

function limitOf(model: string, prices: PriceTable): number | null {
  const named = /\[(\d+)([km])\]$/i.exec(model);
  if (named !== null) return Number(named[1]) * (named[2]!.toLowerCase() === 'm' ? 1_000_000 : 1_000);
  return priceOf(prices, model, Number.POSITIVE_INFINITY)?.context ?? null;
}

function add(to: Map<number, Spent>, model: number, spent: Spent): void {
  const sum = to.get(model) ?? nothingSpent();
  to.set(model, sum);
  for (const key of Object.keys(sum) as (keyof Spent)[]) sum[key] += spent[key];
}

function getOr(groups: Map<string, Map<number, Spent>>, key: string): Map<number, Spent> {
  const known = groups.get(key) ?? new Map<number, Spent>();
  groups.set(key, known);
  return known;
}

const usd = (micro: number): number => Math.round(micro) / 1_000_000;
