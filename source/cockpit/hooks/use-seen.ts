import {useEffect} from 'react';
import {moodOf} from '../attention.ts';
import {type State, selectedSession} from '../state.ts';
import type {Source} from './use-fleet.ts';

/** Selected for this long, a finished session counts as seen, in ms. */
const SEEN_MS = 1500;

export function useSeen({fleet, fail}: Source, state: State): void {
  const session = selectedSession(state);
  const inSight = state.place === 'fleet' && state.connection.kind === 'live';
  const finished = inSight && session !== null && moodOf(session) === 'finished' ? session.id : null;
  useEffect(() => {
    if (finished === null) return;
    const timer = setTimeout(() => void fleet.seen(finished).catch(fail), SEEN_MS);
    return () => clearTimeout(timer);
  }, [fleet, fail, finished]);
}
