import {useEffect} from 'react';
import {AmuxError, asAmuxError, type ErrorCode} from '../../domain/errors.ts';
import type {EventView, Fleet, SessionView} from '../../domain/fleet.ts';
import {age} from '../ages.ts';
import {moodOf, resourcesText} from '../attention.ts';
import {Backoff} from '../backoff.ts';
import {troubleOf} from '../connection.ts';
import type {Store} from '../store.ts';
import {cardReader} from './card-reader.ts';
import {scheduleReader} from './schedule-reader.ts';
import {spendReader} from './spend-reader.ts';

/** Bursts of events become one look at the sessions, at most one in this time, in ms. */
const REFRESH_GAP_MS = 200;
/** Previews are looked at again this often while something works, in ms. */
const PREVIEW_MS = 2000;

export type Source = {
  fleet: Fleet;
  store: Store;
  clock: () => number;
  fail: (error: unknown) => void;
  say: (message: string, hint?: string) => void;
  /** Hears of each entry as it comes. */
  told?: (entry: EventView) => void;
  /** Acts once the person may be in front of it; returns what calls it off. Default: at once. */
  whenHere?: (act: () => void) => () => void;
};

/** Keeps the sessions of the state true to the fleet. */
export function useFleet(source: Source): void {
  useEffect(() => {
    const ending = new AbortController();
    void followFleet(source, ending.signal);
    return () => ending.abort();
  }, [source]);
}

/** Lost connections are taken up again behind the last entry that came. */
async function followFleet(source: Source, signal: AbortSignal): Promise<void> {
  const {store, clock} = source;
  const backoff = new Backoff();
  let cursor: number | null = null;
  let told: ErrorCode | null = null;
  while (!signal.aborted) {
    try {
      for await (const entry of entriesOf(source, {since: cursor, signal})) {
        if ('from' in entry) {
          const wasLost = store.state().connection.kind === 'lost';
          // What was told in between never comes.
          if (wasLost && entry.from !== cursor) store.dispatch({type: 'delivery', step: {do: 'missed', now: clock()}});
          cursor = entry.from;
          told = null;
          backoff.reset();
          setLive(source, entry.trouble);
          continue;
        }
        cursor = entry.cursor;
        source.told?.(entry);
        if (entry.type !== 'snapshot') store.dispatch({type: 'entries', entries: [entry]});
      }
    } catch (error) {
      const {code} = asAmuxError(error);
      // Dropped just now: the lists say what is.
      if (code.startsWith('cursor.')) cursor = null;
      else if (!signal.aborted && told !== code) tellLoss(source, error);
      told = code;
    }
    if (signal.aborted) return;
    store.dispatch({type: 'connection', connection: {kind: 'lost', since: clock()}});
    await backoff.pause(signal);
  }
}

/** First where it begins, once the lists are those of now; then each entry. Ends by rejecting, but for the signal. */
async function* entriesOf(
  source: Source,
  {since, signal}: {since: number | null; signal: AbortSignal},
): AsyncGenerator<{from: number; trouble: string | null} | EventView> {
  const {fleet} = source;
  const ending = new AbortController();
  const own = AbortSignal.any([signal, ending.signal]);
  const {promise: broken, reject: breakOff} = Promise.withResolvers<never>();
  broken.catch(() => {}); // Raced below, or nobody waits any more.
  const refresh = refresher(source, {signal: own, failed: breakOff});
  const cards = cardReader(source, {signal: own, failed: breakOff});
  const schedules = scheduleReader(source, {signal: own, failed: breakOff});
  const spend = spendReader(source, {signal: own, refresh: refresh.soon});
  try {
    const behind = since !== null && (await holds(fleet, since)) ? since : null;
    // Subscribed before the first look, so that nothing falls between the two.
    const events = fleet.events({...(behind === null ? {} : {since: behind}), signal: own})[Symbol.asyncIterator]();
    let next = events.next();
    next.catch(() => {});
    const looks = Promise.all([refresh.now(), behind ?? fleet.health().then(({cursor}) => cursor), cards.all()]);
    const [, from] = await Promise.race([looks, broken]);
    spend.start();
    yield {from, trouble: refresh.trouble()};
    for (let step = await Promise.race([next, broken]); step.done !== true; step = await Promise.race([next, broken])) {
      next = events.next();
      next.catch(() => {});
      yield step.value;
      cards.told(step.value);
      spend.told(step.value);
      schedules.told(step.value);
      refresh.soon();
    }
  } finally {
    ending.abort();
  }
}

/** Whether the journal can be taken up behind this entry: an older one may have been dropped, a newer one is another's. */
async function holds(fleet: Fleet, since: number): Promise<boolean> {
  const {cursor, first} = await fleet.health();
  return since <= cursor && since >= first - 1;
}

/** That nobody answers any more is no fault: it is waited for. */
function tellLoss({store, fail, say}: Source, error: unknown): void {
  const isNews = store.state().connection.kind === 'live' && asAmuxError(error).code === 'supervisor.unreachable';
  if (isNews) say('the connection was lost', 'it is tried again; what is shown is stale until then');
  else fail(error);
}

function setLive({store, clock, say, fail}: Source, trouble: string | null): void {
  const {connection} = store.state();
  store.dispatch({type: 'connection', connection: {kind: 'live', trouble}});
  const before = troubleOf(connection);
  // The number of what waits may change; that it waits is told once.
  if (trouble !== null && before === null) fail(new AmuxError('store.trouble', {why: trouble}));
  else if (trouble === null && before !== null) say('what is new is taken again');
  if (connection.kind !== 'lost') return;
  const gone = age(connection.since / 1000, clock());
  say(gone === 'now' ? 'connected again' : `connected again after ${gone}`);
}

/** Looks again soon (once per burst), and now and then while something works. `failed`: later looks did. */
function refresher(source: Source, {signal, failed}: {signal: AbortSignal; failed: (error: unknown) => void}) {
  const {fleet, store, clock} = source;
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  let last = 0;
  let busy = false;
  let wanted = false;
  let trouble: string | null = null;
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
      ({trouble} = await fleet.health());
      if (!signal.aborted && source.store.state().connection.kind === 'live') setLive(source, trouble);
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
    timer = setTimeout(() => void now().catch(failed), Math.max(0, time - performance.now()));
  };

  const soon = (): void => {
    if (busy) wanted = true;
    else at(Math.max(performance.now(), last + REFRESH_GAP_MS));
  };

  return {now, soon, trouble: () => trouble};
}

/** All that is shown of it: what its processes take changes all the time, and only coarsely on a card. */
const lookOf = (session: SessionView): string => JSON.stringify({...session, resources: resourcesText(session)});

/** The same objects where nothing changed, and the same list when nothing did at all: no change, no frame. */
function keepSame(known: readonly SessionView[] | null, fresh: readonly SessionView[]): readonly SessionView[] {
  if (known === null) return fresh;
  const byId = new Map(known.map(session => [session.id, session]));
  const kept = fresh.map(session => {
    const before = byId.get(session.id);
    return before !== undefined && lookOf(before) === lookOf(session) ? before : session;
  });
  return kept.length === known.length && kept.every((session, i) => session === known[i]) ? known : kept;
}
