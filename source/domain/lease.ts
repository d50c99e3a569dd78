import type {BoardState, Card, Claim} from './board.ts';
import {AmuxError} from './errors.ts';

/** How long a claim lasts without a sign of life of its holder, ms. */
export const LEASE_MS = 30 * 60_000;

export const heartbeatOf = (claim: Claim, board: BoardState): number =>
  Math.max(claim.beatAt, board.heard(claim.holder.id));

/** A session that was forgotten gives no sign of life any more: nothing is waited for. */
export const expiryOf = (claim: Claim, board: BoardState): number =>
  heartbeatOf(claim, board) + (board.isForgotten?.(claim.holder.id) === true ? 0 : board.leaseMs);

export const isExpired = (claim: Claim, board: BoardState, now: number): boolean => expiryOf(claim, board) <= now;

/** What ends a claim, if there is one. */
export const ended = (card: Card): Pick<Card, 'claim' | 'fence'> => ({
  claim: null,
  fence: card.claim === null ? card.fence : card.fence + 1,
});

/** Throws `card.fence` when the claim with this number is over. */
export function checkFence(card: Card, fence: number | undefined): void {
  if (fence === undefined || fence === card.fence) return;
  const why = card.claim === null ? 'nobody holds it now' : `${card.claim.holder.name} holds it now`;
  throw new AmuxError('card.fence', {card: card.id, fence, known: card.fence, why});
}

/** The cards that a session has a claim on, expired or not: until somebody takes one over, it is the session's. */
export function heldBy({cards}: Pick<BoardState, 'cards'>, session: string): Card[] {
  return [...cards.values()].filter(({claim}) => claim?.holder.id === session);
}
