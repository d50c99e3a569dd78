import type {ApprovalView, EventView, SessionView} from '../domain/fleet.ts';
import type {Screen} from '../domain/screen.ts';
import {type Board, type BoardAction, noBoard, stepBoard, stepInLane} from './board.ts';
import {withSight} from './board-window.ts';
import {type Connection, isSameConnection} from './connection.ts';
import {type Delivery, type DeliveryStep, deliveryLine, stepDeliveries} from './deliveries.ts';
import {type Dialog, type DialogStep, stepDialog} from './dialogs.ts';
import {type DiffAction, type Diffs, noDiffs, stepDiff, withDiffSight} from './diff.ts';
import {whileRead, withView} from './fleet-view.ts';
import {type Grouping, type GroupingStep, noGrouping} from './grouping.ts';
import {mergeEntries, moveReading, noReading, type Reading, type ReadingAction, stepReading} from './journal.ts';
import {keepScreen, screensOf} from './last-screens.ts';
import {diffAreas, type Size, scrollHeight, type View} from './layout.ts';
import {currentLayout} from './listing.ts';
import {type MarkStep, type Marks, stepMarks, stillMarked} from './marks.ts';
import {type Mode, modeWith} from './mode.ts';
import {type Notice, silentBy, withoutKeyWord} from './notice.ts';
import {moveChoice, noRequests, type Requests, withOpen} from './requests.ts';
import {type ScrollAction, type ScrollView, stepScroll, withScrollSight, withSeen} from './scrollback.ts';
import {inSight, moveItems, moveRows, reselect, unfolded, withGrouping} from './selection.ts';
import {type Spend, sameSpend} from './spend.ts';
import {noTokens, stepTokens, type TokensAction, type TokensView} from './tokens.ts';

export {currentLayout, selectedSession, visibleSessions} from './listing.ts';

const NOTICES_KEPT = 200;

export type Place = 'fleet' | 'board' | 'approvals' | 'tokens' | 'events' | 'diff' | 'scrollback';
export type {Mode} from './mode.ts';
/** `since`: ms since the epoch; what is shown is from then. */

/** Something amux has to say itself. `at` is ms since the epoch. */
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
  tokens: TokensView;
  /** Null while no scrollback is open. */
  scroll: ScrollView | null;
  /** First session in sight. */
  top: number;
  place: Place;
  view: View;
  /** The list's part of the screen beside a peek, 0 to 1; null: what it needs. */
  split: number | null;
  onlyMine: boolean;
  grouping: Grouping;
  filter: string;
  marks: Marks;
  /** Sessions with a live screen each while those stand side by side; they keep their places. */
  tiles: readonly string[];
  mode: Mode;
  dialog: Dialog;
  screens: ReadonlyMap<string, Screen>;
  /** Oldest first, by cursor. */
  entries: readonly EventView[];
  reading: Reading;
  /** Of what was sent from here. */
  deliveries: readonly Delivery[];
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
  | {type: 'tokens'; step: TokensAction}
  | {type: 'reading'; step: ReadingAction}
  | {type: 'scrollback'; step: ScrollAction}
  /** The first line in sight of what is asked. */
  | {type: 'scroll'; top: number}
  | {type: 'screen'; session: string; screen: Screen}
  | {type: 'entries'; entries: readonly EventView[]}
  | {type: 'connection'; connection: Connection}
  | {type: 'delivery'; step: DeliveryStep}
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
  | {type: 'grouping'; step: GroupingStep}
  | {type: 'filter'; text: string}
  | {type: 'marks'; step: MarkStep}
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
    tokens: noTokens,
    scroll: null,
    top: 0,
    place: 'fleet',
    view: 'cards',
    split: null,
    onlyMine: false,
    grouping: noGrouping,
    filter: '',
    marks: [],
    tiles: [],
    mode: {kind: 'command'},
    dialog: {kind: 'none'},
    screens: new Map(),
    entries: [],
    reading: noReading,
    deliveries: [],
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
      return resized(withoutKeyWord(state), action.size);
    case 'tick':
      return {...silentBy(delivered(state, {do: 'tick', now: action.now}), action.now), now: action.now};
    case 'anew':
      return {...state, now: action.now, epoch: state.epoch + 1};
    case 'sessions':
      return withSessions(state, action);
    case 'approvals':
      return whileAsked({...state, requests: withOpen(state.requests, action.open)});
    case 'spend':
      return sameSpend(state.spend, action.spend) ? state : {...state, spend: action.spend};
    case 'board':
      return withBoard(state, stepBoard(state.board, action.step));
    case 'diff':
      return changed(state, {diffs: stepDiff(state.diffs, action.step, diffRows(state))});
    case 'scrollback':
      return withScroll(state, stepScroll(state.scroll, action.step, scrollHeight(currentLayout(state))));
    case 'tokens':
      return changed(state, {tokens: stepTokens(state.tokens, action.step)});
    case 'reading':
      return changed(state, {reading: stepReading(state.reading, action.step)});
    case 'scroll':
      return action.top === state.requests.top ? state : {...state, requests: {...state.requests, top: action.top}};
    case 'screen':
      return {...state, screens: keepScreen(state.screens, action), scroll: withSeen(state.scroll, action)};
    case 'entries':
      return {
        ...delivered(state, {do: 'told', entries: action.entries}),
        entries: mergeEntries(state.entries, action.entries),
      };
    case 'connection':
      return isSameConnection(state.connection, action.connection)
        ? state
        : {...state, ...atConnection(action.connection)};
    case 'delivery':
      return delivered(state, action.step);
    case 'notice':
      return {...state, notice: action.notice, notices: [...state.notices, action.notice].slice(-NOTICES_KEPT)};
    case 'notice-read':
      return state.notice === null ? state : {...state, notice: null};
    case 'select':
      return inSight(unfolded({...state, selected: action.session}));
    case 'move':
      return move(state, action.by);
    case 'move-rows':
      return state.place === 'fleet' ? moveRows(state, action.by) : move(state, action.by);
    case 'edge':
      return move(state, action.to === 'first' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    case 'place':
      return {...unsaid(state), place: action.place, reading: {...state.reading, chosen: null}, scroll: null};
    case 'view':
      return scrollInSight(inSight(withView(state, action.view)));
    case 'split':
      return action.share === state.split ? state : scrollInSight(inSight({...state, split: action.share}));
    case 'only-mine':
      return inSight(reselect({...state, onlyMine: action.on}));
    case 'grouping':
      return withGrouping(state, action.step);
    case 'filter':
      if (state.place === 'board') return withBoard(state, stepBoard(state.board, {do: 'filter', text: action.text}));
      if (state.place === 'events') return {...state, reading: {...state.reading, filter: action.text}};
      return inSight(reselect({...state, filter: action.text}));
    case 'marks': {
      const marks = stepMarks(state.marks, action.step);
      return marks === state.marks ? state : {...state, marks};
    }
    case 'mode':
      return {...state, mode: action.mode};
    case 'dialog':
      return {...(action.dialog.kind === 'none' ? state : unsaid(state)), dialog: action.dialog};
    case 'dialog-step':
      return changed(state, {dialog: stepDialog(state.dialog, action.step)});
  }
}

