import type {SessionView} from '../../domain/fleet.ts';
import {costText, tokenText} from '../../domain/spend-text.ts';
import {age, clockText} from '../ages.ts';
import {countMoods, looks, type Mood, moods} from '../attention.ts';
import {type Connection, troubleOf} from '../connection.ts';
import {plain} from '../draw/cells.ts';
import {line, type Span, spansWidth} from '../draw/spans.ts';
import type {CockpitInfo} from '../options.ts';
import {midnight, type Spend} from '../spend.ts';
import type {Place} from '../state.ts';
import type {Theme} from '../theme.ts';

export type HeaderProps = {
  theme: Theme;
  columns: number;
  rows: 1 | 2;
  sessions: readonly SessionView[] | null;
  now: number;
  mode: CockpitInfo['mode'];
  host?: string;
  connection: Connection;
  /** Null: nobody has said yet. */
  spend?: Spend | null;
  /** `count`: how much waits there. */
  tabs: readonly {key: string; place: Place; title: string; count: number}[];
  place: Place;
  /** What narrows the list and what is meant in it: the second line has it at its right, else the first one. */
  narrowed: readonly Span[];
  /** How much of it shows, and what else there is to say: right in the second line, where there is room. */
  about: readonly Span[];
};

export function headerLines(props: HeaderProps): string[] {
  const tabs = tabSpans(props);
  const room = props.rows === 1 ? 0 : props.columns - spansWidth(tabs) - 1;
  const isBelow = spansWidth(spaced(props.narrowed)) <= room;
  const first = countsLine(props, isBelow ? [] : props.narrowed);
  if (props.rows === 1) return [first];
  const shown = spaced(fitting([...(isBelow ? props.narrowed : []), ...props.about], room));
  return [first, line(props.theme, props.columns, tabs, [...shown, [null, ' ']])];
}

const APART: Span = [null, '   '];
const spaced = (spans: readonly Span[]): Span[] => spans.flatMap((span, i) => (i === 0 ? [span] : [APART, span]));

/** In their order, those for which there is room. */
function fitting(spans: readonly Span[], room: number): Span[] {
  const kept: Span[] = [];
  for (const span of spans) if (spansWidth(spaced([...kept, span])) <= room) kept.push(span);
  return kept;
}

/**
 * What was spent goes first when there is no room, then the words; the counts never, nor that there is no connection, nor
 * that what stands below is not all.
 */
function countsLine(props: HeaderProps, narrowed: readonly Span[]): string {
  const {theme, columns, sessions} = props;
  const counts = countMoods(sessions ?? []);
  const long: Span[] = [['brand', ' amux']];
  const short: Span[] = [['brand', ' amux']];
  for (const mood of inHeader) {
    if (counts[mood] === 0) continue;
    const {shape, token, count} = looks[mood];
    long.push([null, '  '], [token, `${theme.shapes[shape]} ${counts[mood]} ${count}`.trimEnd()]);
    short.push([null, ' '], [token, `${theme.shapes[shape]}${counts[mood]}`]);
  }
  const said = narrowed.flatMap((span): Span[] => [[null, '  '], span]);
  const rights = whereabouts(props);
  const [most = []] = rights;
  for (const spend of spendTexts(props)) {
    const right: Span[] = [['dim', `${spend}  `], ...most];
    if (spansWidth([...long, ...said, ...right]) + 2 <= columns) return line(theme, columns, [...long, ...said], right);
  }
  for (const right of rights) {
    for (const left of [long, short]) {
      if (spansWidth([...left, ...said, ...right]) + 2 <= columns)
        return line(theme, columns, [...left, ...said], right);
    }
  }
  return line(theme, columns, [...short, ...said], rights.at(-1));
}

/** From the longest to the shortest. What was spent on another day is no answer. */
function spendTexts({spend, now, connection}: HeaderProps): string[] {
  if (spend == null || connection.kind === 'lost') return [];
  const {tokens, cost, read} = spend;
  if (read !== null) return [`reading histories ${read}%`, `reading ${read}%`];
  if (tokens === 0 || spend.since !== midnight(now)) return [];
  const sum = `${tokenText(tokens)} tok${cost === null ? '' : `  ${costText(cost)}`}`;
  return [`${sum} today`, sum];
}

/** Which fleet this is and whether it is heard, from the longest way to say so to the shortest. */
function whereabouts({theme, now, mode, host, connection}: HeaderProps): Span[][] {
  const clock: Span = ['dim', `${clockText(now)} `];
  if (connection.kind === 'lost') {
    const old = age(connection.since / 1000, now);
    const long = old === 'now' ? 'no connection' : `no connection for ${old}`;
    const texts = [...(host === undefined ? [] : [`${long} to ${host}`]), long, 'no connection'];
    return texts.map(text => [['error', `${theme.shapes.failed} ${text}`], [null, '  '], clock]);
  }
  if (troubleOf(connection) !== null) {
    const texts = ['cannot write: nothing new is taken', 'cannot write'];
    return texts.map(text => [['error', `${theme.shapes.failed} ${text}`], [null, '  '], clock]);
  }
  const names = host === undefined ? [mode] : [`${mode} ${plain(host)}`, mode];
  const texts = connection.kind === 'connecting' ? ['connecting'] : names;
  return [...texts.map((text): Span[] => [['faint', `${text}  `], clock]), [clock]];
}

const inHeader: readonly Mood[] = [
  'waiting',
  'working',
  'finished',
  'idle',
  ...moods.filter(mood => mood === 'failed' || mood === 'stopped' || mood === 'starting'),
];

function tabSpans({tabs, place}: HeaderProps): Span[] {
  const left: Span[] = [[null, ' ']];
  for (const tab of tabs) {
    const here = tab.place === place;
    const count: Span[] = tab.count === 0 ? [] : [['attention', ` ${tab.count}`]];
    left.push([here ? 'tab' : 'dim', `${here ? '[' : ' '}${tab.key} ${tab.title}`], ...count);
    left.push([here ? 'tab' : 'dim', here ? ']' : ' '], [null, ' ']);
  }
  return left;
}

/** The tab at a column of the second line; null: none. Each stands in a bracket or the blank in its place. */
export function tabAt(tabs: HeaderProps['tabs'], x: number): Place | null {
  let start = 1;
  for (const {key, title, count, place} of tabs) {
    const end = start + key.length + title.length + 3 + (count === 0 ? 0 : ` ${count}`.length);
    if (x >= start && x < end) return place;
    start = end + 1;
  }
  return null;
}
