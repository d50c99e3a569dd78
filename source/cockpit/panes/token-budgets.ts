import {type BudgetView, shareText} from '../../domain/budget.ts';
import {costText, tokenText} from '../../domain/spend-text.ts';
import {gauge} from '../charts/gauge.ts';
import {fit, plain, width} from '../draw/cells.ts';
import {line, type Span} from '../draw/spans.ts';
import type {Theme, Token} from '../theme.ts';

/** `queue`: how many messages wait. */
export type HeldSession = {name: string; queue: number};

export type BudgetLine = {
  budget: BudgetView;
  /** Whose queues it holds. */
  held: readonly HeldSession[];
};

export type TokenBudgetsProps = {theme: Theme; columns: number; rows: number; budgets: readonly BudgetLine[]};

const NAME_MAX = 18;
const PHONE = 50;
/** Cells of a gauge, and where there is little room. */
const GAUGE = 20;
const SHORT_GAUGE = 8;
const PHONE_GAUGE = 5;
const tokensOf: Record<BudgetView['state'], Token> = {ok: 'working', near: 'attention', over: 'error'};

/** How full each budget is, those first that are nearest to their ends, and what an exhausted one holds. */
export function tokenBudgets({theme, columns, rows, budgets}: TokenBudgetsProps): string[] {
  const sorted = budgets.toSorted((a, b) => b.budget.percent - a.budget.percent);
  const shown = sorted.length > rows ? sorted.slice(0, rows - 1) : sorted;
  const name = Math.min(NAME_MAX, Math.floor(columns / 4), Math.max(...shown.map(({budget}) => width(nameOf(budget)))));
  const lines = shown.map(each => line(theme, columns, spansOf(theme, {columns, name, ...each})));
  const hidden = sorted.length - shown.length;
  if (hidden > 0) lines.push(line(theme, columns, [['faint', ` ${hidden} more: amux budget lists them`]]));
  return lines;
}

type Line = BudgetLine & {columns: number; name: number};

function spansOf(theme: Theme, {budget, held, columns, name}: Line): Span[] {
  const {percent, state, used, tokens, usd, per} = budget;
  const cells = columns >= 100 ? GAUGE : columns >= PHONE ? SHORT_GAUGE : PHONE_GAUGE;
  const token = tokensOf[state];
  const limit = usd === null ? tokenText(tokens ?? 0) : `$${usd}`;
  const missing = budget.unpriced.length > 0 ? '*' : '';
  const spent = used === null ? 'no price' : usd === null ? tokenText(used) : `${costText(used)}${missing}`;
  const left: Span[] = [
    ['strong', ` ${fit(nameOf(budget), name, theme.shapes.ellipsis)}  `],
    [token, `${gauge(theme.shapes, {share: percent / 100, cells})} ${shareText(percent).padStart(4)}`],
  ];
  if (columns < PHONE) return [...left, state === 'over' ? ['error', `  held, ${limit}`] : ['dim', `  of ${limit}`]];
  left.push(['dim', `  ${spent} of ${limit}${per === 'day' ? ' a day' : ''}`]);
  return state === 'over' ? [...left, ['error', `  ${heldText(held)}`]] : left;
}

function heldText(held: readonly HeldSession[]): string {
  const waiting = held.filter(({queue}) => queue > 0);
  if (waiting.length === 0) return 'queues are held';
  return `held: ${waiting.map(({name, queue}) => `${plain(name)} ${queue}`).join(', ')}`;
}

function nameOf({of, name}: BudgetView): string {
  if (of === 'fleet') return 'fleet';
  return of === 'tag' ? `tag ${plain(name ?? '')}` : plain(name ?? '');
}
