import type {SessionView} from '../domain/fleet.ts';
import {byAttention, needsPerson} from './attention.ts';
import type {Layout} from './layout.ts';
import {sessionMatches} from './session-filter.ts';
import type {State} from './state.ts';

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

/** The next session after the selected one that needs a person; null when there is no other. */
export function nextInNeed(state: State): string | null {
  const inNeed = visibleSessions(state).filter(needsPerson);
  const at = inNeed.findIndex(session => session.id === state.selected);
  const next = inNeed[(at + 1) % Math.max(1, inNeed.length)];
  return next === undefined || next.id === state.selected ? null : next.id;
}

/** `1-4 of 11` for a list that does not fit; empty for one that does. */
export function countText(state: State, area: NonNullable<Layout['cards']>): string {
  const total = visibleSessions(state).length;
  if (total <= area.perPage) return '';
  return `${state.top + 1}-${Math.min(total, state.top + area.perPage)} of ${total}`;
}
