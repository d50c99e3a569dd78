import Line from 'blessed-contrib/lib/widget/charts/line.js';
import type {Shapes} from '../draw/shapes.ts';
import type {Span} from '../draw/spans.ts';
import type {Theme, Token} from '../theme.ts';
import {type CanvasCell, canvasCells} from './canvas-cells.ts';
import {drawnOff} from './off-screen.ts';

export type LineChart = {
  columns: number;
  /** With the axis and its labels. */
  rows: number;
  /** From the oldest. */
  values: readonly number[];
  /** What stands at the axis, one for each value; ASCII. */
  labels: readonly string[];
  /** Every so manieth of them is written: the first of these that leaves room for all. */
  labelEvery: readonly number[];
  /** How a value is written beside the chart; ASCII, five cells at most. */
  text: (value: number) => string;
};

/** Below the chart itself: the axis and its labels. */
const AXIS_ROWS = 2;
/** Of the numbers on the left; the axis stands in the next cell. */
const LABEL_CELLS = 6;
/** Points of a braille cell. */
const ACROSS = 2;
const DOWN = 4;
/** Charts remembered: the size and the numbers of one screen, and those before a change of the span. */
const KEPT_MAX = 16;
/** The widget reserves room for the digits of its numbers: it gets shares of this. */
const SCALE = 1000;
/** Colours only tell the parts apart here. */
const PARTS = {line: 'yellow', text: 'green', baseline: 'black'};
const TOKENS: Record<number, Token> = {33: 'working', 32: 'faint', 30: 'border'};

const drawn = new Map<string, Span[][]>();

/** Rows of a chart, from the top. Drawn anew only for other numbers or another size. */
export function lineChart(theme: Theme, chart: LineChart): Span[][] {
  const {columns, rows, values, labels, labelEvery} = chart;
  const key = [theme.shapes.points[1], columns, rows, labelEvery.join(), values.join(), labels.join()].join('|');
  const known = drawn.get(key);
  if (known !== undefined) return known;
  if (drawn.size >= KEPT_MAX) drawn.clear();
  const made = draw(theme, chart);
  drawn.set(key, made);
  return made;
}

function draw(theme: Theme, {columns, rows, values, labels, labelEvery, text}: LineChart): Span[][] {
  const top = niceAbove(Math.max(...values));
  // The widget leaves a row free below, and two points above and below the line.
  const height = (rows + 1) * DOWN;
  const make = () =>
    new Line({
      width: columns + 6,
      height: rows + 3,
      xPadding: LABEL_CELLS * ACROSS,
      numYLabels: 1,
      maxY: (SCALE * (height - 11)) / (height - 13),
      showNthLabel: everyOf(columns, {labels, labelEvery}),
      showLegend: false,
      style: PARTS,
    });
  const frame = drawnOff(make, widget => {
    widget.setData([{x: labels, y: values.map(value => (value / top) * SCALE)}]);
    return widget.ctx._canvas.frame();
  });
  const lineRows = rows - AXIS_ROWS;
  const beside = new Map([
    [0, top],
    [lineRows - 1, 0],
  ]);
  // A half stands only where there is a row in the middle.
  if (lineRows >= 5 && lineRows % 2 === 1) beside.set((lineRows - 1) / 2, top / 2);
  return canvasCells(frame)
    .slice(0, rows)
    .map((cells, y) => {
      const value = beside.get(y);
      const label = value === undefined ? '' : text(value);
      return [['faint', `${label.padStart(LABEL_CELLS - 1)} `], ...spansOf(theme, cells.slice(LABEL_CELLS, columns))];
    });
}

/** As the widget counts what fits: two cells between labels. */
function everyOf(columns: number, {labels, labelEvery}: Pick<LineChart, 'labels' | 'labelEvery'>): number {
  const widest = Math.max(...labels.map(label => label.length));
  const least = Math.ceil(labels.length / ((columns - LABEL_CELLS) / (widest + 2)));
  return labelEvery.find(every => every >= least) ?? least;
}

/** Neighbours of one kind become one span. */
function spansOf({shapes}: Theme, cells: readonly CanvasCell[]): Span[] {
  const spans: [Token | null, string][] = [];
  for (const {text, colour} of cells) {
    const token = colour === null ? null : (TOKENS[colour] ?? null);
    const shown = (token === 'border' ? axisOf(shapes, text) : null) ?? pointsOf(shapes, text);
    const last = spans.at(-1);
    if (last?.[0] === token) last[1] += shown;
    else spans.push([token, shown]);
  }
  return spans;
}

function pointsOf({points}: Shapes, text: string): string {
  const set = text.charCodeAt(0) - 0x2800;
  return set > 0 && set < 256 ? points[set]! : text;
}

/** The axes are drawn as all borders are. */
function axisOf({thin}: Shapes, text: string): string | null {
  if (text === '⡇') return thin.down;
  if (text === '⠓') return thin.bottomLeft;
  return text === '⠒' ? thin.across : null;
}

/** 1, 1.5, 2, 3, 4, 5, 6, 8 or 10 times a power of ten: halves of it are short as well. */
function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find(each => each * power >= value) ?? 10;
  return step * power;
}
