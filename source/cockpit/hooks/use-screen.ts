import {useEffect} from 'react';
import {asAmuxError} from '../../domain/errors.ts';
import {currentLayout, type State, selectedSession} from '../state.ts';
import type {Source} from './use-fleet.ts';

/** Follows the screen of the selected session while a peek is in sight. */
export function useScreen(source: Source, state: State): void {
  const session = selectedSession(state);
  const inSight = currentLayout(state).peek !== null && state.place === 'fleet';
  // A new life of the process has a new stream.
  const watched = inSight && session !== null ? `${session.id}/${session.running}/${session.started_at}` : undefined;
  useEffect(() => {
    if (watched === undefined) return;
    const ending = new AbortController();
    void followScreen(source, watched.slice(0, watched.indexOf('/')), ending.signal);
    return () => ending.abort();
  }, [source, watched]);
}

async function followScreen({fleet, store, fail}: Source, session: string, signal: AbortSignal): Promise<void> {
  try {
    for await (const screen of fleet.screens(session, signal)) {
      if (signal.aborted) return;
      store.dispatch({type: 'screen', session, screen});
    }
  } catch (error) {
    // A session that ended meanwhile has no stream; the list tells of that.
    const {code} = asAmuxError(error);
    if (!signal.aborted && code !== 'session.not-running' && code !== 'session.unknown') fail(error);
  }
}
