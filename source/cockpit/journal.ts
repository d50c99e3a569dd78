import type {EventView} from '../domain/fleet.ts';
import {eventFilter} from './event-filter.ts';
import type {Notice, State} from './state.ts';

/** Journal entries kept for the Events screen. */
export const ENTRIES_KEPT = 1000;

/** What the Events screen lists, and where it stands. */
export type Reading = {
  filter: string;
  /** The chosen line; null: it follows what comes. `at`: for when it is gone, ms since the epoch. */
  chosen: {id: string; at: number} | null;
};

export const noReading: Reading = {filter: '', chosen: null};

/** A line of the Events screen. `at`: ms since the epoch; `bad`: it has to be seen. */
export type EventLine = {
  id: string;
  at: number;
  session: string | null;
  type: string;
  reason: string;
  actor: string;
  bad: boolean;
};

type Listed = Pick<State, 'entries' | 'notices' | 'reading'>;
let last: {of: Listed; lines: readonly EventLine[]} | undefined;

/** The journal and amux's own notices, oldest first, as far as the filter lets them. */
export function eventLines({entries, notices, reading}: Listed): readonly EventLine[] {
  const {of, lines} = last ?? {};
  if (of?.entries === entries && of.notices === notices && of.reading.filter === reading.filter) return lines!;
  const own = notices.map(lineOfNotice);
  const all = [...entries.map(lineOfEntry), ...own].filter(eventFilter(reading.filter)).sort((a, b) => a.at - b.at);
  last = {of: {entries, notices, reading}, lines: all};
  return all;
}

const lineOfEntry = ({cursor, at, session, type, reason, actor}: EventView): EventLine => ({
  id: `entry ${cursor}`,
  at: at * 1000,
  session: session?.name ?? null,
  type,
  reason,
  actor,
  bad: type === 'backend.lost',
});

/** Two of one moment with the same text are the same to a reader. */
const lineOfNotice = ({at, kind, message, hint}: Notice): EventLine => ({
  id: `notice ${at} ${message}`,
  at,
  session: null,
  type: kind,
  reason: hint === '' ? message : `${message} (${hint})`,
  actor: 'cockpit',
  bad: kind === 'error',
});

/** Index of the chosen line; of the last one while nothing is chosen. What is gone is where it would be. */
export function chosenLine(lines: readonly EventLine[], {chosen}: Reading): number {
  if (chosen === null) return lines.length - 1;
  const found = lines.findIndex(({id}) => id === chosen.id);
  return found >= 0
    ? found
    : Math.max(
        0,
        lines.findLastIndex(({at}) => at <= chosen.at),
      );
}

/** One line up or down; behind the last one it follows what comes. */
export function moveReading(state: State, by: number): State {
  const lines = eventLines(state);
  const to = Math.max(0, Math.min(lines.length - 1, chosenLine(lines, state.reading) + by));
  const line = to >= lines.length - 1 ? undefined : lines[to];
  const chosen = line === undefined ? null : {id: line.id, at: line.at};
  return {...state, reading: {...state.reading, chosen}};
}

/** Two streams may bring the same entry; the cursor tells. */
export function mergeEntries(known: State['entries'], added: readonly EventView[]): State['entries'] {
  const last = known.at(-1)?.cursor ?? -1;
  if (added.every((entry, i) => entry.cursor > (added[i - 1]?.cursor ?? last))) {
    return [...known, ...added].slice(-ENTRIES_KEPT);
  }
  const byCursor = new Map([...known, ...added].map(entry => [entry.cursor, entry]));
  return [...byCursor.values()].sort((a, b) => a.cursor - b.cursor).slice(-ENTRIES_KEPT);
}
