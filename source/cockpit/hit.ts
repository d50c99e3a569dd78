import {boardHit} from './board-hit.ts';
import {viewRows} from './diff.ts';
import {columnsInSight, tilesInSight} from './fleet-view.ts';
import {idOf} from './grouping.ts';
import {chosenLine, eventLines} from './journal.ts';
import {footerBindings, type Keymap, keymap, labelOf, tabKey, tabs} from './keymap.ts';
import {approvalAreas, diffAreas, type Layout, peekPlace} from './layout.ts';
import {itemAt} from './list-window.ts';
import {visibleItems} from './listing.ts';
import {footerHintAt} from './panes/footer.ts';
import {tabAt} from './panes/header.ts';
import {requestAt} from './panes/requests.ts';
import {currentLayout, type Place, type State} from './state.ts';
import type {Theme} from './theme.ts';

/** What stands at a cell of the screen. */
export type Hit =
  | {on: 'tab'; place: Place}
  /** A hint of the footer, by the id of its binding. */
  | {on: 'hint'; id: string}
  /** Or the header of a group, by its id. */
  | {on: 'session'; session: string}
  | {on: 'peek'}
  /** The edge between list and peek. */
  | {on: 'split'}
  /** A line of the scrollback, of the changes, or of the events. */
  | {on: 'row'; row: number}
  | {on: 'request'; request: string}
  /** The text of the chosen request. */
  | {on: 'request-text'}
  | {on: 'card'; card: string}
  /** A column of the board, where no card is. */
  | {on: 'lane'; column: string}
  | {on: 'nothing'};

const nothing: Hit = {on: 'nothing'};
type Cell = {x: number; y: number};
type Drawn = {theme: Pick<Theme, 'shapes'>; map?: Keymap};

/** Made from the layout: the same numbers that the panes are painted from. */
export function hitOf(state: State, {x, y, theme, map = keymap}: Cell & Drawn): Hit {
  const layout = currentLayout(state);
  const {cols, rows} = state.size;
  if (layout.kind === 'too-small' || x < 0 || y < 0 || x >= cols || y >= rows) return nothing;
  if (y === rows - 1) return footerHit(state, {x, theme, map});
  if (state.dialog.kind !== 'none') return nothing;
  if (y < layout.headerRows) return y === 1 ? headerHit(state, {x, map}) : nothing;
  const cell = {x, y: y - layout.headerRows};
  switch (state.place) {
    case 'fleet':
    case 'scrollback':
      return fleetHit(state, {layout, cell});
    case 'board':
      return boardHit(state.board, {body: layout.body, cell}) ?? nothing;
    case 'approvals':
      return approvalsHit(state, {layout, cell});
    case 'events':
      return eventsHit(state, {layout, cell});
    case 'diff':
      return diffHit(state, {layout, cell});
    default:
      return nothing;
  }
}

type At = {layout: Layout; cell: Cell};

/** Hints stand there while nobody types, writes or has to read something. */
function footerHit(state: State, {x, theme, map}: {x: number} & Required<Drawn>): Hit {
  const {mode, notice, dialog, size} = state;
  const writes = ['prompt', 'reply', 'comment', 'filter', 'search', 'card-title', 'tags'].includes(dialog.kind);
  if (mode.kind === 'typing' || notice !== null || writes) return nothing;
  const hints = footerBindings(state, map).map(binding => ({
    id: binding.id,
    key: binding.footerKey?.(state) ?? binding.keys[0]!,
    label: labelOf(binding, state),
  }));
  const id = footerHintAt({theme, columns: size.cols, hints}, x);
  return id === null ? nothing : {on: 'hint', id};
}

function headerHit({requests}: State, {x, map}: {x: number; map: Keymap}): Hit {
  const shown = tabs.map(tab => ({
    ...tab,
    key: tabKey(map, tab),
    count: tab.place === 'approvals' ? requests.open.length : 0,
  }));
  const place = tabAt(shown, x);
  return place === null ? nothing : {on: 'tab', place};
}

function fleetHit(state: State, {layout, cell}: At): Hit {
  if (!state.sessions?.length) return nothing;
  if (layout.kind === 'tiles') return tileHit(state, cell);
  const {cards} = layout;
  const {x, y} = cell;
  if (layout.kind === 'side' && (x === cards!.cols || x === cards!.cols + 1)) return {on: 'split'};
  if (layout.kind === 'stacked' && y === cards!.rows) return {on: 'split'};
  const peek = peekPlace(layout);
  if (peek !== null && x >= peek.x && y >= peek.y) return peekHit(state, {x: x - peek.x, y: y - peek.y});
  return cards === null ? nothing : sessionHit(state, {layout, cell});
}

/** The border tells nothing. */
function peekHit({scroll}: State, {y}: Cell): Hit {
  if (scroll === null) return {on: 'peek'};
  const row = scroll.top + y - 1;
  return y >= 1 && row < (scroll.rows?.length ?? 0) ? {on: 'row', row} : {on: 'peek'};
}

function sessionHit(state: State, {layout: {kind, cards}, cell: {x, y}}: At): Hit {
  // A rule stands above the list of a phone.
  const line = kind === 'list' ? y - 1 : y;
  const item = itemAt(visibleItems(state), {top: state.top, area: cards!, x, y: line});
  return item === null ? nothing : {on: 'session', session: idOf(item)};
}

function tileHit(state: State, {x, y}: Cell): Hit {
  const {tiles, grid} = tilesInSight(state);
  const column = Math.floor(x / (grid.tile.cols + 1));
  const session = tiles[Math.floor(y / grid.tile.rows) * grid.columns + column];
  return column >= columnsInSight(state) || session === undefined ? nothing : {on: 'session', session: session.id};
}

function approvalsHit({requests}: State, {layout: {body}, cell: {x, y}}: At): Hit {
  const {open, chosen} = requests;
  if (open.length === 0) return nothing;
  const {side, list} = approvalAreas(body, open.length);
  if (side ? x >= list.cols : y >= list.rows) return {on: 'request-text'};
  const request = requestAt({open, chosen, size: list, side}, y);
  return request === null ? nothing : {on: 'request', request};
}

function eventsHit(state: State, {layout: {body}, cell: {y}}: At): Hit {
  const {reading} = state;
  const lines = eventLines(state);
  const count = lines.length;
  const at = reading.chosen === null ? count : chosenLine(lines, reading) - Math.floor(body.rows / 2);
  const row = Math.max(0, Math.min(at, count - body.rows)) + y;
  return row < count ? {on: 'row', row} : nothing;
}

function diffHit({diffs}: State, {layout: {body}, cell: {x, y}}: At): Hit {
  const {files} = diffAreas(body);
  const row = (diffs.view?.top ?? 0) + y - 1;
  const outside = y < 1 || (files !== null && x <= files.cols);
  return outside || row >= viewRows(diffs).length ? nothing : {on: 'row', row};
}
