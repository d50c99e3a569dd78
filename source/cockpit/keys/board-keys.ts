import {chosenCard, columnBeside, heldCards, laneOf} from '../board.ts';
import {claimants} from '../board-deeds.ts';
import {boardArea} from '../board-window.ts';
import {currentLayout, type State, selectedSession} from '../state.ts';
import type {Binding} from './binding.ts';

const noCard = (state: State): string | null => (chosenCard(state.board) === null ? 'no card is chosen' : null);

const noColumn =
  (by: 1 | -1) =>
  (state: State): string | null => {
    const {board} = state;
    return noCard(state) ?? (columnBeside(board, board.column, by) === null ? 'there is no column beyond' : null);
  };

const noPlace =
  (by: 1 | -1) =>
  (state: State): string | null => {
    const {cards} = laneOf(state.board);
    const at = cards.findIndex(({id}) => id === state.board.chosen);
    return noCard(state) ?? (cards[at + by] === undefined ? 'it is at the end of its column' : null);
  };

/** The session that holds the chosen card, or is to do it. */
const noSession = (state: State): string | null => {
  const card = chosenCard(state.board);
  if (card === null) return noCard(state);
  const {claim, session} = card;
  if (claim === null && session === null) return `${card.id} is nobody's`;
  const there = state.sessions?.some(({id, name}) => id === claim?.holder_id || name === session);
  return there === true ? null : `${claim?.holder ?? session} is not there any more`;
};

/** Who holds it, where somebody does, is said where a session is chosen. */
const noClaim = (state: State): string | null => {
  const card = chosenCard(state.board);
  if (card === null) return noCard(state);
  const {id, status, claim, session} = card;
  if (status === 'done') return `${id} is done`;
  const isFree = status === 'todo' || status === 'backlog' || claim !== null;
  if (!isFree && !(status === 'doing' && session !== null)) return `${id} is in ${status}: free are backlog and todo`;
  return claimants(state).length > 0 ? null : 'there are no sessions to claim it';
};

type WhyNot = (state: State) => string | null;
/** Two keys in one hint while both can be used, else each has its own. */
const both = (keys: string, key: string, whyNotOther: WhyNot) => (state: State) =>
  whyNotOther(state) === null ? keys : key;
const alone = (key: string, whyNotOther: WhyNot) => (state: State) => (whyNotOther(state) === null ? null : key);

const count = ({board: {marks}}: State): string => (marks.length > 0 ? ` ${marks.length}` : '');
const holdsCard = (state: State): boolean => heldCards(state.board).has(selectedSession(state)?.id ?? '');
const rows = (state: State): number => Math.ceil(boardArea(state.board, currentLayout(state).body).rows / 2);

/** What is done with cards. */
export const boardKeys: readonly Binding[] = [
  {
    id: 'card-left',
    keys: ['h', 'left'],
    where: ['board'],
    label: 'walk',
    help: 'the column to the left',
    run: deeds => deeds.onBoard({do: 'walk', by: -1}),
  },
  {
    id: 'card-right',
    keys: ['l', 'right'],
    where: ['board'],
    label: 'walk',
    help: 'the column to the right',
    run: deeds => deeds.onBoard({do: 'walk', by: 1}),
  },
  {
    id: 'card-move-right',
    keys: ['L'],
    where: ['board'],
    label: state => `move${count(state)}`,
    help: 'move the card, or all marked ones, a column to the right',
    footer: 2,
    footerKey: both('<card-move-left> <card-move-right>', '<card-move-right>', noColumn(-1)),
    whyNot: noColumn(1),
    run: deeds => deeds.moveCards(1),
  },
  {
    id: 'card-move-left',
    keys: ['H'],
    where: ['board'],
    label: state => `move${count(state)}`,
    help: 'move the card, or all marked ones, a column to the left',
    footer: 2,
    footerKey: alone('<card-move-left>', noColumn(1)),
    whyNot: noColumn(-1),
    run: deeds => deeds.moveCards(-1),
  },
  {
    id: 'card-down',
    keys: ['J'],
    where: ['board'],
    label: 'reorder',
    help: 'move the card down in its column',
    footer: 3,
    footerKey: both('<card-down> <card-up>', '<card-down>', noPlace(-1)),
    whyNot: noPlace(1),
    run: deeds => deeds.reorderCard(1),
  },
  {
    id: 'card-up',
    keys: ['K'],
    where: ['board'],
    label: 'reorder',
    help: 'move the card up in its column',
    footer: 3,
    footerKey: alone('<card-up>', noPlace(1)),
    whyNot: noPlace(-1),
    run: deeds => deeds.reorderCard(-1),
  },
  {
    id: 'card-new',
    keys: ['n'],
    where: ['board'],
    label: 'new',
    help: 'make a card in this column',
    footer: 1,
    run: deeds => deeds.openNewCard(),
  },
  {
    id: 'card-edit',
    keys: ['e'],
    where: ['board'],
    label: 'edit',
    help: 'edit title and description in $EDITOR; without one, the title',
    footer: 6,
    whyNot: noCard,
    run: deeds => deeds.editCard(),
  },
  {
    id: 'card-claim',
    keys: ['c'],
    where: ['board'],
    label: 'claim',
    help: 'claim the card for a session',
    footer: 4,
    whyNot: noClaim,
    run: deeds => deeds.openClaim(),
  },
  {
    id: 'card-details',
    keys: ['enter'],
    where: ['board'],
    label: 'details',
    help: 'all of the card: description, claim, history',
    footer: 5,
    whyNot: noCard,
    run: deeds => deeds.showCard(),
  },
  {
    id: 'card-session',
    keys: ['s'],
    where: ['board'],
    label: 'session',
    help: 'to the session that holds the card, or is to do it',
    footer: 10,
    when: state => noSession(state) === null,
    run: deeds => deeds.showHolder(),
  },
  {
    id: 'card-undo',
    keys: ['u'],
    where: ['board'],
    label: 'undo',
    help: 'take back your last change of a card; again, the one before',
    footer: 7,
    run: deeds => deeds.undoCard(),
  },
  {
    id: 'card-mark',
    keys: ['m'],
    where: ['board'],
    label: state => (state.board.marks.includes(state.board.chosen ?? '') ? 'unmark' : 'mark'),
    help: 'mark the card: <card-move-left> and <card-move-right> move all marked ones',
    footer: 11,
    whyNot: noCard,
    run: deeds => {
      const {chosen} = deeds.state().board;
      if (chosen !== null) deeds.onBoard({do: 'mark', card: chosen});
    },
  },
  {
    id: 'card-page-down',
    keys: ['pagedown', 'ctrl+d'],
    where: ['board'],
    label: 'page down',
    help: 'half a page down',
    run: deeds => deeds.dispatch({type: 'move', by: rows(deeds.state())}),
  },
  {
    id: 'card-page-up',
    keys: ['pageup', 'ctrl+u'],
    where: ['board'],
    label: 'page up',
    help: 'half a page up',
    run: deeds => deeds.dispatch({type: 'move', by: -rows(deeds.state())}),
  },
  {
    id: 'to-card',
    keys: ['b'],
    where: ['fleet'],
    label: 'card',
    help: 'to the card that the session holds',
    footer: 7.5,
    when: holdsCard,
    run: deeds => deeds.showHeldCard(),
  },
];
