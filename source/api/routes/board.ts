import {z} from 'zod';
import type {Caller} from '../../domain/access.ts';
import type {CardView, Guard} from '../../domain/board.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Fleet} from '../../domain/fleet.ts';
import {type RequestParts, type Route, route} from '../route.ts';
import {column, cardFields as fields, sessionName as name, words} from '../schemas/card.ts';
import {flag, seconds, shapeOf} from '../schemas/shape.ts';

const reason = z.string().max(1000);
/** Of the claim under which the caller works. */
const fence = z.number().int().min(0);

/** Send the session that the card is for its text. */
const tell = z.boolean().optional();
const fieldsPatch = z.strictObject(fields).partial();

const event = z.strictObject({
  at: z.number(),
  actor: z.string(),
  change: z.string(),
  reason: z.string(),
  old: z.strictObject({...fields, archived: z.boolean()}).partial(),
});

const card = shapeOf<CardView>()(
  z
    .strictObject({
      id: z.string(),
      ...fields,
      created_at: seconds,
      updated_at: seconds,
      claim: z
        .strictObject({
          holder: z.string(),
          holder_id: z.string(),
          since: seconds,
          heartbeat: seconds,
          expires: seconds,
          expired: z.boolean(),
          fence: z.number().int(),
        })
        .nullable(),
      archived: z.boolean(),
      etag: z.string(),
      history: z.array(event),
    })
    .meta({id: 'Card'}),
);

const IF_MATCH = {'If-Match': 'The etag of the card as it was read: refused when it was changed meanwhile'};

export const boardRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/board',
    role: 'viewer',
    summary: 'The cards in the order of the board; archived ones as well with `archived=1`',
    query: z.strictObject({
      status: column.optional(),
      session: name.optional(),
      project: z.string().max(4096).optional(),
      tag: z.string().max(64).optional(),
      q: z.string().max(1000).optional(),
      archived: flag.optional(),
    }),
    result: z.array(card),
    handler: (fleet, {query}) => fleet.cards(query),
  }),
  route({
    method: 'POST',
    url: '/api/board',
    role: 'agent',
    summary: 'Add a card, to `todo` unless it says where',
    status: 201,
    body: fieldsPatch.extend({title: fields.title, tell}),
    result: card,
    handler: (fleet, {body}) => fleet.addCard(body),
  }),
  route({
    method: 'POST',
    url: '/api/board/next',
    role: 'agent',
    summary: 'Claim the best card that is free for a session',
    body: z.strictObject({session: name.optional(), tags: words(64).optional(), tell}),
    result: card,
    handler: async (fleet, {body, caller}) => fleet.nextCard({...body, session: await holder(fleet, caller, body)}),
  }),
  route({
    method: 'POST',
    url: '/api/board/undo',
    role: 'agent',
    summary: 'Take back your last change of a card, unless somebody changed that card since; then the one before',
    body: z.strictObject({}),
    result: card,
    handler: fleet => fleet.undo(),
  }),
  route({
    method: 'GET',
    url: '/api/board/columns',
    role: 'viewer',
    summary: 'The columns from left to right; last those that only cards of an older configuration stand in',
    result: z.array(z.string()),
    handler: fleet => fleet.columns(),
  }),
  route({
    method: 'GET',
    url: '/api/board/:id',
    role: 'viewer',
    summary: 'One card',
    result: card,
    handler: (fleet, {name: id}) => fleet.card(id),
  }),
  route({
    method: 'PATCH',
    url: '/api/board/:id',
    role: 'agent',
    summary: 'Change a card; `If-Match` with its etag refuses what was changed meanwhile',
    body: fieldsPatch.extend({archived: z.literal(false), reason, fence, tell}).partial(),
    result: card,
    headers: IF_MATCH,
    handler: (fleet, {name: id, body, headers}) => fleet.updateCard(id, body, guardOf(headers)),
  }),
  route({
    method: 'DELETE',
    url: '/api/board/:id',
    role: 'operator',
    summary: 'Put a card into the archive',
    result: card,
    headers: IF_MATCH,
    handler: (fleet, {name: id, headers}) => fleet.removeCard(id, guardOf(headers)),
  }),
  route({
    method: 'POST',
    url: '/api/board/:id/claim',
    role: 'agent',
    summary: 'Claim a free card for a session; the token of a session claims for itself only',
    body: z.strictObject({session: name.optional(), tell}),
    result: card,
    handler: async (fleet, {name: id, body, caller}) =>
      fleet.claimCard(id, {...body, session: await holder(fleet, caller, body)}),
  }),
  route({
    method: 'POST',
    url: '/api/board/:id/release',
    role: 'agent',
    summary: 'End a claim; the card is free again in `todo`',
    body: z.strictObject({session: name.optional(), fence: fence.optional(), reason: reason.optional()}),
    result: card,
    handler: async (fleet, {name: id, body, caller}) =>
      fleet.releaseCard(id, {...body, session: await anyHolder(fleet, caller, body)}),
  }),
  route({
    method: 'POST',
    url: '/api/board/:id/heartbeat',
    role: 'agent',
    summary: 'Renew the lease of a claim',
    body: z.strictObject({session: name.optional(), fence: fence.optional()}),
    result: card,
    handler: async (fleet, {name: id, body, caller}) =>
      fleet.beatCard(id, {...body, session: await anyHolder(fleet, caller, body)}),
  }),
];

/** The session that a claim is for. Throws `card.others` when the token of another session asks. */
async function holder(fleet: Fleet, caller: Caller, body: {session?: string}): Promise<string> {
  const named = await anyHolder(fleet, caller, body);
  if (named !== undefined) return named;
  throw new AmuxError('input.invalid', {why: 'body.session: which session claims it?', next: '{"session":"NAME"}'});
}

async function anyHolder(fleet: Fleet, caller: Caller, {session}: {session?: string}): Promise<string | undefined> {
  if (caller.session === null) return session;
  if (session === undefined) return caller.session;
  const named = await fleet.session(session);
  if (named.id === caller.session) return named.id;
  const own = await fleet.session(caller.session);
  throw new AmuxError('card.others', {own: own.name, holder: named.name});
}

/** `If-Match: "7"`; of several any one would do, and none of them can be right but the card's own. */
function guardOf(headers: RequestParts<unknown, unknown>['headers']): Guard {
  const etag = headers['if-match']?.trim().replace(/^(?:W\/)?"(.*)"$/, '$1');
  return etag === undefined ? {} : {etag};
}
