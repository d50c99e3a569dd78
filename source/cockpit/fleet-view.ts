import {needsPerson} from './attention.ts';
import type {Layout} from './layout.ts';
import {type State, visibleSessions} from './state.ts';

/** `1-4 of 11` for a list that does not fit; empty for one that does. */
export function countText(state: State, area: NonNullable<Layout['cards']>): string {
  const total = visibleSessions(state).length;
  if (total <= area.perPage) return '';
  return `${state.top + 1}-${Math.min(total, state.top + area.perPage)} of ${total}`;
}

/** The sessions stand on the screen, beside the peek or a scrollback in its place. */
export const showsFleet = ({place}: State): boolean => place === 'fleet' || place === 'scrollback';

/** The next session after the selected one that needs a person; null when there is no other. */
export function nextInNeed(state: State): string | null {
  const inNeed = visibleSessions(state).filter(needsPerson);
  const at = inNeed.findIndex(session => session.id === state.selected);
  const next = inNeed[(at + 1) % Math.max(1, inNeed.length)];
  return next === undefined || next.id === state.selected ? null : next.id;
}
