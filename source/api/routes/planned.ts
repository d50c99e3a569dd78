import {z} from 'zod';
import {plannedRoute, type Route} from '../route.ts';
import {count, line, prompt, text} from '../schemas/shape.ts';

const NOT_COLLECTED = 'the sessions list has "token_count", null where it is not collected';
const OWN_MCP = 'configure MCP servers in the agents themselves';
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

/** The fleet's MCP servers. Their settings hold secrets: they are for the admin alone. */
const mcpRoutes: Route[] = [
  plannedRoute({
    method: 'GET',
    url: '/api/mcp',
    role: 'admin',
    summary: 'The MCP servers of the fleet',
    planned: OWN_MCP,
  }),
  plannedRoute({
    method: 'PUT',
    url: '/api/mcp',
    role: 'admin',
    summary: 'Replace the MCP servers of the fleet',
    body: z.strictObject({mcpServers: z.record(line, z.looseObject({}))}),
    planned: OWN_MCP,
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

export const plannedRoutes: Route[] = [...spendRoutes, ...mcpRoutes, ...scheduleRoutes];
