import {useEffect} from 'react';
import {nextTick} from '../ages.ts';
import {sinceOf} from '../attention.ts';
import {nextForgotten} from '../deliveries.ts';
import {showsFleet} from '../fleet-view.ts';
import {sessionsInSight} from '../listing.ts';
import {silentAt} from '../notice.ts';
import {currentLayout, type State} from '../state.ts';
import type {Source} from './use-fleet.ts';

/** The only thing that ticks: one timer for the next time a visible age or the clock changes. */
export function useClock({store, clock}: Source, state: State): void {
  const area = currentLayout(state).cards;
  const inSight = area === null || !showsFleet(state) ? [] : sessionsInSight(state, area);
  const claims = state.place === 'board' ? (state.board.cards ?? []).flatMap(({claim}) => claim ?? []) : [];
  const leases = claims.map(({since, expires, expired}) => (expired ? expires : since));
  const asked = state.place === 'approvals' ? state.requests.open.map(({asked_at}) => asked_at) : [];
  // Without a connection only its loss grows older.
  const sinces =
    state.connection.kind === 'lost' ? [state.connection.since / 1000] : [...inSight.map(sinceOf), ...asked, ...leases];
  const due = Math.min(nextTick(sinces, state.now), nextForgotten(state.deliveries), silentAt(state.notice));
  useEffect(() => {
    // A timer may come a moment before its time: the tick is of the time that it was set for.
    const tick = (): void => store.dispatch({type: 'tick', now: Math.max(due, clock())});
    const timer = setTimeout(tick, Math.max(1, due - clock()));
    return () => clearTimeout(timer);
  }, [store, clock, due]);
}
