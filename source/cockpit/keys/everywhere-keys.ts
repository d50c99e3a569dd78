import type {Deeds} from '../deeds.ts';
import {filterOf} from '../session-filter.ts';
import type {State} from '../state.ts';
import {fieldOf} from '../text-field.ts';
import type {Binding} from './binding.ts';

const tabbed = ['fleet', 'board', 'approvals', 'tokens', 'events'] as const;
const all = [...tabbed, 'diff', 'scrollback'] as const;

/** What esc would undo, the nearest first. */
type Back =
  | 'notice'
  | 'zoom'
  | 'grid'
  | 'tiles'
  | 'board'
  | 'approvals'
  | 'tokens'
  | 'events'
  | 'commands'
  | 'filter'
  | 'only-mine'
  | 'marks'
  | 'card-marks';

function back(state: State): Back | null {
  if (state.notice !== null) return 'notice';
  if (state.place === 'approvals' || state.place === 'tokens') return state.place;
  if (state.place === 'board') {
    if (state.board.filter !== '') return 'filter';
    return state.board.marks.length > 0 ? 'card-marks' : 'board';
  }
  if (state.place === 'events') {
    if (state.reading.filter !== '') return 'filter';
    return state.reading.list === 'commands' ? 'commands' : 'events';
  }
  if (state.view === 'zoom' || state.view === 'tiles') return state.view;
  if (state.filter !== '') return 'filter';
  if (state.onlyMine) return 'only-mine';
  if (state.marks.length > 0) return 'marks';
  return state.view === 'grid' ? 'grid' : null;
}

function openFilter(deeds: Deeds): void {
  const before = filterOf(deeds.state());
  deeds.dispatch({type: 'dialog', dialog: {kind: 'filter', field: fieldOf(before), before}});
}

/** Screens, help and leaving. */
export const everywhereKeys: readonly Binding[] = [
  {
    id: 'demo',
    keys: ['d'],
    where: ['fleet'],
    label: 'demo',
    help: 'show the demo while the fleet is empty; <quit> comes back',
    footer: 6,
    when: state => state.demo && state.sessions?.length === 0,
    run: deeds => deeds.demo(),
  },
  {
    id: 'filter',
    keys: ['/'],
    where: ['fleet'],
    label: 'filter',
    help: 'filter by name, agent, branch, directory, tag',
    footer: 12,
    whyNot: state => (state.sessions?.length ? null : 'there are no sessions'),
    run: openFilter,
  },
  {
    id: 'board-filter',
    keys: ['/'],
    where: ['board'],
    label: 'filter',
    help: 'filter by text, project:NAME, tag:NAME, session:NAME',
    footer: 12,
    run: openFilter,
  },
  {
    id: 'events-filter',
    keys: ['/'],
    where: ['events'],
    label: 'filter',
    help: 'filter by text, session:NAME, type:NAME, actor:NAME',
    footer: 12,
    run: openFilter,
  },
  {
    id: 'events-commands',
    keys: ['x'],
    where: ['events'],
    label: ({reading}) => (reading.list === 'commands' ? 'events' : 'commands'),
    help: 'the commands that the supervisor ran (git, tmux, set-up), or the events again',
    footer: 5,
    run: ({state, dispatch}) => {
      const list = state().reading.list === 'commands' ? 'events' : 'commands';
      dispatch({type: 'reading', step: {do: 'list', list}});
    },
  },
  {
    id: 'read-event',
    keys: ['enter'],
    where: ['events'],
    label: 'read',
    help: 'read the whole line',
    footer: 1,
    run: deeds => deeds.readEvent(),
  },
  {
    id: 'back',
    keys: ['esc'],
    where: tabbed,
    label: state => (['board', 'approvals', 'tokens', 'events'].includes(back(state) ?? '') ? 'fleet' : 'back'),
    help: 'back: unzoom, drop filter and marks, to the Fleet screen',
    footer: 13,
    whyNot: state => (back(state) === null ? 'nothing to go back from' : null),
    run: ({state, dispatch}) => {
      switch (back(state())) {
        case 'notice':
          return dispatch({type: 'notice-read'});
        case 'board':
        case 'approvals':
        case 'tokens':
        case 'events':
          return dispatch({type: 'place', place: 'fleet'});
        case 'commands':
          return dispatch({type: 'reading', step: {do: 'list', list: 'events'}});
        case 'filter':
          return dispatch({type: 'filter', text: ''});
        case 'only-mine':
          return dispatch({type: 'only-mine', on: false});
        case 'marks':
          return dispatch({type: 'marks', step: {do: 'set', ids: []}});
        case 'card-marks':
          return dispatch({type: 'board', step: {do: 'unmark'}});
        case 'zoom':
        case 'grid':
        case 'tiles':
          return dispatch({type: 'view', view: 'cards'});
        case null:
          return;
      }
    },
  },
  {
    id: 'fleet',
    keys: ['1', 'alt+1'],
    where: all,
    label: 'Fleet',
    help: 'the Fleet screen',
    run: deeds => deeds.dispatch({type: 'place', place: 'fleet'}),
  },
  {
    id: 'board',
    keys: ['2', 'alt+2'],
    where: all,
    label: 'Board',
    help: 'the Board screen: the cards, and who holds them',
    run: deeds => deeds.dispatch({type: 'place', place: 'board'}),
  },
  {
    id: 'approvals',
    keys: ['3', 'alt+3'],
    where: all,
    label: 'Approvals',
    help: 'the Approvals screen: what waits for a person',
    run: deeds => deeds.dispatch({type: 'place', place: 'approvals'}),
  },
  {
    id: 'tokens',
    keys: ['4', 'alt+4'],
    where: all,
    label: 'Tokens',
    help: 'the Tokens screen: what was spent, and budgets',
    run: deeds => deeds.dispatch({type: 'place', place: 'tokens'}),
  },
  {
    id: 'events',
    keys: ['5', 'alt+5'],
    where: all,
    label: 'Events',
    help: 'the Events screen: what happened, and why',
    run: deeds => deeds.dispatch({type: 'place', place: 'events'}),
  },
  {
    id: 'repaint',
    keys: ['ctrl+l'],
    where: all,
    label: 'repaint',
    help: 'draw everything anew',
    run: deeds => deeds.repaint(),
  },
  {
    id: 'suspend',
    keys: ['ctrl+z'],
    where: all,
    label: 'suspend',
    help: 'back to the shell until fg; the fleet goes on',
    run: deeds => deeds.suspend(),
  },
  {
    id: 'theme',
    keys: ['t'],
    where: all,
    label: 'theme',
    help: 'the next theme',
    run: deeds => deeds.nextTheme(),
  },
  {
    id: 'help',
    keys: ['?'],
    where: all,
    label: 'help',
    help: 'all keys, searched as you type; enter does what the chosen one does',
    footer: 20,
    run: deeds => deeds.openHelp(),
  },
  {
    id: 'palette',
    keys: [':'],
    where: all,
    label: 'command',
    help: 'everything that can be done, found by a few letters',
    footer: 19,
    run: deeds => deeds.openPalette(),
  },
  {
    id: 'quit',
    keys: ['q', 'ctrl+c'],
    where: tabbed,
    label: 'leave',
    help: 'leave the cockpit; agents go on',
    footer: 21,
    run: deeds => deeds.quit(),
  },
];
