import {z} from 'zod';
import type {BudgetView} from '../../domain/budget.ts';
import type {Tokens} from '../../domain/ledger.ts';
import {
  type ContextView,
  groupings,
  type SessionSpend,
  type SpendReport,
  type SpendRow,
} from '../../domain/spending.ts';
import {shapeOf} from './shape.ts';

const count = z.number().int().min(0);
const usd = z.number().min(0).nullable();

const kinds = {
  input: count.describe('Neither read from a cache nor written to one'),
  output: count,
  cacheRead: count,
  cacheWrite: count,
  total: count,
};

export const tokens = shapeOf<Tokens>()(z.strictObject(kinds).meta({id: 'Tokens'}));

export const contextView = shapeOf<ContextView>()(
  z
    .strictObject({
      used: count.describe('Tokens'),
      limit: count.nullable(),
      percent: count.max(100).nullable().describe('Null: the limit is not known'),
    })
    .meta({id: 'Context'}),
);

const spendRow = shapeOf<SpendRow>()(
  z
    .strictObject({
      key: z.string().describe('Name of the group; days, hours and minutes in local time'),
      at: z.number().int().nullable().describe('When its day, hour or minute begins, in unix seconds'),
      ...kinds,
      messages: count.describe('Of the model'),
      reasoning: count.describe('A part of the output'),
      cost: usd.describe('USD: as reported by the agent, else estimated; null: neither is there'),
      estimated: usd.describe('USD by the price table'),
      reported: usd.describe('USD by the agent itself'),
      unpriced: z.array(z.string()).describe('Models that have no price'),
    })
    .meta({id: 'SpendRow'}),
);

const report = {
  by: z.enum(groupings),
  rows: z.array(spendRow),
  total: z.strictObject({...kinds, cost: usd}),
  unpriced: z.array(z.string()).describe('Models that have no price'),
  reading: z
    .strictObject({bytes: count, readBytes: count})
    .nullable()
    .describe('While histories are read for the first time'),
  prices: z.string().describe('When the prices were checked'),
  unread: z.array(z.string()).describe('Files of which not all could be read, and why'),
};

export const spendReport = shapeOf<SpendReport>()(z.strictObject(report).meta({id: 'SpendReport'}));

export const sessionSpend = shapeOf<SessionSpend>()(
  z.strictObject({...report, context: contextView.nullable()}).meta({id: 'SessionSpend'}),
);

export const budgetView = shapeOf<BudgetView>()(
  z
    .strictObject({
      id: z.string(),
      of: z.enum(['session', 'tag', 'fleet']),
      name: z.string().nullable(),
      tokens: count.nullable(),
      usd,
      per: z.enum(['day', 'total']),
      used: usd.describe('Tokens or USD; null: no price is known'),
      percent: count,
      state: z.enum(['ok', 'near', 'over']).describe('Near: from 80 % on; over: queues are held'),
      unpriced: z.array(z.string()).describe('Models without a price: a budget in USD is without what they cost'),
    })
    .meta({id: 'Budget'}),
);
