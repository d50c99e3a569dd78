import {beatCard} from '../domain/claims.ts';
import type {Change} from '../domain/events.ts';
import {heldBy, LEASE_MS} from '../domain/lease.ts';
import {isLive} from '../domain/session.ts';
import type {Store} from '../store/store.ts';
import type {Roster} from './roster.ts';

/** Signs of life are remembered exactly, and stored when the stored one is older than this part of a lease. */
const STORED_PART = 1 / 10;

/**
 * Who holds a card and was heard: every call with its session's token, and what its session does, renews a claim.
 * Those that work, or wait for a person, are heard all the time.
 */
export function leases({roster, store, now}: {roster: Roster; store: Store; now: () => number}) {
  const last = new Map<string, number>();
  continueLeases(store, now());

  const heardAt = (session: string): number => {
    const runner = roster.runners.get(session);
    const {activity} = runner?.session ?? {};
    const busy = runner !== undefined && isLive(runner.session) && (activity === 'working' || activity === 'waiting');
    return busy ? now() : (last.get(session) ?? 0);
  };
  const state = {cards: store.state.cards, columns: [], leaseMs: LEASE_MS, heard: heardAt};

  const heard = (session: string): void => {
    const at = now();
    last.set(session, at);
    for (const {id, claim} of heldBy(state, session)) {
      if (claim === null || at - claim.beatAt < LEASE_MS * STORED_PART) continue;
      const {entry} = beatCard(state, {id, session: claim.holder}, at);
      store.keep({...entry!, actor: `agent:${claim.holder.name}`, at});
    }
  };
  store.onEntry(({type, session}) => {
    if (session !== null && type.startsWith('session.') && type !== 'session.unregistered') heard(session.id);
    else if (session !== null && type === 'session.unregistered') last.delete(session.id);
  });
  return {heard, heardAt, leaseMs: LEASE_MS};
}

/** Time without a supervisor does not count: each claim has left what it had when the last entry was written. */
function continueLeases(store: Store, now: number): void {
  // A lease that was over when somebody last looked stays over.
  const held = [...store.state.cards.values()].filter(
    ({claim}) => claim !== null && (claim.staleAt ?? 0) < claim.beatAt,
  );
  const [entry] = held.length === 0 ? [] : store.read({after: store.cursor - 1, limit: 1});
  const away = now - (entry?.at ?? now);
  if (away <= 0) return;
  const changes = held.map(({id, claim}): Change => ({kind: 'card.beat', id, at: claim!.beatAt + away}));
  const reason = `${held.length} claims go on: nobody supervised for ${Math.round(away / 1000)} s`;
  store.keep({type: 'card.renewed', actor: 'supervisor', session: null, reason, changes, at: now});
}
