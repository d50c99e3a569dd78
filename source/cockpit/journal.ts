import {type ExternalCommand, endText, essence} from '../domain/external-command.ts';
import type {EventView} from '../domain/fleet.ts';
import {eventFilter} from './event-filter.ts';
import type {Notice} from './notice.ts';
import type {State} from './state.ts';

/** Journal entries kept for the Events screen. */
const ENTRIES_KEPT = 1000;

/** What the Events screen lists, and where it stands. */
export type Reading = {
  list: 'events' | 'commands';
  filter: string;
  /** The chosen line; null: it follows what comes. `at`: for when it is gone, ms since the epoch. */
  chosen: {id: string; at: number} | null;
  /** What the supervisor ran besides its sessions, as it was read last; null: it was not. */
  commands: readonly ExternalCommand[] | null;
  /** Why that could not be read; empty: it could. */
  failed: string;
};

export const noReading: Reading = {list: 'events', filter: '', chosen: null, commands: null, failed: ''};

export type ReadingAction =
  | {do: 'list'; list: Reading['list']}
  | {do: 'commands'; commands: readonly ExternalCommand[]}
  | {do: 'failed'; why: string};

/** Pure; the same object when nothing changed. */
export function stepReading(reading: Reading, action: ReadingAction): Reading {
  switch (action.do) {
    case 'list':
      return {...reading, list: action.list, chosen: null};
    case 'commands': {
      const isSame = reading.failed === '' && JSON.stringify(action.commands) === JSON.stringify(reading.commands);
      return isSame ? reading : {...reading, commands: action.commands, failed: ''};
    }
    case 'failed':
      return action.why === reading.failed ? reading : {...reading, failed: action.why};
  }
}

/**
 * A line of the Events screen. `at`: ms since the epoch; `session`: or the program that was run; `more`: what else there
 * is to read of it; `bad`: it has to be seen.
 */
export type EventLine = {
  id: string;
  at: number;
  session: string | null;
  type: string;
  reason: string;
  actor: string;
  more: string;
  bad: boolean;
};

type Listed = Pick<State, 'entries' | 'notices' | 'reading'>;
let last: {of: Listed; lines: readonly EventLine[]} | undefined;

/** The journal and amux's own notices, or the commands, oldest first, as far as the filter lets them. */
export function eventLines(listed: Listed): readonly EventLine[] {
  if (last !== undefined && isSame(last.of, listed)) return last.lines;
  const {entries, notices, reading} = listed;
  const lines =
    reading.list === 'commands'
      ? (reading.commands ?? []).map(lineOfCommand)
      : [...entries.map(lineOfEntry), ...notices.map(lineOfNotice)];
  last = {
    of: {entries, notices, reading},
    lines: lines.filter(eventFilter(reading.filter)).sort((a, b) => a.at - b.at),
  };
  return last.lines;
}

function isSame(a: Listed, b: Listed): boolean {
  const [one, other] = [a.reading, b.reading];
  if (one.list !== other.list || one.filter !== other.filter) return false;
  return one.list === 'commands' ? one.commands === other.commands : a.entries === b.entries && a.notices === b.notices;
}

const lineOfEntry = ({cursor, at, session, type, reason, actor}: EventView): EventLine => ({
  id: `entry ${cursor}`,
  at: at * 1000,
  session: session?.name ?? null,
  type,
  reason,
  actor,
  more: `by ${actor}`,
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
  more: 'by cockpit',
  bad: kind === 'error',
});

/** Codes other than 0 are answers as well: only what could not be run is bad. */
function lineOfCommand(command: ExternalCommand): EventLine {
  const {id, at, argv, cwd, ms, error} = command;
  const [file = ''] = argv;
  const took = ms === null ? '' : `${Math.round(ms)} ms`;
  const end = endText(command);
  return {
    id: `command ${id}`,
    at: at * 1000,
    session: file.split('/').at(-1) ?? file,
    type: error === null ? `${end.padEnd(8)} ${took.padStart(8)}` : 'not run',
    reason: essence(argv),
    actor: 'supervisor',
    more: [argv.join(' '), `${end}${took === '' ? '' : ` after ${took}`}`, ...(cwd === null ? [] : [`in ${cwd}`])].join(
      '\n',
    ),
    bad: error !== null,
  };
}

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
