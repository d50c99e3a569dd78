import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {EventView, Explanation, Fleet, Health, SessionView} from '../../source/domain/fleet.ts';
import {reach} from '../../source/domain/reach.ts';

test('what happens between the first look and the open stream is not missed', async () => {
  const session = {id: 'session-1', name: 'a', activity: 'working', running: true, queue: 0} as SessionView;
  const journal: EventView[] = [];
  const fleet = {
    explain: async () => ({evidence: []}) as unknown as Explanation,
    health: async () => ({cursor: journal.length}) as Health,
    session: async () => {
      const seen = {...session};
      if (journal.length === 0) {
        // Its turn ends right behind the answer.
        session.activity = 'finished';
        journal.push({cursor: 1, session: {id: session.id, name: session.name}} as EventView);
      }
      return seen;
    },
    async *events({since, signal}: {since?: number; signal: AbortSignal}) {
      // It is open later: its connection had to be made first.
      await new Promise(resolve => setImmediate(resolve));
      for (const entry of journal) if (entry.cursor > (since ?? journal.length)) yield entry;
      if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve));
    },
  } as unknown as Fleet;
  const signal = AbortSignal.timeout(5000);
  const reached = await reach({fleet, first: {...session}, until: 'finished', signal});
  assert.equal(reached?.activity, 'finished');
});
