import type {CardView} from '../../domain/board.ts';
import {asAmuxError} from '../../domain/errors.ts';
import type {EventView} from '../../domain/fleet.ts';
import type {Source} from './use-fleet.ts';

/** Changes of a burst are read together, in ms. */
const GAP_MS = 50;
/** More changed cards than this are read with all others. */
const ONE_BY_ONE = 12;

/** Keeps the cards of the state true to the fleet: all at first, then those that the journal names. */
export function cardReader(
  {fleet, store, clock}: Pick<Source, 'fleet' | 'store' | 'clock'>,
  {signal, failed}: {signal: AbortSignal; failed: (error: unknown) => void},
) {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let expiry: NodeJS.Timeout | undefined;
  let busy = false;
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    clearTimeout(expiry);
  });

  const all = async (): Promise<void> => {
    const [cards, columns] = await Promise.all([fleet.cards(), fleet.columns()]);
    if (!signal.aborted) store.dispatch({type: 'board', step: {do: 'read', cards, columns}});
    watchLeases();
  };

  const some = async (ids: readonly string[]): Promise<void> => {
    const found = await Promise.all(ids.map(one));
    if (signal.aborted) return;
    const cards = found.filter(card => card !== null);
    if (cards.length > 0) store.dispatch({type: 'board', step: {do: 'put', cards}});
    ids.forEach((card, i) => {
      if (found[i] === null) store.dispatch({type: 'board', step: {do: 'drop', card}});
    });
    watchLeases();
  };

  const one = async (id: string): Promise<CardView | null> => {
    try {
      return await fleet.card(id);
    } catch (error) {
      if (asAmuxError(error).code === 'card.unknown') return null;
      throw error;
    }
  };

  const read = async (): Promise<void> => {
    busy = true;
    const ids = [...changed];
    changed.clear();
    try {
      await (ids.length > ONE_BY_ONE ? all() : some(ids));
    } finally {
      busy = false;
    }
    if (changed.size > 0) soon();
  };

  const soon = (): void => {
    if (busy || signal.aborted) return;
    clearTimeout(timer);
    timer = setTimeout(() => void read().catch(failed), GAP_MS);
  };

  const look = (ids: Iterable<string>): void => {
    for (const id of ids) changed.add(id);
    if (changed.size > 0) soon();
  };

  /** A lease ends without an entry, and signs of life have none: the fleet is asked when one should be over. */
  const watchLeases = (): void => {
    clearTimeout(expiry);
    if (signal.aborted) return;
    const ends = (store.state().board.cards ?? []).flatMap(({claim}) =>
      claim === null || claim.expired ? [] : [claim.expires * 1000],
    );
    if (ends.length === 0) return;
    const due = Math.min(...ends) - clock();
    expiry = setTimeout(
      () => {
        const over = (store.state().board.cards ?? []).filter(
          ({claim}) => claim !== null && !claim.expired && claim.expires * 1000 <= clock(),
        );
        if (over.length === 0) watchLeases();
        else look(over.map(({id}) => id));
      },
      Math.min(LONGEST_MS, Math.max(LEASE_LOOK_MS, due + 1000)),
    );
  };

  return {
    all,
    /** The cards of an entry; and those whose lease is over, when their holder is heard of, or ends as it is forgotten. */
    told({cards, session, type}: EventView): void {
      const known = store.state().board.cards ?? [];
      const held = known.filter(({claim}) => claim !== null && claim.holder_id === session?.id);
      const changed = held.filter(({claim}) => claim?.expired === true || type === 'session.unregistered');
      look([...cards, ...changed.map(({id}) => id)]);
    },
  };
}

/** Leases are not looked at more often than this, and no timer is longer than Node's longest, in ms. */
const LEASE_LOOK_MS = 5000;
const LONGEST_MS = 2 ** 31 - 1;
