import type {BoardState, Card, CardEvent, Column, Deed, Holder} from './board.ts';
import {AmuxError} from './errors.ts';
import type {EventType} from './events.ts';
import {oneLine} from './names.ts';

/** The newest events of a card that are kept, and how much old text they may hold together, characters. */
export const HISTORY_MAX = 100;
export const HISTORY_TEXT_MAX = 250_000;

/** How histories tell of a claim that its holder gave back, and of a change that was taken back. */
const RELEASED = 'released by ';
const TOOK_BACK = 'took back: ';
const CLAIM_ENDED = /(the claim of \S+) ended$/;
export const claimEnded = (holder: string): string => `the claim of ${holder} ended`;
export const releaseBy = (holder: string): string => RELEASED + holder;
export const isRelease = ({change}: CardEvent): boolean => change.startsWith(RELEASED);
/** A claim that ended with the change does not come back with it. */
export const undoOf = (change: string): string => TOOK_BACK + change.replace(CLAIM_ENDED, '$1 stays ended');
export const isUndo = ({change}: CardEvent): boolean => change.startsWith(TOOK_BACK);

/** Throws `card.unknown`. */
export function findCard({cards}: Pick<BoardState, 'cards'>, id: string): Card {
  const card = cards.get(id) ?? cards.get(id.toUpperCase());
  if (card === undefined) throw new AmuxError('card.unknown', {ref: oneLine(id).slice(0, 80)});
  return card;
}

/** Throws `card.archived` as well. */
export function liveCard(board: Pick<BoardState, 'cards'>, id: string): Card {
  const card = findCard(board, id);
  if (card.archived) throw new AmuxError('card.archived', {card: card.id});
  return card;
}

/** A position behind the last card of a column. */
export function endOf({cards}: Pick<BoardState, 'cards'>, status: Column): number {
  let last = 0;
  for (const card of cards.values()) if (card.status === status) last = Math.max(last, card.position);
  return Math.floor(last) + 1;
}

/** A changed card with its event, and the entry that stores it. */
export function written(
  card: Card,
  {type, session, event}: {type: EventType; session: Holder | null; event: CardEvent},
): Deed {
  const {change, reason} = event;
  const record: Card = {
    ...card,
    updatedAt: event.at,
    revision: card.revision + 1,
    history: bounded([...card.history, event]),
  };
  return {
    card: record,
    entry: {
      type,
      session,
      reason: `${card.id} ${change}${reason === '' ? '' : `: ${reason}`}`,
      changes: [{kind: 'put', table: 'cards', record}],
    },
  };
}

function bounded(history: CardEvent[]): CardEvent[] {
  let room = HISTORY_TEXT_MAX;
  const first = history.findLastIndex(({old, reason}) => {
    room -= (old.desc?.length ?? 0) + (old.title?.length ?? 0) + reason.length;
    return room < 0;
  });
  return history.slice(Math.max(first + 1, history.length - HISTORY_MAX));
}
