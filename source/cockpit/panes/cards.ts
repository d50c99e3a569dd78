import {heldOf} from '../../domain/budget.ts';
import type {SessionView} from '../../domain/fleet.ts';
import {age} from '../ages.ts';
import {agentText, detailText, looks, moodOf, sinceOf, stateText} from '../attention.ts';
import {metersOf} from '../charts/meters.ts';
import {plain} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {cutSpans, fill, line, type Span, spansWidth} from '../draw/spans.ts';
import type {Layout} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type CardsProps = {
  theme: Theme;
  area: NonNullable<Layout['cards']>;
  /** All listed sessions; `top` is the first one in sight. */
  sessions: readonly SessionView[];
  top: number;
  selected: string | null;
  marks: readonly string[];
  now: number;
  /** What sessions ask, and the cards that they hold, by their id. */
  asks?: ReadonlyMap<string, string>;
  holds?: ReadonlyMap<string, string>;
};

/** Cards side by side and below each other. */
export function cardsLines({theme, area, sessions, top, selected, marks, now, asks, holds}: CardsProps): string[] {
  const lines: string[] = [];
  const shown = sessions.slice(top, top + area.perPage);
  for (let i = 0; i < shown.length; i += area.columns) {
    const row = shown.slice(i, i + area.columns).map(session => {
      const marked = marks.includes(session.id);
      const asked = asks?.get(session.id) ?? null;
      const card = holds?.get(session.id) ?? null;
      const chosen = session.id === selected;
      const {cardCols: columns, metered} = area;
      return cardLines({theme, columns, metered, session, selected: chosen, marked, now, asked, card});
    });
    for (let y = 0; y < area.cardRows; y++) {
      const joined = row.map(card => card[y]!).join(' ');
      const taken = row.length * (area.cardCols + 1) - 1;
      lines.push(joined + ' '.repeat(Math.max(0, area.cols - taken)));
    }
  }
  return fill(lines, area.rows, area.cols);
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
  const frame: Frame = {
    theme,
    columns,
    heavy: selected,
    token: selected ? 'selected' : 'border',
    left: [...mark, [quiet && !selected ? 'dim' : 'strong', plain(session.name)]],
    right: [['dim', plain(agentText(session))]],
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
  const place: Span[] = [['dim', plain(session.branch ?? shortDir(shapes.ellipsis, session.dir))]];
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
    spans.push(['attention', `held ${held.percent}%`]);
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
function shortDir(ellipsis: string, dir: string): string {
  const parts = dir.split('/').filter(part => part !== '');
  return parts.length <= 2 ? dir : `${ellipsis}/${parts.slice(-2).join('/')}`;
}

/** The phone's list: two lines for each session. */
export function listLines({theme, area, sessions, top, selected, marks, now, asks, holds}: CardsProps): string[] {
  const {shapes} = theme;
  const lines: string[] = [];
  for (const session of sessions.slice(top, top + area.perPage)) {
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
    lines.push(line(theme, area.cols, [bar, ...name], facts));
    lines.push(
      line(theme, area.cols, [
        isSelected ? bar : [null, ' '],
        [null, '   '],
        ['dim', listDetail(session, asks?.get(session.id))],
      ]),
    );
  }
  return lines;
}

function listDetail(session: SessionView, asked: string | undefined): string {
  const detail = plain(asked ?? detailText(session));
  const mood = moodOf(session);
  if (mood === 'waiting' || mood === 'failed')
    return detail === '' ? stateText(session) : `${stateText(session)}: ${detail}`;
  return detail === '' ? stateText(session) : detail;
}
