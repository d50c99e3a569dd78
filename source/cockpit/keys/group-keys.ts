import {type GroupBy, groupings, tellsApart} from '../grouping.ts';
import {groupInHand, selectedGroup} from '../listing.ts';
import type {State} from '../state.ts';
import type {Binding} from './binding.ts';

/** Ways of grouping that make more than one group, after the present one and round. */
function nextGrouping({sessions, grouping}: State): GroupBy | null {
  const at = groupings.indexOf(grouping.by);
  const others = [...groupings.slice(at + 1), ...groupings.slice(0, at)];
  return others.find(by => by === 'none' || tellsApart(sessions ?? [], by)) ?? null;
}

const isFolded = ({grouping}: State, group: string | null): boolean =>
  group !== null && grouping.folded.includes(group);

const toggle: Binding['run'] = ({state, dispatch}) => {
  const group = groupInHand(state());
  if (group !== null) dispatch({type: 'grouping', step: {do: isFolded(state(), group) ? 'unfold' : 'fold', group}});
};

/** Groups of the list. Before the keys of sessions: on a header they mean the group. */
export const groupKeys: readonly Binding[] = [
  {
    id: 'fold-here',
    keys: ['enter'],
    where: ['fleet'],
    label: state => (selectedGroup(state)?.folded ? 'unfold' : 'fold'),
    help: 'on the header of a group: fold it, and unfold it',
    footer: 0.5,
    when: state => selectedGroup(state) !== null,
    run: toggle,
  },
  {
    id: 'fold',
    keys: ['-'],
    where: ['fleet'],
    label: state => (isFolded(state, groupInHand(state)) ? 'unfold' : 'fold'),
    help: 'fold the group of the session, and unfold it',
    footer: 10.5,
    when: state => state.grouping.by !== 'none',
    whyNot: state => (groupInHand(state) === null ? 'no group is selected' : null),
    run: toggle,
  },
  {
    id: 'group',
    keys: ['o'],
    where: ['fleet'],
    label: state => {
      const next = nextGrouping(state);
      return next === null || next === 'none' ? 'no groups' : `by ${next}`;
    },
    help: 'group the sessions by tag, by project, not at all',
    footer: 11.5,
    whyNot: state => (nextGrouping(state) === null ? 'they have the same tag and the same project' : null),
    run: ({state, dispatch}) => {
      const by = nextGrouping(state());
      if (by !== null) dispatch({type: 'grouping', step: {do: 'by', by}});
    },
  },
];
