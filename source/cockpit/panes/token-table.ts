import {costText, tokenText} from '../../domain/spend-text.ts';
import type {SpendRow} from '../../domain/spending.ts';
import {gauge} from '../charts/gauge.ts';
import {fit, plain, width} from '../draw/cells.ts';
import {fill, line, type Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';
import {type TokensRead, tableRows} from '../tokens.ts';

export type TokenTableProps = {
  theme: Theme;
  size: Size;
  read: TokensRead;
  /** The chosen row. */
  at: number;
};

type Numbers = Omit<SpendRow, 'key' | 'at' | 'unpriced'> & {
  /** Not all of the cost is what the agents report. */
  guessed: boolean;
  /** A part of it has no price. */
  partly: boolean;
};

/** Narrower than `from`, a column gives its room to the others. */
const columnsOf: readonly {title: string; from: number; text: (row: Numbers) => string}[] = [
  {title: 'input', from: 60, text: ({input}) => tokenText(input)},
  {title: 'output', from: 50, text: ({output}) => tokenText(output)},
  {title: 'cache read', from: 76, text: ({cacheRead}) => tokenText(cacheRead)},
  {title: 'cache write', from: 76, text: ({cacheWrite}) => tokenText(cacheWrite)},
  {title: 'reasoning', from: 150, text: ({reasoning}) => tokenText(reasoning)},
  {title: 'messages', from: 150, text: ({messages}) => tokenText(messages)},
  {title: 'total', from: 0, text: ({total}) => tokenText(total)},
  {title: 'estimated', from: 150, text: ({estimated}) => (estimated === null ? 'none' : costText(estimated))},
  {title: 'reported', from: 150, text: ({reported}) => (reported === null ? 'none' : costText(reported))},
  {title: 'cost', from: 0, text: costOf},
];
const GAP = '  ';
const NAME_MAX = 36;
const NAME_MIN = 12;
const BAR_MAX = 30;
/** A shorter bar says nothing. */
const BAR_MIN = 6;

/** What was spent by the chosen grouping, with its sum below; numbers stand right. */
export function tokenTable({theme, size, read, at}: TokenTableProps): string[] {
  const {cols, rows} = size;
  const groups = tableRows(read);
  const room = Math.max(0, rows - 2);
  const top = Math.max(0, Math.min(Math.floor(at / Math.max(1, room)) * room, groups.length - room));
  const shown = groups.slice(top, top + room);
  const sum = sumOf(read);
  const columns = columnsOf.filter(({from}) => cols >= from);
  const all = [...groups.map(numbersOf), sum];
  const widths = columns.map(({title, text}) => Math.max(title.length, ...all.map(row => text(row).length)));
  const taken = 1 + widths.reduce((total, cells) => total + GAP.length + cells, 0);
  const title = headOf(read.by, {top, room, count: groups.length});
  const names = Math.max(NAME_MIN, title.length, ...groups.map(({key}) => width(plain(key))));
  const name = Math.max(1, Math.min(NAME_MAX, names, cols - taken - 1));
  const bar = Math.min(BAR_MAX, cols - taken - name - GAP.length - 1);
  const most = Math.max(1, ...groups.map(({total}) => total));

  const cells = (of: (column: (typeof columns)[number]) => string): string =>
    columns.map((column, i) => GAP + of(column).padStart(widths[i]!)).join('');
  const lineOf = (key: string, numbers: Numbers): [string, string] => [
    ` ${fit(key, name, theme.shapes.ellipsis)}`,
    cells(({text}) => text(numbers)),
  ];
  const head: Span[] = [['faint', ` ${fit(title, name)}`]];
  head.push(['faint', cells(({title}) => title)]);
  const lines = shown.map((row, i) => {
    const [key, numbers] = lineOf(plain(row.key), numbersOf(row));
    const share = bar < BAR_MIN ? '' : GAP + gauge(theme.shapes, {share: row.total / most, cells: bar});
    if (top + i === at) return theme.paint('choice', fit(key + numbers + share, cols));
    return line(theme, cols, [
      [null, key],
      ['dim', numbers],
      ['faint', share],
    ]);
  });
  const [key, numbers] = lineOf('total', sum);
  const foot = line(theme, cols, [
    ['strong', key],
    ['strong', numbers],
  ]);
  return fill([line(theme, cols, head), ...lines, foot], rows, cols);
}

function headOf(by: string, {top, room, count}: {top: number; room: number; count: number}): string {
  return count <= room ? by : `${by} ${top + 1}-${Math.min(count, top + room)}/${count}`;
}

/** `~`: estimated, at least a part of it; `*`: a part has no price and is missing. */
function costOf({cost, guessed, partly}: Numbers): string {
  if (cost === null) return 'no price ';
  return `${guessed ? '~' : ''}${costText(cost)}${partly ? '*' : ' '}`;
}

function numbersOf(row: SpendRow): Numbers {
  const guessed = row.estimated !== null && row.cost !== row.reported;
  return {...row, guessed, partly: row.cost !== null && row.unpriced.length > 0};
}

/** Summed by model or session, because a session with several tags stands in several rows. */
function sumOf({table, bars}: TokensRead): Numbers {
  const rows = bars.rows.map(numbersOf);
  const sum = (of: (row: Numbers) => number | null): number | null => {
    const known = rows.map(of).filter(value => value !== null);
    return known.length === 0 ? null : known.reduce((all, value) => all + value, 0);
  };
  const {cost} = table.total;
  return {
    ...table.total,
    messages: sum(({messages}) => messages) ?? 0,
    reasoning: sum(({reasoning}) => reasoning) ?? 0,
    estimated: sum(({estimated}) => estimated),
    reported: sum(({reported}) => reported),
    guessed: rows.some(({guessed}) => guessed),
    partly: cost !== null && table.unpriced.length > 0,
  };
}
