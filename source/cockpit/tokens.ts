import {type BudgetView, heldOf} from '../domain/budget.ts';
import type {SessionView} from '../domain/fleet.ts';
import type {Grouping, SpendQuery, SpendReport} from '../domain/spending.ts';
import {midnight} from './spend.ts';

/** How far the Tokens screen looks back, and how finely its chart does. */
export const spans = [
  {id: '1h', title: 'last hour', by: 'minute'},
  {id: '24h', title: 'last 24 hours', by: 'hour'},
  {id: '7d', title: 'last 7 days', by: 'hour'},
  {id: '30d', title: 'last 30 days', by: 'day'},
] as const;
export type TokenSpan = (typeof spans)[number];
export type SpanId = TokenSpan['id'];

/** How its table can be put together, in the order in which a key goes through them. */
export const tableGroupings = ['session', 'model', 'agent', 'tag', 'day'] as const satisfies readonly Grouping[];
export type TableGrouping = (typeof tableGroupings)[number];

/** What is asked for. `all`: with what no session of this fleet spent. */
export type TokensChoice = {span: SpanId; by: TableGrouping; all: boolean};

/** The answers to one choice, all of the same moment. */
export type TokensRead = TokensChoice & {
  /** When the first and the last step of the chart begin, in unix seconds. */
  since: number;
  until: number;
  table: SpendReport;
  /** The bars beside the chart, by model; by session where the table is by model. */
  bars: SpendReport;
  /** By the step of the chart. */
  series: SpendReport;
  budgets: BudgetView[];
};

export type TokensView = TokensChoice & {
  /** Stays while something else is being asked for. */
  read: TokensRead | null;
  /** Why it could not be read; empty: it could. */
  failed: string;
  /** Row of the table that is chosen. */
  at: number;
  /** Grows when what was read is no longer true. */
  turn: number;
};

export const noTokens: TokensView = {
  span: '24h',
  by: 'session',
  all: false,
  read: null,
  failed: '',
  at: 0,
  turn: 0,
};

export type TokensAction =
  | {do: 'span'; by: 1 | -1}
  | {do: 'group'; by: 1 | -1}
  | {do: 'all'}
  | {do: 'read'; read: TokensRead}
  | {do: 'failed'; why: string}
  | {do: 'stale'}
  | {do: 'walk'; by: number};

/** Pure; the same object when nothing changed. */
export function stepTokens(view: TokensView, action: TokensAction): TokensView {
  switch (action.do) {
    case 'span': {
      const at = spans.findIndex(({id}) => id === view.span);
      const span = spans[Math.max(0, Math.min(spans.length - 1, at + action.by))]!.id;
      return span === view.span ? view : {...view, span};
    }
    case 'group': {
      const at = tableGroupings.indexOf(view.by) + action.by + tableGroupings.length;
      return {...view, by: tableGroupings[at % tableGroupings.length]!, at: 0};
    }
    case 'all':
      return {...view, all: !view.all};
    case 'read':
      return withRead(view, action.read);
    case 'failed':
      return action.why === view.failed ? view : {...view, failed: action.why};
    case 'stale':
      return {...view, turn: view.turn + 1};
    case 'walk': {
      const last = Math.max(0, (view.read?.table.rows.length ?? 0) - 1);
      const at = Math.max(0, Math.min(last, view.at + action.by));
      return at === view.at ? view : {...view, at};
    }
  }
}

/** The chosen row is followed by its name. */
function withRead(view: TokensView, read: TokensRead): TokensView {
  if (view.read !== null && view.failed === '' && JSON.stringify(view.read) === JSON.stringify(read)) return view;
  const key = view.read?.by === read.by ? tableRows(view.read)[view.at]?.key : undefined;
  const rows = tableRows(read);
  const found = key === undefined ? -1 : rows.findIndex(row => row.key === key);
  return {...view, read, failed: '', at: found >= 0 ? found : Math.max(0, Math.min(view.at, rows.length - 1))};
}

/** Days from the newest; others as they come, by what was spent. */
export const tableRows = ({table, by}: TokensRead): SpendReport['rows'] =>
  by === 'day' ? table.rows.toReversed() : table.rows;

/** What beside the table's own grouping is worth a look. */
export const barsBy = (by: TableGrouping): TableGrouping => (by === 'model' ? 'session' : 'model');

export const spanOf = (id: SpanId): TokenSpan => spans.find(span => span.id === id)!;

/** When a choice begins at `now` (ms), in unix seconds: with a whole step of its chart. */
export function sinceOf(span: SpanId, now: number): number {
  const seconds = Math.floor(now / 1000);
  switch (span) {
    case '1h':
      return (Math.floor(seconds / MINUTE_S) - 59) * MINUTE_S;
    case '24h':
      return (Math.floor(seconds / HOUR_S) - 23) * HOUR_S;
    case '7d':
      return daysBefore(now, 6);
    case '30d':
      return daysBefore(now, 29);
  }
}

/** When the step of its chart that runs at `now` (ms) began, in unix seconds: with the next one it is asked for again. */
export function untilOf(span: SpanId, now: number): number {
  const step = STEPS[spanOf(span).by];
  return step === STEPS.day ? midnight(now) : Math.floor(now / 1000 / step) * step;
}

export type Point = {at: number; tokens: number};

/** One point for each step from the beginning until now, also where nothing was spent. */
export function pointsOf({span, since, until, series}: TokensRead): Point[] {
  const step = STEPS[spanOf(span).by];
  const count = Math.max(1, Math.round((until - since) / step) + 1);
  const points = Array.from({length: count}, (_, i) => ({at: since + i * step, tokens: 0}));
  for (const {at, total} of series.rows) {
    if (at === null) continue;
    // Days of the fleet begin elsewhere when it is far away, and are not all as long.
    const i = Math.max(0, Math.min(count - 1, Math.round((at - since) / step)));
    points[i]!.tokens += total;
  }
  return points;
}

export const queriesOf = (
  {span, by, all}: TokensChoice,
  since: number,
): Record<'table' | 'bars' | 'series', SpendQuery> => ({
  table: {by, since, all},
  bars: {by: barsBy(by), since, all},
  series: {by: spanOf(span).by, since, all},
});

/** Sessions that this budget holds: what they say themselves of being held need not name it. */
export function heldBy({of, name, state}: BudgetView, sessions: readonly SessionView[]): SessionView[] {
  if (state !== 'over') return [];
  const isAbout = (session: SessionView): boolean =>
    of === 'fleet' || (of === 'tag' ? session.tags.includes(name!) : session.name === name);
  return sessions.filter(session => isAbout(session) && heldOf(session.notice) !== null);
}

/** Names of those whose agents tell nothing of tokens. */
export const silentSessions = (sessions: readonly SessionView[]): string[] =>
  sessions.filter(({token_count}) => token_count === null).map(({name}) => name);

const MINUTE_S = 60;
const HOUR_S = 3600;
const STEPS = {minute: MINUTE_S, hour: HOUR_S, day: 24 * HOUR_S};

function daysBefore(now: number, days: number): number {
  const day = new Date(midnight(now) * 1000);
  day.setDate(day.getDate() - days);
  return day.getTime() / 1000;
}
