import type {Board, BoardState, CardInput, Column, Deed, Holder} from '../domain/board.ts';
import {findCard} from '../domain/card-record.ts';
import {cardView, filtered, inBoardOrder} from '../domain/card-view.ts';
import {addCard, archiveCard, changeCard} from '../domain/cards.ts';
import {beatCard, claimCard, nextCard, releaseCard} from '../domain/claims.ts';
import {allColumns, checkColumn} from '../domain/columns.ts';
import {checkNotOver, type Session} from '../domain/session.ts';
import {undoLast} from '../domain/undo.ts';
import type {Store} from '../store/store.ts';
import type {HandOff} from './hand-off.ts';
import {leases} from './leases.ts';
import type {Roster} from './roster.ts';

type Options = {
  roster: Roster;
  store: Store;
  columns: readonly Column[];
  handOff: HandOff;
  /** How many cards a session may hold at once. */
  claimsPerSession: number;
  now: () => number;
  /** By how much that is ahead of the machine's clock, ms. */
  ahead?: (() => number) | undefined;
};

/**
 * The board of a home. Nothing is awaited between the look at a card and the entry that changes it, and there is one
 * writer: that is what makes a claim atomic.
 */
export function board({roster, store, columns, handOff, claimsPerSession, now, ahead}: Options): {
  as: (actor: string) => Board;
  /** A session gave a sign of life. */
  heard: (session: string) => void;
  /** A card that is to be added, with the entry that does it. */
  planned: (input: CardInput, actor: string) => Deed;
  state: BoardState;
} {
  const {heard, heardAt, leaseMs} = leases({roster, store, now});
  const state: BoardState = {
    cards: store.state.cards,
    columns,
    leaseMs,
    claimsPerSession,
    heard: heardAt,
    isForgotten: id => !roster.runners.has(id),
    ...(ahead && {ahead}),
  };

  const named = (name: string): Holder | null => {
    const found = roster.all.find(({session}) => session.name === name);
    return found === undefined ? null : {id: found.session.id, name};
  };

  const holder = (ref: string): Holder => {
    const {id, name} = roster.find(ref).session;
    return {id, name};
  };
  /** Throws `session.one-shot`: nobody would ever do the card. */
  const claimer = (ref: string): Session => {
    const {session} = roster.find(ref);
    checkNotOver(session);
    return session;
  };
  const meant = <Input extends {session?: string | null}>({session, ...input}: Input) => ({
    ...input,
    ...(session === undefined ? {} : {session: session === null ? null : holder(session)}),
  });

  const as = (actor: string): Board => {
    const act = (decide: (at: number) => Deed, tell = false) => {
      const at = now();
      const {card, entry} = decide(at);
      if (tell) handOff.check(card);
      if (entry !== null) store.append({...entry, actor, at});
      if (tell) handOff.tell(card, actor);
      return cardView(card, state, at);
    };
    return {
      async cards(filter = {}) {
        const at = now();
        checkColumn(allColumns(state), filter.status);
        return inBoardOrder(filtered(state.cards.values(), filter), state).map(card => cardView(card, state, at));
      },
      async card(id) {
        return cardView(findCard(state, id), state, now());
      },
      async addCard({tell, ...input}) {
        return act(at => addCard(state, {input: meant(input), actor}, at), tell);
      },
      async updateCard(id, {tell, ...patch}, {etag} = {}) {
        return act(at => changeCard(state, {id, patch: meant(patch), etag, actor}, at), tell);
      },
      async removeCard(id, {etag} = {}) {
        return act(at => archiveCard(state, {id, etag, actor}, at));
      },
      async claimCard(id, {session, tell}) {
        const {id: own, name} = claimer(session);
        return act(at => claimCard(state, {id, session: {id: own, name}, actor}, at), tell);
      },
      async nextCard({session, tags, tell}) {
        return act(at => nextCard(state, {session: claimer(session), tags, actor}, at), tell);
      },
      async releaseCard(id, {session, fence, reason}) {
        const by = session === undefined ? null : holder(session);
        return act(at => releaseCard(state, {id, session: by, fence, reason, actor}, at));
      },
      async beatCard(id, {session, fence}) {
        const by = session === undefined ? null : holder(session);
        return act(at => beatCard(state, {id, session: by, fence}, at));
      },
      async undo() {
        return act(at => undoLast(state, {actor, find: named}, at));
      },
      async columns() {
        return allColumns(state);
      },
    };
  };
  const planned = (input: CardInput, actor: string): Deed => addCard(state, {input: meant(input), actor}, now());
  return {as, heard, planned, state};
}
