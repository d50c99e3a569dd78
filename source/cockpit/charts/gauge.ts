import Gauge from 'blessed-contrib/lib/widget/gauge.js';
import type {Shapes} from '../draw/shapes.ts';
import {canvasCells} from './canvas-cells.ts';
import {drawnOff} from './off-screen.ts';

/** More than a pane shows. */
const CELLS_MAX = 200;
/** Gauges remembered, many times what is in sight at once. */
const KEPT_MAX = 500;
/** It stands off the edge of its canvas, and in the third of its rows. */
const MARGIN = {cells: 1, rows: 2};
const ROWS = 5;

const drawn = new Map<string, number>();

/** `▓▓▓░░░░░`: a share from 0 to 1 of so many cells; what is little is not nothing. */
export function gauge({full, empty}: Shapes, {share, cells}: {share: number; cells: number}): string {
  const room = Math.max(0, Math.min(CELLS_MAX, cells));
  const filled = share > 0 && room > 0 ? filledOf(Math.min(1, share), room) : 0;
  return full.repeat(filled) + empty.repeat(room - filled);
}

function filledOf(share: number, cells: number): number {
  const key = `${share} ${cells}`;
  const known = drawn.get(key);
  if (known !== undefined) return known;
  if (drawn.size >= KEPT_MAX) drawn.clear();
  const filled = draw(share, cells);
  drawn.set(key, filled);
  return filled;
}

function draw(share: number, cells: number): number {
  const frame = drawnOff(
    // Its canvas is two cells narrower, and three of those are left free; the last cell is drawn besides.
    () => new Gauge({width: cells + 4, height: ROWS, showLabel: false, stroke: 'green', fill: 'white'}),
    widget => {
      widget.setData(share);
      return widget.ctx._canvas.frame();
    },
  );
  const row = canvasCells(frame)[MARGIN.rows] ?? [];
  return row.slice(MARGIN.cells, MARGIN.cells + cells).filter(({colour}) => colour !== null).length;
}
