import type {BoardState, Card, Deed} from './board.ts';
import {inColumn} from './card-view.ts';

/** Cards that are nearer than this leave no room between them for long: halving a gap of one gets here in 20 steps. */
export const GAP_MIN = 1 / 2 ** 20;

/**
 * Puts the cards of a column on whole numbers, in the same entry, when the changed one came too near to another.
 * Their order stays, so that this is no change of the others: neither their history nor their etag tells of it.
 */
export function spaced(board: Pick<BoardState, 'cards'>, deed: Deed): Deed {
  const {card, entry} = deed;
  if (entry === null || card.archived || !isTight(board, card)) return deed;
  const others = [...board.cards.values()].filter(each => isBeside(each, card));
  const places = new Map([...others, card].sort(inColumn).map(({id}, i) => [id, i + 1]));
  const placed = {...card, position: places.get(card.id)!};
  const changes = entry.changes.map(change =>
    change.kind === 'put' && change.table === 'cards' ? {...change, record: placed} : change,
  );
  for (const {id, position} of others) {
    const place = places.get(id)!;
    if (place !== position) changes.push({kind: 'card.place', id, position: place});
  }
  return {card: placed, entry: {...entry, changes}};
}

function isTight({cards}: Pick<BoardState, 'cards'>, card: Card): boolean {
  for (const each of cards.values()) {
    if (isBeside(each, card) && Math.abs(each.position - card.position) < GAP_MIN) return true;
  }
  return false;
}

const isBeside = (each: Card, card: Card): boolean =>
  each.id !== card.id && each.status === card.status && !each.archived;
