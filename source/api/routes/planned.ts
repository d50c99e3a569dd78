import {z} from 'zod';
import {plannedRoute, type Route} from '../route.ts';
import {count, line, prompt, text} from '../schemas/shape.ts';

const NOT_COLLECTED = 'the sessions list has "token_count", null where it is not collected';
const CRON = 'a cron job can call POST /api/sessions/:name/send';

/** What the agents spent. */
const spendRoutes: Route[] = [
  plannedRoute({
    method: 'GET',
    url: '/api/tokens',
    role: 'viewer',
    summary: 'What was spent, in groups',
    query: z.strictObject({
      by: z.enum(['session', 'model', 'agent', 'day', 'hour', 'tag']).optional(),
      since: count(100_000_000_000).describe('Unix seconds').optional(),
      until: count(100_000_000_000).describe('Unix seconds').optional(),
    }),
    planned: NOT_COLLECTED,
  }),
  plannedRoute({
    method: 'GET',
    url: '/api/sessions/:name/tokens',
    role: 'viewer',
    summary: 'What it spent',
    planned: NOT_COLLECTED,
  }),
];

/** Recurring work. */
const scheduleRoutes: Route[] = [
  plannedRoute({
    method: 'GET',
    url: '/api/schedules',
    role: 'viewer',
    summary: 'Recurring work',
    planned: CRON,
  }),
  plannedRoute({
    method: 'POST',
    url: '/api/schedules',
    role: 'operator',
    summary: 'Send a text to a session again and again',
    status: 201,
    body: z.strictObject({cron: line, session: text.min(1), text: prompt.min(1)}),
    planned: CRON,
  }),
  plannedRoute({
    method: 'DELETE',
    url: '/api/schedules/:id',
    role: 'operator',
    summary: 'End recurring work',
    status: 204,
    planned: CRON,
  }),
];

export const plannedRoutes: Route[] = [...spendRoutes, ...scheduleRoutes];
