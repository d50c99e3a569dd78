import {
  type BoardState,
  CARDS_MAX,
  type Card,
  type CardEvent,
  type CardFields,
  type CardInput,
  type CardPatch,
  type Deed,
  type Holder,
} from './board.ts';
import {claimEnded, endOf, findCard, liveCard, written} from './card-record.ts';
import {spaced} from './card-spacing.ts';
import {nameOfProject} from './card-view.ts';
import {checkColumn} from './columns.ts';
import {AmuxError} from './errors.ts';
import {checkFence, ended} from './lease.ts';
import {oneLine, oneLines, plainText} from './names.ts';

/** Letters of a project's name that ids begin with, and what they begin with where it has none. */
const PREFIX_LENGTH = 4;
const NO_PREFIX = 'AMX';

/** Fields as they came in; the session is the one that was meant, if any. */
type Given<Input> = Omit<Input, 'session' | 'tell'> & {session?: Holder | null};

export function addCard(
  board: BoardState,
  {input, actor}: {input: Given<CardInput>; actor: string},
  now: number,
): Deed {
  const spare = board.cards.size < CARDS_MAX ? null : oldestArchived(board);
  const given = cleaned(input);
  const status = given.status ?? 'todo';
  checkColumn(board.columns, status);
  const project = given.project ?? null;
  const card: Card = {
    title: '',
    desc: '',
    priority: 0,
    tags: [],
    depends_on: [],
    links: [],
    position: endOf(board, status),
    ...given,
    id: newId(board, project),
    status,
    project,
    session: given.session ?? null,
    createdAt: now,
    updatedAt: now,
    revision: 0,
    claim: null,
    fence: 0,
    archived: false,
    history: [],
  };
  checkDependencies(board, card);
  const event = {at: now, actor, change: `added to ${status}`, reason: '', old: {}};
  const deed = written(card, {type: 'card.added', session: card.session, event});
  if (spare !== null) deed.entry!.changes.push({kind: 'delete', table: 'cards', id: spare.id});
  const reason = `${card.id} added to ${status}: ${card.title}`;
  return spaced(board, {...deed, entry: {...deed.entry!, reason}});
}

type Editing = {id: string; patch: Given<CardPatch>; etag?: string; actor: string};

/** Leaving `doing`, or going to another session, ends a claim; back in `todo` or `backlog` a card is for anybody. */
export function changeCard(board: BoardState, {id, patch, etag, actor}: Editing, now: number): Deed {
  const {archived, reason = '', fence, ...fields} = patch;
  const before = archived === false ? findCard(board, id) : liveCard(board, id);
  checkEtag(before, etag);
  checkFence(before, fence);
  const after: Card = {...before, ...cleaned(fields), archived: false};
  const moved = after.status !== before.status;
  if (moved) checkColumn(board.columns, after.status);
  if (moved && patch.position === undefined) after.position = endOf(board, after.status);
  const open = after.status === 'todo' || after.status === 'backlog';
  const wasOpen = before.status === 'todo' || before.status === 'backlog';
  if (open && !wasOpen && patch.session === undefined) after.session = null;
  if (patch.depends_on !== undefined) checkDependencies(board, after);
  const holder = before.claim?.holder;
  const leaves = after.status !== 'doing' || after.session?.id !== holder?.id;
  if (holder !== undefined && leaves) Object.assign(after, ended(before));
  const {change, old} = difference(before, after);
  if (change === '') return {card: before, entry: null};
  const event = {at: now, actor, change, reason: oneLine(reason), old};
  return spaced(board, written(after, {type: 'card.changed', session: after.session ?? holder ?? null, event}));
}

export function archiveCard(
  board: BoardState,
  {id, etag, actor}: {id: string; etag?: string; actor: string},
  now: number,
): Deed {
  const card = findCard(board, id);
  if (card.archived) return {card, entry: null};
  checkEtag(card, etag);
  const event = {at: now, actor, change: 'archived', reason: '', old: {archived: false}};
  const archived = {...card, ...ended(card), archived: true};
  return written(archived, {type: 'card.archived', session: card.session, event});
}

