import {tokenText} from '../../domain/spend-text.ts';
import {clockText, dayText} from '../ages.ts';
import {lineChart} from '../charts/line-chart.ts';
import {line} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';
import {type Point, pointsOf, type SpanId, spanOf, type TokensRead} from '../tokens.ts';

/** The labels of an axis, and how many of its points lie between two of them. */
const AXES: Record<SpanId, {label: (at: number) => string; every: readonly number[]}> = {
  '1h': {label: clockText, every: [5, 10, 15, 20, 30]},
  '24h': {label: clockText, every: [2, 3, 4, 6, 8, 12]},
  '7d': {label: dayText, every: [24, 48, 72, 96]},
  '30d': {label: dayText, every: [2, 5, 7, 10, 15]},
};

/** Tokens over time, below what the numbers are. */
export function tokenChart({theme, size, read}: {theme: Theme; size: Size; read: TokensRead}): string[] {
  const {cols, rows} = size;
  const points = pointsOf(read);
  const {label, every} = AXES[read.span];
  const chart = lineChart(theme, {
    columns: cols,
    rows: rows - 1,
    values: points.map(({tokens}) => tokens),
    labels: points.map(({at}) => label(at * 1000)),
    labelEvery: every,
    text: tokenText,
  });
  return [
    line(theme, cols, [['dim', ` tokens per ${spanOf(read.span).by}`]], most(points)),
    ...chart.map(row => line(theme, cols, row)),
  ];
}

function most(points: readonly Point[]) {
  const highest = Math.max(...points.map(({tokens}) => tokens));
  return [['faint', `most ${tokenText(highest)}`]] as const;
}
