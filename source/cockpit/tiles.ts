import type {SessionView} from '../domain/fleet.ts';
import type {Size} from './layout.ts';

/** Live screens at most: each has a stream. */
const TILES_MAX = 9;
const SIDE_MAX = 3;
/** A tile with its border: good to read, and the least that tells anything. */
const READABLE = {cols: 56, rows: 14};
const LEAST = {cols: 38, rows: 7};
/** Two tiles next to each other are worth more than one that is read well. */
const PAIR_ROWS = 9;
/** What an agent's screen has at least: more of a tile shows no more of it. */
const SCREEN = {cols: 80, rows: 24};

export type TileGrid = {columns: number; rows: number; tile: Size};

/** Whose screens stand side by side: the marked sessions, else as many of the first ones as can be read well. */
export function chooseTiles(
  listed: readonly SessionView[],
  {marks, body, selected = null}: {marks: readonly string[]; body: Size; selected?: string | null},
): string[] {
  const marked = listed.filter(({id}) => marks.includes(id));
  const {columns, rows} = readable(body);
  const chosen = marked.length > 0 ? marked.slice(0, TILES_MAX) : listed.slice(0, columns * rows);
  const ids = chosen.map(({id}) => id);
  // Who is selected is among them, whatever asks for more.
  const misses = selected !== null && !ids.includes(selected) && listed.some(({id}) => id === selected);
  return marked.length > 0 || !misses ? ids : [...ids.slice(0, -1), selected];
}

/** How many tiles can be read well in this room. */
function readable({cols, rows}: Size): {columns: number; rows: number} {
  const across = Math.max(Math.min(2, Math.floor(cols / LEAST.cols)), Math.floor(cols / READABLE.cols));
  const down = Math.max(Math.min(2, Math.floor(rows / PAIR_ROWS)), Math.floor(rows / READABLE.rows));
  return {columns: within(across), rows: within(down)};
}

const within = (count: number): number => Math.max(1, Math.min(SIDE_MAX, count));

/** The grid in which so many tiles show most of their screens; with fewer places than tiles where the room is small. */
export function tileGrid(body: Size, count: number): TileGrid {
  const most = {columns: within(Math.floor(body.cols / LEAST.cols)), rows: within(Math.floor(body.rows / LEAST.rows))};
  const wanted = Math.max(1, Math.min(count, most.columns * most.rows));
  let best: TileGrid | null = null;
  for (let columns = most.columns; columns >= 1; columns--) {
    const rows = Math.ceil(wanted / columns);
    if (rows > most.rows) continue;
    const tile = {
      cols: Math.floor((body.cols - (columns - 1)) / columns),
      rows: Math.floor(body.rows / rows),
    };
    const grid = {columns, rows, tile};
    if (best === null || shown(tile) > shown(best.tile)) best = grid;
  }
  return best!;
}

/** The part of a screen that a tile shows. */
const shown = ({cols, rows}: Size): number =>
  Math.min(1, (cols - 2) / SCREEN.cols) * Math.min(1, (rows - 2) / SCREEN.rows);

/** The tiles in sight: the page with the selected one. */
export function tilePage<T extends {id: string}>(
  tiles: readonly T[],
  {grid, selected}: {grid: TileGrid; selected: string | null},
): {from: number; tiles: readonly T[]} {
  const places = grid.columns * grid.rows;
  const at = Math.max(
    0,
    tiles.findIndex(({id}) => id === selected),
  );
  const from = Math.floor(at / places) * places;
  return {from, tiles: tiles.slice(from, from + places)};
}
