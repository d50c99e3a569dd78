import {z} from 'zod';
import type {Selection} from '../../domain/fleet.ts';
import {type Route, route} from '../route.ts';
import {modelOutcomes, outcomes} from '../schemas/session.ts';
import {line, tag, text} from '../schemas/shape.ts';
import {messageFields, messageOf, repeatHeader} from './steering.ts';

/** Exactly one of them. */
const selection = {
  names: z.array(text).min(1).max(1000).describe('Exactly these').optional(),
  tag: tag.describe('Those that run with this tag').optional(),
  all: z.literal(true).describe('Those that run').optional(),
};

type Selecting = {names?: string[]; tag?: string; all?: true};
const isOne = ({names, tag: tagged, all}: Selecting): boolean =>
  [names, tagged, all].filter(each => each !== undefined).length === 1;
const ONE = 'exactly one of names, tag and all';
const ONE_OF = {oneOf: [{required: ['names']}, {required: ['tag']}, {required: ['all']}]};

function selectionOf({names, tag: tagged}: Selecting): Selection {
  if (names !== undefined) return {names};
  return tagged === undefined ? {all: true} : {tag: tagged};
}

export const bulkRoutes: Route[] = [
  route({
    method: 'POST',
    url: '/api/sessions/bulk/send',
    role: 'operator',
    summary: 'Put a message into the queues of several sessions',
    headers: repeatHeader,
    body: z
      .strictObject({...messageFields, ...selection})
      .refine(isOne, ONE)
      .meta(ONE_OF),
    result: outcomes,
    handler: (fleet, {body, headers}) => fleet.sendAll(selectionOf(body), messageOf(body, headers)),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/bulk/stop',
    role: 'operator',
    summary: 'Stop several sessions; answers when they are gone',
    body: z
      .strictObject({...selection, force: z.boolean().optional()})
      .refine(isOne, ONE)
      .meta(ONE_OF),
    result: outcomes,
    handler: (fleet, {body}) => fleet.stopAll({of: selectionOf(body), force: body.force}),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/bulk/compact',
    role: 'operator',
    summary: 'Make the conversations of several sessions shorter, each at its next turn boundary',
    body: z
      .strictObject({...selection})
      .refine(isOne, ONE)
      .meta(ONE_OF),
    result: outcomes,
    handler: (fleet, {body}) => fleet.compact(selectionOf(body)),
  }),
  route({
    method: 'POST',
    url: '/api/sessions/bulk/model',
    role: 'operator',
    summary: 'Give several sessions another model, each at its next turn boundary with its conversation',
    body: z
      .strictObject({...selection, model: line.nullable().describe('Null: none of their own')})
      .refine(isOne, ONE)
      .meta(ONE_OF),
    result: modelOutcomes,
    handler: (fleet, {body}) => fleet.switchModels(selectionOf(body), body.model),
  }),
];
