import type {CardView} from '../domain/board.ts';
import {type Board, type Lane, laneOf, placeOf} from './board.ts';
import {plain, width} from './draw/cells.ts';
import type {Size} from './layout.ts';

/** Columns stand side by side from this width on; narrower, one is shown below a bar of all. */
const LANES_FROM = 80;
/** Narrowest and widest column of cards. */
const LANE_MIN = 15;
const LANE_MAX = 44;
/** The heads of the columns, and the rule below them. */
const HEAD_ROWS = 2;

export type BoardArea = {
  /** false: a bar of all columns, and the cards of one. */
  side: boolean;
  /** Indexes of the first column in sight, and of the one behind the last. */
  from: number;
  to: number;
  /** Of each column. */
  cols: number;
  /** Below the heads. */
  rows: number;
  /** A blank line between cards, where all columns have room for that; `done` only grows. */
  airy: boolean;
};

/** Where the columns of a board stand. */
export function boardArea(board: Board, body: Size): BoardArea {
  const rows = Math.max(1, body.rows - HEAD_ROWS);
  const at = board.lanes.findIndex(({name}) => name === board.column);
  if (body.cols < LANES_FROM) {
    return {side: false, from: at, to: at + 1, cols: body.cols, rows, airy: roomyRows(laneOf(board)) <= rows};
  }
  const shown = Math.min(board.lanes.length, Math.floor(body.cols / LANE_MIN));
  const from = Math.max(0, Math.min(at - Math.floor(shown / 2), board.lanes.length - shown));
  const cols = Math.min(LANE_MAX, Math.floor(body.cols / shown));
  return {
    side: true,
    from,
    to: from + shown,
    cols,
    rows,
    airy: board.lanes.every(lane => lane.name === 'done' || roomyRows(lane) <= rows),
  };
}

/** Cells for the text of a card: its column without the mark of the choice and the gap behind. */
export const textCols = ({cols}: BoardArea): number => cols - 2;

/** What a card says below its title. */
export function hasDetail({claim, session, status}: CardView): boolean {
  return claim !== null || (session !== null && status !== 'done');
}

/** Only the chosen card takes a second line for its title. */
export function cardRows(card: CardView, {chosen, cols}: {chosen: boolean; cols: number}): number {
  const wraps = chosen && width(card.id) + 1 + width(plain(card.title)) > cols;
  return (wraps ? 2 : 1) + (hasDetail(card) ? 1 : 0);
}

export type Window = {top: number; end: number};

/** The cards of a column that fit from `top` on; lines that say how many more there are take their room. */
export function windowOf(lane: Lane, top: number, {area, chosen}: {area: BoardArea; chosen: string | null}): Window {
  const {rows, airy} = area;
  const cols = textCols(area);
  const all = lane.cards.length;
  let used = top > 0 ? 1 : 0;
  let end = top;
  while (end < all) {
    const card = lane.cards[end]!;
    const gap = airy && end > top ? 1 : 0;
    const taken = used + gap + cardRows(card, {chosen: card.id === chosen, cols});
    const more = end + 1 < all ? 1 : 0;
    if (taken + more > rows && end > top) break;
    used = taken;
    end++;
  }
  return {top, end};
}

/** Scrolls the chosen column as little as possible, so that its card is in sight. */
export function withSight(board: Board, body: Size): Board {
  const area = boardArea(board, body);
  const lane = laneOf(board);
  const at = placeOf(board);
  const {chosen} = board;
  let top = Math.min(board.tops[lane.name] ?? 0, at);
  while (top < at && windowOf(lane, top, {area, chosen}).end <= at) top++;
  // A column that got shorter fills its room again.
  while (top > 0 && windowOf(lane, top - 1, {area, chosen}).end === lane.cards.length) top--;
  return top === (board.tops[lane.name] ?? 0) ? board : {...board, tops: {...board.tops, [lane.name]: top}};
}

const roomy = new WeakMap<Lane, number>();

/** Rows of a column with blank lines between its cards; for the chosen one the second line of its title is not counted. */
function roomyRows(lane: Lane): number {
  let rows = roomy.get(lane);
  if (rows === undefined) {
    rows = lane.cards.reduce((used, card) => used + (hasDetail(card) ? 3 : 2), 0);
    roomy.set(lane, rows);
  }
  return rows;
}
