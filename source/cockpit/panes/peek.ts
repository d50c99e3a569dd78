import type {SessionView} from '../../domain/fleet.ts';
import type {Screen} from '../../domain/screen.ts';
import {agentText, comebackText, looks, moodOf} from '../attention.ts';
import {plain} from '../draw/cells.ts';
import {type Frame, framed} from '../draw/frame.ts';
import {paintRow} from '../draw/screen-row.ts';
import {fill, line, type Span, spansWidth} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type PeekProps = {
  theme: Theme;
  /** With its border. */
  size: Size;
  session: SessionView | null;
  screen: Screen | null;
  typing: boolean;
  /** Nobody tells what it shows by now. */
  stale?: boolean;
  /** What it asks a person; null: nothing. */
  asked?: string | null;
  /** Starts a session; empty: no key does. */
  startKey?: string;
  /** What stands there while no session is selected. */
  empty?: string | undefined;
  /** One of several: its state stands in its title, and a heavy border means that it is chosen. */
  tile?: {chosen: boolean};
};

/** The agent's real screen, at its own width; what does not fit is cropped and the title says so. */
export function peekLines(props: PeekProps): string[] {
  const {
    theme,
    size,
    session,
    screen,
    typing,
    asked,
    stale = false,
    startKey = '',
    empty = 'nothing is selected',
    tile,
  } = props;
  const inner = {cols: size.cols - 2, rows: size.rows - 2};
  const ended = session !== null && !session.running;
  const view = screen === null ? null : windowOf(screen, {inner, follow: typing});
  // What it asks comes before what it is: the title gives way, up to its half.
  const asks: Span[] = asked == null ? [] : [['attention', `${theme.shapes.waiting} ${plain(asked)}`]];
  const room = asks.length === 0 ? 0 : Math.min(spansWidth(asks) + 3, Math.floor(size.cols / 2));
  const foot = session === null ? null : (session.notice ?? comebackText(session) ?? whyFailed(session));
  const frame: Frame = {
    theme,
    columns: size.cols,
    heavy: typing || tile?.chosen === true,
    token: typing ? 'attention' : tile?.chosen === true ? 'selected' : 'border',
    left:
      session === null
        ? []
        : titleSpans(theme, size.cols - TITLE_FRAME - room, {
            session,
            screen,
            view,
            ended,
            stale,
            tile: tile !== undefined,
          }),
    right: asks,
    foot: foot === null ? [] : [['dim', plain(foot)]],
  };
  if (screen === null || view === null) return framed(frame, emptyLines({theme, inner, session, startKey, empty}));
  const rows = screen.lines.slice(view.top, view.top + inner.rows).map((row, i) => {
    const cursorHere = !ended && !stale && screen.cursor !== null && screen.cursor.y === view.top + i;
    const cursor = cursorHere ? screen.cursor!.x - view.left : null;
    return paintRow(theme, row, {from: view.left, columns: inner.cols, cursor, faded: ended || stale});
  });
  return framed(frame, fill(rows, inner.rows, inner.cols));
}

/** Its last screen seldom says why it is not started again. */
const whyFailed = ({status, reason}: SessionView): string | null => (status === 'failed' ? reason : null);

type Window = {top: number; left: number; cropped: boolean};

/** Bottom-aligned, so that the last lines and the cursor stay in sight; typing pans to the cursor. */
function windowOf(screen: Screen, {inner, follow}: {inner: Size; follow: boolean}): Window {
  let last = screen.lines.length - 1;
  while (last > 0 && (screen.lines[last] ?? []).every(run => run.text.trim() === '')) last--;
  const end = Math.max(last, screen.cursor?.y ?? 0) + 1;
  const top = Math.max(0, Math.min(end - inner.rows, screen.rows - inner.rows));
  const beyond = follow && screen.cursor !== null ? screen.cursor.x + 1 - inner.cols : 0;
  const left = Math.max(0, Math.min(beyond > 0 ? beyond + PAN_MARGIN : 0, screen.cols - inner.cols));
  return {top, left, cropped: screen.cols > inner.cols || screen.rows > inner.rows};
}

/** Cells kept in sight right of the cursor while typing. */
const PAN_MARGIN = 8;

/** Columns of a border that its title cannot have. */
const TITLE_FRAME = 7;

type Facts = {
  session: SessionView;
  screen: Screen | null;
  view: Window | null;
  ended: boolean;
  stale: boolean;
  tile: boolean;
};

/** What does not fit goes, the branch first; that something is cropped is always said. */
function titleSpans({shapes}: Theme, columns: number, {session, screen, view, ended, stale, tile}: Facts): Span[] {
  // In a tile its size matters less than what it asks.
  const size: Span[] = screen === null || tile ? [] : [['dim', `${screen.cols}${shapes.times}${screen.rows}`]];
  const cropped: Span[] = view?.cropped ? [[null, ` ${shapes.cropped} cropped`]] : [];
  const look = looks[moodOf(session)];
  const mark: Span[] = tile ? [[look.token, `${shapes[look.shape]} `]] : [];
  const name: Span[] = [...mark, ['strong', plain(session.name)]];
  const ending: Span[] = ended ? [['dim', 'ended']] : stale ? [['attention', 'stale']] : [];
  const agent: Span[] = [['dim', plain(agentText(session))]];
  const branch: Span[] = session.branch === null ? [] : [['dim', plain(session.branch)]];
  const choices = [
    [name, ending, agent, branch, size],
    [name, ending, agent, size],
    [name, ending, size],
  ];
  const titles = choices.map(parts => {
    const shown = parts.filter(part => part.length > 0);
    return [
      ...shown.flatMap((part, i): Span[] => (i === 0 ? part : [['faint', ` ${shapes.dot} `], ...part])),
      ...cropped,
    ];
  });
  return titles.find(title => spansWidth(title) <= columns) ?? titles.at(-1)!;
}

const notRunning = (key: string): string => (key === '' ? 'not running' : `not running: ${key} starts it`);

type Empty = {theme: Theme; inner: Size; session: SessionView | null; startKey: string; empty: string};

function emptyLines({theme, inner, session, startKey, empty}: Empty): string[] {
  const text = session === null ? empty : session.running ? 'no screen yet' : notRunning(startKey);
  const lines = [' '.repeat(inner.cols), line(theme, inner.cols, [['faint', `  ${text}`]])];
  if (session !== null && !session.running && session.reason !== '') {
    lines.push(line(theme, inner.cols, [['faint', `  ${plain(session.reason)}`]]));
  }
  return fill(lines, inner.rows, inner.cols);
}
