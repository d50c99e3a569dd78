import {scrollHeight} from '../layout.ts';
import {matchesOf, type ScrollAction} from '../scrollback.ts';
import {currentLayout, type State, selectedSession} from '../state.ts';
import type {Binding} from './binding.ts';

const where = ['scrollback'] as const;
const step = (action: (state: State) => ScrollAction): Binding['run'] => {
  return deeds => deeds.dispatch({type: 'scrollback', step: action(deeds.state())});
};
const page = (state: State): number => scrollHeight(currentLayout(state));
const half = (state: State): number => Math.max(1, Math.floor(page(state) / 2));
const noRows = ({scroll}: State): string | null => (scroll?.rows?.length ? null : 'nothing is shown');
const noMatch = ({scroll}: State): string | null =>
  scroll !== null && matchesOf(scroll).length > 0 ? null : 'nothing is searched (<scroll.search> does)';
const selecting = ({scroll}: State): boolean => scroll !== null && scroll.anchor !== null;

/** Columns that a step to the side takes. */
const ASIDE = 8;

/** What is done with the history of a terminal. */
export const scrollbackKeys: readonly Binding[] = [
  {
    id: 'scrollback',
    keys: ['[', 'alt+pageup'],
    where: ['fleet'],
    label: 'scrollback',
    help: "what the session's terminal showed before: read, search and copy it",
    footer: 10,
    whyNot: state => (selectedSession(state) === null ? 'no session is selected' : null),
    run: deeds => deeds.openScrollback(),
  },
  {
    id: 'scrollback.zoomed',
    keys: ['pageup'],
    where: ['fleet'],
    label: 'scrollback',
    help: 'zoomed: the same as <scrollback>',
    when: ({view}) => view === 'zoom',
    run: deeds => deeds.openScrollback(),
  },
  {
    id: 'scroll.search',
    keys: ['/'],
    where,
    label: 'search',
    help: 'search a text, upwards; small letters find capitals too',
    footer: 1,
    whyNot: state => (state.scroll?.reading ? null : noRows(state)),
    run: deeds => deeds.openSearch(),
  },
  {
    id: 'scroll.next',
    keys: ['n'],
    where,
    label: 'next',
    help: 'to the next match, upwards',
    footer: 2,
    footerKey: () => '<scroll.next> <scroll.previous>',
    whyNot: noMatch,
    run: step(() => ({do: 'match', by: -1})),
  },
  {
    id: 'scroll.previous',
    keys: ['N'],
    where,
    label: 'match before',
    help: 'to the match before, downwards',
    whyNot: noMatch,
    run: step(() => ({do: 'match', by: 1})),
  },
  {
    id: 'scroll.select',
    keys: ['v'],
    where,
    label: state => (selecting(state) ? 'drop selection' : 'select'),
    help: 'select lines from here on, and drop the selection',
    footer: 3,
    whyNot: noRows,
    run: step(state => ({do: 'select', on: !selecting(state)})),
  },
  {
    id: 'scroll.copy',
    keys: ['y'],
    where,
    label: state => (selecting(state) ? 'copy' : 'copy page'),
    help: 'copy the selected lines, else those in sight, to the clipboard of your terminal (OSC 52)',
    footer: 4,
    whyNot: noRows,
    run: deeds => deeds.copyLines(),
  },
  {
    id: 'scroll.edit',
    keys: ['e'],
    where,
    label: 'editor',
    help: 'all of it in $EDITOR, as plain text; the file is removed afterwards',
    footer: 5,
    whyNot: state => (state.scroll?.editor === false ? 'no editor is set (EDITOR names one)' : noRows(state)),
    run: deeds => deeds.editScrollback(),
  },
  {
    id: 'scroll.read',
    keys: ['r'],
    where,
    label: 'read again',
    help: 'read it again, with what came since',
    footer: 6,
    run: deeds => deeds.readScrollback(),
  },
  {
    id: 'scroll.zoom',
    keys: ['z'],
    where,
    label: state => (state.view === 'zoom' ? 'unzoom' : 'zoom'),
    help: 'the scrollback at full width, and back',
    footer: 7,
    when: ({size, view}) => size.cols >= 50 && view !== 'tiles',
    run: deeds => deeds.dispatch({type: 'view', view: deeds.state().view === 'zoom' ? 'cards' : 'zoom'}),
  },
  {
    id: 'scroll.down',
    keys: ['j', 'down'],
    where,
    label: 'down',
    help: 'one line down',
    run: step(() => ({do: 'walk', by: 1})),
  },
  {
    id: 'scroll.up',
    keys: ['k', 'up'],
    where,
    label: 'up',
    help: 'one line up',
    run: step(() => ({do: 'walk', by: -1})),
  },
  {
    id: 'scroll.page-down',
    keys: ['pagedown', 'ctrl+f', 'space'],
    where,
    label: 'page down',
    help: 'one page down',
    run: step(state => ({do: 'page', by: page(state)})),
  },
  {
    id: 'scroll.page-up',
    keys: ['pageup', 'ctrl+b'],
    where,
    label: 'page up',
    help: 'one page up',
    run: step(state => ({do: 'page', by: -page(state)})),
  },
  {
    id: 'scroll.half-down',
    keys: ['ctrl+d'],
    where,
    label: 'half down',
    help: 'half a page down',
    run: step(state => ({do: 'page', by: half(state)})),
  },
  {
    id: 'scroll.half-up',
    keys: ['ctrl+u'],
    where,
    label: 'half up',
    help: 'half a page up',
    run: step(state => ({do: 'page', by: -half(state)})),
  },
  {
    id: 'scroll.first',
    keys: ['g', 'home'],
    where,
    label: 'first',
    help: 'to the oldest line',
    run: step(() => ({do: 'edge', to: 'first'})),
  },
  {
    id: 'scroll.last',
    keys: ['G', 'end'],
    where,
    label: 'last',
    help: 'to the newest line',
    run: step(() => ({do: 'edge', to: 'last'})),
  },
  {
    id: 'scroll.right',
    keys: ['l', 'right'],
    where,
    label: 'right',
    help: 'to the right, in long lines',
    run: step(() => ({do: 'aside', by: ASIDE})),
  },
  {
    id: 'scroll.left',
    keys: ['h', 'left'],
    where,
    label: 'left',
    help: 'back to the left',
    run: step(() => ({do: 'aside', by: -ASIDE})),
  },
  {
    id: 'scroll.back',
    keys: ['esc'],
    where,
    label: 'back',
    help: 'drop the selection, then the search, then back to the live screen',
    footer: 1.2, // The way out is in sight also where there is little room.
    run: deeds => {
      const {scroll} = deeds.state();
      const {dispatch} = deeds;
      if (scroll === null) return deeds.closeScrollback();
      if (scroll.anchor !== null) return dispatch({type: 'scrollback', step: {do: 'select', on: false}});
      if (scroll.needle === '') return deeds.closeScrollback();
      dispatch({type: 'scrollback', step: {do: 'search', text: '', from: scroll.at, stay: true}});
    },
  },
  {
    id: 'scroll.close',
    keys: ['q', 'ctrl+c'],
    where,
    label: 'close',
    help: 'back to the live screen',
    run: deeds => deeds.closeScrollback(),
  },
  {
    id: 'search.keep',
    keys: ['enter'],
    where: ['search'],
    label: 'keep',
    help: 'keep the search; <scroll.next> and <scroll.previous> go on',
    footer: 1,
    run: ({dispatch}) => dispatch({type: 'dialog', dialog: {kind: 'none'}}),
  },
  {
    id: 'search.cancel',
    keys: ['esc', 'ctrl+c'],
    where: ['search'],
    label: 'cancel',
    help: 'back to where the search began',
    footer: 2,
    run: deeds => deeds.cancelSearch(),
  },
];
