import {z} from 'zod';
import {CARD_LIST_MAX, type CardView, DESC_MAX, PRIORITY_MAX, TITLE_MAX} from '../../domain/board.ts';
import {baseColumns, COLUMN_NAME_MAX} from '../../domain/columns.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Fleet} from '../../domain/fleet.ts';
import {type Speaker, sessionOr, type Tool, tool} from '../tool.ts';

const id = z.string().min(1).max(40).describe('Id of a card, as AMX-12');
const session = z.string().min(1).max(200).describe('Name or id of a session');
const words = (length: number) => z.array(z.string().min(1).max(length)).max(CARD_LIST_MAX);
const status = z
  .string()
  .min(1)
  .max(COLUMN_NAME_MAX)
  .describe(`A column: ${baseColumns.join(', ')}, or one of this board`);
const reason = z.string().max(1000).describe('Why, for the history of the card');

const fields = z
  .strictObject({
    desc: z.string().max(DESC_MAX).describe('Markdown'),
    status,
    project: z.string().max(4096),
    session: session.describe('Who is meant to do it'),
    priority: z.number().int().min(0).max(PRIORITY_MAX).describe('The higher goes first'),
    tags: words(64),
    depends_on: words(40).describe('Ids of cards that have to be done before'),
    links: words(2000).describe('Addresses of pull requests, names of branches'),
    tell: z.boolean().describe('Send that session the text of the card'),
  })
  .partial();
const title = z.string().min(1).max(TITLE_MAX);

export const boardTools: Tool[] = [
  tool({
    name: 'board_list',
    description: 'The cards of the board, or with an id all of one card.',
    input: z.strictObject({
      id: id.optional(),
      status: status.optional(),
      session: session.optional(),
      project: z.string().max(4096).optional(),
      tag: z.string().max(64).optional(),
      query: z.string().max(1000).optional().describe('Words that all have to stand in it'),
    }),
    async handler(fleet, {input: {id: one, query, ...filter}}) {
      if (one !== undefined) return fleet.card(one);
      return (await fleet.cards({...filter, ...(query === undefined ? {} : {q: query})})).map(inList);
    },
  }),
  tool({
    name: 'board_add',
    description: 'A new card, in todo unless it says where.',
    input: fields.extend({title}),
    handler: async (fleet, {input}) => shown(await fleet.addCard(input)),
  }),
  tool({
    name: 'board_next',
    description: 'Claim the best card that is free for you, and get its text. Do this when you have nothing to do.',
    input: z.strictObject({
      session: session.optional(),
      tags: words(64).optional().describe('Only a card that bears one of these'),
    }),
    handler: async (fleet, {input, speaker}) =>
      kept(speaker, await fleet.nextCard({...input, session: sessionOr(input.session, speaker)})),
  }),
  tool({
    name: 'board_claim',
    description: 'Claim this card: nobody else works on it while you do. Your lease is renewed by what you do.',
    input: z.strictObject({id, session: session.optional()}),
    handler: async (fleet, {input, speaker}) =>
      kept(speaker, await fleet.claimCard(input.id, {session: sessionOr(input.session, speaker)})),
  }),
  tool({
    name: 'board_update',
    description: 'Change a card: tell how far you are, or move it, as to review.',
    input: fields.extend({id, title: title.optional(), reason: reason.optional()}),
    async handler(fleet, {input: {id: card, ...patch}, speaker}) {
      const moves = patch.status !== undefined || patch.session !== undefined;
      const under = moves ? await claimOf(fleet, speaker, card) : fenceOf(speaker, card);
      return kept(speaker, await fleet.updateCard(card, {...patch, ...under}));
    },
  }),
  tool({
    name: 'board_done',
    description: 'The card is done; this ends your claim.',
    input: z.strictObject({id, reason: reason.optional()}),
    async handler(fleet, {input: {id: card, ...more}, speaker}) {
      const under = await claimOf(fleet, speaker, card);
      return kept(speaker, await fleet.updateCard(card, {...more, status: 'done', ...under}));
    },
  }),
  tool({
    name: 'board_release',
    description: 'Give a card back to todo without having done it.',
    input: z.strictObject({id, reason: reason.optional()}),
    handler: async (fleet, {input: {id: card, ...more}, speaker}) =>
      kept(speaker, await fleet.releaseCard(card, {...more, ...fenceOf(speaker, card)})),
  }),
];

function fenceOf({fences}: Speaker, id: string): {fence?: number} {
  const fence = fences.get(id.toUpperCase());
  return fence === undefined ? {} : {fence};
}

/**
 * The claim that a write which may end it is made under. A server begins with its agent's process, and knows nothing
 * of claims that were made before: the card tells whose it is. Throws `card.not-held`.
 */
async function claimOf(fleet: Fleet, speaker: Speaker, id: string): Promise<{fence?: number}> {
  if (speaker.session === null || speaker.fences.has(id.toUpperCase())) return fenceOf(speaker, id);
  const {id: card, claim} = await fleet.card(id);
  if (claim === null) return {};
  if (isOwn(claim, speaker)) return {fence: claim.fence};
  const {name} = await fleet.session(speaker.session);
  throw new AmuxError('card.not-held', {card, holder: name, why: `${claim.holder} holds it`});
}

const isOwn = ({holder, holder_id}: NonNullable<CardView['claim']>, {session: own}: Speaker): boolean =>
  own === null || own === holder_id || own === holder;

/** Remembers the claim that the card is under now, so that what comes after it is refused. */
function kept(speaker: Speaker, card: CardView) {
  if (card.claim === null) speaker.fences.delete(card.id);
  else if (isOwn(card.claim, speaker)) speaker.fences.set(card.id, card.claim.fence);
  return shown(card);
}

const shown = ({history: _, position: __, ...card}: CardView) => card;

const inList = ({
  id: card,
  title: text,
  status: column,
  session: whose,
  priority,
  tags,
  depends_on,
  claim,
}: CardView) => {
  const held = claim === null ? null : {holder: claim.holder, expired: claim.expired};
  return {id: card, title: text, status: column, session: whose, priority, tags, depends_on, claim: held};
};
