import type {CardView} from '../domain/board.ts';
import {baseColumns} from '../domain/columns.ts';
import {cardFilter} from './board-filter.ts';

/** A move that the fleet has not answered yet: it is shown as though it had. */
export type Move = {id: number; card: string; status: string; position: number};

/** A column with the cards that the filter leaves in it, from the top. */
export type Lane = {name: string; cards: readonly CardView[]};

/** What the Board screen knows, and where its reader stands. */
export type Board = {
  /** As the fleet told them; null until it has. */
  cards: readonly CardView[] | null;
  columns: readonly string[];
  /** Oldest first. */
  moves: readonly Move[];
  filter: string;
  /** Made of the four above, whenever one of them changes. */
  lanes: readonly Lane[];
  column: string;
  /** Id of the chosen card; null: the column is empty. */
  chosen: string | null;
  /** First card in sight, by column. */
  tops: Readonly<Record<string, number>>;
  /** Ids. */
  marks: readonly string[];
};

export const noBoard: Board = {
  cards: null,
  columns: baseColumns,
  moves: [],
  filter: '',
  lanes: baseColumns.map(name => ({name, cards: []})),
  column: 'todo',
  chosen: null,
  tops: {},
  marks: [],
};

export type BoardAction =
  | {do: 'read'; cards: readonly CardView[]; columns: readonly string[]}
  /** Cards as they are now; archived ones go. `answers`: the move that this is the answer to. */
  | {do: 'put'; cards: readonly CardView[]; answers?: number}
  | {do: 'drop'; card: string}
  | {do: 'move'; move: Move}
  /** Takes back what was shown of a card too early. */
  | {do: 'take-back'; card: string}
  | {do: 'choose'; card: string}
  | {do: 'walk'; by: number}
  | {do: 'filter'; text: string}
  | {do: 'mark'; card: string}
  | {do: 'unmark'};

/** Pure; what of it is in sight is for `withSight` of `board-window.ts`. */
export function stepBoard(board: Board, action: BoardAction): Board {
  switch (action.do) {
    case 'read':
      return laid({...board, cards: action.cards, columns: action.columns});
    case 'put': {
      if (action.answers === undefined && isKnown(board, action.cards)) return board;
      const moves = board.moves.filter(({id}) => id !== action.answers);
      return laid({...board, moves, cards: withCards(board.cards ?? [], action.cards)});
    }
    case 'drop':
      return laid({...board, cards: (board.cards ?? []).filter(({id}) => id !== action.card)});
    case 'move': {
      const {move} = action;
      const follows = move.card === board.chosen;
      return laid({...board, moves: [...board.moves, move], ...(follows ? {column: move.status} : {})});
    }
    case 'take-back': {
      const moves = board.moves.filter(({card}) => card !== action.card);
      const before = board.cards?.find(({id}) => id === action.card);
      const follows = before !== undefined && board.chosen === action.card;
      return laid({...board, moves, ...(follows ? {column: before.status} : {})});
    }
    case 'choose': {
      const lane = board.lanes.find(({cards}) => cards.some(({id}) => id === action.card));
      return lane === undefined ? board : {...board, column: lane.name, chosen: action.card};
    }
    case 'walk':
      return walk(board, action.by);
    case 'filter':
      return laid({...board, filter: action.text, tops: {}});
    case 'mark': {
      const {marks} = board;
      const without = marks.filter(id => id !== action.card);
      return {...board, marks: without.length < marks.length ? without : [...marks, action.card]};
    }
    case 'unmark':
      return {...board, marks: []};
  }
}

/** Up and down within the column. */
export function stepInLane(board: Board, by: number): Board {
  const {cards} = laneOf(board);
  const at = placeOf(board);
  const to = Math.max(0, Math.min(cards.length - 1, at + by));
  return cards.length === 0 || to === at ? board : {...board, chosen: cards[to]!.id};
}

export const laneOf = (board: Board): Lane => board.lanes.find(({name}) => name === board.column) ?? board.lanes[0]!;

/** Of the chosen card in its column; 0 in an empty one. */
export const placeOf = (board: Board): number =>
  Math.max(
    0,
    laneOf(board).cards.findIndex(({id}) => id === board.chosen),
  );

export const chosenCard = (board: Board): CardView | null =>
  laneOf(board).cards.find(({id}) => id === board.chosen) ?? null;

/** The column beside one; null at the edge. */
export function columnBeside({lanes}: Board, column: string, by: number): string | null {
  const at = lanes.findIndex(({name}) => name === column);
  return lanes[at + by]?.name ?? null;
}

