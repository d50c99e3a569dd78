/** From this share on people are told, in percent; at 100 the queue is held. */
export const NEAR_PERCENT = 80;

/** The least and the most that a budget may be. */
export const BUDGET_RANGE = {tokens: [1, 1e15], usd: [0.01, 1e9]} as const;

/** A share of more is not told in figures, in percent. */
const PERCENT_MOST = 9999;

/** What a budget is about. */
export type BudgetTarget = {of: 'session' | 'tag'; name: string} | {of: 'fleet'; name: null};

/** A cap of what may be spent, as it is stored. One of `tokens` and `usd` is set. */
export type Budget = BudgetTarget & {
  /** Made of what it is about, so that setting it again replaces it. */
  id: string;
  tokens: number | null;
  usd: number | null;
  /** For each day in local time, or for all time. */
  per: 'day' | 'total';
  /** ms since the epoch. */
  setAt: number;
  /** What people were told of already: of which day (empty: of all time), and how much, in percent. */
  told: {day: string; percent: 0 | 80 | 100};
};

export type BudgetInput = {
  /** One of these; none: the fleet. A session by its name. */
  session?: string;
  tag?: string;
  /** One of these. */
  tokens?: number;
  usd?: number;
  per?: Budget['per'];
};

/** A budget as it is shown. */
export type BudgetView = Pick<Budget, 'id' | 'of' | 'name' | 'tokens' | 'usd' | 'per'> & {
  /** Tokens or USD; null: no price is known of what was spent. */
  used: number | null;
  percent: number;
  state: 'ok' | 'near' | 'over';
  /** Models without a price: a budget in USD is without what they cost. */
  unpriced: string[];
};

/** Caps of what is spent. */
export interface Budgets {
  /** By what they are about. */
  budgets(): Promise<BudgetView[]>;
  /** Replaces the one that is about the same: this is how a budget is raised. */
  setBudget(input: BudgetInput): Promise<BudgetView>;
  removeBudget(id: string): Promise<void>;
}

export function budgetId({of, name}: BudgetTarget, per: Budget['per']): string {
  return of === 'fleet' ? `fleet-${per}` : `${of}:${name}-${per}`;
}

/** `cost`: in USD; null: no price is known. */
export function budgetView(
  budget: Budget,
  spent: {tokens: number; cost: number | null; unpriced: string[]},
): BudgetView {
  const {id, of, name, tokens, usd, per} = budget;
  const used = usd === null ? spent.tokens : spent.cost;
  const limit = tokens ?? usd ?? 0;
  const percent = used === null ? 0 : Math.floor((used / limit) * 100);
  const state = percent >= 100 ? 'over' : percent >= NEAR_PERCENT ? 'near' : 'ok';
  return {id, of, name, tokens, usd, per, used, percent, state, unpriced: usd === null ? [] : spent.unpriced};
}

/** `105%`; of what is beyond all measure only that it is. */
export const shareText = (percent: number): string => (percent > PERCENT_MOST ? `>${PERCENT_MOST}%` : `${percent}%`);

/** What has to be told now; null: nothing new. */
export function newsOf({told}: Budget, {percent}: BudgetView, day: string): Budget['told'] | null {
  const level = percent >= 100 ? 100 : percent >= NEAR_PERCENT ? 80 : 0;
  const known = told.day === day ? told.percent : 0;
  return level > known ? {day, percent: level} : null;
}

/** `$10 per day of the fleet`. */
export function budgetText({
  of,
  name,
  tokens,
  usd,
  per,
}: Pick<Budget, 'of' | 'name' | 'tokens' | 'usd' | 'per'>): string {
  const amount = usd === null ? `${tokens} tokens` : `$${usd}`;
  return `${amount}${per === 'day' ? ' per day' : ''} of ${of === 'fleet' ? 'the fleet' : of === 'tag' ? `tag ${name}` : name}`;
}

/** Why a queue is held and what to do, as the first of a session's notices: what may be cut off stands last. */
export function heldText(budget: Budget, percent: number): string {
  const {of, name, per} = budget;
  const about = of === 'fleet' ? '' : ` --${of} ${quoted(name)}`;
  const command = `amux budget set${about}${per === 'total' ? ' --per total' : ''}`;
  return `held: ${shareText(percent)} is used; ${command} raises the ${budgetText(budget)}`;
}

/** How much of its budget a session that is held has used, and what raises that; null: it is not held. */
export function heldOf(notice: string | null): {share: string; command: string} | null {
  const [, share, command] = /^held: (>?\d+%) is used; (amux budget set.*?) raises the /.exec(notice ?? '') ?? [];
  return share === undefined || command === undefined ? null : {share, command};
}

const quoted = (name: string): string => (/^[\w.@:-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);
