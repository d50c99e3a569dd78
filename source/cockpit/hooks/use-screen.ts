import {useEffect, useRef} from 'react';
import {asAmuxError, type ErrorCode} from '../../domain/errors.ts';
import type {SessionView} from '../../domain/fleet.ts';
import {Backoff} from '../backoff.ts';
import {showsFleet, tilesInSight} from '../fleet-view.ts';
import {currentLayout, type State, selectedSession} from '../state.ts';
import type {Source} from './use-fleet.ts';

/** A session that ended meanwhile has no stream; the list tells of that. */
const ENDED: readonly ErrorCode[] = ['session.not-running', 'session.unknown'];

/** The connection or the server could not go on; the next try may. */
const PASSING: readonly ErrorCode[] = ['supervisor.unreachable', 'stream.slow', 'stream.many'];

/** Follows the screens in sight, and no others: of the selected session, of a scrollback, of tiles. */
export function useScreen(source: Source, state: State): void {
  const followed = useRef(new Map<string, AbortController>());
  const lives = watched(state)
    // A new life of the process has a new stream.
    .map(({id, running, started_at}) => `${id}/${running}/${started_at}`)
    .join(' ');
  useEffect(() => {
    const wanted = new Set(lives.split(' ').filter(life => life !== ''));
    for (const [life, ending] of followed.current) {
      if (wanted.has(life)) continue;
      ending.abort();
      followed.current.delete(life);
    }
    for (const life of wanted) {
      if (followed.current.has(life)) continue;
      const ending = new AbortController();
      followed.current.set(life, ending);
      void followScreen(source, life.slice(0, life.indexOf('/')), ending.signal);
    }
  }, [source, lives]);
  useEffect(() => {
    const all = followed.current;
    return () => {
      for (const ending of all.values()) ending.abort();
      all.clear();
    };
  }, []);
}

/** Sessions whose screens are looked at. */
export function watched(state: State): readonly SessionView[] {
  const {scroll, sessions, connection} = state;
  if (!showsFleet(state) || connection.kind === 'lost') return [];
  const {kind, peek} = currentLayout(state);
  if (kind === 'tiles') return tilesInSight(state).tiles;
  if (peek === null) return [];
  const session = scroll === null ? selectedSession(state) : sessions?.find(({id}) => id === scroll.session);
  return session == null ? [] : [session];
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
