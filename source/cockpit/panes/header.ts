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
  /** How the list is narrowed or how much of it shows; right in the second line. */
  about: readonly Span[];
};

export function headerLines(props: HeaderProps): string[] {
  const first = countsLine(props);
  return props.rows === 1 ? [first] : [first, tabsLine(props)];
}

/** What was spent goes first when there is no room, then the words; the counts never, nor that there is no connection. */
function countsLine(props: HeaderProps): string {
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
  const rights = whereabouts(props);
  const [most = []] = rights;
  for (const spend of spendTexts(props)) {
    const right: Span[] = [['dim', `${spend}  `], ...most];
    if (spansWidth(long) + spansWidth(right) + 2 <= columns) return line(theme, columns, long, right);
  }
  for (const right of rights) {
    for (const left of [long, short]) {
      if (spansWidth(left) + spansWidth(right) + 2 <= columns) return line(theme, columns, left, right);
    }
  }
  return line(theme, columns, short, rights.at(-1));
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

function tabsLine({theme, columns, tabs, place, about}: HeaderProps): string {
  const left: Span[] = [[null, ' ']];
  for (const tab of tabs) {
    const here = tab.place === place;
    const count: Span[] = tab.count === 0 ? [] : [['attention', ` ${tab.count}`]];
    left.push([here ? 'tab' : 'dim', `${here ? '[' : ' '}${tab.key} ${tab.title}`], ...count);
    left.push([here ? 'tab' : 'dim', here ? ']' : ' '], [null, ' ']);
  }
  // The screens stand before what is said of the list; of that the last goes first.
  let shown = about;
  while (shown.length > 0 && spansWidth(left) + spansWidth(shown) + 1 > columns) shown = shown.slice(0, -2);
  return line(theme, columns, left, [...shown, [null, ' ']]);
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
