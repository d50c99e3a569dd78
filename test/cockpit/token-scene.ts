import type {BudgetView} from '../../source/domain/budget.ts';
import type {Grouping, SpendQuery, SpendReport, SpendRow} from '../../source/domain/spending.ts';
import {SCENE_NOW} from './scene.ts';

const now = (): number => SCENE_NOW / 1000;
const HOUR = 3600;

type Part = Partial<SpendRow> & {total: number};

/** A row whose tokens are divided as those of agents are: most of it is read from a cache. */
export function spendRow(key: string, {total, at = null, ...more}: Part): SpendRow {
  const [input, output, cacheWrite] = [0.04, 0.03, 0.11].map(share => Math.round(total * share)) as [
    number,
    number,
    number,
  ];
  const cacheRead = total - input - output - cacheWrite;
  const cost = total / 400_000;
  const about = {messages: 12, reasoning: 0, cost, estimated: cost, reported: null, unpriced: []};
  return {key, at, input, output, cacheRead, cacheWrite, total, ...about, ...more};
}

export function spendReport(by: Grouping, rows: readonly SpendRow[], change: Partial<SpendReport> = {}): SpendReport {
  const sum = (of: (row: SpendRow) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const costs = rows.filter(({cost}) => cost !== null);
  const total = {
    input: sum(row => row.input),
    output: sum(row => row.output),
    cacheRead: sum(row => row.cacheRead),
    cacheWrite: sum(row => row.cacheWrite),
    total: sum(row => row.total),
    cost: costs.length === 0 ? null : sum(row => row.cost ?? 0),
  };
  const unpriced = [...new Set(rows.flatMap(row => row.unpriced))];
  return {by, rows: [...rows], total, unpriced, reading: null, prices: '2026-05-01', unread: [], ...change};
}

const groups = (): Partial<Record<Grouping, SpendRow[]>> => ({
  session: [
    spendRow('payments', {total: 1_240_000}),
    spendRow('api', {total: 860_000, reported: 2.15, cost: 2.15}),
    spendRow('infra', {total: 410_000}),
    spendRow('批量导入', {total: 90_400, cost: 0.1, estimated: 0.1, unpriced: ['mystery-1']}),
    spendRow('docs', {total: 12_345, cost: null, estimated: null, unpriced: ['mystery-1']}),
  ],
  model: [
    spendRow('claude-opus-5-5', {total: 1_900_000}),
    spendRow('claude-sonnet-5-5', {total: 610_000}),
    spendRow('mystery-1', {total: 102_745, cost: null, estimated: null, unpriced: ['mystery-1']}),
  ],
  agent: [spendRow('claude', {total: 2_600_000}), spendRow('gemini', {total: 12_745})],
  tag: [spendRow('shop', {total: 2_100_000}), spendRow('(no tag)', {total: 512_745})],
  day: [
    spendRow('2026-05-03', {total: 1_000_000, at: now() - 24 * HOUR}),
    spendRow('2026-05-04', {total: 1_612_745, at: now()}),
  ],
});

/** What the scene's fleet spent: a working day that began at nine. */
export function sceneSpend({by = 'session'}: SpendQuery): SpendReport {
  if (by === 'hour') {
    const thousands = [300, 610, 820, 140, 512, 230];
    return spendReport(
      by,
      thousands.map((each, i) => over(i - 5, {thousands: each, step: HOUR})),
    );
  }
  if (by === 'minute') {
    const thousands = [12, 31, 0, 44, 18];
    return spendReport(
      by,
      thousands.map((each, i) => over((i - 4) / 60, {thousands: each, step: 60})),
    );
  }
  return spendReport(by, groups()[by] ?? []);
}

/** A row that begins with its step, of so many seconds. */
const over = (hours: number, {thousands, step}: {thousands: number; step: number}): SpendRow =>
  spendRow('time', {at: Math.floor((now() + hours * HOUR) / step) * step, total: thousands * 1000});

export const sceneBudgets: BudgetView[] = [
  {
    id: 'fleet-day',
    of: 'fleet',
    name: null,
    tokens: null,
    usd: 20,
    per: 'day',
    used: 6.53,
    percent: 32,
    state: 'ok',
    unpriced: [],
  },
  {
    id: 'session:api-day',
    of: 'session',
    name: 'api',
    tokens: 800_000,
    usd: null,
    per: 'day',
    used: 860_000,
    percent: 107,
    state: 'over',
    unpriced: [],
  },
  {
    id: 'tag:批量-total',
    of: 'tag',
    name: '批量',
    tokens: null,
    usd: 100,
    per: 'total',
    used: 84.2,
    percent: 84,
    state: 'near',
    unpriced: [],
  },
];
