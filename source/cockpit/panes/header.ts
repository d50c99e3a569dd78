import type {SessionView} from '../../domain/fleet.ts';
import {clockText} from '../ages.ts';
import {countMoods, looks, type Mood, moods} from '../attention.ts';
import {line, type Span, spansWidth} from '../draw/spans.ts';
import type {CockpitInfo} from '../options.ts';
import type {Connection, Place} from '../state.ts';
import type {Theme} from '../theme.ts';

export type HeaderProps = {
  theme: Theme;
  columns: number;
  rows: 1 | 2;
  sessions: readonly SessionView[] | null;
  now: number;
  mode: CockpitInfo['mode'];
  connection: Connection;
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

/** The words go when the room does; the numbers never. */
function countsLine({theme, columns, sessions, now, mode, connection}: HeaderProps): string {
  const clock: Span[] = [['dim', `${clockText(now)} `]];
  const where: Span[] =
    connection === 'lost'
      ? [
          ['error', `${theme.shapes.failed} no connection`],
          [null, '  '],
        ]
      : [['faint', `${connection === 'connecting' ? 'connecting' : mode}  `]];
  const counts = countMoods(sessions ?? []);
  const long: Span[] = [['brand', ' amux']];
  const short: Span[] = [['brand', ' amux']];
  for (const mood of inHeader) {
    if (counts[mood] === 0) continue;
    const {shape, token, count} = looks[mood];
    long.push([null, '  '], [token, `${theme.shapes[shape]} ${counts[mood]} ${count}`.trimEnd()]);
    short.push([null, ' '], [token, `${theme.shapes[shape]}${counts[mood]}`]);
  }
  const full = [...where, ...clock];
  if (spansWidth(long) + spansWidth(full) + 2 <= columns) return line(theme, columns, long, full);
  const right = spansWidth(short) + spansWidth(full) + 2 <= columns || connection === 'lost' ? full : clock;
  return line(theme, columns, short, right);
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
  return line(theme, columns, left, [...about, [null, ' ']]);
}
