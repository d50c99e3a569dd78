import type {BoardState, Card, CardFilter, CardView} from './board.ts';
import {allColumns} from './columns.ts';
import {expiryOf, heartbeatOf, isExpired} from './lease.ts';

export function cardView(card: Card, board: BoardState, now: number): CardView {
  const {claim} = card;
  const ahead = board.ahead?.() ?? 0;
  const told = (at: number): number => Math.floor((at - ahead) / 1000);
  return {
    id: card.id,
    title: card.title,
    desc: card.desc,
    status: card.status,
    session: card.session?.name ?? null,
    priority: card.priority,
    tags: card.tags,
    created_at: told(card.createdAt),
    updated_at: told(card.updatedAt),
    claim: claim && {
      holder: claim.holder.name,
      holder_id: claim.holder.id,
      since: told(claim.since),
      heartbeat: told(heartbeatOf(claim, board)),
      expires: told(expiryOf(claim, board)),
      expired: isExpired(claim, board, now),
      fence: claim.fence,
    },
    project: card.project,
    position: card.position,
    depends_on: card.depends_on,
    links: card.links,
    archived: card.archived,
    etag: String(card.revision),
    history: card.history.map(event => ({...event, at: told(event.at)})),
  };
}

/** Column by column, each from the top. */
export function inBoardOrder(cards: Iterable<Card>, board: BoardState): Card[] {
  const places = new Map(allColumns(board).map((name, place) => [name, place]));
  const place = ({status}: Card): number => places.get(status) ?? places.size;
  return [...cards].sort((a, b) => place(a) - place(b) || inColumn(a, b));
}

/** From the top. */
export const inColumn = (a: Pick<Card, 'position' | 'createdAt'>, b: Pick<Card, 'position' | 'createdAt'>): number =>
  a.position - b.position || a.createdAt - b.createdAt;

export function filtered(cards: Iterable<Card>, filter: CardFilter): Card[] {
  const {status, session, project, tag, q = '', archived = false} = filter;
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return [...cards].filter(card => {
    if (card.archived && !archived) return false;
    if (status !== undefined && card.status !== status) return false;
    if (session !== undefined && card.session?.name !== session && card.session?.id !== session) return false;
    if (project !== undefined && !isSameProject(card.project, project)) return false;
    if (tag !== undefined && !card.tags.includes(tag)) return false;
    if (words.length === 0) return true;
    const text = [card.id, card.title, card.desc, ...card.tags].join('\n').toLowerCase();
    return words.every(word => text.includes(word));
  });
}

/** A project goes by its directory, or by the name of that. */
export function isSameProject(project: string | null, other: string): boolean {
  if (project === null) return false;
  if (project === other) return true;
  return project.includes('/') !== other.includes('/') && nameOfProject(project) === nameOfProject(other);
}

export const nameOfProject = (project: string): string => project.split('/').filter(Boolean).at(-1) ?? '';
