import type {BoardState, Card, CardEvent, Deed, Holder} from './board.ts';
import {isRelease, isUndo, undoOf, written} from './card-record.ts';
import {spaced} from './card-spacing.ts';
import {checkDependencies, difference} from './cards.ts';
import {AmuxError} from './errors.ts';
import {ended} from './lease.ts';

type Undoing = {
  actor: string;
  /** Of the sessions that there are; histories hold names. */
  find: (name: string) => Holder | null;
};

/**
 * Puts back what the last change of the caller replaced, if nobody changed that card since; the one before is next. A
 * claim that was made ends; one that ended stays so. Throws `card.undo` and `card.undo-none`.
 */
export function undoLast(board: BoardState, {actor, find}: Undoing, now: number): Deed {
  const found = lastOf(board, actor);
  if (found === null) throw new AmuxError('card.undo-none');
  const {card, event, since} = found;
  const refused = (why: string) => new AmuxError('card.undo', {card: card.id, why});
  if (since !== undefined) {
    throw refused(`${since.actor} changed it since, ${agoText(now - since.at)}: ${since.change}`);
  }
  if (isRelease(event)) throw refused('a claim that ended does not come back; claim it again');
  const {session: name, archived, ...fields} = event.old;
  const session = name === undefined ? card.session : name === null ? null : find(name);
  if (session === null && name != null) throw refused(`it was for ${name}, and there is no such session any more`);
  // What was before it was added is that it was not there.
  const isAdding = card.history[0] === event && Object.keys(event.old).length === 0;
  const after: Card = {...card, ...fields, session, archived: isAdding || (archived ?? card.archived)};
  if (fields.depends_on !== undefined) checkDependencies(board, after);
  const holder = card.claim?.holder;
  if (after.archived || after.status !== 'doing' || session?.id !== holder?.id) Object.assign(after, ended(card));
  const {old} = difference(card, after);
  const undo: CardEvent = {at: now, actor, change: undoOf(event.change), reason: 'undo', old};
  return spaced(board, written(after, {type: 'card.changed', session: session ?? holder ?? null, event: undo}));
}

type Found = {card: Card; event: CardEvent /** What somebody else did then. */; since: CardEvent | undefined};

function lastOf({cards}: BoardState, actor: string): Found | null {
  let found: Found | null = null;
  for (const card of cards.values()) {
    let newest: CardEvent | undefined;
    for (const event of standing(card.history)) {
      if (found !== null && event.at < found.event.at) break;
      newest ??= event;
      if (event.actor !== actor) continue;
      found = {card, event, since: newest === event ? undefined : newest};
      break;
    }
  }
  return found;
}

/** From the newest, without those that were taken back, nor the taking back. */
function* standing(history: readonly CardEvent[]): Generator<CardEvent> {
  let undone = 0;
  for (const event of history.toReversed()) {
    if (isUndo(event)) undone++;
    else if (undone > 0) undone--;
    else yield event;
  }
}

function agoText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
}
