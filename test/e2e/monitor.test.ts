import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {after, before, describe, it} from 'node:test';
import type {CardView} from '../../source/domain/board.ts';
import type {Fleet} from '../../source/domain/fleet.ts';
import {Served} from '../api/served.ts';

const HOURS = 3_600_000;
const snippet = readFileSync(new URL('../fixtures/seed/monitor.sh', import.meta.url), 'utf8');

describe('the monitor of the page, as it is printed there', () => {
  let served: Served;
  let fleet: Fleet;
  before(async () => {
    served = await Served.open();
    fleet = served.supervisor.as('cli');
    await fleet.register({name: 'payments-agent', dir: served.work, agent: 'generic'});
  });
  after(() => served[Symbol.asyncDispose]());

  it('finds the card that was claimed three hours ago and not touched since, and no other', async () => {
    const fresh = await fleet.addCard({title: 'fresh', status: 'doing'});
    served.later = -3 * HOURS;
    const stale = await fleet.addCard({title: 'charge twice'});
    await fleet.claimCard(stale.id, {session: 'payments-agent'});
    served.later = 0;
    assert.equal(await monitor(), `${stale.id} payments-agent charge twice\n`);
    // A heartbeat is no work; only a change counts as one.
    await fleet.beatCard(stale.id, {session: 'payments-agent'});
    assert.match(await monitor(), new RegExp(`^${stale.id} `));
    await fleet.updateCard(fresh.id, {status: 'done'});
    const token = served.token('agent');
    const refused = await served.ask(`/api/board/${stale.id}`, {method: 'PATCH', token, body: {updated_at: 1}});
    assert.equal(refused.status, 400);
    const reset = {status: 'todo', desc: 'Reset by monitor — session unresponsive'};
    const {body} = await served.ask(`/api/board/${stale.id}`, {method: 'PATCH', token, body: reset});
    const {status, desc, session, claim} = body as CardView;
    assert.deepEqual({status, desc, session, claim}, {...reset, session: null, claim: null});
    assert.equal(await monitor(), '');
  });

  async function monitor(): Promise<string> {
    const url = `http://amux:${served.token('viewer')}@127.0.0.1:${served.port}`;
    const env = {PATH: process.env['PATH'], AMUX_URL: url, NO_PROXY: '127.0.0.1'};
    const child = spawn('bash', ['-e', '-c', snippet], {env, stdio: ['ignore', 'pipe', 'inherit']});
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0);
    return out;
  }
});
