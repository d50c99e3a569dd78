import type {Row} from '../../domain/screen.ts';
import {cameText} from '../came-since.ts';
import {plain} from '../draw/cells.ts';
import {type Frame, framed} from '../draw/frame.ts';
import {type Painted, paintRow} from '../draw/screen-row.ts';
import {fill, line, type Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import {matchesIn, matchesOf, type ScrollView, selectedRange} from '../scrollback.ts';
import type {Theme, Token} from '../theme.ts';

/** What a terminal showed, as styled rows; the chosen line has a bar in the border. */
export function scrollbackLines({theme, size, view}: {theme: Theme; size: Size; view: ScrollView}): string[] {
  const inner = {cols: size.cols - 2, rows: size.rows - 2};
  const {rows, top, left, at} = view;
  const frame: Frame = {
    theme,
    columns: size.cols,
    heavy: false,
    token: 'selected',
    left: titleOf(theme, {view, columns: inner.cols}),
    right: sinceOf(view),
    foot: placeOf(theme, view),
  };
  if (rows === null || rows.length === 0) {
    const says =
      rows === null
        ? view.reading
          ? `reading${theme.shapes.dots}`
          : 'it could not be read'
        : 'it has printed nothing yet';
    const lines = [' '.repeat(inner.cols), line(theme, inner.cols, [['faint', `  ${says}`]])];
    return framed(frame, fill(lines, inner.rows, inner.cols));
  }
  const selected = selectedRange(view);
  const painted = rows.slice(top, top + inner.rows).map((row, i) => {
    const inRange = selected !== null && top + i >= selected.from && top + i <= selected.to;
    const cells = inRange ? chosen(row, left + inner.cols) : marked(row, view.needle);
    return paintRow(theme, cells, {from: left, columns: inner.cols, cursor: null, faded: false});
  });
  const lines = framed(frame, fill(painted, inner.rows, inner.cols));
  const side = theme.paint(frame.token, theme.shapes.thin.down);
  const y = at - top + 1;
  lines[y] = theme.paint('attention', theme.shapes.bar) + lines[y]!.slice(side.length);
  return lines;
}

/** What is out of sight at the sides is always said. */
function titleOf({shapes}: Theme, {view, columns}: {view: ScrollView; columns: number}): Span[] {
  const {name, rows, reading, left, cols} = view;
  const title: Span[] = [
    ['strong', plain(name)],
    ['faint', ` ${shapes.dot} `],
    ['selected', 'scrollback'],
  ];
  if (left > 0) title.push([null, ` ${shapes.left} ${left}`]);
  else if (rows !== null && cols > columns) title.push([null, ` ${shapes.cropped} cropped`]);
  if (rows !== null && reading) title.push(['faint', ` ${shapes.dot} `], ['dim', `reading${shapes.dots}`]);
  return title;
}

/** How much its terminal has printed since this was read. */
function sinceOf({came, rows}: ScrollView): Span[] {
  const text = rows === null ? '' : cameText(came);
  return text === '' ? [] : [[came.lines === 0 ? 'dim' : 'notice', text]];
}

function placeOf(theme: Theme, view: ScrollView): Span[] {
  const {rows, at, needle} = view;
  if (rows === null || rows.length === 0) return [];
  const spans: Span[] = [];
  const add = (token: Token, text: string): void => {
    if (spans.length > 0) spans.push(['faint', ` ${theme.shapes.dot} `]);
    spans.push([token, text]);
  };
  const selected = selectedRange(view);
  if (selected !== null) add('attention', `${selected.to - selected.from + 1} selected`);
  if (needle !== '') add('notice', `"${plain(needle)}" ${matchText(view)}`);
  add('dim', `${at + 1} of ${rows.length}`);
  return spans;
}

function matchText(view: ScrollView): string {
  const matches = matchesOf(view);
  if (matches.length === 0) return 'not found';
  const here = matches.indexOf(view.at);
  return here < 0 ? `in ${matches.length}` : `${here + 1}/${matches.length}`;
}

/** The whole line in the colour of what is chosen, up to the edge. */
function chosen(row: Row, columns: number): Painted[] {
  const style = {};
  return [
    ...row.map(({text}) => ({text, style, token: 'choice' as const})),
    {text: ' '.repeat(columns), style, token: 'choice'},
  ];
}

/** The row with what was searched in its own colour. */
function marked(row: Row, needle: string): Painted[] {
  if (needle === '') return row;
  const ranges = matchesIn(row.map(({text}) => text).join(''), needle);
  if (ranges.length === 0) return row;
  const cells: Painted[] = [];
  let at = 0;
  for (const {text, style} of row) {
    for (let x = 0; x < text.length; ) {
      const range = ranges.find(({to}) => to > at + x);
      const inside = range !== undefined && range.from <= at + x;
      const until = range === undefined ? text.length : Math.min(text.length, (inside ? range.to : range.from) - at);
      cells.push({text: text.slice(x, until), style, ...(inside ? {token: 'match' as const} : {})});
      x = until;
    }
    at += text.length;
  }
  return cells;
}
