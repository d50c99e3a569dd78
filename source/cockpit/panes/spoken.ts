import type {SessionView} from '../../domain/fleet.ts';
import {clockText} from '../ages.ts';
import {agentText, countMoods, detailText, looks, type Mood, moodOf, moods, sinceOf, stateText} from '../attention.ts';
import {type Connection, troubleOf} from '../connection.ts';
import {plain} from '../draw/cells.ts';
import type {Hint} from '../draw/hints.ts';
import {type Group, type Item, idOf, isGroup} from '../grouping.ts';
import type {Notice} from '../notice.ts';
import type {CockpitInfo} from '../options.ts';

/** What a screen reader says of a session that is in this state. */
const words: Record<Mood, string> = {
  waiting: 'needs you',
  failed: 'failed',
  finished: 'finished',
  working: 'working',
  starting: 'starting',
  idle: 'idle',
  stopped: 'stopped',
};

export type SpokenHeader = {
  sessions: readonly SessionView[] | null;
  connection: Connection;
  mode: CockpitInfo['mode'];
  tabs: readonly {key: string; title: string; count: number; here: boolean}[];
};

/** The state of the fleet as sentences. What moves by itself, the clock and sums, is left out: it would be read again and again. */
export function spokenHeader({sessions, connection, mode, tabs}: SpokenHeader): string[] {
  const counts = countMoods(sessions ?? []);
  const said = moods
    .filter(mood => counts[mood] > 0)
    .map(mood => `${counts[mood]} ${looks[mood].count || words[mood]}`);
  const live = troubleOf(connection) ?? mode;
  const where = connection.kind === 'live' ? live : connection.kind === 'lost' ? 'no connection' : 'connecting';
  const screens = tabs.map(({key, title, count, here}) => {
    return `${key} ${title}${count > 0 ? ` ${count}` : ''}${here ? ' (open)' : ''}`;
  });
  return [`amux, ${[...said, where].join(', ')}.`, `Screens: ${screens.join(', ')}.`];
}

export type SpokenSessions = {
  /** With the headers of groups. */
  sessions: readonly Item[];
  selected: string | null;
  marks: readonly string[];
  /** Lines at most; those around the selected one are kept. */
  rows: number;
};

/** A line for each session, its state as a word. */
export function spokenSessions({sessions, selected, marks, rows}: SpokenSessions): string[] {
  const at = Math.max(
    0,
    sessions.findIndex(item => idOf(item) === selected),
  );
  const from = Math.max(0, Math.min(at - Math.floor(rows / 2), sessions.length - rows));
  const shown = sessions.slice(from, from + rows).map(item => {
    const pointer = idOf(item) === selected ? '> ' : '  ';
    if (isGroup(item)) return pointer + groupText(item);
    return `${pointer}${marks.includes(item.id) ? 'marked, ' : ''}${sessionText(item)}`;
  });
  const left = sessions.length - shown.length;
  return left > 0 ? [...shown, `  ${left} more`] : shown;
}

function groupText({title, folded, sessions, counts}: Group): string {
  const said = moods.filter(mood => counts[mood] > 0).map(mood => `${counts[mood]} ${words[mood]}`);
  const size = `${sessions.length} ${sessions.length === 1 ? 'session' : 'sessions'}`;
  return `Group ${plain(title)}, ${folded ? 'folded, ' : ''}${size}: ${said.join(', ')}`;
}

function sessionText(session: SessionView): string {
  const since = sinceOf(session);
  const parts = [
    session.name,
    spokenState(session),
    detailText(session),
    agentText(session),
    session.branch ?? '',
    session.dirty === null ? '' : `${session.dirty.files} changed files`,
    session.queue > 0 ? `${session.queue} queued` : '',
    session.yolo ? 'yolo' : '',
    since === null ? '' : `since ${clockText(since * 1000)}`,
  ];
  return parts
    .filter(part => part !== '')
    .map(plain)
    .join(', ');
}

function spokenState(session: SessionView): string {
  const word = words[moodOf(session)];
  const text = stateText(session);
  return text.startsWith(word) ? text : `${word}: ${text}`;
}

/** What a person who does not see it has to be told; empty when no state changed. */
export function spokenChanges(before: readonly SessionView[], after: readonly SessionView[]): string {
  const known = new Map(before.map(session => [session.id, session]));
  const said: string[] = [];
  for (const session of after) {
    const old = known.get(session.id);
    known.delete(session.id);
    if (old === undefined) said.push(`${plain(session.name)} is new, ${spokenState(session)}`);
    else if (spokenState(old) !== spokenState(session)) said.push(`${plain(session.name)} ${spokenState(session)}`);
  }
  for (const {name} of known.values()) said.push(`${plain(name)} is gone`);
  return said.join('; ');
}

export function spokenHints(hints: readonly Hint[]): string {
  return `Keys: ${hints.map(({key, label}) => `${key} ${label}`).join(', ')}.`;
}

export function spokenNotice({kind, message, hint}: Notice): string {
  return `${kind === 'error' ? 'Error: ' : ''}${plain(message)}${hint === '' ? '' : `; ${plain(hint)}`}`;
}
