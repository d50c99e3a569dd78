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

test('a session that is about to be started again is waited for, before it ended and after', async () => {
  const crashed = {id: 'session-1', name: 'a', kind: 'durable', status: 'failed', activity: null, queue: 0};
  const comes = {...crashed, running: false, watchdog: {comeback: 5}} as SessionView;
  const idle = {
    ...comes,
    running: true,
    status: 'running',
    activity: 'idle',
    watchdog: {comeback: null},
  } as SessionView;
  const states = [comes, comes, idle];
  const fleet = {
    explain: async () => ({evidence: []}) as unknown as Explanation,
    health: async () => ({cursor: 0}) as Health,
    session: async () => states.shift()!,
    async *events() {
      while (states.length > 0) yield {cursor: 1, session: {id: 'session-1', name: 'a'}} as EventView;
    },
  } as unknown as Fleet;
  const reached = await reach({fleet, first: comes, until: 'idle', signal: AbortSignal.timeout(5000)});
  assert.equal(reached?.activity, 'idle');
});
