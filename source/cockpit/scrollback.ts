import {type Row, rowText, type Screen, type Scrollback} from '../domain/screen.ts';
import {type Came, cameBetween, cameText, nothingCame} from './came-since.ts';

/** The history of one terminal, as it was when it was read: it holds still while its agent goes on. */
export type ScrollView = {
  /** Its id and name. */
  session: string;
  name: string;
  /** Null until it was read for the first time. */
  rows: readonly Row[] | null;
  cols: number;
  reading: boolean;
  /** Where one went before there was anything to read. */
  moves: readonly Move[];
  /** There is an editor to open it in. */
  editor: boolean;
  /** Row that is chosen, first row and first column in sight. */
  at: number;
  top: number;
  left: number;
  /** Where the selected lines begin; null: none are. */
  anchor: number | null;
  /** What is searched; empty: nothing. */
  needle: string;
  /** The screen that was seen last, and what came since the reading. */
  seen: Screen | null;
  came: Came;
};

export type ScrollAction =
  /** `seen`: its screen now. */
  | {do: 'open'; session: string; name: string; editor: boolean; seen: Screen | null}
  | {do: 'reading'}
  /** Null: it could not be read. */
  | {do: 'read'; session: string; scrollback: Scrollback | null}
  | {do: 'walk'; by: number}
  /** The page moves, and what is chosen with it. */
  | {do: 'page'; by: number}
  | {do: 'edge'; to: 'first' | 'last'}
  | {do: 'aside'; by: number}
  | {do: 'select'; on: boolean}
  /** Goes to the nearest match from `from` upwards; `stay`: to that line itself. */
  | {do: 'search'; text: string; from: number; stay?: true}
  | {do: 'match'; by: 1 | -1};

type Move = Extract<ScrollAction, {do: 'walk' | 'page' | 'edge'}>;

/** More keys than that are not kept for a history that is still being read. */
const MOVES_MAX = 100;
const NO_MOVES: readonly Move[] = [];

/** Pure; the same object when nothing changed. `height`: rows that are in sight. */
export function stepScroll(view: ScrollView | null, action: ScrollAction, height: number): ScrollView | null {
  if (action.do === 'open') {
    const {do: _, ...about} = action;
    const fresh = {
      rows: null,
      cols: 0,
      reading: true,
      moves: NO_MOVES,
      at: 0,
      top: 0,
      left: 0,
      anchor: null,
      needle: '',
    };
    return {...about, came: nothingCame, ...fresh};
  }
  if (view === null) return null;
  const next = isMove(action) ? moved(view, action, height) : stepped(view, action, height);
  return next === view ? view : withScrollSight(next, height);
}

const isMove = (action: ScrollAction): action is Move => ['walk', 'page', 'edge'].includes(action.do);

function moved(view: ScrollView, move: Move, height: number): ScrollView {
  if (view.rows === null) return {...view, moves: [...view.moves, move].slice(0, MOVES_MAX)};
  const last = lastOf(view);
  switch (move.do) {
    case 'walk':
      return to(view, view.at + move.by);
    case 'page': {
      const top = Math.max(0, Math.min(last - height + 1, view.top + move.by));
      // At an edge there is no page to turn: the choice goes there itself.
      const moved = to(view, top === view.top ? view.at + move.by : view.at + top - view.top);
      return top === view.top ? moved : {...moved, top};
    }
    case 'edge':
      return to(view, move.to === 'first' ? 0 : last);
  }
}

function stepped(view: ScrollView, action: Exclude<ScrollAction, Move | {do: 'open'}>, height: number): ScrollView {
  switch (action.do) {
    case 'reading':
      return view.reading ? view : {...view, reading: true};
    case 'read':
      return action.session === view.session ? afterMoves(withRows(view, action.scrollback), height) : view;
    case 'aside': {
      const left = Math.max(0, Math.min(Math.max(0, view.cols - 1), view.left + action.by));
      return left === view.left ? view : {...view, left};
    }
    case 'select':
      return action.on === (view.anchor !== null) ? view : {...view, anchor: action.on ? view.at : null};
    case 'search': {
      const next = {...view, needle: action.text};
      const match = action.stay === true ? null : nearest(matchesOf(next), {from: action.from, by: -1});
      return to(next, match ?? action.from);
    }
    case 'match':
      return to(view, nearest(matchesOf(view), {from: view.at + action.by, by: action.by}) ?? view.at);
  }
}

const lastOf = ({rows}: ScrollView): number => Math.max(0, (rows?.length ?? 0) - 1);

function to(view: ScrollView, row: number): ScrollView {
  const at = Math.max(0, Math.min(lastOf(view), row));
  return at === view.at ? view : {...view, at};
}

