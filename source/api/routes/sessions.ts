import {z} from 'zod';
import {type Route, route, type StreamRoute} from '../route.ts';

const text = z.string().max(4096);
const environment = z.record(z.string().max(256), z.string().max(32_768));
const flag = z.enum(['0', '1', 'true', 'false']).transform(value => value === '1' || value === 'true');
const count = z.coerce.number().int().min(0).max(20_000);

const registerBody = z.strictObject({
  name: text,
  dir: text,
  agent: text.optional(),
  command: text.optional(),
  model: text.optional(),
  yolo: z.boolean().optional(),
  env: environment.optional(),
  tags: z.array(z.string().max(64)).max(32).optional(),
  restart: z.enum(['always', 'on-failure', 'never']).optional(),
});

const runBody = z.strictObject({
  agent: text,
  cwd: text,
  workspace: text.optional(),
  command: text.optional(),
  env: environment.optional(),
  name: text.optional(),
  prompt: z.string().max(1_000_000).optional(),
  callerEnv: environment.optional(),
});

/** Agents take it from their command line: it must not read as an option there. */
const conversation = z.strictObject({id: z.string().regex(/^\w[\w-]{0,199}$/), fork: z.boolean()});
const startBody = z.strictObject({
  prompt: z.string().max(1_000_000).optional(),
  callerEnv: environment.optional(),
  conversation: conversation.optional(),
});
const forceBody = z.strictObject({force: z.boolean().optional()});

export const sessionRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/sessions',
    role: 'viewer',
    summary: 'All sessions in order of creation',
    query: z.object({all: flag.optional()}),
    handler: (fleet, {query}) => fleet.sessions({all: query.all}),
  }),
  route({
    method: 'POST',
    url: '/api/sessions',
    role: 'operator',
    summary: 'Register a durable session',
    status: 201,
    body: registerBody,
    handler: (fleet, {body}) => fleet.register(body),
  }),
  route({
    method: 'POST',
    url: '/api/run',
    role: 'operator',
    summary: 'Start a one-shot session',
    status: 201,
    body: runBody,
    handler: (fleet, {body}) => fleet.run(body),
  }),
  route({
    method: 'POST',
    url: '/api/variables',
    role: 'operator',
    summary: 'Names of the variables that a launch takes from its caller',
    body: z.union([z.strictObject({ref: text}), z.strictObject({agent: text, cwd: text, env: environment.optional()})]),
    handler: (fleet, {body}) => fleet.variables(body),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/bulk/stop',
    role: 'operator',
    summary: 'Stop every session',
    body: z.strictObject({all: z.literal(true), force: z.boolean().optional()}),
    handler: (fleet, {body}) => fleet.stopAll({force: body.force}),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name',
    role: 'viewer',
    summary: 'One session',
    handler: (fleet, {name}) => fleet.session(name),
  }),
  route({
    method: 'DELETE',
    url: '/api/sessions/:name',
    role: 'operator',
    summary: 'Unregister a session that does not run',
    status: 204,
    handler: (fleet, {name}) => fleet.unregister(name),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/start',
    role: 'operator',
    summary: 'Start it; answers when it runs',
    status: 202,
    body: startBody,
    handler: (fleet, {name, body}) => fleet.start(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/stop',
    role: 'operator',
    summary: 'End its whole process tree; answers when it is gone',
    status: 202,
    body: forceBody,
    handler: (fleet, {name, body}) => fleet.stop(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/restart',
    role: 'operator',
    summary: 'Stop, then start',
    status: 202,
    body: startBody,
    handler: (fleet, {name, body}) => fleet.restart(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/seen',
    role: 'operator',
    summary: 'A person looked at it',
    status: 204,
    handler: (fleet, {name}) => fleet.seen(name),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/runs',
    role: 'viewer',
    summary: 'Its process lives',
    handler: (fleet, {name}) => fleet.runs(name),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/explain',
    role: 'viewer',
    summary: 'Why it has this status',
    handler: (fleet, {name}) => fleet.explain(name),
  }),
];

export const steeringRoutes: Route[] = [
  route({
    method: 'POST',
    url: '/api/sessions/:name/send',
    role: 'agent',
    summary: 'Put a message into the steering queue',
    status: 202,
    body: z.strictObject({
      text: z.string().max(1_000_000),
      msg_id: z.string().min(1).max(128).optional(),
      as_command: z.boolean().optional(),
      now: z.boolean().optional(),
    }),
    handler: (fleet, {name, body}) =>
      fleet.send(name, {text: body.text, id: body.msg_id, asCommand: body.as_command, now: body.now}),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/keys',
    role: 'operator',
    summary: 'Press keys; refused while a dialog is open unless forced',
    status: 204,
    body: z.strictObject({keys: z.array(z.string().min(1).max(1000)).min(1).max(100), force: z.boolean().optional()}),
    handler: (fleet, {name, body}) => fleet.keys(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/type',
    role: 'operator',
    summary: 'Raw terminal input of a person who types',
    status: 204,
    body: z.strictObject({bytes: z.string().max(1_000_000)}),
    handler: (fleet, {name, body}) => fleet.type(name, body.bytes),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/queue',
    role: 'viewer',
    summary: 'Messages that wait',
    handler: (fleet, {name}) => fleet.queue(name),
  }),
  route({
    method: 'DELETE',
    url: '/api/sessions/:name/queue',
    role: 'operator',
    summary: 'Drop the messages that wait',
    handler: (fleet, {name}) => fleet.clearQueue(name),
  }),
];

export const terminalRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/sessions/:name/peek',
    role: 'viewer',
    summary: 'Its screen as text',
    query: z.object({lines: count.optional(), ansi: flag.optional()}),
    handler: (fleet, {name, query}) => fleet.peek(name, query),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/transcript',
    role: 'viewer',
    summary: 'What was said in its conversation, oldest first; empty for an agent that keeps none',
    query: z.object({limit: count.optional()}),
    handler: (fleet, {name, query}) => fleet.transcript(name, query),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/logs',
    role: 'viewer',
    summary: 'Its text history, oldest first',
    query: z.object({lines: count.optional()}),
    handler: (fleet, {name, query}) => fleet.logs(name, query),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/resize',
    role: 'operator',
    summary: 'The size of its terminal while nobody is attached',
    status: 204,
    body: z.strictObject({cols: z.number().int().min(20).max(1000), rows: z.number().int().min(5).max(500)}),
    handler: (fleet, {name, body}) => fleet.resize(name, body),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/attach',
    role: 'operator',
    summary: 'How a terminal of this machine joins it',
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

export const streamRoutes: StreamRoute[] = [
  {
    url: '/api/sessions/:name/screens',
    role: 'viewer',
    summary: 'Its styled screen now and after each change',
    async *stream(fleet, {name, signal}) {
      for await (const screen of fleet.screens(name, signal)) yield {id: null, data: screen};
    },
  },
  {
    url: '/api/events',
    role: 'viewer',
    summary: 'Every journal entry after `Last-Event-ID` (or `since`), then each new one',
    async *stream(fleet, {since, signal}) {
      for await (const event of fleet.events({since, signal})) yield {id: event.cursor, data: event};
    },
  },
];
