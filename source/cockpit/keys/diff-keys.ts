import {chosenComment, chosenRow, type DiffAction, ownComments, viewRows} from '../diff.ts';
import {diffAreas} from '../layout.ts';
import {currentLayout, type State} from '../state.ts';
import type {Binding} from './binding.ts';

const where = ['diff'] as const;
const step = (action: (state: State) => DiffAction): Binding['run'] => {
  return deeds => deeds.dispatch({type: 'diff', step: action(deeds.state())});
};
const page = (state: State): number => diffAreas(currentLayout(state).body).text.rows;
const isEmpty = (state: State): string | null => (viewRows(state.diffs).length === 0 ? 'nothing is shown' : null);
const noPlace = (state: State): string | null =>
  isEmpty(state) ?? (chosenRow(state.diffs)?.spot.path === '' ? 'this is about no file' : null);
const waiting = ({diffs: {view, comments}}: State): number =>
  view === null ? 0 : ownComments(comments, view.session).length;

/** Columns that a step to the side takes. */
const ASIDE = 8;

/** What is done with the changes of a session. */
export const diffKeys: readonly Binding[] = [
  {
    id: 'diff.comment',
    keys: ['c', 'enter'],
    where,
    label: state => (chosenComment(state.diffs) === null ? 'comment' : 'edit comment'),
    help: 'comment the line, the hunk or the file; on a comment: change it',
    footer: 1,
    whyNot: noPlace,
    run: deeds => deeds.openComment(),
  },
  {
    id: 'diff.drop',
    keys: ['x', 'delete'],
    where,
    label: 'remove',
    help: 'take the comment away',
    footer: 2,
    whyNot: state => (chosenComment(state.diffs) === null ? 'no comment is chosen' : null),
    run: deeds => deeds.dropComment(),
  },
  {
    id: 'diff.send',
    keys: ['S', 'ctrl+s'],
    where,
    label: state => `send ${waiting(state)}`,
    help: 'send all comments to the session, as one message',
    footer: 3,
    whyNot: state => (waiting(state) === 0 ? 'there are no comments (<diff.comment> writes one)' : null),
    run: deeds => deeds.sendComments(),
  },
  {
    id: 'diff.file',
    keys: ['n'],
    where,
    label: 'file',
    help: 'to the next file',
    footer: 5,
    footerKey: () => '<diff.file> <diff.file-before>',
    whyNot: isEmpty,
    run: step(() => ({do: 'next', what: 'file', by: 1})),
  },
  {
    id: 'diff.file-before',
    keys: ['p', 'N'],
    where,
    label: 'file before',
    help: 'to the file before',
    run: step(() => ({do: 'next', what: 'file', by: -1})),
  },
  {
    id: 'diff.hunk',
    keys: ['tab', ']'],
    where,
    label: 'hunk',
    help: 'to the next hunk',
    footer: 4,
    whyNot: isEmpty,
    run: step(() => ({do: 'next', what: 'hunk', by: 1})),
  },
  {
    id: 'diff.hunk-before',
    keys: ['shift+tab', '['],
    where,
    label: 'hunk before',
    help: 'to the hunk before',
    run: step(() => ({do: 'next', what: 'hunk', by: -1})),
  },
  {
    id: 'diff.down',
    keys: ['j', 'down'],
    where,
    label: 'down',
    help: 'one line down',
    run: step(() => ({do: 'walk', by: 1})),
  },
  {
    id: 'diff.up',
    keys: ['k', 'up'],
    where,
    label: 'up',
    help: 'one line up',
    run: step(() => ({do: 'walk', by: -1})),
  },
  {
    id: 'diff.page-down',
    keys: ['pagedown', 'ctrl+d', 'space'],
    where,
    label: 'page down',
    help: 'one page down',
    run: step(state => ({do: 'walk', by: page(state)})),
  },
  {
    id: 'diff.page-up',
    keys: ['pageup', 'ctrl+u'],
    where,
    label: 'page up',
    help: 'one page up',
    run: step(state => ({do: 'walk', by: -page(state)})),
  },
  {
    id: 'diff.first',
    keys: ['g', 'home'],
    where,
    label: 'first',
    help: 'to the first line',
    run: step(() => ({do: 'edge', to: 'first'})),
  },
  {
    id: 'diff.last',
    keys: ['G', 'end'],
    where,
    label: 'last',
    help: 'to the last line',
    run: step(() => ({do: 'edge', to: 'last'})),
  },
  {
    id: 'diff.right',
    keys: ['l', 'right'],
    where,
    label: 'right',
    help: 'to the right, in long lines',
    run: step(() => ({do: 'aside', by: ASIDE})),
  },
  {
    id: 'diff.left',
    keys: ['h', 'left'],
    where,
    label: 'left',
    help: 'back to the left',
    run: step(() => ({do: 'aside', by: -ASIDE})),
  },
  {
    id: 'diff.read',
    keys: ['r'],
    where,
    label: 'read again',
    help: 'read the changes again; place and comments stay',
    footer: 6,
    run: deeds => deeds.readDiff(),
  },
  {
    id: 'diff.close',
    keys: ['esc', 'q', 'ctrl+c'],
    where,
    label: 'back',
    help: 'back to the Fleet screen; comments are kept',
    footer: 1.2, // The way out is in sight also where there is little room.
    run: deeds => deeds.closeDiff(),
  },
  {
    id: 'comment.keep',
    keys: ['enter'],
    where: ['comment'],
    label: 'keep',
    help: 'keep the comment; an empty one is taken away',
    footer: 1,
    run: deeds => deeds.keepComment(),
  },
];
