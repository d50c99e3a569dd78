import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Agent, History} from '../agents/agent.ts';
import {agentOf, agents} from '../agents/registry.ts';
import type {SessionView} from '../domain/fleet.ts';
import {costOf, type PriceTable, priceAt, pricesOf} from '../domain/prices.ts';
import {isLive, type Session} from '../domain/session.ts';
import {
  type ConversationRecord,
  RATE_MINUTES,
  type SessionSpend,
  type SpendQuery,
  type SpendReport,
} from '../domain/spending.ts';
import {Ledger, type Source} from '../ledger/ledger.ts';
import {LedgerLog} from '../ledger/log.ts';
import {contextOf, type Holders, type HolderTags, ratesOf, report} from '../ledger/report.ts';
import type {Pricing} from '../ledger/table.ts';
import type {Trouble} from '../ledger/tally.ts';

/** Histories of sessions that printed are looked at so often, in ms. */
const FOLLOW_MS = 2000;
/** What was counted is kept so often, in ms. */
const SAVE_MS = 10_000;
/** Who asks for the whole again gets what is this new at least, in ms. */
const SCAN_AGAIN_MS = 2000;
/** All histories are looked at so often while sessions run: some begin where nobody was told, in ms. */
const SCAN_MS = 60_000;

export type Spent = Pick<SessionView, 'token_count' | 'tokens' | 'cost' | 'context' | 'rate'>;

/** `unpriced`: models whose cost is not known. */
export type Used = {tokens: number; cost: number | null; unpriced: string[]};

export const NOTHING_TOLD: Spent = {token_count: null, tokens: null, cost: null, context: null, rate: null};

type Options = {
  /** Of the log of what was counted. */
  file: string;
  /** False: what was kept is read, and nothing is written. */
  writes: boolean;
  prices: PriceTable;
  /** By which histories are found; null: none are read. */
  env: Readonly<Record<string, string | undefined>> | null;
  sessions: () => Iterable<Session>;
  conversations: () => ReadonlyMap<string, ConversationRecord>;
  /** ms since the epoch. */
  now: () => number;
  onTrouble?: (trouble: Trouble) => void;
};

type Keeping = {
  signal: AbortSignal;
  /** Sums are others than before, or a new day began. */
  onCounted: () => void;
};

/** What the fleet spent: the ledger, and whose the conversations in it are. */
export class Spendings {
  readonly ledger: Ledger;
  readonly #options: Options;
  /** By session: until when what it printed was looked at, in ms since the epoch, and the history that it had then. */
  readonly #looked = new Map<string, {until: number; agent: string; history: History | null}>();
  /** The last look at all histories, which others may wait for, too. */
  #scan: {begunAt: number; done: Promise<void>} | null = null;
  #cached: {changes: number; conversations: number; rows: Map<string, SessionSpend['rows'][number]>} | null = null;

  constructor(options: Options) {
    this.#options = options;
    const {file, writes, env, onTrouble, prices} = options;
    const sources = env === null ? [] : agents.flatMap(agent => sourceOf(agent, env));
    const log = new LedgerLog(file);
    const recentFrom = options.now() / 1000 - RATE_MINUTES * 60;
    this.ledger = new Ledger({
      sources,
      log,
      writes,
      now: options.now,
      recentFrom,
      pricing: pricingBy(prices),
      ...(onTrouble && {onTrouble}),
    });
    const {problem} = this.ledger;
    if (problem !== null && writes) onTrouble?.({path: file, skipped: 0, why: `${problem}; kept as ${file}.damaged`});
  }

