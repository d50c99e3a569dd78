import {useEffect} from 'react';
import {countMoods} from '../attention.ts';
import type {State} from '../state.ts';
import type {Theme} from '../theme.ts';

/** The terminal's title tells how many wait, also when the cockpit is out of sight. */
export function useTitle({state, theme, write}: {state: State; theme: Theme; write: (title: string) => void}): void {
  const waiting = countMoods(state.sessions ?? []).waiting;
  const title = waiting === 0 ? 'amux' : `amux ${theme.shapes.waiting}${waiting}`;
  useEffect(() => {
    write(title);
  }, [write, title]);
}
