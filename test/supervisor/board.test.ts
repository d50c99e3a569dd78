import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {asAmuxError} from '../../source/domain/errors.ts';
import {LEASE_MS} from '../../source/domain/lease.ts';
import type {RunRecord} from '../../source/domain/run.ts';
import type {Session} from '../../source/domain/session.ts';
import {openStore} from '../../source/store/store.ts';
import {hashToken} from '../../source/supervisor/access.ts';
import {Offline} from '../../source/supervisor/offline.ts';
import {Supervised} from '../helpers/supervised.ts';
import {put, temporaryHome} from '../store/records.ts';

const MINUTE = 60_000;

/** A session that works, as it is stored. */
const running = (name: string, more: Partial<RunRecord>): Partial<Session> => ({
  name,
  status: 'running',
  activity: 'working',
  run: {
    id: `r-${name}`,
    pid: 1,
    argv: ['x'],
    backend: 'tmux',
    startedAt: 1,
    endedAt: null,
    exit: null,
    version: '1',
    ...more,
  },
});

describe('the board of a supervisor', () => {
  test('gives each card of a race to one of the callers, and tells the others who has it', async () => {
    const names = Array.from({length: 50}, (_, i) => `worker-${i}`);
    const home = await Supervised.open(temporaryHome(), {now: Date.now, sessions: names});
    const fleet = home.supervisor.as('cli');
    const cards = await Promise.all(names.slice(0, 10).map(title => fleet.addCard({title})));
    const claims = await Promise.all(
      names.map(async (session, i) => {
        const path = `/api/board/${cards[i % 10]!.id}/claim`;
        return {session, ...(await home.ask<{id: string}>('POST', path, {body: {session}}))};
      }),
    );
    const won = claims.filter(({status}) => status === 200);
    assert.deepEqual([won.length, claims.filter(({status}) => status === 409).length], [10, 40]);
    assert.equal(new Set(won.map(({body}) => body.id)).size, 10);
    for (const card of await fleet.cards()) {
      assert.equal(card.claim?.holder, won.find(({body}) => body.id === card.id)?.session);
      assert.deepEqual([card.status, card.session, card.claim?.fence], ['doing', card.claim?.holder, 1]);
    }
    await home.close();
  });

  test('has claims, fences and histories again after a restart, and goes on numbering', async () => {
    const paths = temporaryHome();
    const clock = {now: 1_700_000_000_000};
    const now = () => clock.now;
    const first = await Supervised.open(paths, {now, sessions: ['ada', 'bob']});
    const before = first.supervisor.as('cli');
    await before.addCard({title: 'one', tags: ['x']});
    await before.addCard({title: 'two', depends_on: ['AMX-1']});
    await before.claimCard('AMX-1', {session: 'ada'});
    await before.updateCard('AMX-1', {desc: 'found', reason: 'why'});
    await before.removeCard('AMX-2');
    const cards = await before.cards({archived: true});
    await first.close();

    const second = await Supervised.open(paths, {now});
    const after = second.supervisor.as('agent:ada');
    assert.deepEqual(await after.cards({archived: true}), cards);
    await assert.rejects(after.claimCard('AMX-1', {session: 'bob'}), {code: 'card.claimed'});
    await after.updateCard('AMX-1', {status: 'done', fence: 1});
    await assert.rejects(after.beatCard('AMX-1', {fence: 1}), {code: 'card.fence'});
    assert.equal((await after.addCard({title: 'three'})).id, 'AMX-3');
    const entries = second.store.read({after: 0, limit: 100}).filter(({type}) => type.startsWith('card.'));
    assert.deepEqual(
      entries.map(({type, actor, reason, session}) => [type, actor, reason, session?.name ?? null]),
      [
        ['card.added', 'cli', 'AMX-1 added to todo: one', null],
        ['card.added', 'cli', 'AMX-2 added to todo: two', null],
        ['card.claimed', 'cli', 'AMX-1 claimed by ada', 'ada'],
        ['card.changed', 'cli', 'AMX-1 desc: why', 'ada'],
        ['card.archived', 'cli', 'AMX-2 archived', null],
        ['card.changed', 'agent:ada', 'AMX-1 doing → done, the claim of ada ended', 'ada'],
        ['card.added', 'agent:ada', 'AMX-3 added to todo: three', null],
      ],
    );
    await second.close();
  });

  test('does not count time without a supervisor into a lease', async () => {
    const paths = temporaryHome();
    const clock = {now: 1_700_000_000_000};
    const now = () => clock.now;
    const first = await Supervised.open(paths, {now, sessions: ['ada', 'bob']});
    await first.supervisor.as('cli').addCard({title: 'one'});
    await first.supervisor.as('cli').claimCard('AMX-1', {session: 'ada'});
    clock.now += LEASE_MS - MINUTE;
    await first.close();

    clock.now += 24 * 60 * MINUTE;
    const store = await openStore({paths, readOnly: true, now});
    const {screens: screensDir, memory: memoryDir, home} = paths;
    const ledger = {file: paths.ledger, env: null};
    const options = {store, backends: [], screensDir, memoryDir, home, ledger, version: '0.0.0', now};
    const offline = await Offline.open(options);
    assert.equal((await offline.card('amx-1')).claim?.expired, false);
    await assert.rejects(offline.claimCard(), {code: 'supervisor.read-only'});
    assert.equal((await offline.cards({q: 'one'})).length, 1);
    await offline[Symbol.asyncDispose]();

    const second = await Supervised.open(paths, {now});
    const fleet = second.supervisor.as('cli');
    clock.now += MINUTE - 1;
    assert.equal((await fleet.card('AMX-1')).claim?.expired, false);
    clock.now += 1;
    assert.equal((await fleet.card('AMX-1')).claim?.expired, true);
    const {claim, updated_at} = await fleet.claimCard('AMX-1', {session: 'bob'});
    assert.deepEqual([claim?.holder, claim?.fence, updated_at], ['bob', 2, clock.now / 1000]);
    await second.close();
  });

  test('renews the claim of a session by every call with its token, and stores that now and then', async () => {
    const clock = {now: 1_700_000_000_000};
    const token = 'secret';
    const ada = {...running('ada', {apiToken: hashToken(token)}), activity: 'idle' as const};
    const home = await Supervised.open(temporaryHome(), {now: () => clock.now, sessions: [ada]});
    const fleet = home.supervisor.as('cli');
    await fleet.addCard({title: 'one'});
    const {updated_at} = await fleet.claimCard('AMX-1', {session: 'ada'});
    for (let i = 0; i < 100; i++) {
      clock.now += MINUTE;
      assert.equal(home.supervisor.callerOf(token)?.actor, 'agent:ada');
    }
    const {claim, ...card} = await fleet.card('AMX-1');
    assert.deepEqual([claim?.heartbeat, claim?.expired, card.updated_at], [clock.now / 1000, false, updated_at]);
    const beats = home.store.read({after: 0, limit: 100}).filter(({type}) => type === 'card.renewed');
    assert.equal(beats.length, 33);
    assert.deepEqual([beats[0]!.actor, beats[0]!.reason], ['agent:ada', 'ada goes on with AMX-1']);
    await home.close();
  });

  test('renews the claim of a session by what that does, and while it works', async () => {
    const clock = {now: 1_700_000_000_000};
    const sessions = [running('ada', {}), {name: 'bob'}];
    const home = await Supervised.open(temporaryHome(), {now: () => clock.now, sessions});
    const fleet = home.supervisor.as('cli');
    for (const session of ['ada', 'bob']) {
      const {id} = await fleet.addCard({title: 'one'});
      await fleet.claimCard(id, {session});
    }
    clock.now += LEASE_MS - 1;
    home.store.append({...put('s-bob', {name: 'bob'}), session: {id: 's-bob', name: 'bob'}});
    clock.now += LEASE_MS - 1;
    const expired = async () => (await fleet.cards()).map(({claim}) => claim?.expired);
    assert.deepEqual(await expired(), [false, false]);
    clock.now += LEASE_MS;
    assert.deepEqual(await expired(), [false, true]);
    await home.close();
  });

  test('journals nothing of what it refuses', async () => {
    const home = await Supervised.open(temporaryHome(), {now: Date.now, sessions: ['ada']});
    const fleet = home.supervisor.as('cli');
    await fleet.addCard({title: 'one', status: 'done'});
    const {cursor} = home.store;
    const refused = [
      fleet.claimCard('AMX-1', {session: 'ada'}),
      fleet.claimCard('AMX-1', {session: 'nobody'}),
      fleet.releaseCard('AMX-1', {}),
      fleet.nextCard({session: 'ada'}),
      fleet.updateCard('AMX-1', {depends_on: ['AMX-1']}),
      fleet.updateCard('AMX-1', {title: 'x'}, {etag: '7'}),
      fleet.updateCard('AMX-1', {session: 'nobody'}),
      fleet.addCard({title: '\u0007'}),
    ].map(each => each.then(() => 'taken').catch(error => asAmuxError(error).code));
    assert.deepEqual(await Promise.all(refused), [
      'card.done',
      'session.unknown',
      'card.not-held',
      'card.none',
      'card.cycle',
      'card.changed',
      'session.unknown',
      'input.invalid',
    ]);
    assert.equal(home.store.cursor, cursor);
    await home.close();
  });
});
