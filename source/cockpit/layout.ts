/** Below this the cockpit shows only that it needs more room. */
export const MIN_COLS = 40;
export const MIN_ROWS = 12;
/** Smallest size a session's terminal is given. */
const SESSION_MIN = {cols: 80, rows: 24};

/** A card with its border, and one that tells of tokens besides. */
const CARD_ROWS = 5;
const METERED_ROWS = 6;
/** Below this, and where not all fit, more cards in sight are worth more than what they tell besides. */
const METERED_FROM = 5 * METERED_ROWS;
const LIST_ROWS = 2;
/** Lines that set the phone's list off from header and footer. */
const LIST_RULES = 2;
const SIDE_BY_SIDE = 80;
const STACKED = 50;
const TWO_CARD_COLUMNS = 200;
/** Side-by-side card columns are this wide. */
const CARD_MIN = 28;
const CARD_MAX = 36;
/** Terminals lower than this give the header's second line to the content. */
const TABS_FROM_ROWS = 16;

export type Size = {cols: number; rows: number};
export type View = 'cards' | 'grid' | 'zoom' | 'tiles';

/** `lines`: for cards, without what sets them off. */
type CardGrid = {columns: number; cardCols: number; cardRows: number; metered: boolean; perPage: number; lines: number};

export type Layout = {
  kind: 'too-small' | 'side' | 'stacked' | 'list' | 'grid' | 'zoom' | 'tiles';
  headerRows: 1 | 2;
  /** Content between header and footer. */
  body: Size;
  /** Where sessions are listed; null when only the peek shows. `metered`: cards have a line for what they tell of tokens. */
  cards: (Size & CardGrid) | null;
  /** The peek with its border; null when there is none. */
  peek: Size | null;
};

/**
 * Where everything stands. `peekWanted`: somebody types, so the agent must be in sight. `meters`: how many sessions
 * there are, where some of them tell of tokens; else none. `split`: the part of the body that the list has, 0 to 1; null: as
 * much as it needs.
 */
export function layoutOf(size: Size, view: View, peekWanted: boolean, meters = 0, split: number | null = null): Layout {
  const {cols, rows} = size;
  const headerRows = cols < STACKED || rows < TABS_FROM_ROWS ? 1 : 2;
  const body = {cols, rows: Math.max(0, rows - headerRows - 1)};
  const base = {headerRows, body} as const;
  if (cols < MIN_COLS || rows < MIN_ROWS) return {...base, kind: 'too-small', cards: null, peek: null};
  if (view === 'tiles') return {...base, kind: 'tiles', cards: null, peek: null};
  const hidden = view === 'grid' || cols < STACKED;
  if (view === 'zoom' || (peekWanted && hidden)) return {...base, kind: 'zoom', cards: null, peek: body};
  if (cols < STACKED) return {...base, kind: 'list', cards: listArea(body, LIST_RULES), peek: null};
  if (view === 'grid')
    return {...base, kind: 'grid', cards: gridArea(body, {columns: gridColumns(cols), meters}), peek: null};
  if (cols < SIDE_BY_SIDE) {
    const cards = stackedRows(body, split);
    return {
      ...base,
      kind: 'stacked',
      cards: listArea({cols, rows: cards}, 0),
      peek: {cols, rows: body.rows - cards},
    };
  }
  const {left, columns} = sideColumns(cols, split);
  const cards = gridArea({cols: left, rows: body.rows}, {columns, meters});
  return {...base, kind: 'side', cards, peek: {cols: cols - left - 1, rows: body.rows}};
}

/** Shares of the list that `|` goes through. */
const SPLITS: readonly (number | null)[] = [null, 0.5, 0.2];
/** Least that a split leaves to each side: columns side by side, rows below each other. */
const SPLIT_MIN = {peek: 30, listRows: 4, peekRows: 6};

function sideColumns(cols: number, split: number | null): {left: number; columns: number} {
  const natural = cols >= TWO_CARD_COLUMNS ? 2 : 1;
  if (split === null) return {left: cardWidth(cols) * natural + (natural - 1), columns: natural};
  const left = Math.max(CARD_MIN, Math.min(cols - 1 - SPLIT_MIN.peek, Math.round(cols * split)));
  return {left, columns: Math.max(1, Math.floor((left + 1) / (CARD_MAX - 3)))};
}

function stackedRows({rows}: Size, split: number | null): number {
  if (split === null) return Math.max(4, Math.min(10, Math.floor(rows / 3)));
  return Math.max(SPLIT_MIN.listRows, Math.min(rows - SPLIT_MIN.peekRows, Math.round(rows * split)));
}

/** The list and the peek share the screen. */
export const isSplit = ({kind}: Layout): boolean => kind === 'side' || kind === 'stacked';

/** The next share that looks different; `of`: the layout with a share. */
export function nextSplit(now: number | null, of: (split: number | null) => Layout): number | null {
  const list = (split: number | null) => {
    const {cards, kind} = of(split);
    return kind === 'side' ? cards?.cols : cards?.rows;
  };
  const at = SPLITS.indexOf(now);
  const others = [...SPLITS.slice(at + 1), ...SPLITS.slice(0, Math.max(0, at))];
  const other = others.find(split => list(split) !== list(now));
  return other === undefined ? now : other;
}

/** The share that puts the edge between list and peek at this cell. */
export function splitAt({kind, body, headerRows}: Layout, {x, y}: {x: number; y: number}): number {
  const share = kind === 'side' ? x / body.cols : (y - headerRows) / body.rows;
  return Math.max(0, Math.min(1, share));
}

