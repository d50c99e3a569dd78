import {columnsInSight, walkedItems} from './fleet-view.ts';
import {type GroupingStep, groupOf, idOf, isGroup, stepGrouping} from './grouping.ts';
import {itemBeside, topFor} from './list-window.ts';
import {currentLayout, selectedSession, visibleItems} from './listing.ts';
import type {State} from './state.ts';

/**
 * The selection stays on its session while that is listed; else it goes to the one that stood next to it `before`, or to
 * the first.
 */
export function reselect(state: State, before: State = state): State {
  const listed = walkedItems(state);
  if (listed.some(item => idOf(item) === state.selected)) return state;
  if (state.mode.kind === 'typing' && selectedSession(state) !== null) return state;
  const sessions = listed.filter(item => !isGroup(item));
  const beside = nearest(walkedItems(before).map(idOf), state.selected, new Set(sessions.map(idOf)));
  const first = sessions[0] ?? listed[0];
  return {...state, selected: beside ?? (first === undefined ? null : idOf(first))};
}

/** The next one in a row that is among `left`, else the last one before; null: the row has none, or not `id` itself. */
function nearest(row: readonly string[], id: string | null, left: ReadonlySet<string>): string | null {
  const at = row.indexOf(id ?? '');
  const isLeft = (each: string): boolean => left.has(each);
  return at < 0 ? null : (row.slice(at).find(isLeft) ?? row.slice(0, at).findLast(isLeft) ?? null);
}

/** Who is selected is listed. */
export function unfolded(state: State): State {
  const session = selectedSession(state);
  const group = session === null ? null : groupOf(session, state.grouping.by);
  return group === null ? state : {...state, grouping: stepGrouping(state.grouping, {do: 'unfold', group})};
}

/** What is folded leaves its header selected. */
export function withGrouping(state: State, step: GroupingStep): State {
  const grouping = stepGrouping(state.grouping, step);
  if (grouping === state.grouping) return state;
  const session = selectedSession(state);
  const inside = step.do === 'fold' && session !== null && groupOf(session, grouping.by) === step.group;
  const next = {...state, grouping, selected: inside ? step.group : state.selected};
  return inSight(reselect(step.do === 'by' ? unfolded(next) : next));
}

export function moveItems(state: State, by: number): State {
  const listed = walkedItems(state);
  const at = listed.findIndex(item => idOf(item) === state.selected);
  return selectAt(state, Math.max(0, Math.min(listed.length - 1, at + by)));
}

export function moveRows(state: State, by: number): State {
  const items = walkedItems(state);
  const at = Math.max(
    0,
    items.findIndex(item => idOf(item) === state.selected),
  );
  return selectAt(state, itemBeside(items, {at, by, columns: columnsInSight(state)}));
}

function selectAt(state: State, at: number): State {
  const item = walkedItems(state)[at];
  return item === undefined || idOf(item) === state.selected ? state : inSight({...state, selected: idOf(item)});
}

export function inSight(state: State): State {
  const area = currentLayout(state).cards;
  if (area === null) return state;
  const items = visibleItems(state);
  const index = items.findIndex(item => idOf(item) === state.selected);
  const top = topFor(items, {top: state.top, index, area});
  return top === state.top ? state : {...state, top};
}
