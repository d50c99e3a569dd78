import {spanText} from './amounts.ts';
import type {BoardState, Card, Claim} from './board.ts';
import {heartbeatOf, isExpired} from './lease.ts';
import {isLive, type Session} from './session.ts';

export type StaleClaim = {card: Card; claim: Claim; reason: string};

/** Cards in `doing` that are left: their holder is gone, or was silent past its lease. Each until it was told of. */
export function staleClaims(
  board: BoardState,
  {sessionOf, now}: {sessionOf: (id: string) => Session | null; now: number},
): StaleClaim[] {
  const found: StaleClaim[] = [];
  for (const card of board.cards.values()) {
    const {claim} = card;
    if (claim === null || card.archived || card.status !== 'doing' || isTold(claim, board)) continue;
    const holder = sessionOf(claim.holder.id);
    if (holder !== null && !isExpired(claim, board, now)) continue;
    const silent = `was not heard of for ${spanText(now - heartbeatOf(claim, board))}`;
    const why = holder === null ? 'is not there any more' : isLive(holder) ? silent : `does not run and ${silent}`;
    found.push({card, claim, reason: `${card.id} "${card.title}": ${claim.holder.name} ${why}`});
  }
  return found;
}

/** A holder that was heard of since may be silent again. */
const isTold = (claim: Claim, board: BoardState): boolean =>
  claim.staleAt !== undefined && claim.staleAt >= heartbeatOf(claim, board);
