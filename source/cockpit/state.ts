import type {ApprovalView, EventView, SessionView} from '../domain/fleet.ts';
import type {Screen} from '../domain/screen.ts';
import {byAttention, needsPerson} from './attention.ts';
import {type Board, type BoardAction, noBoard, stepBoard, stepInLane} from './board.ts';
import {withSight} from './board-window.ts';
import {type Dialog, type DialogStep, stepDialog} from './dialogs.ts';
import {type DiffAction, type Diffs, noDiffs, stepDiff, withDiffSight} from './diff.ts';
import {columnsInSight, shownView, walkedSessions, withView} from './fleet-view.ts';
import {mergeEntries, moveReading, type Reading} from './journal.ts';
import {keepScreen, screensOf} from './last-screens.ts';
import {diffAreas, type Layout, layoutOf, type Size, scrollHeight, scrollTo, type View} from './layout.ts';
import {type Mode, modeWith} from './mode.ts';
import {moveChoice, noRequests, type Requests, withOpen} from './requests.ts';
import {type ScrollAction, type ScrollView, stepScroll, withScrollSight, withSeen} from './scrollback.ts';
import {sessionMatches} from './session-filter.ts';
import {type Spend, sameSpend} from './spend.ts';

const NOTICES_KEPT = 200;

export type Place = 'fleet' | 'board' | 'approvals' | 'events' | 'diff' | 'scrollback';
export type {Mode} from './mode.ts';
/** `since`: ms since the epoch; what is shown is from then. */
export type Connection = {kind: 'connecting'} | {kind: 'live'} | {kind: 'lost'; since: number};

/** Something amux has to say itself. `at` is ms since the epoch. */
export type Notice = {kind: 'error' | 'info'; message: string; hint: string; at: number};

export type State = {
  size: Size;
  /** Coarse: moves only when a visible text has to change. ms since the epoch. */
  now: number;
  /** In order of creation; null until the fleet has answered. */
  sessions: readonly SessionView[] | null;
  selected: string | null;
  requests: Requests;
  /** Null until the fleet has answered. */
  spend: Spend | null;
  board: Board;
  diffs: Diffs;
  /** Null while no scrollback is open. */
  scroll: ScrollView | null;
  /** First session in sight. */
  top: number;
  place: Place;
  view: View;
  /** The list's part of the screen beside a peek, 0 to 1; null: what it needs. */
  split: number | null;
  onlyMine: boolean;
  filter: string;
  marks: readonly string[];
  /** Sessions with a live screen each while those stand side by side; they keep their places. */
  tiles: readonly string[];
  mode: Mode;
  dialog: Dialog;
  screens: ReadonlyMap<string, Screen>;
  /** Oldest first, by cursor. */
  entries: readonly EventView[];
  reading: Reading;
  notice: Notice | null;
  /** All notices, for the Events screen; oldest first. */
  notices: readonly Notice[];
  connection: Connection;
  /** A demo is on offer while the fleet is empty. */
  demo: boolean;
  /** Grows when the screen was somebody else's: all is drawn and sized anew. */
  epoch: number;
};

export type Action =
  | {type: 'resized'; size: Size}
  | {type: 'tick'; now: number}
  | {type: 'anew'; now: number}
  | {type: 'sessions'; sessions: readonly SessionView[]; now: number}
  | {type: 'approvals'; open: readonly ApprovalView[]}
  | {type: 'spend'; spend: Spend}
  | {type: 'board'; step: BoardAction}
  | {type: 'diff'; step: DiffAction}
  | {type: 'scrollback'; step: ScrollAction}
  | {type: 'scroll'; by: number}
  | {type: 'screen'; session: string; screen: Screen}
  | {type: 'entries'; entries: readonly EventView[]}
  | {type: 'connection'; connection: Connection}
  | {type: 'notice'; notice: Notice}
  | {type: 'notice-read'}
  | {type: 'select'; session: string}
  | {type: 'move'; by: number}
  | {type: 'move-rows'; by: number}
  | {type: 'edge'; to: 'first' | 'last'}
  | {type: 'place'; place: Place}
  | {type: 'view'; view: View}
  | {type: 'split'; share: number | null}
  | {type: 'only-mine'; on: boolean}
  | {type: 'filter'; text: string}
  | {type: 'mark'; session: string}
  | {type: 'unmark'}
  | {type: 'mode'; mode: Mode}
  | {type: 'dialog'; dialog: Dialog}
  | {type: 'dialog-step'; step: DialogStep};

