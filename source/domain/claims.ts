import type {BoardState, Card, Claim, Deed, Holder} from './board.ts';
import {endOf, findCard, liveCard, releaseBy, written} from './card-record.ts';
import {isSameProject} from './card-view.ts';
import {AmuxError} from './errors.ts';
import {checkFence, ended, heldBy, isExpired} from './lease.ts';
import {oneLine} from './names.ts';

type Claiming = {id: string; session: Holder; actor: string};

/**
 * Of a card that is free: in `todo` or `backlog`, in `doing` for the session that it is assigned to, or under a lease
 * that has expired. The holder's repeat renews its lease.
 */
export function claimCard(board: BoardState, {id, session, actor}: Claiming, now: number): Deed {
  const card = liveCard(board, id);
  const {claim} = card;
  if (claim?.holder.id === session.id) return renewed(card, now);
  if (claim !== null && !isExpired(claim, board, now)) {
    throw new AmuxError('card.claimed', {card: card.id, holder: claim.holder.name});
  }
  if (card.status === 'done') throw new AmuxError('card.done', {card: card.id});
  const free = card.status === 'todo' || card.status === 'backlog' || claim !== null;
  if (!free && !(card.status === 'doing' && card.session?.id === session.id)) {
    throw new AmuxError('card.column', {card: card.id, column: card.status});
  }
  checkRoom(board, session);
  const open = openDependencies(board, card);
  if (open.length > 0) throw new AmuxError('card.blocked', {card: card.id, others: open.join(', ')});
  return begun(board, {card, session, actor}, now);
}

type Next = {
  session: Holder & {project: string | null; tags: readonly string[]};
  tags?: readonly string[];
  actor: string;
};

/**
 * Of the cards in `todo` that nobody else is meant to do, of the session's project or of none, whose dependencies are
 * met and which bear one of `tags` where any are given: those assigned to it first, then by priority, then those that
 * share a tag with the session, then from the top. A card whose lease has expired is never taken this way: that it
 * was left is for somebody to look at.
 */
export function nextCard(board: BoardState, {session, tags = [], actor}: Next, now: number): Deed {
  checkRoom(board, session);
  const free = [...board.cards.values()].filter(card => {
    if (card.archived || card.status !== 'todo') return false;
    if (card.session !== null && card.session.id !== session.id) return false;
    if (card.project !== null && session.project !== null && !isSameProject(card.project, session.project))
      return false;
    if (tags.length > 0 && !card.tags.some(tag => tags.includes(tag))) return false;
    return openDependencies(board, card).length === 0;
  });
  const assigned = (card: Card): number => (card.session === null ? 1 : 0);
  const strange = (card: Card): number => (card.tags.some(tag => session.tags.includes(tag)) ? 0 : 1);
  const [best] = free.sort(
    (a, b) =>
      assigned(a) - assigned(b) ||
      b.priority - a.priority ||
      strange(a) - strange(b) ||
      a.position - b.position ||
      a.createdAt - b.createdAt,
  );
  if (best === undefined) throw new AmuxError('card.none', {holder: session.name});
  return begun(board, {card: best, session, actor}, now);
}

type Holding = {
  id: string;
  /** Null: whoever holds it. */
  session: Holder | null;
  fence?: number;
};

/** Back to `todo`, for anybody. */
export function releaseCard(
  board: BoardState,
  {reason = '', actor, ...holding}: Holding & {reason?: string; actor: string},
  now: number,
): Deed {
  const card = heldCard(board, holding);
  const {holder} = card.claim!;
  const released: Card = {...card, ...ended(card), status: 'todo', session: null, position: endOf(board, 'todo')};
  const change = releaseBy(holder.name);
  const old = {status: card.status, session: holder.name, position: card.position};
  return written(released, {
    type: 'card.released',
    session: holder,
    event: {at: now, actor, change, reason: oneLine(reason), old},
  });
}

export function beatCard(board: BoardState, holding: Holding, now: number): Deed {
  return renewed(heldCard(board, holding), now);
}

/** Throws `card.one` when a session holds as many cards as it may. */
function checkRoom(board: BoardState, session: Holder): void {
  const held = heldBy(board, session.id).map(({id}) => id);
  if (held.length < (board.claimsPerSession ?? 1)) return;
  throw new AmuxError('card.one', {holder: session.name, card: held.join(', ')});
}

function openDependencies({cards}: BoardState, card: Card): string[] {
  return card.depends_on.filter(id => {
    const other = cards.get(id);
    return other !== undefined && other.status !== 'done' && !other.archived;
  });
}

function begun(
  board: BoardState,
  {card, session: {id, name}, actor}: {card: Card; session: Holder; actor: string},
  now: number,
): Deed {
  const session = {id, name};
  const fence = card.fence + 1;
  const claim: Claim = {holder: session, since: now, beatAt: now, fence};
  const position = card.status === 'doing' ? card.position : endOf(board, 'doing');
  const claimed: Card = {...card, status: 'doing', session, claim, fence, position};
  const late = card.claim === null ? '' : `the lease of ${card.claim.holder.name} had expired`;
  const old = {status: card.status, session: card.session?.name ?? null, position: card.position};
  const event = {at: now, actor, change: `claimed by ${name}`, reason: late, old};
  return written(claimed, {type: 'card.claimed', session, event});
}

/** A heartbeat is no change of the card: neither its time nor its history tells of it. */
function renewed(card: Card, now: number): Deed {
  const claim = {...card.claim!, beatAt: Math.max(now, card.claim!.beatAt)};
  return {
    card: {...card, claim},
    entry: {
      type: 'card.renewed',
      session: claim.holder,
      reason: `${claim.holder.name} goes on with ${card.id}`,
      changes: [{kind: 'card.beat', id: card.id, at: claim.beatAt}],
    },
  };
}

/** Throws `card.not-held` and `card.fence`. */
function heldCard(board: BoardState, {id, session, fence}: Holding): Card {
  const card = findCard(board, id);
  checkFence(card, fence);
  const holder = card.claim?.holder;
  if (holder === undefined || (session !== null && session.id !== holder.id)) {
    const why = holder === undefined ? 'nobody holds it' : `${holder.name} holds it`;
    throw new AmuxError('card.not-held', {card: card.id, holder: session?.name ?? 'anybody', why});
  }
  return card;
}
