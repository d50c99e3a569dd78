import {z} from 'zod';
import {plannedRoute, type Route} from '../route.ts';
import {line, prompt, text} from '../schemas/shape.ts';

const CRON = 'a cron job can call POST /api/sessions/:name/send';

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

export const plannedRoutes: Route[] = [...scheduleRoutes];
