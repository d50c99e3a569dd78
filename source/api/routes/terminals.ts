import {z} from 'zod';
import {type Route, route} from '../route.ts';
import {attachPlan, peekView, sessionView, transcriptEntry} from '../schemas/session.ts';
import {count, flag} from '../schemas/shape.ts';
import {scrollback} from '../schemas/system.ts';

const lines = count(20_000).describe('At most so many, from the end');

export const terminalRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/sessions/:name/peek',
    role: 'viewer',
    summary: 'Its screen as text; also after it ended. Never resizes it',
    query: z.strictObject({lines: lines.optional(), ansi: flag.describe('With colours, as SGR').optional()}),
    result: peekView,
    handler: (fleet, {name, query}) => fleet.peek(name, query),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/transcript',
    role: 'viewer',
    summary: 'What was said in its conversation, oldest first; empty for an agent that keeps none',
    query: z.strictObject({limit: lines.optional()}),
    result: z.array(transcriptEntry),
    handler: (fleet, {name, query}) => fleet.transcript(name, query),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/logs',
    role: 'viewer',
    summary: 'Its text history, oldest first',
    query: z.strictObject({lines: lines.optional()}),
    result: z.array(z.string()),
    handler: (fleet, {name, query}) => fleet.logs(name, query),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/scrollback',
    role: 'viewer',
    summary: 'What its terminal showed, as styled rows, oldest first; also after it ended',
    query: z.strictObject({lines: lines.optional()}),
    result: scrollback,
    handler: (fleet, {name, query}) => fleet.scrollback(name, query),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/resize',
    role: 'operator',
    summary: 'The size of its terminal while nobody is attached',
    status: 202,
    body: z.strictObject({cols: z.number().int().min(20).max(1000), rows: z.number().int().min(5).max(500)}),
    result: sessionView,
    handler: (fleet, {name, body}) => fleet.resize(name, body),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/attach',
    role: 'operator',
    summary: 'How a terminal of this machine joins it',
    result: attachPlan,
    handler: (fleet, {name}) => fleet.attach(name),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/attached',
    role: 'operator',
    summary: 'An attached terminal came or went',
    status: 204,
    body: z.strictObject({state: z.enum(['on', 'off'])}),
    handler: (fleet, {name, body}) => fleet.attached(name, body.state),
  }),
];
