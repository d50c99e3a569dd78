import {AmuxError} from '../domain/errors.ts';
import type {Entry} from '../domain/events.ts';
import {type EventView, eventView} from '../domain/fleet.ts';
import type {Store} from '../store/store.ts';
import {everyOf} from './streams.ts';

const AT_ONCE = 500;

type Following = {store: Store; since: number | undefined; signal: AbortSignal};

/**
 * The entries behind a cursor (0: all that are kept; default: none), then each new one. A reader who is too slow for
 * the new ones gets them from the journal again. Throws `cursor.gone` and `cursor.future`.
 */
export async function* journalled({store, since, signal}: Following): AsyncGenerator<EventView> {
  let cursor = since ?? store.cursor;
  check(store, cursor);
  while (!signal.aborted) {
    while (cursor < store.cursor && !signal.aborted) {
      const missed = store.read({after: cursor, limit: AT_ONCE});
      if (missed.length === 0) break;
      for (const entry of missed) {
        cursor = entry.cursor;
        yield viewOf(entry);
      }
    }
    // The subscription begins in the same tick in which the last look found nothing newer: no gap.
    const live = everyOf<EventView>(listener => store.onEntry(entry => listener(viewOf(entry))), signal);
    for await (const event of live) {
      if (event.cursor <= cursor && !isUnwritten(event, cursor)) continue;
      cursor = event.cursor;
      yield event;
    }
    if (!signal.aborted) check(store, cursor);
  }
}

/** What is told although the journal cannot be written has the cursor of its last entry, and comes behind that. */
const isUnwritten = ({type, cursor}: EventView, last: number): boolean => type === 'notice' && cursor === last;

function check(store: Store, cursor: number): void {
  const newest = store.cursor;
  if (cursor > newest) throw new AmuxError('cursor.future', {cursor, newest});
  const first = store.first;
  if (cursor > 0 && cursor < first - 1) throw new AmuxError('cursor.gone', {cursor, first});
}

/** One object for all who follow. Who is behind keeps none of what was stored with it. */
const views = new WeakMap<Entry, EventView>();

function viewOf(entry: Entry): EventView {
  const known = views.get(entry);
  if (known !== undefined) return known;
  const view = eventView(entry);
  views.set(entry, view);
  return view;
}
