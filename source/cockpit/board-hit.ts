import type {Board} from './board.ts';
import {boardArea, cardRows, textCols, windowOf} from './board-window.ts';
import type {Size} from './layout.ts';

type BoardHit = {on: 'card'; card: string} | {on: 'lane'; column: string};

/** The card or the column of a board at a cell below the header; null: neither. */
export function boardHit(board: Board, {body, cell}: {body: Size; cell: {x: number; y: number}}): BoardHit | null {
  if (board.cards === null || board.cards.length === 0) return null;
  const area = boardArea(board, body);
  const lane = board.lanes[area.from + Math.floor(cell.x / area.cols)];
  const head = body.rows - area.rows;
  const shown = area.side ? cell.x < (area.to - area.from) * area.cols : cell.y >= head;
  if (lane === undefined || !shown) return null;
  const chosen = lane.name === board.column ? board.chosen : null;
  const {top, end} = windowOf(lane, Math.min(board.tops[lane.name] ?? 0, lane.cards.length), {area, chosen});
  let y = head + (top > 0 ? 1 : 0);
  for (const [i, card] of lane.cards.slice(top, end).entries()) {
    if (area.airy && i > 0) y++;
    const rows = cardRows(card, {chosen: card.id === chosen, cols: textCols(area)});
    if (cell.y >= y && cell.y < y + rows) return {on: 'card', card: card.id};
    y += rows;
  }
  return {on: 'lane', column: lane.name};
}
