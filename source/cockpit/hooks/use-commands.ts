import {setTimeout as pause} from 'node:timers/promises';
import {useEffect} from 'react';
import {asAmuxError} from '../../domain/errors.ts';
import type {State} from '../state.ts';
import type {Store} from '../store.ts';
import type {Source} from './use-fleet.ts';

/** Bursts become one look, in ms. */
const GAP_MS = 500;

/** Reads what the supervisor ran while that is in sight: nothing tells of it, so that each event and minute asks. */
export function useCommands(source: Source, {place, reading, connection}: State): void {
  const open = place === 'events' && reading.list === 'commands' && connection.kind === 'live';
  useEffect(() => {
    if (!open) return;
    const ending = new AbortController();
    void followCommands(source, ending.signal);
    return () => ending.abort();
  }, [source, open]);
}

async function followCommands({fleet, store}: Source, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const {entries, now} = store.state();
    try {
      const commands = await fleet.commands();
      if (!signal.aborted) store.dispatch({type: 'reading', step: {do: 'commands', commands}});
    } catch (error) {
      const {code, message} = asAmuxError(error);
      // A lost connection is told of elsewhere.
      if (!signal.aborted && code !== 'supervisor.unreachable') {
        store.dispatch({type: 'reading', step: {do: 'failed', why: message}});
      }
    }
    await pause(GAP_MS, undefined, {signal}).catch(() => {}); // It ends with the signal.
    await until(store, {holds: state => state.entries !== entries || state.now !== now, signal});
  }
}

function until(store: Store, {holds, signal}: {holds: (state: State) => boolean; signal: AbortSignal}): Promise<void> {
  return new Promise(resolve => {
    const look = (): void => {
      if (!signal.aborted && !holds(store.state())) return;
      unsubscribe();
      signal.removeEventListener('abort', look);
      resolve();
    };
    const unsubscribe = store.subscribe(look);
    signal.addEventListener('abort', look);
    look();
  });
}
