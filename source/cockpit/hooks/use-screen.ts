import {useEffect} from 'react';
import {asAmuxError, type ErrorCode} from '../../domain/errors.ts';
import {Backoff} from '../backoff.ts';
import {showsFleet} from '../fleet-view.ts';
import {currentLayout, type State, selectedSession} from '../state.ts';
import type {Source} from './use-fleet.ts';

/** A session that ended meanwhile has no stream; the list tells of that. */
const ENDED: readonly ErrorCode[] = ['session.not-running', 'session.unknown'];

/** The connection or the server could not go on; the next try may. */
const PASSING: readonly ErrorCode[] = ['supervisor.unreachable', 'stream.slow', 'stream.many'];

/** Follows the screen of the selected session while a peek is in sight. */
export function useScreen(source: Source, state: State): void {
  const {scroll, sessions} = state;
  const session = scroll === null ? selectedSession(state) : (sessions?.find(({id}) => id === scroll.session) ?? null);
  const inSight = currentLayout(state).peek !== null && showsFleet(state) && state.connection.kind !== 'lost';
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
  const backoff = new Backoff();
  while (!signal.aborted) {
    try {
      for await (const screen of fleet.screens(session, signal)) {
        if (signal.aborted) return;
        backoff.reset();
        store.dispatch({type: 'screen', session, screen});
      }
      return;
    } catch (error) {
      const {code} = asAmuxError(error);
      if (signal.aborted || ENDED.includes(code)) return;
      if (!PASSING.includes(code)) return fail(error);
    }
    await backoff.pause(signal);
  }
}
