import {useEffect} from 'react';
import type {EventView} from '../../domain/fleet.ts';
import type {State} from '../state.ts';
import type {Source} from './use-fleet.ts';

/** Entries are shown together that come within this time, in ms. */
const TOGETHER_MS = 50;

/** Entries of the past that are read when the screen opens. */
const PAST = 1000;

/** Reads the end of the journal, and what comes, while the Events screen is open. */
export function useJournal(source: Source, state: State): void {
  const open = state.place === 'events';
  useEffect(() => {
    if (!open) return;
    const ending = new AbortController();
    void readJournal(source, ending.signal);
    return () => ending.abort();
  }, [source, open]);
}

async function readJournal({fleet, store, fail}: Source, signal: AbortSignal): Promise<void> {
  let gathered: EventView[] = [];
  const show = (): void => {
    if (!signal.aborted) store.dispatch({type: 'entries', entries: gathered});
    gathered = [];
  };
  try {
    const {cursor, first} = await fleet.health();
    for await (const entry of fleet.events({since: Math.max(first - 1, cursor - PAST), signal})) {
      if (entry.type === 'snapshot') continue;
      if (gathered.push(entry) === 1) setTimeout(show, TOGETHER_MS);
    }
  } catch (error) {
    if (!signal.aborted) fail(error);
  }
}