/** The moment that what is shown is of: it stands still while nobody tells anything. */
export const shownAt = ({connection, now}: State): number =>
  connection.kind === 'lost' ? Math.min(now, connection.since) : now;

/** The popup for answers goes when nothing is left to answer. */
const whileAsked = (state: State): State =>
  state.dialog.kind === 'answer' && state.requests.open.length === 0 ? {...state, dialog: {kind: 'none'}} : state;

function delivered(state: State, step: DeliveryStep): State {
  const deliveries = stepDeliveries(state.deliveries, step);
  if (deliveries === state.deliveries) return state;
  const {notice} = state;
  if (notice?.follows !== 'deliveries' || step.do === 'sent') return {...state, deliveries};
  const told = deliveryLine(deliveries);
  return {...state, deliveries, notice: told === null ? null : {...notice, message: told.text, hint: ''}};
}

/** A loss is a moment of its own: what it shows has to begin with it. */
function atConnection(connection: Connection): Partial<State> {
  return connection.kind === 'lost' ? {connection, now: connection.since} : {connection};
}

function withSessions(state: State, {sessions, now}: {sessions: readonly SessionView[]; now: number}): State {
  const ids = new Set(sessions.map(session => session.id));
  const marks = stillMarked(state.marks, ids);
  const screens = screensOf(state.screens, ids);
  const there = delivered({...state, sessions, now, marks, screens}, {do: 'sessions', ids});
  const next = reselect(whileRead(there), state);
  return inSight({...next, mode: modeWith(next.mode, {before: state.sessions, sessions})});
}

function move(state: State, by: number): State {
  if (state.place === 'approvals' || state.dialog.kind === 'answer') {
    return {...state, requests: moveChoice(state.requests, by)};
  }
  if (state.place === 'board') return withBoard(state, stepInLane(state.board, by));
  if (state.place === 'tokens') return changed(state, {tokens: stepTokens(state.tokens, {do: 'walk', by})});
  if (state.place === 'events') return moveReading(state, by);
  return moveItems(state, by);
}

/** What was chosen stays in sight. */
function resized(state: State, size: Size): State {
  const fresh = withBoard(inSight({...state, size}), state.board);
  return scrollInSight(changed(fresh, {diffs: withDiffSight(fresh.diffs, diffRows(fresh))}));
}

/** What was said of another screen does not cover the keys of this one; faults stay. */
const unsaid = (state: State): State =>
  state.notice?.kind === 'info' && state.notice.follows === undefined ? {...state, notice: null} : state;

const withScroll = (state: State, scroll: State['scroll']): State => changed(state, {scroll});
const scrollInSight = (state: State): State =>
  state.scroll === null ? state : withScroll(state, withScrollSight(state.scroll, scrollHeight(currentLayout(state))));
const diffRows = (state: State): number => diffAreas(currentLayout(state).body).text.rows;

/** The same state when nothing of it did. */
const changed = (state: State, to: Partial<State>): State =>
  (Object.keys(to) as (keyof State)[]).every(key => state[key] === to[key]) ? state : {...state, ...to};

/** The chosen card stays in sight. */
function withBoard(state: State, stepped: Board): State {
  const board = withSight(stepped, currentLayout(state).body);
  return board === state.board ? state : {...state, board};
}
