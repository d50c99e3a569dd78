import type {IncomingHttpHeaders} from 'node:http';
import {z} from 'zod';
import {AmuxError} from '../../domain/errors.ts';
import {type Route, route} from '../route.ts';
import {queueView, sentView} from '../schemas/session.ts';
import {longText, messageId} from '../schemas/shape.ts';

export const messageFields = {
  text: longText.describe('What to send; an empty one is refused'),
  msg_id: messageId.describe('Makes a repeat harmless, as `Idempotency-Key` does').optional(),
  as_command: z.boolean().describe('Its first character may act, as in /clear').optional(),
  now: z.boolean().describe('Ends the turn that runs, and goes before what waits').optional(),
};
export const repeatHeader = {'Idempotency-Key': 'Makes a repeat harmless, as `msg_id` does'};

type MessageBody = {text: string; msg_id?: string; as_command?: boolean; now?: boolean};

/** The message of a request; two different ids for it are a contradiction. */
export function messageOf({text, msg_id, as_command, now}: MessageBody, headers: IncomingHttpHeaders) {
  const key = headers['idempotency-key'];
  const id = key === undefined ? {data: undefined} : messageId.safeParse(key);
  if (id.data === undefined && key !== undefined) {
    throw new AmuxError('input.invalid', {why: 'this Idempotency-Key cannot be one', next: 'a UUID is fine'});
  }
  if (id.data !== undefined && msg_id !== undefined && id.data !== msg_id) {
    throw new AmuxError('input.invalid', {why: 'Idempotency-Key and msg_id differ', next: 'give one of them'});
  }
  return {text, id: msg_id ?? id.data, asCommand: as_command, now};
}

export const steeringRoutes: Route[] = [
  route({
    method: 'POST',
    url: '/api/sessions/:name/send',
    role: 'agent',
    summary: 'Put a message into its steering queue; it is delivered at the next turn boundary, exactly once',
    status: 202,
    headers: repeatHeader,
    body: z.strictObject(messageFields),
    result: sentView,
    handler: (fleet, {name, body, headers}) => fleet.send(name, messageOf(body, headers)),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/keys',
    role: 'operator',
    summary: 'Press keys; refused while a dialog is open unless forced',
    status: 204,
    body: z.strictObject({
      keys: z
        .array(z.string().min(1).max(1000))
        .min(1)
        .max(100)
        .describe('Names such as Enter, Escape, C-c, Up, F5; any other text is typed'),
      force: z.boolean().optional(),
    }),
    handler: (fleet, {name, body}) => fleet.keys(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/:name/type',
    role: 'operator',
    summary: 'Raw terminal input of a person who types',
    status: 204,
    body: z.strictObject({bytes: longText.describe('UTF-8')}),
    handler: (fleet, {name, body}) => fleet.type(name, body.bytes),
  }),
  route({
    method: 'GET',
    url: '/api/sessions/:name/queue',
    role: 'viewer',
    summary: 'Messages that wait, and those whose fate is uncertain',
    result: z.array(queueView),
    handler: (fleet, {name}) => fleet.queue(name),
  }),
  route({
    method: 'DELETE',
    url: '/api/sessions/:name/queue',
    role: 'operator',
    summary: 'Drop the messages that wait; answers how many',
    result: z.number().int(),
    handler: (fleet, {name}) => fleet.clearQueue(name),
  }),
];