  report(query: SpendQuery = {}): SpendReport {
    return report({ledger: this.ledger, holders: this.#holders(), query});
  }

  reportOf(session: Session, query: Pick<SpendQuery, 'since' | 'until'> = {}): SessionSpend {
    const {ledger} = this;
    const only = (holder: HolderTags): boolean => holder.session === session.id;
    const found = report({ledger, holders: this.#holders(), query: {...query, by: 'model'}, only});
    return {...found, context: this.contextOf(session)?.view ?? null};
  }

  /** Of these sessions, since a moment in unix seconds; `cost` in USD, null: no price is known; what it is without. */
  used(only: (session: HolderTags) => boolean, since?: number): Used {
    const {total, unpriced} = report({
      ledger: this.ledger,
      holders: this.#holders(),
      query: {by: 'agent', since},
      only,
    });
    return {tokens: total.total, cost: total.cost, unpriced};
  }

  /** As it stands in lists of sessions. */
  of(session: Session): Spent {
    if (agentOf(session.agentType).usage === null) return NOTHING_TOLD;
    const {input = 0, output = 0, cacheRead = 0, cacheWrite = 0, total = 0, cost = null} = this.#row(session.id) ?? {};
    return {
      token_count: total,
      tokens: {input, output, cacheRead, cacheWrite, total},
      cost,
      context: this.contextOf(session)?.view ?? null,
      rate: this.#ratesOf(session),
    };
  }

  /** Follows the histories of what runs until the signal; resolves when all was read once. */
  async keep({signal, onCounted}: Keeping): Promise<void> {
    const {ledger} = this;
    const {now} = this.#options;
    let counted = '';
    const follow = setInterval(() => {
      this.#followNews();
      // A day that begins counts anew, and so does a tag that a session gets or loses.
      const who = [...this.#options.sessions()].map(({id, name, tags}) => [id, name, ...tags].join(' '));
      const state = `${ledger.table.changes} ${new Date(now()).getDate()} ${who.join()}`;
      if (state !== counted) onCounted();
      counted = state;
    }, FOLLOW_MS).unref();
    const save = setInterval(() => this.#save(), SAVE_MS).unref();
    const scan = setInterval(() => {
      const from = this.#scan?.begunAt ?? 0;
      const printed = [...this.#options.sessions()].some(({signals}) => (signals.output?.at ?? 0) > from);
      if (printed && ledger.progress === null) void this.#scanNow(signal);
    }, SCAN_MS).unref();
    signal.addEventListener('abort', () => {
      for (const timer of [follow, save, scan]) clearInterval(timer);
      this.#save();
    });
    await this.#scanNow(signal);
    if (signal.aborted) return;
    this.#save();
    onCounted();
  }

  /** Reads what is new of all who run or have ended since they were looked at. */
  async followAll(): Promise<void> {
    const those = [...this.#options.sessions()].filter(session => isLive(session) || this.#hasNews(session));
    await Promise.all(those.map(session => this.follow(session)));
  }

  /** Reads what is new in all histories, also where only sessions say that there are some. */
  async readAll(): Promise<void> {
    await this.followAll();
    await this.#scanNow();
  }

  /** As `readAll`, but what was read a moment ago is new enough, and a first reading goes on while it is told of. */
  async readNews(): Promise<void> {
    await this.followAll();
    if (this.ledger.progress !== null) return;
    if (this.#scan === null || this.#options.now() - this.#scan.begunAt >= SCAN_AGAIN_MS) this.#scanNow();
    await this.#scan!.done;
  }

  #scanNow(signal?: AbortSignal): Promise<void> {
    const done = this.ledger.scan(signal);
    this.#scan = {begunAt: this.#options.now(), done};
    return done;
  }

  /** Reads what is new in the history of a session and in those of its sub-agents. */
  async follow(session: Session): Promise<void> {
    const {id, agentType} = session;
    const usage = agentOf(agentType).usage;
    if (usage === null) return;
    const left = this.#looked.get(id) ?? null;
    const history = historyOf(session);
    // Some write a little later than they print.
    const until = Math.min(newsAt(session), this.#options.now() - FOLLOW_MS);
    this.#looked.set(id, {until, agent: agentType, history});
    if ('sql' in usage) {
      await this.ledger.scanDatabases();
      return;
    }
    await this.#followHistory(agentType, history);
    if (left === null || left.history?.file === history?.file) return;
    // It went on to another conversation: who lists sessions after a crash looks at that one alone.
    await this.#followHistory(left.agent, left.history);
    this.#save();
  }

  #followNews(): void {
    const gone = new Set(this.#looked.keys());
    for (const session of this.#options.sessions()) {
      gone.delete(session.id);
      if (this.#hasNews(session)) void this.follow(session);
    }
    for (const id of gone) {
      const {agent, history} = this.#looked.get(id)!;
      void this.#followHistory(agent, history);
      this.#looked.delete(id);
    }
  }

  async #followHistory(agent: string, history: History | null): Promise<void> {
    const {usage} = agentOf(agent);
    if (usage === null || 'sql' in usage || history === null) return;
    await this.ledger.follow(history.file, agent);
    if (usage.beside === null) return;
    const beside = usage.beside(history);
    for (const name of names(beside)) await this.ledger.follow(join(beside, name), agent);
  }

  #hasNews(session: Session): boolean {
    return newsAt(session) > (this.#looked.get(session.id)?.until ?? 0);
  }

  /** A program runs in this environment: its histories may lie elsewhere than those of the supervisor's own. */
  runsIn(agentType: string, env: Readonly<Record<string, string | undefined>>): void {
    if (this.#options.env === null) return;
    for (const source of sourceOf(agentOf(agentType), env)) this.ledger.add(source);
  }

  #save(): void {
    try {
      this.ledger.save();
    } catch (error) {
      this.#options.onTrouble?.({path: this.#options.file, skipped: 0, why: (error as Error).message});
    }
  }

  /** Sums by session are made when somebody asks and something changed. */
  #row(session: string): SessionSpend['rows'][number] | undefined {
    const {changes} = this.ledger.table;
    const conversations = this.#options.conversations().size;
    if (this.#cached?.changes !== changes || this.#cached.conversations !== conversations) {
      const holders = this.#holders();
      const {rows} = report({ledger: this.ledger, holders, query: {by: 'session'}, sessionKey: 'session'});
      this.#cached = {changes, conversations, rows: new Map(rows.map(row => [row.key, row]))};
    }
    return this.#cached.rows.get(session);
  }

  /** How full its context is, and since when (ms since the epoch); null: nobody said. */
  contextOf({agentType, conversation}: Session): ReturnType<typeof contextOf> {
    if (conversation === null) return null;
    const {prices} = this.#options;
    return contextOf(this.ledger, {agent: agentType, conversation: conversation.id, prices});
  }

  #ratesOf({agentType, conversation}: Session): number[] {
    if (conversation === null) return [];
    const now = this.#options.now() / 1000;
    return ratesOf(this.ledger, {agent: agentType, conversation: conversation.id, minutes: RATE_MINUTES, now});
  }

  #holders(): Holders {
    const tags = new Map<string, readonly string[]>();
    for (const session of this.#options.sessions()) tags.set(session.id, session.tags);
    return {conversations: this.#options.conversations(), tagsOf: session => tags.get(session) ?? null};
  }
}

/** When a session printed or ended last, in ms since the epoch. */
const newsAt = ({signals, run}: Session): number => Math.max(signals.output?.at ?? 0, run?.endedAt ?? 0);

const historyOf = ({conversation}: Session): History | null =>
  conversation?.file == null ? null : {file: conversation.file, id: conversation.id};

function sourceOf({name, usage}: Agent, env: NonNullable<Options['env']>): Source[] {
  if (usage === null) return [];
  if ('sql' in usage) return [{agent: name, database: usage.file(env), query: usage}];
  const {isHistory, reader} = usage;
  return [{agent: name, roots: usage.roots(env), isHistory, reader}];
}

function pricingBy(table: PriceTable): Pricing {
  // Most messages are of the model of the one before.
  let last = {model: '', prices: pricesOf(table, '')};
  return usage => {
    if (usage.model !== last.model) last = {model: usage.model, prices: pricesOf(table, usage.model)};
    const price = priceAt(last.prices, usage.at);
    return price === null ? null : costOf(price, usage);
  };
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory).filter(name => name.endsWith('.jsonl'));
  } catch {
    return []; // It started none.
  }
}
