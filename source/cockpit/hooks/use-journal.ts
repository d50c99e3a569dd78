import {useEffect} from 'react';
import {asAmuxError} from '../../domain/errors.ts';
import type {EventView} from '../../domain/fleet.ts';
import type {State} from '../state.ts';
import type {Source} from './use-fleet.ts';

/** Entries of the past that are read when the screen opens. */
const PAST = 1000;

/** Reads the end of the journal when the Events screen opens; what comes then is told by the fleet's own stream. */
export function useJournal(source: Source, state: State): void {
  const open = state.place === 'events' && state.connection.kind !== 'lost';
  useEffect(() => {
    if (!open) return;
    const ending = new AbortController();
    void readJournal(source, ending);
    return () => ending.abort();
  }, [source, open]);
}

async function readJournal({fleet, store, fail}: Source, ending: AbortController): Promise<void> {
  const {signal} = ending;
  const past: EventView[] = [];
  try {
    const {cursor, first} = await fleet.health();
    if (cursor === 0 || signal.aborted) return;
    for await (const entry of fleet.events({since: Math.max(first - 1, cursor - PAST), signal})) {
      if (entry.type !== 'snapshot') past.push(entry);
      if (entry.cursor >= cursor) break;
    }
    if (!signal.aborted) store.dispatch({type: 'entries', entries: past});
  } catch (error) {
    // A lost connection is told of elsewhere; the screen is read anew with the next one.
    if (!signal.aborted && asAmuxError(error).code !== 'supervisor.unreachable') fail(error);
  } finally {
    ending.abort();
  }
}
