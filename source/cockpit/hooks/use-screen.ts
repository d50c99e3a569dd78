import {useEffect, useMemo, useRef} from 'react';
import {asAmuxError, type ErrorCode} from '../../domain/errors.ts';
import type {SessionView} from '../../domain/fleet.ts';
import type {Screen} from '../../domain/screen.ts';
import {Backoff} from '../backoff.ts';
import {showsFleet, tilesInSight} from '../fleet-view.ts';
import {gatherScreens} from '../gather.ts';
import {currentLayout, type State, selectedSession} from '../state.ts';
import type {Source} from './use-fleet.ts';

/** A session that ended meanwhile has no stream; the list tells of that. */
const ENDED: readonly ErrorCode[] = ['session.not-running', 'session.unknown'];

/** The connection or the server could not go on; the next try may. */
const PASSING: readonly ErrorCode[] = ['supervisor.unreachable', 'stream.slow', 'stream.many'];

/** Follows the screens in sight, and no others: of the selected session, of a scrollback, of tiles. */
export function useScreen(source: Source, state: State): void {
  const streams = useRef(new Map<string, AbortController>());
  const lives = watched(state)
    // A new life of the process has a new stream.
    .map(({id, running, started_at}) => `${id}/${running}/${started_at}`)
    .join(' ');
  const {store} = source;
  const screens = useMemo(() => gatherScreens(store, () => streams.current.size > 1), [store]);
  useEffect(() => {
    const followed = streams.current;
    const wanted = new Set(lives.split(' ').filter(life => life !== ''));
    for (const [life, ending] of followed) {
      if (wanted.has(life)) continue;
      ending.abort();
      followed.delete(life);
    }
    for (const life of wanted) {
      if (followed.has(life)) continue;
      const ending = new AbortController();
      followed.set(life, ending);
      void followScreen(source, {session: life.slice(0, life.indexOf('/')), signal: ending.signal, put: screens.put});
    }
  }, [source, screens, lives]);
  useEffect(() => {
    const followed = streams.current;
    return () => {
      for (const ending of followed.values()) ending.abort();
      followed.clear();
      screens.close();
    };
  }, [screens]);
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

type Following = {session: string; signal: AbortSignal; put: (session: string, screen: Screen) => void};

async function followScreen({fleet, fail}: Source, {session, signal, put}: Following): Promise<void> {
  const backoff = new Backoff();
  while (!signal.aborted) {
    try {
      for await (const screen of fleet.screens(session, signal)) {
        if (signal.aborted) return;
        backoff.reset();
        put(session, screen);
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
