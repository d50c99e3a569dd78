import type {EventView} from '../domain/fleet.ts';
import type {State} from './state.ts';

/** Journal entries kept for the Events screen. */
export const ENTRIES_KEPT = 1000;

/** Where the Events screen stands: at the end, or at one line. */
export type Reading = {follow: true} | {follow: false; at: number};

/** Lines of the Events screen: the journal and amux's own notices, oldest first. */
export type EventLine = {at: number; session: string | null; type: string; reason: string; actor: string; bad: boolean};

export function eventLines(state: State): EventLine[] {
  const needle = state.filter.toLowerCase();
  const journal = state.entries.map(entry => ({
    at: entry.at * 1000,
    session: entry.session?.name ?? null,
    type: entry.type as string,
    reason: entry.reason,
    actor: entry.actor,
    bad: entry.type === 'backend.lost',
  }));
  const own = state.notices.map(notice => ({
    at: notice.at,
    session: null,
    type: notice.kind,
    reason: notice.hint === '' ? notice.message : `${notice.message} (${notice.hint})`,
    actor: 'cockpit',
    bad: notice.kind === 'error',
  }));
  return [...journal, ...own]
    .filter(line => needle === '' || `${line.session} ${line.type} ${line.reason}`.toLowerCase().includes(needle))
    .sort((a, b) => a.at - b.at);
}

/** One line up or down; behind the last one it follows what comes. */
export function moveReading(state: State, by: number): State {
  const last = eventLines(state).length - 1;
  const at = state.reading.follow ? last : Math.min(last, state.reading.at);
  const to = Math.max(0, Math.min(last, at + by));
  return {...state, reading: to >= last ? {follow: true} : {follow: false, at: to}};
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
