import {z} from 'zod';
import {BUDGET_RANGE} from '../../domain/budget.ts';
import {groupings} from '../../domain/spending.ts';
import {type Route, route} from '../route.ts';
import {count, flag, line, tag} from '../schemas/shape.ts';
import {budgetView, sessionSpend, spendReport} from '../schemas/spending.ts';

const moment = count(100_000_000_000).describe('Unix seconds');
const span = {since: moment.optional(), until: moment.describe('Unix seconds, not included').optional()};

/** What the agents spent. */
export const spendingRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/tokens',
    role: 'viewer',
    summary: 'Tokens and cost, in groups',
    query: z.strictObject({
      by: z.enum(groupings).describe('Default: session').optional(),
      ...span,
      all: flag.describe('With conversations that no session of this fleet had').optional(),
    }),
    result: spendReport,
    handler: (fleet, {query}) => fleet.spend(query),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/tokens',
    role: 'viewer',
    summary: 'Tokens and cost of a session, by model, and how full its context is',
    query: z.strictObject(span),
    result: sessionSpend,
    handler: (fleet, {name, query}) => fleet.spendOf(name, query),
  }),
  route({
    method: 'GET',
    url: '/api/budgets',
    role: 'viewer',
    summary: 'Caps of what may be spent, and how much of them is used',
    result: z.array(budgetView),
    handler: fleet => fleet.budgets(),
  }),
  route({
    method: 'PUT',
    url: '/api/budgets',
    role: 'operator',
    summary: 'Set or raise a budget of a session, a tag or the fleet; at 100 % queues are held',
    body: z.strictObject({
      session: line.describe('Its name').optional(),
      tag: tag.optional(),
      tokens: z.number().int().min(BUDGET_RANGE.tokens[0]).max(BUDGET_RANGE.tokens[1]).optional(),
      usd: z.number().min(BUDGET_RANGE.usd[0]).max(BUDGET_RANGE.usd[1]).optional(),
      per: z.enum(['day', 'total']).describe('Default: day, in local time').optional(),
    }),
    result: budgetView,
    handler: (fleet, {body}) => fleet.setBudget(body),
  }),
  route({
    method: 'DELETE',
    url: '/api/budgets/:id',
    role: 'operator',
    summary: 'No such budget any more',
    status: 204,
    handler: (fleet, {name}) => fleet.removeBudget(name),
  }),
];
