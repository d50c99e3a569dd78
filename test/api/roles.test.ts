import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {routes, streamRoutes} from '../../source/api/routes.ts';
import {failure} from '../../source/api/schemas/system.ts';
import {mayAct, type Role, roles} from '../../source/domain/access.ts';
import {Served} from './served.ts';

const all = [
  ...routes.map(({method, url, role}) => ({method, url, role})),
  ...streamRoutes.map(({url, role}) => ({method: 'GET', url, role})),
];
/** What a role may do is not what it did: nothing that is asked for here exists or is complete. */
const pathOf = (url: string) => url.replace(/:\w+/g, 'nobody');

describe('roles', () => {
  let served: Served;
  const expired = new Map<Role, string>();
  const revoked = new Map<Role, string>();
  before(async () => {
    served = await Served.open();
    const {fleet} = served;
    for (const role of roles) {
      const {token} = await fleet.createToken({role, expires_at: Math.floor(Date.now() / 1000) + 60});
      expired.set(role, token);
      const gone = await fleet.createToken({role, name: `gone ${role}`});
      await fleet.revokeToken(gone.name);
      revoked.set(role, gone.token);
    }
    served.later = 61_000;
  });
  after(() => served[Symbol.asyncDispose]());

  it('each route takes exactly the roles of its record, and no token that is missing, wrong, expired or revoked', async () => {
    const wrong: string[] = [];
    for (const {method, url, role: needed} of all) {
      for (const role of roles) {
        const tokens = {
          valid: served.token(role),
          none: null,
          bad: 'nobody-s-token',
          expired: expired.get(role)!,
          revoked: revoked.get(role)!,
        };
        for (const [kind, token] of Object.entries(tokens)) {
          if (kind === 'valid' && url === '/api/events' && mayAct(role, needed)) continue; // It stays.
          const raw = method === 'GET' ? undefined : '{}';
          const {status, body, text} = await served.ask(pathOf(url), {method, token, raw});
          const allowed = kind === 'valid' && mayAct(role, needed);
          const expected = kind !== 'valid' ? [401] : allowed ? [200, 202, 204, 400, 404, 501] : [403];
          if (!expected.includes(status)) wrong.push(`${method} ${url} as ${role} (${kind}): ${status} ${text}`);
          else if (status >= 400) failure.parse(body);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('the token is the password of Basic as well, and its scheme is not looked at closely', async () => {
    const token = served.token('viewer');
    const basic = Buffer.from(`amux:${token}`).toString('base64');
    for (const authorization of [`Basic ${basic}`, `basic ${basic}`, `bearer ${token}`, `Bearer  ${token}`]) {
      assert.equal((await served.ask('/api/health', {token: null, headers: {authorization}})).status, 200);
    }
    for (const authorization of ['', 'Bearer', `Token ${token}`, `Basic ${token}`, 'Basic :', `Bearer ${token} x`]) {
      const {status, headers} = await served.ask('/api/health', {token: null, headers: {authorization}});
      assert.equal(status, 401, authorization);
      assert.match(headers['www-authenticate'] ?? '', /^Bearer/);
    }
  });

  it('a revoked token is refused with its next call', async () => {
    const {token, id} = await served.fleet.createToken({role: 'admin'});
    assert.equal((await served.ask('/api/access', {token})).status, 200);
    assert.equal((await served.ask(`/api/access/${id}`, {method: 'DELETE', token})).status, 204);
    assert.equal((await served.ask('/api/access', {token})).status, 401);
  });

  it('no answer, entry or list shows a token or its hash', async () => {
    const {token} = await served.fleet.createToken({role: 'viewer', name: 'secretive'});
    const stored = [...served.store.state.tokens.values()].find(({name}) => name === 'secretive')!;
    const said = [(await served.ask('/api/access')).text, JSON.stringify(served.store.read({after: 0, limit: 1000}))];
    assert.ok(!said.join().includes(token));
    assert.ok(!said[0]!.includes(stored.hash));
  });

  it('a session has a token of its own while it runs, and its calls are attributed to it', async () => {
    const {fleet} = served;
    await fleet.register({name: 'worker', dir: served.work, agent: 'generic', command: 'cat'});
    await fleet.register({name: 'other', dir: served.work, agent: 'generic', command: 'cat'});
    const {id} = await fleet.start('worker');
    const url = new URL((await served.backend.environment(id))['AMUX_URL']!);
    assert.equal(url.origin, served.url);
    const token = url.password;
    const sent = await served.ask('/api/sessions/other/send', {token, body: {text: 'hello'}});
    assert.equal(sent.status, 202);
    assert.equal((await fleet.queue('other'))[0]?.actor, 'agent:worker');
    assert.equal((await served.ask('/api/sessions/other/start', {token, raw: '{}'})).status, 403);
    const [run] = await fleet.runs('worker');
    assert.equal(run?.url, served.url);
    assert.ok(!JSON.stringify(run).includes(token));

    await fleet.restart('worker');
    assert.equal((await served.ask('/api/health', {token})).status, 401, 'of the run before');
    const next = new URL((await served.backend.environment(id))['AMUX_URL']!).password;
    assert.equal((await served.ask('/api/health', {token: next})).status, 200);
    await fleet.stop('worker');
    assert.equal((await served.ask('/api/health', {token: next})).status, 401, 'after its end');
  });

  it('on the home’s own socket everybody is its user, whatever they call the host', async () => {
    assert.equal((await served.onSocket('/api/access', {host: 'anything.example'})).status, 200);
  });
});
