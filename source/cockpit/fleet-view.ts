import type {SessionView} from '../domain/fleet.ts';
import {needsPerson} from './attention.ts';
import type {Item} from './grouping.ts';
import type {Layout, View} from './layout.ts';
import {currentLayout, kept, listText, visibleItems, visibleSessions} from './listing.ts';
import type {State} from './state.ts';
import {chooseTiles, type TileGrid, tileGrid, tilePage} from './tiles.ts';

/** `1-4 of 11` for a list or tiles that do not fit; empty for what does. */
export function countText(state: State, area: Layout['cards']): string {
  if (currentLayout(state).kind === 'tiles') return tilesText(state);
  return area === null ? '' : listText(state, area);
}

/** The sessions stand on the screen, beside the peek or a scrollback in its place. */
export const showsFleet = ({place}: State): boolean => place === 'fleet' || place === 'scrollback';

/** The next session after the selected one that needs a person; null when there is no other. */
export function nextInNeed(state: State): string | null {
  const inNeed = (shownView(state) === 'tiles' ? tiledSessions(state) : kept(state)).filter(needsPerson);
  const at = inNeed.findIndex(session => session.id === state.selected);
  const next = inNeed[(at + 1) % Math.max(1, inNeed.length)];
  return next === undefined || next.id === state.selected ? null : next.id;
}

function tilesText(state: State): string {
  const {tiles, from} = tilesInSight(state);
  const total = tiledSessions(state).length;
  return tiles.length === total ? '' : `${from + 1}-${from + tiles.length} of ${total}`;
}

/** The live screens in sight, the first of them counted among all, and the grid in which they stand. */
export function tilesInSight(state: State): {tiles: readonly SessionView[]; from: number; grid: TileGrid} {
  const all = tiledSessions(state);
  const grid = tileGrid(currentLayout(state).body, all.length);
  return {...tilePage(all, {grid, selected: state.selected}), grid};
}

/** How many sessions stand beside each other. */
export function columnsInSight(state: State): number {
  const {cards, kind} = currentLayout(state);
  return kind === 'tiles' ? tilesInSight(state).grid.columns : (cards?.columns ?? 1);
}

/** Those of the tiles that are still there. */
export const tiledSessions = ({tiles, sessions}: State): SessionView[] =>
  tiles.flatMap(id => sessions?.find(session => session.id === id) ?? []);

/** With tiles, one of them is selected; without any there is nothing to show so. A tile that was zoomed goes back to its place. */
export function withView(state: State, wanted: View): State {
  const {view, marks} = state;
  if (wanted === 'zoom' && view === 'tiles') return {...state, view: wanted};
  const back = wanted === 'cards' && view === 'zoom' && tiledSessions(state).length > 0;
  if (wanted !== 'tiles' && !back) return {...state, view: wanted, tiles: []};
  const {body} = currentLayout(state);
  const tiles = back ? state.tiles : chooseTiles(visibleSessions(state), {marks, body, selected: state.selected});
  if (tiles.length === 0) return state;
  return {...state, view: 'tiles', tiles, selected: tiles.includes(state.selected ?? '') ? state.selected : tiles[0]!};
}

/** A scrollback needs the room of all tiles; without a tile that is left there are cards. */
export function shownView(state: State): View {
  if (state.view !== 'tiles') return state.view;
  if (state.place === 'scrollback') return 'zoom';
  return tiledSessions(state).length > 0 ? 'tiles' : 'cards';
}

/** A text that was read outlives its session for as long as one reads it; not one that never came, nor the whole fleet. */
export function whileRead(state: State): State {
  const {place, scroll, sessions} = state;
  if (place !== 'scrollback') return state;
  const isThere = sessions?.some(({id}) => id === scroll?.session) === true;
  const stays = isThere || (sessions?.length !== 0 && scroll?.rows != null);
  return stays ? state : {...state, place: 'fleet', scroll: null};
}

/** What the selection moves among, in its order on the screen: sessions, and the headers of groups. */
export const walkedItems = (state: State): readonly Item[] =>
  shownView(state) === 'tiles' ? tiledSessions(state) : visibleItems(state);
