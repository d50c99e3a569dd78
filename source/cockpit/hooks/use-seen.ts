import {useEffect} from 'react';
import {moodOf} from '../attention.ts';
import {type State, selectedSession} from '../state.ts';
import type {Source} from './use-fleet.ts';

/** Selected for this long, in a terminal that has the focus, a finished session counts as seen, in ms. */
const SEEN_MS = 1500;

export function useSeen({fleet, fail, whenHere = atOnce}: Source, state: State): void {
  const session = selectedSession(state);
  const inSight = state.place === 'fleet' && state.connection.kind === 'live';
  const finished = inSight && session !== null && moodOf(session) === 'finished' ? session.id : null;
  useEffect(() => {
    if (finished === null) return;
    let callOff = (): void => {};
    const timer = setTimeout(() => {
      callOff = whenHere(() => void fleet.seen(finished).catch(fail));
    }, SEEN_MS);
    return () => {
      clearTimeout(timer);
      callOff();
    };
  }, [fleet, fail, whenHere, finished]);
}

function atOnce(act: () => void): () => void {
  act();
  return () => {};
}
