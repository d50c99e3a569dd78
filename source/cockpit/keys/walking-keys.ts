import {columnsInSight} from '../fleet-view.ts';
import {currentLayout, type State} from '../state.ts';
import type {Binding} from './binding.ts';

const both = ['fleet', 'tokens', 'events'] as const;
const all = ['fleet', 'board', 'approvals', 'tokens', 'events'] as const;

const manyColumns = (state: State): boolean => columnsInSight(state) > 1;
const page = (state: State): number => currentLayout(state).cards?.perPage ?? Math.max(1, state.size.rows - 4);

/** Moving the selection. */
export const walkingKeys: readonly Binding[] = [
  {
    id: 'down',
    keys: ['j', 'down'],
    where: all,
    label: 'down',
    help: 'one down',
    run: deeds => deeds.dispatch({type: 'move-rows', by: 1}),
  },
  {
    id: 'up',
    keys: ['k', 'up'],
    where: all,
    label: 'up',
    help: 'one up',
    run: deeds => deeds.dispatch({type: 'move-rows', by: -1}),
  },
  {
    id: 'right',
    keys: ['l', 'right'],
    where: ['fleet'],
    label: 'right',
    help: 'one to the right, among cards side by side',
    when: manyColumns,
    run: deeds => deeds.dispatch({type: 'move', by: 1}),
  },
  {
    id: 'left',
    keys: ['h', 'left'],
    where: ['fleet'],
    label: 'left',
    help: 'one to the left, among cards side by side',
    when: manyColumns,
    run: deeds => deeds.dispatch({type: 'move', by: -1}),
  },
  {
    id: 'page-down',
    keys: ['pagedown', 'ctrl+d'],
    where: both,
    label: 'page down',
    help: 'one page down',
    run: deeds => deeds.dispatch({type: 'move', by: page(deeds.state())}),
  },
  {
    id: 'page-up',
    keys: ['pageup', 'ctrl+u'],
    where: both,
    label: 'page up',
    help: 'one page up',
    run: deeds => deeds.dispatch({type: 'move', by: -page(deeds.state())}),
  },
  {
    id: 'first',
    keys: ['g', 'home'],
    where: all,
    label: 'first',
    help: 'to the first',
    run: deeds => deeds.dispatch({type: 'edge', to: 'first'}),
  },
  {
    id: 'last',
    keys: ['G', 'end'],
    where: all,
    label: 'last',
    help: 'to the last; Events then follows what comes',
    run: deeds => deeds.dispatch({type: 'edge', to: 'last'}),
  },
];