export function firstState({size, now, demo}: {size: Size; now: number; demo: boolean}): State {
  return {
    size,
    now,
    sessions: null,
    selected: null,
    requests: noRequests,
    spend: null,
    board: noBoard,
    diffs: noDiffs,
    scroll: null,
    top: 0,
    place: 'fleet',
    view: 'cards',
    split: null,
    onlyMine: false,
    filter: '',
    marks: [],
    tiles: [],
    mode: {kind: 'command'},
    dialog: {kind: 'none'},
    screens: new Map(),
    entries: [],
    reading: {follow: true},
    notice: null,
    notices: [],
    connection: {kind: 'connecting'},
    demo,
    epoch: 0,
  };
}

/** Pure; returns the same object when nothing changed, so that nothing is drawn. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'resized':
      if (action.size.cols === state.size.cols && action.size.rows === state.size.rows) return state;
      return resized(state, action.size);
    case 'tick':
      return {...state, now: action.now};
    case 'anew':
      return {...state, now: action.now, epoch: state.epoch + 1};
    case 'sessions':
      return withSessions(state, action);
    case 'approvals':
      return {...state, requests: withOpen(state.requests, action.open)};
    case 'spend':
      return sameSpend(state.spend, action.spend) ? state : {...state, spend: action.spend};
    case 'board':
      return withBoard(state, stepBoard(state.board, action.step));
    case 'diff':
      return withDiffs(state, stepDiff(state.diffs, action.step, diffRows(state)));
    case 'scrollback':
      return withScroll(state, stepScroll(state.scroll, action.step, scrollHeight(currentLayout(state))));
    case 'scroll': {
      const top = Math.max(0, state.requests.top + action.by);
      return {...state, requests: {...state.requests, top}};
    }
    case 'screen':
      return {...state, screens: keepScreen(state.screens, action), scroll: withSeen(state.scroll, action)};
    case 'entries':
      return {...state, entries: mergeEntries(state.entries, action.entries)};
    case 'connection':
      return action.connection.kind === state.connection.kind ? state : {...state, ...atConnection(action.connection)};
    case 'notice':
      return {...state, notice: action.notice, notices: [...state.notices, action.notice].slice(-NOTICES_KEPT)};
    case 'notice-read':
      return state.notice === null ? state : {...state, notice: null};
    case 'select':
      return inSight({...state, selected: action.session});
    case 'move':
      return move(state, action.by);
    case 'move-rows':
      return move(state, action.by * (state.place === 'fleet' ? columnsInSight(state) : 1));
    case 'edge':
      return move(state, action.to === 'first' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    case 'place':
      return {...state, place: action.place, reading: {follow: true}, scroll: null};
    case 'view':
      return scrollInSight(inSight(withView(state, action.view)));
    case 'split':
      return action.share === state.split ? state : scrollInSight(inSight({...state, split: action.share}));
    case 'only-mine':
      return inSight(reselect({...state, onlyMine: action.on}));
    case 'filter':
      if (state.place === 'board') return withBoard(state, stepBoard(state.board, {do: 'filter', text: action.text}));
      return inSight(reselect({...state, filter: action.text}));
    case 'mark': {
      const marked = state.marks.includes(action.session);
      const marks = marked ? state.marks.filter(id => id !== action.session) : [...state.marks, action.session];
      return {...state, marks};
    }
    case 'unmark':
      return {...state, marks: []};
    case 'mode':
      return {...state, mode: action.mode};
    case 'dialog':
      return {...state, dialog: action.dialog};
    case 'dialog-step': {
      const dialog = stepDialog(state.dialog, action.step);
      return dialog === state.dialog ? state : {...state, dialog};
    }
  }
}

/** What narrows the list in sight: the board has a filter of its own. */
export const filterOf = ({place, filter, board}: State): string => (place === 'board' ? board.filter : filter);

