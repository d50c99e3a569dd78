import type {Deeds} from '../deeds.ts';
import {walkedItems} from '../fleet-view.ts';
import {idOf, isGroup} from '../grouping.ts';
import {selectedGroup} from '../listing.ts';
import {meantIds} from '../marks.ts';
import {type State, selectedSession, visibleSessions} from '../state.ts';
import {fieldOf} from '../text-field.ts';
import type {Binding} from './binding.ts';

const noSelection = (state: State): string | null =>
  selectedSession(state) === null ? 'no session is selected' : null;

/** The selected session, or all of the selected group. */
function inHand(state: State): readonly string[] {
  const session = selectedSession(state);
  return session === null ? (selectedGroup(state)?.sessions ?? []) : [session.id];
}

const listed = (state: State): string[] => visibleSessions(state).map(({id}) => id);
const allMarked = (state: State): boolean => listed(state).every(id => state.marks.includes(id));

/** Marks what is chosen, and all up to where the choice goes. */
function markTo(deeds: Deeds, by: 1 | -1): void {
  const items = walkedItems(deeds.state());
  const place = (): number => items.findIndex(item => idOf(item) === deeds.state().selected);
  const from = place();
  deeds.dispatch({type: 'move-rows', by});
  const to = place();
  if (from === -1 || to === -1) return;
  const range = items.slice(Math.min(from, to), Math.max(from, to) + 1);
  deeds.dispatch({type: 'marks', step: {do: 'add', ids: range.flatMap(item => (isGroup(item) ? [] : item.id))}});
}

/** Marks, and what is done with all that are marked. */
export const markKeys: readonly Binding[] = [
  {
    id: 'mark',
    keys: ['m'],
    where: ['fleet'],
    label: state => (inHand(state).every(id => state.marks.includes(id)) ? 'unmark' : 'mark'),
    help: 'mark the session, or on a header its group: <send> <start-stop> <restart> <model> <tag> mean all marked ones',
    footer: 9,
    whyNot: state => (inHand(state).length > 0 ? null : 'no session is selected'),
    run: ({state, dispatch}) => {
      const {marks} = state();
      const ids = inHand(state());
      const all = ids.every(id => marks.includes(id));
      if (!all) dispatch({type: 'marks', step: {do: 'add', ids}});
      else dispatch({type: 'marks', step: {do: 'set', ids: marks.filter(id => !ids.includes(id))}});
    },
  },
  {
    id: 'mark-all',
    keys: ['*'],
    where: ['fleet'],
    label: state => (allMarked(state) ? 'unmark all' : 'mark all'),
    help: 'mark all that are listed; once they are, none',
    footer: 9.5,
    whyNot: state => (listed(state).length > 0 ? null : 'there are no sessions'),
    run: ({state, dispatch}) => {
      const ids = allMarked(state()) ? [] : listed(state());
      dispatch({type: 'marks', step: {do: ids.length === 0 ? 'set' : 'add', ids}});
    },
  },
  {
    id: 'mark-down',
    keys: ['shift+down', 'J'],
    where: ['fleet'],
    label: 'mark down',
    help: 'mark from here down',
    whyNot: noSelection,
    run: deeds => markTo(deeds, 1),
  },
  {
    id: 'mark-up',
    keys: ['shift+up', 'K'],
    where: ['fleet'],
    label: 'mark up',
    help: 'mark from here up',
    whyNot: noSelection,
    run: deeds => markTo(deeds, -1),
  },
  {
    id: 'tag',
    keys: ['#'],
    where: ['fleet'],
    label: state => (state.marks.length > 0 ? `tag ${state.marks.length}` : 'tag'),
    help: 'tags for the session, or for all marked ones: +urgent -later',
    footer: 12.5,
    whyNot: state => (state.marks.length > 0 ? null : noSelection(state)),
    run: ({state, dispatch}) =>
      dispatch({type: 'dialog', dialog: {kind: 'tags', to: meantIds(state()), field: fieldOf()}}),
  },
  {
    id: 'tag.keep',
    keys: ['enter'],
    where: ['tags'],
    label: 'tag',
    help: 'give the tags, and take those with a - away',
    footer: 1,
    run: deeds => deeds.keepTags(),
  },
];
