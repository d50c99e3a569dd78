import {plain} from '../draw/cells.ts';
import {fill, line} from '../draw/spans.ts';
import {type Layout, type Size, tokenAreas} from '../layout.ts';
import {Pane} from '../panes/pane.tsx';
import {tokenBars} from '../panes/token-bars.ts';
import {type BudgetLine, tokenBudgets} from '../panes/token-budgets.ts';
import {tokenChart} from '../panes/token-chart.ts';
import {tokenNotes} from '../panes/token-notes.ts';
import {tokenTable} from '../panes/token-table.ts';
import {tokenTitle} from '../panes/token-title.ts';
import type {State} from '../state.ts';
import type {Theme} from '../theme.ts';
import {heldBy, silentSessions, type TokensRead} from '../tokens.ts';

/** What was spent: over time, by model, against budgets, and in numbers. */
export function TokensScreen({state, theme, layout}: {state: State; theme: Theme; layout: Layout}) {
  const {body} = layout;
  return <Pane lines={tokensLines(state, {theme, body})} columns={body.cols} />;
}

export function tokensLines(state: State, {theme, body}: {theme: Theme; body: Size}): string[] {
  const {tokens} = state;
  const title = tokenTitle({theme, columns: body.cols, view: tokens});
  const rest = tokens.read === null ? waiting(state, theme) : linesOf(state, {theme, body, read: tokens.read});
  return fill([title, ...rest], body.rows, body.cols);
}

function waiting({tokens, size}: State, theme: Theme): string[] {
  if (tokens.failed === '') return [];
  const text = `  what was spent cannot be read: ${plain(tokens.failed)}`;
  return [' '.repeat(size.cols), line(theme, size.cols, [['error', text]])];
}

type Parts = {theme: Theme; body: Size; read: TokensRead};

function linesOf(state: State, {theme, body, read}: Parts): string[] {
  const sessions = state.sessions ?? [];
  const budgets = read.budgets.map((budget): BudgetLine => ({budget, held: heldBy(budget, sessions)}));
  const silent = read.by === 'session' && !read.all ? silentSessions(sessions) : [];
  const isEmpty = read.table.total.total === 0;
  const columns = body.cols;
  const areas = tokenAreas(body, {budgets: budgets.length, isEmpty});
  const blank = ' '.repeat(columns);
  const notes = tokenNotes({theme, columns, rows: areas.notes, read, silent});
  const lines: string[] = [];
  if (areas.chart !== null) lines.push(...charts({theme, read, ...areas, chart: areas.chart}), blank);
  if (areas.budgets > 0) lines.push(...tokenBudgets({theme, columns, rows: areas.budgets, budgets}), blank);
  const size = {cols: columns, rows: Math.max(0, body.rows - 1 - lines.length - notes.length)};
  const table = isEmpty ? nothing(read, {theme, size}) : tokenTable({theme, size, read, at: state.tokens.at});
  return [...lines, ...table, ...notes];
}

/** Bars stand to the right of the chart. */
function charts({
  theme,
  read,
  chart,
  bars,
}: {
  theme: Theme;
  read: TokensRead;
  chart: Size;
  bars: Size | null;
}): string[] {
  const left = tokenChart({theme, size: chart, read});
  if (bars === null) return left;
  const right = tokenBars({theme, size: bars, read});
  return left.map((text, i) => `${text}  ${right[i]!} `);
}

function nothing({table, all}: TokensRead, {theme, size}: {theme: Theme; size: Size}): string[] {
  const {cols, rows} = size;
  const says = table.reading === null ? 'nothing was spent in this time' : 'no history is read yet';
  const hint = all || table.reading !== null ? [] : ['what amux did not start is not counted here'];
  return fill(
    ['', says, ...hint].map(text => line(theme, cols, [['faint', `  ${text}`]])),
    rows,
    cols,
  );
}
