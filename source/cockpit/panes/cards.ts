import {heldOf} from '../../domain/budget.ts';
import type {SessionView} from '../../domain/fleet.ts';
import {age} from '../ages.ts';
import {agentText, detailText, looks, moodOf, moods, resourcesText, sinceOf, stateText} from '../attention.ts';
import {metersOf} from '../charts/meters.ts';
import {plain} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {cutSpans, fill, line, type Span, spansWidth} from '../draw/spans.ts';
import {type Group, type Item, idOf, isGroup} from '../grouping.ts';
import type {Layout} from '../layout.ts';
import {rowsInSight} from '../list-window.ts';
import type {Theme} from '../theme.ts';

export type CardsProps = {
  theme: Theme;
  area: NonNullable<Layout['cards']>;
  /** All that is listed; `top` is the first one in sight. */
  sessions: readonly Item[];
  top: number;
  selected: string | null;
  marks: readonly string[];
  now: number;
  /** What sessions ask, and the cards that they hold, by their id. */
  asks?: ReadonlyMap<string, string>;
  holds?: ReadonlyMap<string, string>;
};

/** Cards side by side and below each other, and the headers of their groups. */
export function cardsLines({theme, area, sessions, top, selected, marks, now, asks, holds}: CardsProps): string[] {
  const lines: string[] = [];
  for (const {items} of rowsInSight(sessions, {top, area})) {
    const row = items.map(item => {
      const chosen = idOf(item) === selected;
      if (isGroup(item)) return [groupLine({theme, columns: area.cols, group: item, selected: chosen})];
      const {cardCols: columns, metered} = area;
      const [marked, asked, card] = [marks.includes(item.id), asks?.get(item.id), holds?.get(item.id)];
      return cardLines({theme, columns, metered, session: item, selected: chosen, marked, now, asked, card});
    });
    const height = row[0]!.length;
    const taken = height === 1 ? area.cols : row.length * (area.cardCols + 1) - 1;
    for (let y = 0; y < height; y++) {
      lines.push(row.map(card => card[y]!).join(' ') + ' '.repeat(Math.max(0, area.cols - taken)));
    }
  }
  return fill(lines, area.rows, area.cols);
}

type GroupProps = {theme: Theme; columns: number; group: Group; selected: boolean};

/** The header of a group: its name, and how its sessions are. */
function groupLine({theme, columns, group, selected}: GroupProps): string {
  const {shapes} = theme;
  const counts = moods.flatMap((mood): Span[] => {
    const {shape, token} = looks[mood];
    const count = group.counts[mood];
    return count === 0 ? [] : [[token, `${shapes[shape]}${count} `]];
  });
  const title: Span[] = [
    selected ? ['selected', shapes.bar] : [null, ' '],
    [selected ? 'selected' : 'dim', `${group.folded ? shapes.folded : shapes.open} `],
    [selected ? 'strong' : 'dim', `${plain(group.title)} `],
  ];
  const left = cutSpans(title, Math.max(0, columns - spansWidth(counts) - 2), shapes.ellipsis);
  const rule = Math.max(0, columns - spansWidth(left) - spansWidth(counts) - 1);
  return line(theme, columns, [
    ...left,
    [selected ? 'selected' : 'border', shapes.rule.repeat(rule)],
    [null, ' '],
    ...counts,
  ]);
}

export type CardProps = {
  theme: Theme;
  columns: number;
  session: SessionView;
  /** With a line for what it tells of tokens. */
  metered?: boolean;
  selected: boolean;
  marked: boolean;
  now: number;
  /** What it asks a person; null: nothing. */
  asked?: string | null;
  /** Id of the card that it holds. */
  card?: string | null;
};

