import type {SessionView} from '../../domain/fleet.ts';
import {tokenText} from '../../domain/spend-text.ts';
import {type Span, spansWidth} from '../draw/spans.ts';
import type {Theme} from '../theme.ts';
import {sparkline} from './sparkline.ts';

/** Cells of the gauge, and of one where there is little room. */
const GAUGE = 8;
const SHORT_GAUGE = 4;
const SHORT_BELOW = 30;
/** A context that is so full is soon compacted, in percent. */
const FULL = 80;
/** A line of fewer minutes says nothing. */
const LEAST_MINUTES = 4;

/** How full a session's context is, and its tokens per minute. What is not told is not shown. */
export function metersOf(theme: Theme, {session, columns}: {session: SessionView; columns: number}) {
  const left = contextOf(theme, {session, columns});
  const room = columns - (left.length === 0 ? 0 : spansWidth(left) + 2);
  return {left, right: rateOf(theme, {rate: session.rate ?? [], room})};
}

type Gauge = {session: SessionView; columns: number};

function contextOf({shapes}: Theme, {session: {context}, columns}: Gauge): Span[] {
  if (context === null) return [];
  const {used, percent} = context;
  if (percent === null) return [['dim', `ctx ${tokenText(used)}`]];
  const cells = columns < SHORT_BELOW ? SHORT_GAUGE : GAUGE;
  const full = Math.round((Math.min(100, percent) / 100) * cells);
  const gauge = shapes.full.repeat(full) + shapes.empty.repeat(cells - full);
  return [
    ['dim', `ctx ${gauge} `],
    [percent >= FULL ? 'strong' : 'dim', `${percent}%`],
  ];
}

/** The minute that runs stands last. */
function rateOf({shapes}: Theme, {rate, room}: {rate: readonly number[]; room: number}): Span[] {
  const shown = rate.slice(-Math.max(0, room));
  if (room < LEAST_MINUTES || shown.length === 0) return [];
  const line = [...sparkline(shown)].map(block => shapes.levels[LEVELS.indexOf(block)] ?? '').join('');
  return [[shown.some(tokens => tokens > 0) ? 'dim' : 'faint', line]];
}

const LEVELS = '▁▂▃▄▅▆▇█';
