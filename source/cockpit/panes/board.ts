import type {CardView} from '../../domain/board.ts';
import {age} from '../ages.ts';
import type {Board, Lane} from '../board.ts';
import {type BoardArea, boardArea, hasDetail, textCols, windowOf} from '../board-window.ts';
import {cut, plain, skip, width, wrap} from '../draw/cells.ts';
import {cutSpans, fill, line, paint, type Span, spansWidth} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type BoardProps = {theme: Theme; body: Size; board: Board; now: number};

/** The columns of the board side by side, or one of them below a bar of all. */
export function boardLines({theme, body, board, now}: BoardProps): string[] {
  const area = boardArea(board, body);
  const heads = area.side ? laneHeads(theme, {board, area, body}) : tabBar(theme, {board, body});
  const lanes = board.lanes
    .slice(area.from, area.to)
    .map(lane => laneLines({theme, board, lane, area, now, cols: area.cols}));
  const rest = ' '.repeat(body.cols - lanes.length * area.cols);
  const rows = Array.from({length: area.rows}, (_, y) => lanes.map(lane => lane[y]!).join('') + rest);
  return fill([...heads, ...rows], body.rows, body.cols);
}

type Heads = {board: Board; area: BoardArea; body: Size};

/** Name and count of each column, and a rule that is heavy below the chosen one. */
function laneHeads(theme: Theme, {board, area, body}: Heads): string[] {
  const {shapes} = theme;
  const shown = board.lanes.slice(area.from, area.to);
  const rest = ' '.repeat(body.cols - shown.length * area.cols);
  const names = shown.map(({name, cards}, i) => {
    const here = name === board.column;
    const left = i === 0 && area.from > 0 ? `${shapes.left} ` : '';
    const right: Span[] =
      area.from + i + 1 < board.lanes.length && i === shown.length - 1 ? [['dim', shapes.right]] : [];
    const title: Span[] = [
      [null, ' '],
      ['dim', left],
      [here ? 'tab' : 'dim', here ? name.toUpperCase() : name],
      [here ? 'tab' : 'faint', ` ${cards.length}`],
    ];
    return `${line(theme, area.cols - 1, title, right)} `;
  });
  const rules = shown.map(({name}) => {
    const here = name === board.column;
    const stroke = here ? shapes.heavy.across : shapes.rule;
    return paint(theme, [
      [null, ' '],
      [here ? 'selected' : 'border', stroke.repeat(area.cols - 2)],
      [null, ' '],
    ]);
  });
  return [names.join('') + rest, rules.join('') + rest];
}

/** All columns in one line as far as they fit around the chosen one, which is always whole. */
function tabBar(theme: Theme, {board, body}: {board: Board; body: Size}): string[] {
  const {shapes} = theme;
  const tabs = board.lanes.map(({name, cards}): Span[] =>
    name === board.column
      ? [['tab', `[${name.toUpperCase()} ${cards.length}]`]]
      : [
          ['dim', ` ${name}`],
          ['faint', ` ${cards.length} `],
        ],
  );
  const at = board.lanes.findIndex(({name}) => name === board.column);
  let [from, to] = [at, at + 1];
  const wide = () => tabs.slice(from, to).reduce((sum, tab) => sum + spansWidth(tab), 0);
  const fits = (tab: Span[] | undefined) => tab !== undefined && wide() + spansWidth(tab) <= body.cols - 4;
  for (let grows = true; grows; ) {
    grows = false;
    if (fits(tabs[to])) grows = ++to > 0;
    if (from > 0 && fits(tabs[from - 1])) grows = --from >= 0;
  }
  const left: Span = ['dim', from > 0 ? shapes.left : ' '];
  const right: Span[] = to < tabs.length ? [['dim', `${shapes.right} `]] : [];
  return [
    line(theme, body.cols, [left, ...tabs.slice(from, to).flat()], right),
    paint(theme, [['border', shapes.rule.repeat(body.cols)]]),
  ];
}

type LaneProps = {theme: Theme; board: Board; lane: Lane; area: BoardArea; now: number; cols: number};

function laneLines({theme, board, lane, area, now, cols}: LaneProps): string[] {
  const here = lane.name === board.column;
  const chosen = here ? board.chosen : null;
  const {top, end} = windowOf(lane, Math.min(board.tops[lane.name] ?? 0, lane.cards.length), {area, chosen});
  const {dots} = theme.shapes;
  const lines: string[] = [];
  const say = (text: string) => lines.push(`${line(theme, cols - 1, [['faint', ` ${text}`]])} `);
  if (top > 0) say(`${dots} ${top} above`);
  lane.cards.slice(top, end).forEach((card, i) => {
    if (area.airy && i > 0) lines.push(' '.repeat(cols));
    const marked = board.marks.includes(card.id);
    lines.push(...drawnCard(theme, {card, chosen: card.id === chosen, marked, now, cols: textCols(area)}));
  });
  const more = lane.cards.length - end;
  if (more === 0) return fill(lines, area.rows, cols);
  // In the last row, so that it stands still while its column scrolls.
  const above = fill(lines, area.rows - 1, cols);
  return [...above, `${line(theme, cols - 1, [['faint', ` ${dots} ${more} more`]])} `];
}

