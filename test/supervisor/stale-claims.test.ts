import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import type {Paths} from '../../source/config/paths.ts';
import type {Entry} from '../../source/domain/events.ts';
import {LEASE_MS} from '../../source/domain/lease.ts';
import {Supervised} from '../helpers/supervised.ts';
import {temporaryHome} from '../store/records.ts';

const BOUND_MS = 30_000;

/** A supervisor with a clock, two sessions that do not run, and a card that `ada` holds. */
async function board(settings = '', {paths = temporaryHome(), at = 1_700_000_000_000, fresh = true} = {}) {
  writeFileSync(paths.config, settings);
  const clock = {now: at};
  const sessions = fresh ? ['ada', 'bob'] : [];
  const home = await Supervised.open(paths, {now: () => clock.now, sessions, patrolMs: 10});
  const fleet = home.supervisor.as('cli');
  if (fresh) {
    await fleet.addCard({title: 'paint the door'});
    await fleet.claimCard('AMX-1', {session: 'ada'});
  }
  return {home, fleet, clock, paths: paths as Paths};
}

/** The next entry of the watchdog; what it says. */
async function fired(home: Supervised, after: number): Promise<Entry> {
  const ending = AbortSignal.timeout(BOUND_MS);
  for await (const entry of home.supervisor.as('cli').events({since: after, signal: ending})) {
    if (entry.type === 'watchdog.fired') return entry as unknown as Entry;
  }
  return assert.fail('nothing was told');
}

describe('a card whose holder left it', () => {
  test('is told of once, past the lease, and stays where it is', async () => {
    const {home, fleet, clock, paths} = await board();
    const {cursor} = home.store;
    clock.now += LEASE_MS - 1;
    await fleet.addCard({title: 'another'});
    clock.now += 60_001;
    const {reason, session} = await fired(home, cursor);
    assert.equal(reason, 'stale-claim: mark; AMX-1 "paint the door": ada does not run and was not heard of for 31m');
    assert.equal(session?.name, 'ada');
    assert.equal((await fleet.card('AMX-1')).status, 'doing');
    const {watchdog} = await fleet.explain('ada');
    assert.equal(watchdog.find(({rule}) => rule === 'stale-claim')?.fired?.verdict, 'mark');
    await home.close();

    // The next supervisor does not tell it again: what it tells first is of another card.
    const next = await board('', {paths, at: clock.now + 3 * LEASE_MS, fresh: false});
    const since = next.home.store.cursor;
    await next.fleet.claimCard('AMX-2', {session: 'bob'});
    next.clock.now += LEASE_MS + 1;
    assert.match((await fired(next.home, since)).reason, /AMX-2 "another": bob/);
    await next.home.close();
  });

  test('goes back to todo where that is wanted', async () => {
    const {home, fleet, clock} = await board('watchdog: {stale-claim: {reset: true}}\n');
    const {cursor} = home.store;
    clock.now += LEASE_MS;
    assert.match((await fired(home, cursor)).reason, /^stale-claim: reset; AMX-1/);
    const {status, claim, history} = await fleet.card('AMX-1');
    assert.deepEqual([status, claim], ['todo', null]);
    assert.match(history.at(-1)!.reason, /^stale: AMX-1/);
    assert.equal(history.at(-1)!.actor, 'watchdog');
    await home.close();
  });

  test('is told of at once when the holder is not registered any more, and may be claimed by another', async () => {
    const {home, fleet} = await board();
    const {cursor} = home.store;
    await fleet.unregister('ada');
    assert.equal((await fleet.card('AMX-1')).claim?.expired, true);
    const {reason, session} = await fired(home, cursor);
    assert.match(reason, /AMX-1 "paint the door": ada is not there any more/);
    assert.equal(session?.name, 'ada');
    assert.equal((await fleet.claimCard('AMX-1', {session: 'bob'})).claim?.holder, 'bob');
    await home.close();
  });

  test('is only reported, for one session or all', async () => {
    const {home, fleet, clock} = await board('watchdog: {stale-claim: {reset: true}}\n');
    await fleet.update('ada', {watchdog: {'stale-claim': 'report'}});
    const {cursor} = home.store;
    clock.now += LEASE_MS;
    assert.match((await fired(home, cursor)).reason, /^stale-claim: would be reset; AMX-1/);
    assert.equal((await fleet.card('AMX-1')).status, 'doing');
    await home.close();
  });
});

test('a session has modes of its own until they are taken away', async () => {
  const {home, fleet} = await board('watchdog: {stuck: report}\n');
  const stuck = async () => (await fleet.explain('ada')).watchdog.find(({rule}) => rule === 'stuck')?.mode;
  assert.equal(await stuck(), 'report');
  const {watchdog} = await fleet.update('ada', {watchdog: {stuck: 'off', crash: 'report'}});
  assert.deepEqual(watchdog.modes, {stuck: 'off', crash: 'report'});
  assert.equal(await stuck(), 'off');
  const {watchdog: left} = await fleet.update('ada', {watchdog: {stuck: null}});
  assert.deepEqual(left.modes, {crash: 'report'});
  assert.equal(await stuck(), 'report');
  const {reason} = home.store.read({after: home.store.cursor - 1, limit: 1})[0]!;
  assert.equal(reason, 'ada: watchdog (stuck as configured) changed');
  const refused = await home.ask('PATCH', '/api/sessions/ada', {body: {watchdog: {stuck: 'maybe'}}});
  assert.equal(refused.status, 400);
  await home.close();
});
