import assert from 'node:assert/strict';
import {mock, test} from 'node:test';
import {setImmediate as turn} from 'node:timers/promises';
import {spendReader} from '../../source/cockpit/hooks/spend-reader.ts';
import {sameSpend, spendOf} from '../../source/cockpit/spend.ts';
import {firstState} from '../../source/cockpit/state.ts';
import {Store} from '../../source/cockpit/store.ts';
import type {EventView, SessionView} from '../../source/domain/fleet.ts';
import {FakeFleet, sessionOf} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';

test('while histories are read the header says how much of them is, then what was spent', async () => {
  const fleet = new FakeFleet([sessionOf({name: 'a'})]);
  fleet.spending = {tokens: 500, cost: null, reading: {bytes: 3e9, readBytes: 1.02e9}};
  using cockpit = openCockpit({fleet});
  await cockpit.see(/reading histories 34% {2}hosted/);
  assert.doesNotMatch(cockpit.frame(), /500 tok/, 'a sum that is not complete');
  fleet.spending = {tokens: 1_240_000, cost: 8.41};
  await cockpit.see(/1\.24M tok {2}\$8\.41 today {2}hosted/);
});

test('what is read at once is no progress, and the same sums are no news', async () => {
  const fleet = new FakeFleet([]);
  fleet.spending = {tokens: 500, cost: null, reading: {bytes: 40_000, readBytes: 0}};
  const spend = spendOf(await fleet.spend(), 0);
  assert.equal(spend.read, null);
  assert.ok(sameSpend(spend, spendOf(await fleet.spend(), 0)));
  assert.ok(!sameSpend(spend, {...spend, since: 1}));
});

/** How often the sums were asked for, at the beginning and after each of these spans, in ms. */
async function asked(change: Partial<SessionView>, spans: readonly number[], told: readonly EventView['type'][] = []) {
  mock.timers.enable({apis: ['setTimeout']});
  const ending = new AbortController();
  try {
    const sessions = [sessionOf({name: 'a', token_count: 1, ...change})];
    const fleet = new FakeFleet(sessions);
    fleet.spending = {tokens: 500, cost: null};
    const store = new Store(firstState({size: {cols: 80, rows: 24}, now: 0, demo: false}));
    store.dispatch({type: 'sessions', sessions, now: 0});
    let refreshed = 0;
    const refresh = () => void refreshed++;
    const reader = spendReader(
      {fleet, store, clock: () => 30_000, fail: () => {}, say: () => {}},
      {signal: ending.signal, refresh},
    );
    reader.start();
    await turn();
    for (const type of told) {
      const entry = {cursor: 1, at: 0, type, session: null, actor: '', reason: '', cards: []};
      reader.told(entry);
    }
    const counts = [fleet.spendCalls];
    for (const span of spans) {
      mock.timers.tick(span);
      await turn();
      counts.push(fleet.spendCalls);
    }
    assert.equal(refreshed, counts.at(-1)! - 1, 'sessions are read after each later sum');
    return counts;
  } finally {
    ending.abort();
    mock.timers.reset();
  }
}

test('sums are asked for while something works or did, until lines have moved out of sight, and then never', async () => {
  const day = 86_400_000;
  assert.deepEqual(await asked({activity: 'idle', rate: [0, 0]}, [day]), [1, 1]);
  assert.deepEqual(await asked({activity: 'idle', rate: [0, 0]}, [day], ['card.changed']), [1, 1]);
  assert.deepEqual(await asked({activity: 'idle', rate: [0, 0]}, [5000], ['session.activity']), [1, 2]);
  assert.deepEqual(await asked({activity: 'working', rate: [0, 0]}, [1000, 4000, 5000]), [1, 1, 2, 3]);
  assert.deepEqual(await asked({activity: 'idle', rate: [7, 0]}, [20_000, 11_000]), [1, 1, 2]);
});
