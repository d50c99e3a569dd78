import type {Board, Card, Deed, Holder} from '../../source/domain/board.ts';
import {findCard} from '../../source/domain/card-record.ts';
import {cardView, filtered, inBoardOrder} from '../../source/domain/card-view.ts';
import {addCard, archiveCard, changeCard} from '../../source/domain/cards.ts';
import {beatCard, claimCard, nextCard, releaseCard} from '../../source/domain/claims.ts';
import {allColumns, baseColumns} from '../../source/domain/columns.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import type {Knowledge} from '../../source/domain/knowledge.ts';
import {LEASE_MS} from '../../source/domain/lease.ts';
import {undoLast} from '../../source/domain/undo.ts';

/** A board in memory that follows the rules, and nothing that anybody knows. */
export function fakeBoard(
  find: (ref: string) => Holder,
  changed: (card: Card) => void,
): Board & Knowledge & {as: (actor: string) => Board} {
  const cards = new Map<string, Card>();
  const state = {cards, columns: baseColumns, leaseMs: LEASE_MS, heard: () => 0};
  const act = ({card}: Deed) => {
    cards.set(card.id, card);
    changed(card);
    return cardView(card, state, Date.now());
  };
  const meant = <Input extends {session?: string | null}>({session, ...input}: Input) => ({
    ...input,
    ...(session === undefined ? {} : {session: session === null ? null : find(session)}),
  });
  const by = (session?: string): Holder | null => (session === undefined ? null : find(session));
  const as = (actor: string): Board => ({
    cards: async (filter = {}) =>
      inBoardOrder(filtered(cards.values(), filter), state).map(card => cardView(card, state, Date.now())),
    card: async id => cardView(findCard(state, id), state, Date.now()),
    addCard: async input => act(addCard(state, {input: meant(input), actor}, Date.now())),
    updateCard: async (id, patch, {etag} = {}) =>
      act(changeCard(state, {id, patch: meant(patch), etag, actor}, Date.now())),
    removeCard: async (id, {etag} = {}) => act(archiveCard(state, {id, etag, actor}, Date.now())),
    claimCard: async (id, {session}) => act(claimCard(state, {id, session: find(session), actor}, Date.now())),
    nextCard: async ({session, tags}) =>
      act(nextCard(state, {session: {...find(session), project: null, tags: []}, tags, actor}, Date.now())),
    releaseCard: async (id, {session, ...more}) =>
      act(releaseCard(state, {...more, id, session: by(session), actor}, Date.now())),
    beatCard: async (id, {session, fence}) => act(beatCard(state, {id, session: by(session), fence}, Date.now())),
    undo: async () => act(undoLast(state, {actor, find}, Date.now())),
    columns: async () => allColumns(state),
  });
  return {
    ...as('test'),
    as,
    notes: async () => [],
    addNote: async ({text, tags = []}) => ({id: 'n1', text, tags, author: 'test', created_at: 0}),
    memory: async () => [],
    readMemory: async file => {
      throw new AmuxError('memory.unknown', {file});
    },
    writeMemory: async (file, text) => ({file, text, size: text.length, updated_at: 0}),
  };
}