/** Text as it may be shown; throws `input.invalid` when a title is empty without what cannot be seen. */
function cleaned<Input extends Given<Partial<CardFields>>>(fields: Input): Partial<Card> {
  const {title, desc, project, tags, links, depends_on} = fields;
  const given: Partial<Card> = {
    ...fields,
    ...(title === undefined ? {} : {title: oneLine(title)}),
    ...(desc === undefined ? {} : {desc: plainText(desc)}),
    ...(project === undefined ? {} : {project: oneLine(project ?? '') || null}),
    ...(tags === undefined ? {} : {tags: oneLines(tags)}),
    ...(links === undefined ? {} : {links: oneLines(links)}),
    ...(depends_on === undefined ? {} : {depends_on: oneLines(depends_on).map(id => id.toUpperCase())}),
  };
  if (given.title === '') throw invalid('title: nothing that can be seen', 'give it a title');
  // A field that was not given must not stand in for one that is there.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<Card>;
}

function newId({cards}: BoardState, project: string | null): string {
  const letters = nameOfProject(project ?? '')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replace(/^[0-9]+/, '');
  const prefix = letters.slice(0, PREFIX_LENGTH) || NO_PREFIX;
  return `${prefix}-${highestNumber(cards.keys()) + 1}`;
}

const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf('-') + 1));

const highestNumber = (ids: Iterable<string>): number => {
  let highest = 0;
  for (const id of ids) highest = Math.max(highest, numberOf(id));
  return highest;
};

/** Never the one with the highest number, which would be given again. Throws `board.full`. */
function oldestArchived({cards}: BoardState): Card {
  const highest = highestNumber(cards.keys());
  let oldest: Card | null = null;
  for (const card of cards.values()) {
    if (!card.archived || numberOf(card.id) === highest) continue;
    if (oldest === null || card.updatedAt < oldest.updatedAt) oldest = card;
  }
  if (oldest === null) throw new AmuxError('board.full', {count: cards.size});
  return oldest;
}

export function checkDependencies({cards}: BoardState, card: Card): void {
  const seen = new Set<string>();
  const waiting = [...card.depends_on];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === card.id) throw new AmuxError('card.cycle', {card: card.id});
    if (seen.has(id)) continue;
    seen.add(id);
    const other = cards.get(id);
    if (other === undefined && card.depends_on.includes(id)) {
      throw invalid(`depends_on: no card "${id.slice(0, 80)}"`, 'amux board lists them');
    }
    waiting.push(...(other?.depends_on ?? []));
  }
}

function checkEtag(card: Card, etag: string | undefined): void {
  if (etag === undefined || etag === '*' || etag === String(card.revision)) return;
  throw new AmuxError('card.changed', {card: card.id, etag: oneLine(etag).slice(0, 40), known: card.revision});
}

const shown = ['title', 'desc', 'status', 'project', 'priority', 'tags', 'position', 'depends_on', 'links'] as const;

/** What changed, in words, and what was there before. */
export function difference(before: Card, after: Card): Pick<CardEvent, 'change' | 'old'> {
  const changed = shown.filter(field => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  const old: CardEvent['old'] = Object.fromEntries(changed.map(field => [field, before[field]]));
  const words: string[] = changed
    // That a card goes to another place with its column needs no word.
    .filter(field => field !== 'position' || before.status === after.status)
    .map(field => (field === 'status' ? `${before.status} → ${after.status}` : field));
  if (before.session?.id !== after.session?.id) {
    old.session = before.session?.name ?? null;
    words.push(after.session === null ? 'for nobody in particular' : `for ${after.session.name}`);
  }
  if (before.archived !== after.archived) {
    old.archived = before.archived;
    words.push('out of the archive');
  }
  if (before.claim !== null && after.claim === null) words.push(claimEnded(before.claim.holder.name));
  return {change: words.join(', '), old};
}

const invalid = (why: string, next: string): AmuxError => new AmuxError('input.invalid', {why, next});