/** All cards of a column, also those that the filter hides, as they are shown. */
const wholeLane = ({cards, moves}: Board, column: string): CardView[] =>
  inOrder(asMoved(cards ?? [], moves).filter(({status}) => status === column));

/** Behind the last card of a column. */
export const endOfLane = (board: Board, column: string): number =>
  Math.floor(wholeLane(board, column).reduce((last, {position}) => Math.max(last, position), 0)) + 1;

/** A position next to the neighbour in sight, on the side away from the card; null: there is no neighbour. */
export function positionBeyond(board: Board, card: CardView, by: 1 | -1): number | null {
  const lane = laneOf(board);
  const neighbour = lane.cards[lane.cards.findIndex(({id}) => id === card.id) + by];
  if (neighbour === undefined) return null;
  const whole = wholeLane(board, lane.name).filter(({id}) => id !== card.id);
  const next = whole[whole.findIndex(({id}) => id === neighbour.id) + by];
  return next === undefined ? neighbour.position + by : (neighbour.position + next.position) / 2;
}

const held = new WeakMap<readonly CardView[], ReadonlyMap<string, string>>();

/** The card that each session holds, by its id. */
export function heldCards({cards}: Board): ReadonlyMap<string, string> {
  if (cards === null) return new Map();
  let found = held.get(cards);
  if (found === undefined) {
    found = new Map(cards.flatMap(({id, claim}) => (claim === null ? [] : [[claim.holder_id, id] as const])));
    held.set(cards, found);
  }
  return found;
}

/** The column beside, at the same height; beyond the last one nothing happens. */
function walk(board: Board, by: number): Board {
  const column = columnBeside(board, board.column, by);
  if (column === null) return board;
  const height = placeOf(board) - (board.tops[board.column] ?? 0);
  const {cards} = board.lanes.find(({name}) => name === column)!;
  const at = Math.max(0, Math.min(cards.length - 1, (board.tops[column] ?? 0) + height));
  return {...board, column, chosen: cards[at]?.id ?? null};
}

/** With its lanes made anew; the choice stays on its card while that is in its column, else on its place. */
function laid(board: Board): Board {
  const matches = cardFilter(board.filter);
  const shown = inOrder(asMoved(board.cards ?? [], board.moves).filter(matches));
  const byColumn = new Map(board.columns.map(name => [name, [] as CardView[]]));
  for (const card of shown) {
    const lane = byColumn.get(card.status);
    if (lane === undefined) byColumn.set(card.status, [card]);
    else lane.push(card);
  }
  const lanes = [...byColumn].map(([name, cards]) => ({name, cards}));
  const column = byColumn.has(board.column) ? board.column : lanes[0]!.name;
  const cards = byColumn.get(column)!;
  const stays = cards.some(({id}) => id === board.chosen);
  const chosen = stays ? board.chosen : (cards[Math.min(placeOf(board), cards.length - 1)]?.id ?? null);
  const there = new Set(shown.map(({id}) => id));
  const marks = board.marks.every(id => there.has(id)) ? board.marks : board.marks.filter(id => there.has(id));
  return {...board, lanes, column, chosen, marks};
}

function asMoved(cards: readonly CardView[], moves: readonly Move[]): readonly CardView[] {
  if (moves.length === 0) return cards;
  const last = new Map(moves.map(move => [move.card, move]));
  return cards.map(card => {
    const move = last.get(card.id);
    return move === undefined ? card : {...card, status: move.status, position: move.position};
  });
}

const inOrder = (cards: readonly CardView[]): CardView[] =>
  cards.toSorted((a, b) => a.position - b.position || a.created_at - b.created_at || numberOf(a) - numberOf(b));

const numberOf = ({id}: CardView): number => Number(id.slice(id.lastIndexOf('-') + 1));

/** Most entries tell of what the answer to a call has told already. */
function isKnown({cards}: Board, fresh: readonly CardView[]): boolean {
  const known = new Map(cards?.map(card => [card.id, card]));
  return fresh.every(card => JSON.stringify(known.get(card.id)) === JSON.stringify(card));
}

function withCards(known: readonly CardView[], changed: readonly CardView[]): readonly CardView[] {
  const fresh = new Map(changed.map(card => [card.id, card]));
  const kept = known.map(card => {
    const now = fresh.get(card.id);
    fresh.delete(card.id);
    // An answer that was overtaken is older than what is known.
    return now === undefined || Number(now.etag) < Number(card.etag) ? card : now;
  });
  return [...kept, ...fresh.values()].filter(({archived}) => !archived);
}