/** Whether two states look the same: the journal is in sight on the Events screen alone. */
export function looksSame(a: State, b: State): boolean {
  if (a === b) return true;
  if (a.place === 'events') return false;
  const unseen = a.place === 'scrollback' && b.place === a.place ? ['entries', 'screens'] : ['entries'];
  return (Object.keys(a) as (keyof State)[]).every(key => unseen.includes(key) || a[key] === b[key]);
}

/** The moment that what is shown is of: it stands still while nobody tells anything. */
export const shownAt = ({connection, now}: State): number =>
  connection.kind === 'lost' ? Math.min(now, connection.since) : now;

/** Sessions that are listed, in the order in which they are listed. */
export function visibleSessions(state: State): SessionView[] {
  const needle = state.filter.toLowerCase();
  const kept = (state.sessions ?? []).filter(
    session => (!state.onlyMine || needsPerson(session)) && (needle === '' || sessionMatches(session, needle)),
  );
  return byAttention(kept);
}

export function selectedSession(state: State): SessionView | null {
  return state.sessions?.find(session => session.id === state.selected) ?? null;
}

export function currentLayout(state: State): Layout {
  const {size, split, mode, place, sessions} = state;
  const metered = sessions?.some(({token_count}) => token_count !== null) === true;
  const peekWanted = mode.kind === 'typing' || place === 'scrollback';
  return layoutOf(size, shownView(state), peekWanted, metered ? sessions.length : 0, split);
}

/** A loss is a moment of its own: what it shows has to begin with it. */
function atConnection(connection: Connection): Partial<State> {
  return connection.kind === 'lost' ? {connection, now: connection.since} : {connection};
}

function withSessions(state: State, {sessions, now}: {sessions: readonly SessionView[]; now: number}): State {
  const ids = new Set(sessions.map(session => session.id));
  const marks = state.marks.every(id => ids.has(id)) ? state.marks : state.marks.filter(id => ids.has(id));
  const screens = screensOf(state.screens, ids);
  const next = reselect({...state, sessions, now, marks, screens});
  return inSight({...next, mode: modeWith(next.mode, sessions)});
}

/** The selection stays on its session while that is listed; else it goes to the first one. */
function reselect(state: State): State {
  const listed = walkedSessions(state);
  if (listed.some(session => session.id === state.selected)) return state;
  if (state.mode.kind === 'typing' && selectedSession(state) !== null) return state;
  return {...state, selected: listed[0]?.id ?? null};
}

function move(state: State, by: number): State {
  if (state.place === 'approvals') return {...state, requests: moveChoice(state.requests, by)};
  if (state.place === 'board') return withBoard(state, stepInLane(state.board, by));
  if (state.place === 'events') return moveReading(state, by);
  const listed = walkedSessions(state);
  if (listed.length === 0) return state;
  const at = listed.findIndex(session => session.id === state.selected);
  const to = Math.max(0, Math.min(listed.length - 1, at + by));
  return to === at ? state : inSight({...state, selected: listed[to]!.id});
}

/** What was chosen stays in sight. */
function resized(state: State, size: Size): State {
  const fresh = withBoard(inSight({...state, size}), state.board);
  return scrollInSight(withDiffs(fresh, withDiffSight(fresh.diffs, diffRows(fresh))));
}

const withScroll = (state: State, scroll: State['scroll']): State =>
  scroll === state.scroll ? state : {...state, scroll};
const scrollInSight = (state: State): State =>
  state.scroll === null ? state : withScroll(state, withScrollSight(state.scroll, scrollHeight(currentLayout(state))));
const withDiffs = (state: State, diffs: Diffs): State => (diffs === state.diffs ? state : {...state, diffs});
const diffRows = (state: State): number => diffAreas(currentLayout(state).body).text.rows;

/** The chosen card stays in sight. */
function withBoard(state: State, stepped: Board): State {
  const board = withSight(stepped, currentLayout(state).body);
  return board === state.board ? state : {...state, board};
}

function inSight(state: State): State {
  const area = currentLayout(state).cards;
  if (area === null) return state;
  const listed = visibleSessions(state);
  const index = listed.findIndex(session => session.id === state.selected);
  const rows = Math.ceil(listed.length / area.columns);
  const lastTop = Math.max(0, rows - area.perPage / area.columns) * area.columns;
  const top = Math.min(lastTop, scrollTo(state.top, {index, area}));
  return top === state.top ? state : {...state, top};
}
