import type {WorkspaceDiff} from '../domain/diff.ts';
import {type Comment, type Row, rowAt, rowsOf, type Spot} from './diff-rows.ts';

/** The changes of one session, as they are looked at. */
export type DiffView = {
  /** Its id and name. */
  session: string;
  name: string;
  /** Null until it was read for the first time. */
  diff: WorkspaceDiff | null;
  reading: boolean;
  /** Row that is chosen, first row and first column in sight. */
  at: number;
  top: number;
  left: number;
};

/** `comments`: of all sessions, until they are sent; they outlive the view. */
export type Diffs = {view: DiffView | null; comments: readonly Comment[]; nextId: number};

export const noDiffs: Diffs = {view: null, comments: [], nextId: 1};

export type DiffAction =
  | {do: 'open'; session: string; name: string}
  | {do: 'reading'; session: string}
  /** Null: it could not be read. */
  | {do: 'read'; session: string; diff: WorkspaceDiff | null}
  | {do: 'walk'; by: number}
  | {do: 'edge'; to: 'first' | 'last'}
  | {do: 'next'; what: 'file' | 'hunk'; by: 1 | -1}
  | {do: 'aside'; by: number}
  /** An empty text takes the comment away. `id` null: a new one. */
  | {do: 'comment'; id: number | null; session: string; spot: Spot; text: string}
  | {do: 'drop'; ids: readonly number[]};

/** Rows below a head that is gone to: of what is behind it, so much is to be seen. */
const BODY = 4;

/** Pure. `height`: rows that are in sight. */
export function stepDiff(diffs: Diffs, action: DiffAction, height: number): Diffs {
  const next = stepped(diffs, action);
  if (next === diffs) return diffs;
  return inSight(action.do === 'next' ? withBody(next, height) : next, height);
}

function stepped(diffs: Diffs, action: DiffAction): Diffs {
  const {view, comments} = diffs;
  switch (action.do) {
    case 'open': {
      const {session, name} = action;
      // The same one again: it stands where it was left.
      if (view?.session === session) return {...diffs, view: {...view, name}};
      return {...diffs, view: {session, name, diff: null, reading: false, at: 0, top: 0, left: 0}};
    }
    case 'reading':
      return view?.session === action.session ? {...diffs, view: {...view, reading: true}} : diffs;
    case 'read': {
      if (view === null || view.session !== action.session) return diffs;
      if (action.diff === null) return {...diffs, view: {...view, reading: false}};
      return keepingPlace(diffs, {...diffs, view: {...view, diff: action.diff, reading: false}});
    }
    case 'walk':
      return moved(diffs, rows => clamp(diffs.view!.at + action.by, rows));
    case 'edge':
      return moved(diffs, rows => (action.to === 'first' ? 0 : rows.length - 1));
    case 'next':
      return moved(diffs, rows => nextOf(rows, {at: diffs.view!.at, ...action}));
    case 'aside': {
      const left = Math.max(0, (view?.left ?? 0) + action.by);
      return view === null || left === view.left ? diffs : {...diffs, view: {...view, left}};
    }
    case 'comment': {
      const {id, session, spot, text} = action;
      const others = comments.filter(each => each.id !== id);
      const own = id ?? diffs.nextId;
      const kept = text.trim() === '' ? others : [...others, {id: own, session, spot, text: text.trim()}];
      const changed = {...diffs, comments: kept, nextId: Math.max(diffs.nextId, own + 1)};
      return keepingPlace(diffs, changed);
    }
    case 'drop':
      return keepingPlace(diffs, {...diffs, comments: comments.filter(({id}) => !action.ids.includes(id))});
  }
}

/** Of the session that is looked at. */
export function viewRows({view, comments}: Diffs): readonly Row[] {
  return view?.diff == null ? [] : rowsOf(view.diff, ownComments(comments, view.session));
}

const owned = new WeakMap<readonly Comment[], Map<string, readonly Comment[]>>();

/** The same list for the same comments: rows are made of it only once. */
export function ownComments(comments: readonly Comment[], session: string): readonly Comment[] {
  const bySession = owned.get(comments) ?? new Map<string, readonly Comment[]>();
  owned.set(comments, bySession);
  let own = bySession.get(session);
  if (own === undefined) {
    own = comments.filter(each => each.session === session);
    bySession.set(session, own);
  }
  return own;
}

export const chosenRow = (diffs: Diffs): Row | null => viewRows(diffs)[diffs.view?.at ?? 0] ?? null;

/** The comment that is chosen; null: none is. */
export function chosenComment(diffs: Diffs): Comment | null {
  const row = chosenRow(diffs);
  return row?.kind === 'comment' ? (diffs.comments.find(({id}) => id === row.id) ?? null) : null;
}

const clamp = (at: number, rows: readonly Row[]): number => Math.max(0, Math.min(rows.length - 1, at));

function moved(diffs: Diffs, to: (rows: readonly Row[]) => number): Diffs {
  const rows = viewRows(diffs);
  if (diffs.view === null || rows.length === 0) return diffs;
  const at = to(rows);
  return at === diffs.view.at ? diffs : {...diffs, view: {...diffs.view, at}};
}

/** The head of the file or hunk before or behind; at the edges the chosen row stays. */
function nextOf(rows: readonly Row[], {at, what, by}: {at: number; what: 'file' | 'hunk'; by: 1 | -1}): number {
  for (let i = at + by; i >= 0 && i < rows.length; i += by) if (rows[i]!.kind === what) return i;
  return at;
}

/** Rows came or went: the chosen one is found again by what it shows. */
function keepingPlace(before: Diffs, after: Diffs): Diffs {
  const {view} = after;
  const row = chosenRow(before);
  if (view === null) return after;
  const rows = viewRows(after);
  const same = row?.kind === 'comment' ? rows.findIndex(each => each.kind === 'comment' && each.id === row.id) : -1;
  const found = row === null ? 0 : same >= 0 ? same : rowAt(rows, row.spot);
  const at = clamp(found < 0 ? view.at : found, rows);
  // It also stays at its height.
  return {...after, view: {...view, at, top: Math.max(0, view.top + at - (before.view?.at ?? at))}};
}

function inSight(diffs: Diffs, height: number): Diffs {
  const {view} = diffs;
  if (view === null) return diffs;
  const last = Math.max(0, viewRows(diffs).length - height);
  const top = Math.max(0, Math.min(last, view.at, Math.max(view.top, view.at - height + 1)));
  return top === view.top ? diffs : {...diffs, view: {...view, top}};
}

/** A head in the last rows would hide all that it stands for: it becomes the first row in sight. */
function withBody(diffs: Diffs, height: number): Diffs {
  const {view} = diffs;
  if (view === null || view.at + BODY < view.top + height) return diffs;
  return {...diffs, view: {...view, top: view.at}};
}

/** Keeps the chosen row in sight when the room changes. */
export const withDiffSight = inSight;
