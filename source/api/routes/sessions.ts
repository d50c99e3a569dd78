import {z} from 'zod';
import {restartPolicies} from '../../domain/session.ts';
import {type Route, route} from '../route.ts';
import {modes, sessionView} from '../schemas/session.ts';
import {directory, environment, flag, line, prompt, tag, text} from '../schemas/shape.ts';

const command = text.min(1).describe('A command line that replaces its profile’s');
const tags = z.array(tag).max(32);
const restart = z.enum(restartPolicies).describe('When its process is started again after an end nobody asked for');

const registerBody = z.strictObject({
  name: text.describe('Letters, digits, dot, dash and underscore, starting with a letter, at most 64'),
  dir: directory.describe('Where it works: a path from the root'),
  agent: text.describe('Id of a profile; default: the project’s').optional(),
  command: command.optional(),
  model: line.optional(),
  yolo: z.boolean().describe('Without permission prompts, where its agent has such a mode').optional(),
  env: environment.optional(),
  tags: tags.optional(),
  restart: restart.optional(),
});

const patchBody = z
  .strictObject({
    model: line.nullable().optional(),
    command: command.nullable().optional(),
    tags: tags.optional(),
    yolo: z.boolean().optional(),
    env: environment.describe('All of its variables').optional(),
    restart: restart.optional(),
    watchdog: modes.describe('Modes of rules of the watchdog; null: as the configuration says').optional(),
  })
  .refine(patch => Object.keys(patch).length > 0, 'nothing to change')
  .meta({minProperties: 1});

const runBody = z.strictObject({
  agent: text.describe('Id of a profile; default: the workspace’s, else the project’s').optional(),
  cwd: directory.describe('A path from the root; decides project and workspace'),
  workspace: text.describe('Default: the one that `cwd` is in, else the latest').optional(),
  command: command.optional(),
  env: environment.optional(),
  name: text.optional(),
  prompt: prompt.optional(),
  callerEnv: environment.describe('Values of variables that the profile names').optional(),
});

export const sessionRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/sessions',
    role: 'viewer',
    summary: 'All sessions in order of creation; one-shot ones until an hour after their end',
    query: z.strictObject({all: flag.describe('One-shot sessions that ended long ago as well').optional()}),
    result: z.array(sessionView),
    handler: (fleet, {query}) => fleet.sessions({all: query.all}),
  }),
  route({
    method: 'POST',
    url: '/api/sessions',
    role: 'operator',
    summary: 'Register a durable session',
    status: 201,
    body: registerBody,
    result: sessionView,
    handler: (fleet, {body}) => fleet.register(body),
  }),
  route({
    method: 'POST',
    url: '/api/run',
    role: 'operator',
    summary: 'Start a one-shot session',
    status: 201,
    body: runBody,
    result: sessionView,
    handler: (fleet, {body}) => fleet.run(body),
  }),
  route({
    method: 'POST',
    url: '/api/variables',
    role: 'operator',
    summary: 'Names of the variables that a launch takes from its caller',
    body: z.union([
      z.strictObject({ref: text}),
      z.strictObject({
        agent: text.optional(),
        cwd: directory,
        workspace: text.optional(),
        env: environment.optional(),
      }),
    ]),
    result: z.array(z.string()),
    handler: (fleet, {body}) => fleet.variables(body),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name',
    role: 'viewer',
    summary: 'One session',
    result: sessionView,
    handler: (fleet, {name}) => fleet.session(name),
  }),
  route({
    method: 'PATCH',
    url: '/api/sessions/:name',
    role: 'operator',
    summary:
      'Change it: tags, restart policy and modes of the watchdog at once, its model at its next turn boundary, the rest from its next start',
    body: patchBody,
    result: sessionView,
    handler: (fleet, {name, body}) => fleet.update(name, body),
  }),
  route({
    method: 'DELETE',
    url: '/api/sessions/:name',
    role: 'operator',
    summary: 'Unregister a session that does not run',
    status: 204,
    handler: (fleet, {name}) => fleet.unregister(name),
  }),
];
