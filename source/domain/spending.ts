import type {Tokens} from './ledger.ts';

export const groupings = ['session', 'model', 'agent', 'day', 'hour', 'minute', 'tag'] as const;
export type Grouping = (typeof groupings)[number];

export type SpendQuery = {
  /** Default: by session. */
  by?: Grouping;
  /** Unix seconds; `until` is not included. */
  since?: number;
  until?: number;
  /** With the conversations that no session of this fleet had. */
  all?: boolean;
};

/** USD. `cost`: what the agents report where they do, else what is estimated; null: neither is there. */
export type Cost = {
  cost: number | null;
  /** By the price table; null: no model of it has a price. */
  estimated: number | null;
  /** By the agents themselves; null: none did. */
  reported: number | null;
  /** Models without a price: what they cost is in none of these. */
  unpriced: string[];
};

export type SpendRow = Tokens &
  Cost & {
    /**
     * Name of the session, model, agent or tag; the day as `2026-11-20`, the hour as `2026-11-20T14`, the minute as
     * `2026-11-20T14:05`, in local time of the supervisor; `(no time)` for what was said without one. Where clocks are
     * set back, the second hour of a name has its zone behind it: `2026-10-25T02+01:00`.
     */
    key: string;
    /** When its day, hour or minute begins, in unix seconds, so that others need not know that local time; null: it is none. */
    at: number | null;
    /** Of the model. */
    messages: number;
    /** A part of `output`. */
    reasoning: number;
  };

export type SpendReport = {
  by: Grouping;
  rows: SpendRow[];
  /** Of all that was asked for: with `tag`, sessions with several are in several rows, and here once. */
  total: Tokens & {cost: number | null};
  /** Models of it without a price. */
  unpriced: string[];
  /** While histories are being read for the first time: what is left, in bytes; null: all is read. */
  reading: {bytes: number; readBytes: number} | null;
  /** When the prices were checked, as `2026-11-20`. */
  prices: string;
  /** Files of which not all could be read, and why: what stands there is in no sum. */
  unread: string[];
};

/** What one session spent, by model. */
export type SessionSpend = SpendReport & {context: ContextView | null};

/** So many minutes are in the rate of a session. */
export const RATE_MINUTES = 12;

/** Tokens. `percent` is whole; null where the limit is not known. */
export type ContextView = {used: number; limit: number | null; percent: number | null};

/** What was spent on models. */
export interface Spending {
  spend(query?: SpendQuery): Promise<SpendReport>;
  /** `ref`: as everywhere in `Fleet`. */
  spendOf(ref: string, query?: Pick<SpendQuery, 'since' | 'until'>): Promise<SessionSpend>;
}

/** A session that had a conversation. `at`: since when, in ms since the epoch. `tags`: of one that is gone. */
export type Holder = {session: string; name: string; at: number; tags?: string[]};

/** Whose a conversation was, from when on. Stored, so that what a session spent stays known when it is gone. */
export type ConversationRecord = {
  /** The agent's own. */
  id: string;
  /** Oldest first. */
  holders: Holder[];
};

/** More changes of hands than any conversation needs. */
const HOLDERS_MAX = 50;

/** With this session as its holder; null: it is that already. */
export function heldBy(
  known: ConversationRecord | undefined,
  {id, session, name, at}: {id: string; session: string; name: string; at: number},
): ConversationRecord | null {
  const holders = known?.holders ?? [];
  if (holders.at(-1)?.session === session) return null;
  return {id, holders: [...holders, {session, name, at}].slice(-HOLDERS_MAX)};
}

/** With the tags of a session that goes; null: it has none, or never held it. */
export function leftBy(
  {id, holders}: ConversationRecord,
  {session, tags}: {session: string; tags: readonly string[]},
): ConversationRecord | null {
  if (tags.length === 0 || holders.every(holder => holder.session !== session)) return null;
  return {id, holders: holders.map(holder => (holder.session === session ? {...holder, tags: [...tags]} : holder))};
}

/** Who held it then; before the first, the first. */
export function holderAt({holders}: ConversationRecord, at: number): Holder {
  return holders.findLast(holder => holder.at <= at) ?? holders[0]!;
}
