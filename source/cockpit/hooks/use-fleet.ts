import {useEffect} from 'react';
import type {EventView, Fleet, SessionView} from '../../domain/fleet.ts';
import {moodOf} from '../attention.ts';
import type {Store} from '../store.ts';

/** Bursts of events become one look at the sessions, at most one in this time, in ms. */
const REFRESH_GAP_MS = 200;
/** Previews are looked at again this often while something works, in ms. */
const PREVIEW_MS = 2000;
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 10_000;

export type Source = {fleet: Fleet; store: Store; clock: () => number; fail: (error: unknown) => void};

/** Keeps the sessions of the state true to the fleet. */
export function useFleet(source: Source): void {
  useEffect(() => {
    const ending = new AbortController();
    void followFleet(source, ending.signal);
    return () => ending.abort();
  }, [source]);
}

async function followFleet(source: Source, signal: AbortSignal): Promise<void> {
  const {fleet, store, fail} = source;
  const refresh = refresher(source, signal);
  let retry = RETRY_FIRST_MS;
  while (!signal.aborted) {
    try {
      // Subscribed before the first look, so that nothing falls between the two.
      const events = fleet.events({signal})[Symbol.asyncIterator]();
      let next = events.next();
      await refresh.now();
      store.dispatch({type: 'connection', connection: 'live'});
      retry = RETRY_FIRST_MS;
      for (let step = await next; step.done !== true; step = await next) {
        next = events.next();
        takeEntry(store, step.value);
        refresh.soon();
      }
      if (signal.aborted) return;
    } catch (error) {
      if (signal.aborted) return;
      if (store.state().connection !== 'lost') fail(error);
    }
    store.dispatch({type: 'connection', connection: 'lost'});
    await pause(retry, signal);
    retry = Math.min(RETRY_MOST_MS, retry * 2);
  }
}

function takeEntry(store: Store, entry: EventView): void {
  if (entry.type !== 'snapshot') store.dispatch({type: 'entries', entries: [entry]});
}

/** Looks again soon (once per burst), and now and then while something works. */
function refresher({fleet, store, clock, fail}: Source, signal: AbortSignal) {
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  let last = 0;
  let busy = false;
  let wanted = false;
  signal.addEventListener('abort', () => clearTimeout(timer));

  const now = async (): Promise<void> => {
    if (busy) {
      wanted = true;
      return;
    }
    busy = true;
    clearTimeout(timer);
    due = Number.POSITIVE_INFINITY;
    last = performance.now();
    try {
      const sessions = keepSame(store.state().sessions, await fleet.sessions());
      if (sessions !== store.state().sessions && !signal.aborted) {
        store.dispatch({type: 'sessions', sessions, now: clock()});
      }
      const fresh = await fleet.approvals();
      if (!signal.aborted && JSON.stringify(fresh) !== JSON.stringify(store.state().requests.open)) {
        store.dispatch({type: 'approvals', open: fresh});
      }
    } finally {
      busy = false;
    }
    if (signal.aborted) return;
    if (wanted) {
      wanted = false;
      at(last + REFRESH_GAP_MS);
    } else if (store.state().sessions?.some(session => moodOf(session) === 'working')) at(last + PREVIEW_MS);
  };

  const at = (time: number): void => {
    if (signal.aborted || due <= time) return;
    clearTimeout(timer);
    due = time;
    timer = setTimeout(() => void now().catch(fail), Math.max(0, time - performance.now()));
  };

  const soon = (): void => {
    if (busy) wanted = true;
    else at(Math.max(performance.now(), last + REFRESH_GAP_MS));
  };

  return {now, soon};
}

/** The same objects where nothing changed, and the same list when nothing did at all: no change, no frame. */
function keepSame(known: readonly SessionView[] | null, fresh: readonly SessionView[]): readonly SessionView[] {
  if (known === null) return fresh;
  const byId = new Map(known.map(session => [session.id, session]));
  const kept = fresh.map(session => {
    const before = byId.get(session.id);
    return before !== undefined && JSON.stringify(before) === JSON.stringify(session) ? before : session;
  });
  return kept.length === known.length && kept.every((session, i) => session === known[i]) ? known : kept;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
