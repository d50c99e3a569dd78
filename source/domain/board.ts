import type {Entry} from './events.ts';

/** A card's place on the board, one of `columns.ts`: those that always are, and what the configuration adds. */
export type Column = string;

/** Longest title and description, and the most of what a card holds in lists. */
export const TITLE_MAX = 500;
export const DESC_MAX = 100_000;
export const CARD_LIST_MAX = 50;
/** Cards of one home, archived ones included: a new one takes the place of the oldest archived one. */
export const CARDS_MAX = 5000;
/** From 0, higher goes first. */
export const PRIORITY_MAX = 9;

/** A session as a card names it: its name is kept, so that it can be shown after the session is gone. */
export type Holder = {id: string; name: string};

/** A lease on a card, as it is stored; when it ends is computed on reading (`lease.ts`). */
export type Claim = {
  holder: Holder;
  since: number;
  beatAt: number;
  fence: number;
  /** When it was told of that its holder left it; ms since the epoch. */
  staleAt?: number;
};

/** What people and agents may change, by its name in the API. */
export type CardFields = {
  title: string;
  /** Markdown. */
  desc: string;
  status: Column;
  /** Name or directory of a project. */
  project: string | null;
  /** Who is meant to do it, or did it; with a claim, its holder. */
  session: string | null;
  priority: number;
  tags: string[];
  /** Order within the column; smaller is further up. */
  position: number;
  /** Cards that have to be done before. */
  depends_on: string[];
  /** Addresses of pull requests, names of branches … */
  links: string[];
};

/** One line of a card's history; `old` holds what was there before. `at` is ms since the epoch. */
export type CardEvent = {
  at: number;
  actor: string;
  change: string;
  reason: string;
  old: Partial<CardFields & {archived: boolean}>;
};

/** A task on the board, as it is stored. Times are ms since the epoch. */
export type Card = Omit<CardFields, 'session'> & {
  /** `AMX-12`. Numbers are never used again. */
  id: string;
  session: Holder | null;
  createdAt: number;
  /** Heartbeats do not touch it. */
  updatedAt: number;
  /** Grows with each change; guards edits. */
  revision: number;
  /** Only while it is in `doing`. */
  claim: Claim | null;
  /** Grows when a claim begins and when it ends: a write with an older number comes too late. */
  fence: number;
  archived: boolean;
  history: CardEvent[];
};

/** A card as it is shown: the items of `GET /api/board`. Times are unix seconds. */
export type CardView = CardFields & {
  id: string;
  created_at: number;
  updated_at: number;
  /** `expired`: the holder is gone, or was not heard of for the length of a lease, and another session may claim it. */
  claim: {
    holder: string;
    holder_id: string;
    since: number;
    heartbeat: number;
    expires: number;
    expired: boolean;
    fence: number;
  } | null;
  archived: boolean;
  etag: string;
  history: CardEvent[];
};

export type CardFilter = {
  status?: Column;
  /** Name or id. */
  session?: string;
  project?: string;
  tag?: string;
  /** Words that all have to stand in its id, title, description or tags. */
  q?: string;
  /** The archived ones as well. */
  archived?: boolean;
};

/** `tell`: the session that the card is then for is sent its text, once per claim or change. */
export type Telling = {tell?: boolean};

/** Without a status it is `todo`, at the end of its column. */
export type CardInput = Partial<CardFields> & {title: string} & Telling;
export type CardPatch = Partial<CardFields> &
  Telling & {
    /** Takes it out of the archive. */
    archived?: false;
    reason?: string;
    /** Of the claim under which the caller works: refused when that is over. */
    fence?: number;
  };

/** `etag`: the change is refused unless the card is still at it. */
export type Guard = {etag?: string};

/** The board of a home. `session` is a `ref` as `Fleet` has them; ids of cards may be in small letters. */
export interface Board {
  /** In the order of the board. */
  cards(filter?: CardFilter): Promise<CardView[]>;
  card(id: string): Promise<CardView>;
  addCard(input: CardInput): Promise<CardView>;
  updateCard(id: string, patch: CardPatch, guard?: Guard): Promise<CardView>;
  /** Into the archive; it keeps its number and its history. */
  removeCard(id: string, guard?: Guard): Promise<CardView>;
  /** Atomic: of any number of callers one gets it. Repeated by the holder it renews the lease. */
  claimCard(id: string, input: {session: string} & Telling): Promise<CardView>;
  /** Claims the best card that is free for a session; throws `card.none`. */
  nextCard(input: {session: string; tags?: string[]} & Telling): Promise<CardView>;
  /** Gives it back to `todo`. Without a session: whoever holds it. */
  releaseCard(id: string, input: {session?: string; fence?: number; reason?: string}): Promise<CardView>;
  /** Renews the lease. */
  beatCard(id: string, input: {session?: string; fence?: number}): Promise<CardView>;
  /** Takes back the last change of the caller; throws `card.undo` when somebody changed that card since. */
  undo(): Promise<CardView>;
  /** From left to right; those that only old cards stand in come last. */
  columns(): Promise<Column[]>;
}

/** What the functions of the board decide upon. */
export type BoardState = {
  cards: ReadonlyMap<string, Card>;
  /** That cards may be put into, from left to right. */
  columns: readonly Column[];
  /** How long a claim lasts without a sign of life, ms. */
  leaseMs: number;
  /** How many cards a session may hold at once; default 1. */
  claimsPerSession?: number;
  /** When a session was heard last, beside the heartbeats that are stored (ms since the epoch); 0: not at all. */
  heard: (session: string) => number;
  /** Whether a session is not registered any more; default: all are. */
  isForgotten?: (session: string) => boolean;
  /** By how much the home's time is ahead of the machine's clock, ms; default 0: times are shown by the latter. */
  ahead?: () => number;
};

/** What was decided: the card as it is then, and what the journal has to hold first. Null: nothing changes. */
export type Deed = {card: Card; entry: Pick<Entry, 'type' | 'session' | 'reason' | 'changes'> | null};