/** First at its end. Read again, it goes to the end when that was in sight; else the chosen line stays where it was. */
function withRows(view: ScrollView, scrollback: Scrollback | null): ScrollView {
  if (scrollback === null) return {...view, reading: false};
  const {rows, cols} = scrollback;
  const atEnd = view.rows === null || view.at >= lastOf(view);
  const at = atEnd ? Math.max(0, rows.length - 1) : sameLine(view, rows);
  const top = atEnd ? at : Math.max(0, view.top + at - view.at);
  const next = {...view, rows, cols, at, top, anchor: null, reading: false, came: nothingCame};
  // What was searched before there was anything to search in.
  return view.rows === null ? to(next, nearest(matchesOf(next), {from: at, by: -1}) ?? at) : next;
}

/** Goes where the keys said that came before the rows. */
function afterMoves(view: ScrollView, height: number): ScrollView {
  if (view.rows === null || view.moves.length === 0) return view;
  const shown = withScrollSight({...view, moves: NO_MOVES}, height);
  return view.moves.reduce((at, move) => withScrollSight(moved(at, move, height), height), shown);
}

/** Where the chosen line went: old lines may have been dropped at the top, new ones came at the bottom. */
function sameLine({rows, at}: ScrollView, fresh: readonly Row[]): number {
  const text = rowText(rows?.[at] ?? []);
  for (let i = Math.min(at, fresh.length - 1); i >= 0; i--) if (rowText(fresh[i]!) === text) return i;
  return at;
}

/** What is chosen stays in sight. */
export function withScrollSight(view: ScrollView, height: number): ScrollView {
  const end = Math.max(0, (view.rows?.length ?? 0) - height);
  const top = Math.max(0, Math.min(end, view.at, Math.max(view.top, view.at - height + 1)));
  return top === view.top ? view : {...view, top};
}

/** Whether two look the same: of what came since only the text is shown. */
export function sameReading(a: ScrollView | null, b: ScrollView | null): boolean {
  if (a === null || b === null) return a === b;
  const keys = Object.keys(a) as (keyof ScrollView)[];
  return (
    keys.every(key => key === 'seen' || key === 'came' || a[key] === b[key]) && cameText(a.came) === cameText(b.came)
  );
}

/** A new screen of the session that is read: nothing of it is shown but how much came. */
export function withSeen(view: ScrollView | null, {session, screen}: {session: string; screen: Screen}) {
  if (view === null || view.session !== session || view.seen === screen) return view;
  return {...view, seen: screen, came: view.seen === null ? view.came : cameBetween(view, screen)};
}

/** The first and the last of the selected lines; null: none are. */
export function selectedRange({anchor, at}: ScrollView): {from: number; to: number} | null {
  return anchor === null ? null : {from: Math.min(anchor, at), to: Math.max(anchor, at)};
}

/** As plain text: the selected lines, else those in sight. */
export function textToCopy(view: ScrollView, height: number): string[] {
  const {from, to} = selectedRange(view) ?? {from: view.top, to: view.top + height - 1};
  return (view.rows ?? []).slice(from, to + 1).map(rowText);
}

const texts = new WeakMap<readonly Row[], readonly string[]>();
const found = new WeakMap<readonly Row[], {needle: string; rows: readonly number[]}>();

/** Rows that hold what is searched, the oldest first. */
export function matchesOf({rows, needle}: Pick<ScrollView, 'rows' | 'needle'>): readonly number[] {
  if (rows === null || needle === '') return [];
  const known = found.get(rows);
  if (known?.needle === needle) return known.rows;
  const all = texts.get(rows) ?? rows.map(rowText);
  texts.set(rows, all);
  const matching = all.flatMap((text, i) => (matchesIn(text, needle).length > 0 ? [i] : []));
  found.set(rows, {needle, rows: matching});
  return matching;
}

/** Where the needle stands in a text, in UTF-16 units. Small letters find capitals too. */
export function matchesIn(text: string, needle: string): {from: number; to: number}[] {
  if (needle === '') return [];
  const exact = needle !== needle.toLowerCase();
  // Lower case of another length would shift what is marked: such texts are searched as they are.
  const lower = text.toLowerCase();
  const where = exact || lower.length !== text.length ? text : lower;
  const ranges: {from: number; to: number}[] = [];
  for (let at = where.indexOf(needle); at >= 0; at = where.indexOf(needle, at + needle.length)) {
    ranges.push({from: at, to: at + needle.length});
  }
  return ranges;
}

/** The next one in this direction, round the end when there is none; null: there are none. */
function nearest(matches: readonly number[], {from, by}: {from: number; by: 1 | -1}): number | null {
  const beyond = by === 1 ? matches.find(row => row >= from) : matches.findLast(row => row <= from);
  return beyond ?? (by === 1 ? matches[0] : matches.at(-1)) ?? null;
}