type CardProps = {card: CardView; chosen: boolean; marked: boolean; now: number; cols: number};

const drawn = new WeakMap<CardView, {theme: Theme; key: string; lines: string[]}>();

/** Drawn once for as long as it looks the same: a key changes two cards, and measuring text is what costs. */
function drawnCard(theme: Theme, props: CardProps): string[] {
  const {card, chosen, marked, now, cols} = props;
  const key = `${chosen} ${marked} ${cols} ${card.claim === null ? '' : leaseAge(card.claim, now)}`;
  const known = drawn.get(card);
  if (known?.key === key && known.theme === theme) return known.lines;
  const bar: Span = chosen ? ['selected', theme.shapes.bar] : [null, ' '];
  const lines = cardLines(theme, props).map(spans => `${line(theme, cols + 1, [bar, ...spans])} `);
  drawn.set(card, {theme, key, lines});
  return lines;
}

const leaseAge = ({expired, expires, since}: NonNullable<CardView['claim']>, now: number): string =>
  age(expired ? expires : since, now);

/** Its title in one line, in two when it is chosen; below it who holds it, or is to do it. */
function cardLines(theme: Theme, {card, chosen, marked, now, cols}: CardProps): Span[][] {
  const {shapes} = theme;
  const mark: Span[] = marked ? [['mark', `${shapes.mark} `]] : [];
  const id: Span[] = [...mark, [chosen ? 'selected' : 'dim', card.id], [null, ' ']];
  const token = chosen ? 'strong' : card.status === 'done' ? 'dim' : null;
  const room = cols - spansWidth(id);
  const title = plain(card.title);
  const lines: Span[][] = [];
  if (chosen && width(title) + width(card.id) + 1 > cols) {
    const [head, rest] = twoLines(title, {first: room, second: cols - 2, ellipsis: shapes.ellipsis});
    lines.push(
      [...id, [token, head]],
      [
        [null, '  '],
        [token, rest],
      ],
    );
  } else lines.push([...id, ...cutSpans([[token, title]], room, shapes.ellipsis)]);
  if (hasDetail(card)) lines.push([[null, '  '], ...detailSpans(theme, {card, now, cols: cols - 2})]);
  return lines;
}

/** Words are kept whole, but for one that the second line could not hold either. */
function twoLines(title: string, {first, second, ellipsis}: {first: number; second: number; ellipsis: string}) {
  const [words = ''] = wrap(title, Math.max(1, first));
  const [next = ''] = skip(title, width(words)).trimStart().split(' ');
  const head = width(next) > second ? cut(title, first) : words;
  const rest = skip(title, width(head)).trimStart();
  const fits = width(rest) <= second;
  return [head.trimEnd(), fits ? rest : `${cut(rest, second - width(ellipsis))}${ellipsis}`] as const;
}

type Detail = {card: CardView; now: number; cols: number};

/** The holder gives way to the age, never the other way round. */
function detailSpans({shapes}: Theme, {card, now, cols}: Detail): Span[] {
  const {claim} = card;
  if (claim === null) {
    const link = linkName(card.links.at(-1));
    const text = `${shapes.arrow} ${plain(card.session ?? '')}${link === null ? '' : ` ${shapes.dot} ${link}`}`;
    return cutSpans([['dim', text]], cols, shapes.ellipsis);
  }
  const {expired} = claim;
  const since = leaseAge(claim, now);
  const word = expired ? 'expired' : 'lease';
  const shape = expired ? `${shapes.failed} ` : '';
  const holder = plain(claim.holder);
  const long = ` ${shapes.dot} ${word} ${since}`;
  const short = ` ${shapes.dot} ${since}`;
  const age_ = width(shape + holder + long) <= cols ? long : short;
  const name = cutSpans([[null, shape + holder]], cols - width(age_), shapes.ellipsis);
  const token = expired ? 'failed' : 'dim';
  return [
    [token, name.map(([, text]) => text).join('')],
    [token, age_],
  ];
}

/** `PR #247` of the address of a pull request, else the last part of it. */
function linkName(link: string | undefined): string | null {
  if (link === undefined) return null;
  const pull = /\/(?:pull|pulls|merge_requests)\/(\d+)/.exec(link)?.[1];
  return pull === undefined ? plain(link.split('/').filter(Boolean).at(-1) ?? link) : `PR #${pull}`;
}