/** One session in five lines or six. Numbers stand right and age in place. */
export function cardLines({theme, columns, session, selected, marked, now, ...more}: CardProps): string[] {
  const {metered = false, asked, card = null} = more;
  const {shapes} = theme;
  const mood = moodOf(session);
  const look = looks[mood];
  const quiet = mood === 'stopped';
  const mark: Span[] = marked ? [['mark', `${shapes.mark} `]] : [];
  const takes = resourcesText(session);
  const frame: Frame = {
    theme,
    columns,
    heavy: selected,
    token: selected ? 'selected' : 'border',
    left: [...mark, [quiet && !selected ? 'dim' : 'strong', plain(session.name)]],
    right: [['dim', plain(agentText(session))]],
    foot: takes === '' ? [] : [[session.watchdog.over ? 'attention' : 'faint', takes]],
  };
  const detail = plain(asked ?? detailText(session));
  const right = badges(theme, session, card);
  const meters = metered ? [metersOf(theme, {session, columns: columns - 4})] : [];
  return framed(frame, [
    inside(frame, [[look.token, `${shapes[look.shape]} ${stateText(session)}`]], [['dim', age(sinceOf(session), now)]]),
    inside(frame, placeOf(theme, {session, room: columns - 4 - spansWidth(right) - 1}), right),
    ...meters.map(({left, right}) => inside(frame, left, right)),
    inside(frame, [[mood === 'waiting' || detail === heldOf(session.notice)?.command ? null : 'dim', detail]]),
  ]);
}

/** Its branch, and how many files there are not committed: that stays when the branch is cut. */
function placeOf({shapes}: Theme, {session, room}: {session: SessionView; room: number}): Span[] {
  const place: Span[] = [['dim', plain(session.branch ?? shortDir(shapes.dots, session.dir))]];
  const files = session.dirty?.files ?? 0;
  if (files === 0) return place;
  const changes: Span = ['dim', ` ${shapes.changes}${files}`];
  return [...cutSpans(place, room - spansWidth([changes]), shapes.ellipsis), changes];
}

function badges({shapes}: Theme, session: SessionView, card: string | null): Span[] {
  const spans: Span[] = card === null ? [] : [['dim', card]];
  const gap = (): void => void (spans.length > 0 && spans.push([null, ' ']));
  const held = heldOf(session.notice);
  if (held !== null) {
    gap();
    spans.push(['attention', `held ${held.share}`]);
  }
  if (session.yolo) {
    gap();
    spans.push(['yolo', `${shapes.bolt}yolo`]);
  }
  if (session.queue > 0) {
    gap();
    spans.push(['dim', `${shapes.queue} ${session.queue}`]);
  }
  return spans;
}

/** The last two parts of a path, where there is no branch. */
function shortDir(dots: string, dir: string): string {
  const parts = dir.split('/').filter(part => part !== '');
  return parts.length <= 2 ? dir : `${dots}/${parts.slice(-2).join('/')}`;
}

/** The phone's list: two lines for each session. */
export function listLines(props: CardsProps): string[] {
  const {theme, area, sessions, top, selected} = props;
  return rowsInSight(sessions, {top, area}).flatMap(({items}) =>
    items.flatMap(item => {
      const chosen = idOf(item) === selected;
      if (isGroup(item)) return [groupLine({theme, columns: area.cols, group: item, selected: chosen})];
      return listItem(props, item);
    }),
  );
}

function listItem({theme, area, selected, marks, now, asks, holds}: CardsProps, session: SessionView): string[] {
  const {shapes} = theme;
  const look = looks[moodOf(session)];
  const isSelected = session.id === selected;
  const mark: Span[] = marks.includes(session.id) ? [['mark', `${shapes.mark} `]] : [];
  const bar: Span = isSelected ? ['selected', shapes.bar] : [null, ' '];
  const name: Span[] = [
    [look.token, `${shapes[look.shape]} `],
    ...mark,
    [isSelected ? 'strong' : null, plain(session.name)],
  ];
  const facts: Span[] = [
    ...badges(theme, session, holds?.get(session.id) ?? null),
    [null, '  '],
    ['dim', `${age(sinceOf(session), now)} `],
  ];
  const detail: Span[] = [
    isSelected ? bar : [null, ' '],
    [null, '   '],
    ['dim', listDetail(session, asks?.get(session.id))],
  ];
  return [line(theme, area.cols, [bar, ...name], facts), line(theme, area.cols, detail)];
}

function listDetail(session: SessionView, asked: string | undefined): string {
  const detail = plain(asked ?? detailText(session));
  const mood = moodOf(session);
  if (session.watchdog.comeback !== null) return stateText(session);
  if (mood === 'waiting' || mood === 'failed')
    return detail === '' ? stateText(session) : `${stateText(session)}: ${detail}`;
  return detail === '' ? stateText(session) : detail;
}
