import {z} from 'zod';
import {AmuxError, isErrorCode} from '../../domain/errors.ts';
import {type Route, route} from '../route.ts';
import {explanation, runView, sessionView} from '../schemas/session.ts';
import {environment, prompt, text, trust} from '../schemas/shape.ts';

/** Agents take it from their command line: it must not read as an option there. */
const conversation = z.strictObject({id: z.string().regex(/^\w[\w-]{0,199}$/), fork: z.boolean()});
const startBody = z.strictObject({
  prompt: prompt.describe('Sent as its first message').optional(),
  callerEnv: environment.describe('Values of variables that the profile names').optional(),
  conversation: conversation.describe('Go on with one of its agent’s, or begin a new one from it').optional(),
});
const forkBody = z.strictObject({
  name: text.describe('Of the new session and its workspace'),
  branch: text.min(1).describe('A new one; default `amux/NAME`').optional(),
  prompt: prompt.describe('Its first message').optional(),
  clean: z.boolean().describe('Without what is not committed').optional(),
  handoff: z.boolean().describe('A fresh conversation that begins with a summary, where none can be copied').optional(),
  yolo: z.boolean().describe('Without permission prompts, which is not taken from the first one').optional(),
  trust: trust.optional(),
  setup: z.boolean().describe('False: without copied files and setup commands').optional(),
  callerEnv: environment.describe('Values of variables that the profile names').optional(),
});
const forceBody = z.strictObject({force: z.boolean().describe('SIGKILL at once').optional()});

export const lifeRoutes: Route[] = [
  route({
    method: 'POST',
    url: '/api/sessions/:name/start',
    role: 'operator',
    summary: 'Start it; answers when it runs',
    status: 202,
    body: startBody,
    result: sessionView,
    handler: (fleet, {name, body}) => fleet.start(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/stop',
    role: 'operator',
    summary: 'End its whole process tree; answers when it is gone',
    status: 202,
    body: forceBody,
    result: sessionView,
    handler: (fleet, {name, body}) => fleet.stop(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/restart',
    role: 'operator',
    summary: 'Stop, then start',
    status: 202,
    body: startBody,
    result: sessionView,
    handler: (fleet, {name, body}) => fleet.restart(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/compact',
    role: 'operator',
    summary: 'Make its conversation shorter at its next turn boundary; its queue waits for that',
    status: 202,
    result: sessionView,
    async handler(fleet, {name}) {
      const {agent, id} = await fleet.session(name);
      const [outcome] = await fleet.compact({names: [id]});
      const code = outcome?.error?.code ?? null;
      if (code !== null && isErrorCode(code)) throw new AmuxError(code, {name, agent});
      return fleet.session(id);
    },
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/fork',
    role: 'operator',
    summary: 'A new session with its conversation, in a new workspace with its uncommitted changes; it goes on itself',
    status: 202,
    body: forkBody,
    result: sessionView,
    handler: (fleet, {name, body}) => fleet.fork(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/seen',
    role: 'operator',
    summary: 'A person looked at it',
    status: 202,
    result: sessionView,
    handler: (fleet, {name}) => fleet.seen(name),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/runs',
    role: 'viewer',
    summary: 'Its process lives that are known',
    result: z.array(runView),
    handler: (fleet, {name}) => fleet.runs(name),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/explain',
    role: 'viewer',
    summary: 'Why it has this status: the evidence, the deciding one first',
    result: explanation,
    handler: (fleet, {name}) => fleet.explain(name),
  }),
];
