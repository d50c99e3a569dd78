import type {SessionView} from '../domain/fleet.ts';
import {byAttention, needsPerson} from './attention.ts';
import {shownView} from './fleet-view.ts';
import {type Group, grouped, groupOf, type Item, isGroup} from './grouping.ts';
import {type Layout, layoutOf} from './layout.ts';
import {rowsInSight} from './list-window.ts';
import {sessionMatches} from './session-filter.ts';
import type {State} from './state.ts';

/** All sessions in the order of the list, whatever narrows it. */
export const allInOrder = ({sessions}: Pick<State, 'sessions'>): SessionView[] => byAttention(sessions ?? []);

/** What the filters leave, also of groups that are folded. */
export function kept(state: State): SessionView[] {
  const needle = state.filter.toLowerCase();
  return allInOrder(state).filter(
    session => (!state.onlyMine || needsPerson(session)) && (needle === '' || sessionMatches(session, needle)),
  );
}

/** All that is listed, in order: sessions, and the headers of groups. */
export const visibleItems = (state: State): readonly Item[] => grouped(kept(state), state.grouping);

/** Sessions that are listed, in the order in which they are listed. */
export const visibleSessions = (state: State): SessionView[] => sessionsOf(visibleItems(state));

const sessionsOf = (items: readonly Item[]): SessionView[] => items.flatMap(item => (isGroup(item) ? [] : item));

/** The group whose header is selected; null: a session is, or nothing. */
export function selectedGroup(state: State): Group | null {
  const found = visibleItems(state).find(item => isGroup(item) && item.group === state.selected);
  return found !== undefined && isGroup(found) ? found : null;
}

/** The group that is meant: the selected one, or that of the selected session; null: nothing is grouped. */
export function groupInHand(state: State): string | null {
  const session = selectedSession(state);
  if (session !== null) return groupOf(session, state.grouping.by);
  return selectedGroup(state)?.group ?? null;
}

export function selectedSession(state: State): SessionView | null {
  return state.sessions?.find(session => session.id === state.selected) ?? null;
}

/** `1-4 of 11` for a list that does not fit; empty for one that does. */
export function listText(state: State, area: NonNullable<Layout['cards']>): string {
  const sessions = visibleSessions(state);
  const shown = sessionsInSight(state, area);
  if (shown.length === sessions.length) return '';
  const first = shown[0] === undefined ? 0 : sessions.indexOf(shown[0]) + 1;
  return `${first}-${first + Math.max(0, shown.length - 1)} of ${sessions.length}`;
}

export const sessionsInSight = (state: State, area: NonNullable<Layout['cards']>): SessionView[] =>
  rowsInSight(visibleItems(state), {top: state.top, area}).flatMap(({items}) => sessionsOf(items));

export function currentLayout(state: State): Layout {
  const {size, split, mode, place, sessions} = state;
  const metered = sessions?.some(({token_count}) => token_count !== null) === true;
  const peekWanted = mode.kind === 'typing' || place === 'scrollback';
  return layoutOf(size, shownView(state), peekWanted, metered ? sessions.length : 0, split);
}