/** The size that sessions take to fill the peek; never smaller than agents can use. */
export function sessionSize(layout: Layout): Size | null {
  if (layout.peek === null) return null;
  return {
    cols: Math.max(SESSION_MIN.cols, layout.peek.cols - 2),
    rows: Math.max(SESSION_MIN.rows, layout.peek.rows - 2),
  };
}

/** Upper left corner of the peek in the body; null: there is none. */
export function peekPlace({kind, cards, peek}: Layout): {x: number; y: number} | null {
  if (peek === null) return null;
  return {x: kind === 'side' ? cards!.cols + 1 : 0, y: kind === 'stacked' ? cards!.rows : 0};
}

/** Rows of a scrollback in sight: it stands where the peek does. */
export const scrollHeight = ({peek}: Layout): number => Math.max(1, (peek?.rows ?? 3) - 2);

/** The list of what waits and the text of one of it: side by side, or below each other where that is too narrow. */
export function approvalAreas(body: Size, count: number): {side: boolean; list: Size; detail: Size} {
  if (body.cols >= SIDE_BY_SIDE) {
    const cols = cardWidth(body.cols);
    return {side: true, list: {cols, rows: body.rows}, detail: {cols: body.cols - cols - 1, rows: body.rows}};
  }
  const rows = Math.min(count * LIST_ROWS, Math.max(LIST_ROWS, Math.floor(body.rows / 3)));
  return {side: false, list: {cols: body.cols, rows}, detail: {cols: body.cols, rows: body.rows - rows}};
}

const ANSWER_WIDEST = 88;

/** One request over another screen, as high as there is room. */
export const answerArea = (body: Size): Size => ({cols: Math.min(body.cols, ANSWER_WIDEST), rows: body.rows});

/** The list of files stands beside their lines from this width on. */
const FILES_FROM = 100;

/** The changes of a session below their title. */
export function diffAreas(body: Size): {files: Size | null; text: Size} {
  const rows = Math.max(1, body.rows - 1);
  if (body.cols < FILES_FROM) return {files: null, text: {cols: body.cols, rows}};
  const cols = Math.min(48, Math.round(body.cols * 0.28));
  return {files: {cols, rows}, text: {cols: body.cols - cols - 1, rows}};
}

/** Rows of the tokens' chart, title and axis among them: even, so that a half has a row in the middle. */
const CHART_ROWS = {least: 6, most: 16};
const CHART_SHARE = 0.45;
/** A table lower than this is worth more than a chart. */
const TABLE_LEAST = 7;
/** Bars stand beside the chart from this width on. */
const BARS_FROM = SIDE_BY_SIDE;
const BARS_MAX = 60;
/** In a lower body fewer lines of remarks have to do. */
const REMARKS_FROM = {two: 16, three: 30};

/** What stands below the title of the Tokens screen, from above; the table gets what is left. */
export function tokenAreas(body: Size, {budgets: count, isEmpty}: {budgets: number; isEmpty: boolean}) {
  const {cols, rows} = body;
  const notes = rows < REMARKS_FROM.two ? 1 : rows < REMARKS_FROM.three ? 2 : 3;
  const budgets = Math.min(count, Math.max(1, Math.floor(rows / 5)));
  const left = rows - 1 - notes - (budgets === 0 ? 0 : budgets + 1);
  const wanted = Math.min(CHART_ROWS.most, Math.max(CHART_ROWS.least, Math.floor(left * CHART_SHARE)));
  const chartRows = wanted - (wanted % 2);
  if (isEmpty || cols < STACKED || left - chartRows - 1 < TABLE_LEAST) return {chart: null, bars: null, budgets, notes};
  const barCols = cols < BARS_FROM ? 0 : Math.min(BARS_MAX, Math.floor(cols * 0.36));
  const bars = barCols === 0 ? null : {cols: barCols, rows: chartRows};
  const chart = {cols: cols - (barCols === 0 ? 0 : barCols + 3), rows: chartRows};
  return {chart, bars, budgets, notes};
}

const cardWidth = (cols: number): number => Math.max(CARD_MIN, Math.min(CARD_MAX, Math.round(cols * 0.3)));

function gridColumns(cols: number): number {
  if (cols >= TWO_CARD_COLUMNS) return 5;
  if (cols >= 120) return 3;
  return cols >= SIDE_BY_SIDE ? 2 : 1;
}

type Grid = {columns: number; meters: number};

function gridArea(area: Size, {columns, meters}: Grid): NonNullable<Layout['cards']> {
  const needed = Math.ceil(meters / columns) * METERED_ROWS;
  const metered = meters > 0 && area.rows >= Math.min(needed, METERED_FROM);
  const cardRows = metered ? METERED_ROWS : CARD_ROWS;
  const cardCols = Math.floor((area.cols - (columns - 1)) / columns);
  const perPage = Math.max(1, Math.floor(area.rows / cardRows)) * columns;
  return {...area, columns, cardCols, cardRows, metered, perPage, lines: area.rows};
}

function listArea(area: Size, rules: number): NonNullable<Layout['cards']> {
  const lines = area.rows - rules;
  const perPage = Math.max(1, Math.floor(lines / LIST_ROWS));
  return {...area, columns: 1, cardCols: area.cols, cardRows: LIST_ROWS, metered: false, perPage, lines};
}
