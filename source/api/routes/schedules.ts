import {z} from 'zod';
import {type Route, route} from '../route.ts';
import {missedRule, schedule, scheduledCard, scheduleRun} from '../schemas/schedule.ts';
import {line, prompt, text} from '../schemas/shape.ts';

const fields = {
  name: line.describe('Default: made of what it does'),
  cron: line.describe('Minute, hour, day, month, weekday; seconds may stand in front'),
  at: line.describe('One moment instead: 2026-11-22T02:00, in its time zone unless it says another'),
  timezone: line.describe('IANA, as Europe/Berlin; default that of the supervisor'),
  session: text.min(1).describe('That gets the text'),
  text: prompt.min(1),
  now: z.boolean().describe('Ends the turn that runs'),
  card: scheduledCard.describe('That is added, instead of a text that is sent'),
  missed: missedRule,
  enabled: z.boolean().describe('False: it is paused'),
};
const patch = z.strictObject(fields).partial();

/** Recurring work. */
export const scheduleRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/schedules',
    role: 'viewer',
    summary: 'Recurring work and work for one moment, with its next times and its last runs',
    result: z.array(schedule),
    handler: fleet => fleet.schedules(),
  }),
  route({
    method: 'POST',
    url: '/api/schedules',
    role: 'operator',
    summary: 'Send a text to a session, or add a card, by a cron expression or at one moment',
    status: 201,
    body: patch,
    result: schedule,
    handler: (fleet, {body}) => fleet.addSchedule(body),
  }),
  route({
    method: 'PATCH',
    url: '/api/schedules/:id',
    role: 'operator',
    summary: 'Pause a schedule, let it go on, or change what it does and when',
    body: patch,
    result: schedule,
    handler: (fleet, {name, body}) => fleet.changeSchedule(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/schedules/:id/run',
    role: 'operator',
    summary: 'Do it now as well, whatever its times; its outcome says whether it could be done',
    result: scheduleRun,
    handler: (fleet, {name}) => fleet.runSchedule(name),
  }),
  route({
    method: 'DELETE',
    url: '/api/schedules/:id',
    role: 'operator',
    summary: 'End recurring work',
    status: 204,
    handler: (fleet, {name}) => fleet.removeSchedule(name),
  }),
];
