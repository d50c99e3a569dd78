import assert from 'node:assert/strict';
import {connect, type Socket} from 'node:net';
import {after, before, describe, it} from 'node:test';
import {Failures} from '../../source/api/failures.ts';
import {hostsOf} from '../../source/api/guard.ts';
import {failure} from '../../source/api/schemas/system.ts';
import {type Answer, Served} from './served.ts';

const codeOf = ({body}: Answer): string => failure.parse(body).error.code;

describe('the guard of the API', () => {
  let served: Served;
  before(async () => {
    const guard = {hosts: hostsOf('127.0.0.1', ['fleet.example']), cors: ['https://board.example']};
    served = await Served.open({guard, requestMs: 400});
  });
  after(() => served[Symbol.asyncDispose]());

  it('answers to its own names at any port, and to no other', async () => {
    for (const host of [
      'localhost',
      'LOCALHOST:1',
      '127.0.0.1:8822',
      '[::1]:8822',
      'localhost.',
      'fleet.example:443',
    ]) {
      assert.equal((await served.ask('/api/health', {headers: {host}})).status, 200, host);
    }
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.2',
      '[::2]',
      'localhost:x',
      ':80',
      'a@localhost',
    ]) {
      const answer = await served.ask('/api/health', {headers: {host}});
      assert.equal(answer.status, 403, host);
      assert.equal(codeOf(answer), 'host.refused');
    }
    assert.equal(codeOf(await served.ask('/nowhere', {headers: {host: 'evil.example'}})), 'host.refused');
  });

  it('bound to every address it answers to each of them, and still to no foreign name', () => {
    assert.deepEqual(hostsOf('0.0.0.0'), ['localhost', '127.0.0.1', '::1', '*']);
    assert.deepEqual(hostsOf('[::1]', ['Box.Example']).slice(3), ['::1', 'box.example']);
  });

  it('lets no page of another origin change anything', async () => {
    const ask = (origin: string, method = 'POST') =>
      served.ask('/api/sessions/bulk/stop', {method, headers: {origin}, raw: '{"all":true}'});
    for (const origin of ['https://evil.example', 'null', `https://127.0.0.1:${served.port + 1}`, 'file://', '']) {
      const answer = await ask(origin);
      assert.equal(answer.status, 403, origin);
      assert.equal(codeOf(answer), 'origin.refused');
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    }
    assert.equal((await ask(served.url)).status, 200, 'its own');
    const read = await served.ask('/api/sessions', {headers: {origin: 'https://evil.example'}});
    assert.equal(read.status, 200);
    assert.equal(read.headers['access-control-allow-origin'], undefined, 'so no browser shows it to the page');
  });

  it('tells a configured origin that it may', async () => {
    const origin = 'https://board.example';
    const asked = {origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization'};
    const preflight = await served.ask('/api/sessions', {method: 'OPTIONS', token: null, headers: asked});
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers['access-control-allow-origin'], origin);
    assert.match(preflight.headers['access-control-allow-headers'] ?? '', /Authorization/);
    const stopped = await served.ask('/api/sessions/bulk/stop', {headers: {origin}, body: {all: true}});
    assert.equal(stopped.status, 200);
    assert.equal(stopped.headers['access-control-allow-origin'], origin);
    const other = await served.ask('/api/sessions', {
      method: 'OPTIONS',
      headers: {...asked, origin: 'https://x.example'},
    });
    assert.equal(other.status, 405);
    assert.equal(other.headers['access-control-allow-origin'], undefined);
  });

  it('refuses what is no request in the form of all refusals', async () => {
    const cases: [string, number][] = [
      ['GET /api/sessions/%00 HTTP/1.1', 404],
      ['GET /api/sessions/%1b%5b31m HTTP/1.1', 404],
      ['GET /api/sessions/a%2fb HTTP/1.1', 404],
      ['GET /api/sessions/.. HTTP/1.1', 404],
      ['GET /api/sessions/%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1', 404],
      ['GET /api/sessions/%zz HTTP/1.1', 400],
      ['GET /api/sessions/%c3%28 HTTP/1.1', 400],
      [`GET /api/sessions/${'x'.repeat(400)} HTTP/1.1`, 400],
      [`GET /api/sessions/${'x'.repeat(200)} HTTP/1.1`, 404],
      ['GET /api/sessions// HTTP/1.1', 404],
      ['GET //api/sessions HTTP/1.1', 404],
      ['GET /api/nothing HTTP/1.1', 404],
      ['GET http://127.0.0.1/api/health HTTP/1.1', 200],
      ['GET * HTTP/1.1', 404],
      ['PUT /api/sessions HTTP/1.1', 405],
      ['POST /api/events HTTP/1.1', 405],
      ['HEAD /api/events HTTP/1.1', 405],
      ['OPTIONS /api/health HTTP/1.1', 405],
      ['TRACE /api/health HTTP/1.1', 405],
      ['PROPFIND /api/health HTTP/1.1', 405],
      ['BREW /api/health HTTP/1.1', 400],
      ['nonsense', 400],
      ['GET /api/sessions?all=2 HTTP/1.1', 400],
      ['GET /api/sessions?all=1&all=1 HTTP/1.1', 400],
      ['GET /api/sessions?unknown=1 HTTP/1.1', 400],
      ['GET /api/health?unknown=1 HTTP/1.1', 400],
      ['GET /api/events?since=-1 HTTP/1.1', 400],
      ['GET /api/events?since=1&since=2 HTTP/1.1', 400],
      ['GET /api/events?from=1 HTTP/1.1', 400],
      ['GET /api/events?since=99999999999999999999 HTTP/1.1', 400],
      ['GET /api/health HTTP/1.1\r\nX-Large: '.concat('x'.repeat(20_000)), 400],
      ['GET /api/health HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade', 200],
    ];
    const token = served.token('admin');
    for (const [line, status] of cases) {
      const text = await exchange(
        served.port,
        `${line}\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
      );
      assert.match(text, new RegExp(`^HTTP/1.1 ${status} `), `${line.slice(0, 60)}: ${text.slice(0, 300)}`);
      if (status < 400 || line.startsWith('HEAD')) continue;
      failure.parse(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)));
      if (status === 405) assert.match(text, /^allow: [A-Z, ]+\r$/im);
    }
    const head = await exchange(
      served.port,
      `HEAD /api/health HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    );
    assert.match(head, /^HTTP\/1.1 200 [\s\S]*\r\n\r\n$/);
  });

  it('refuses bodies that are too long, too deep, no JSON, or of another kind', async () => {
    const url = '/api/sessions';
    const token = served.token('admin');
    const refused = async (raw: string, headers: Record<string, string>, status: number, code: string) => {
      const answer = await served.ask(url, {token, raw, headers});
      assert.equal(answer.status, status, `${raw.slice(0, 40)}: ${answer.text}`);
      assert.equal(codeOf(answer), code);
    };
    const large = JSON.stringify({name: 'x'.repeat(3 * 1024 * 1024)});
    await refused(large, {}, 413, 'body.large');
    for (const raw of [
      '{',
      '{"name":}',
      '"text"',
      '[]',
      'null',
      '1',
      '\u0000',
      '{"name":"a","name2":1}',
      '{"__proto__":{"x":1}}',
    ]) {
      await refused(raw, {}, 400, 'input.invalid');
    }
    await refused(`{"name":${'['.repeat(500_000)}${']'.repeat(500_000)}}`, {}, 400, 'input.invalid');
    await refused('name=a', {'content-type': 'application/x-www-form-urlencoded'}, 400, 'input.invalid');
    await refused('{"name":"a","dir":"/"}', {'content-type': 'text/plain'}, 400, 'input.invalid');
    await refused('{"name":"a","dir":"/"}', {'content-type': 'nonsense'}, 400, 'input.invalid');
    assert.deepEqual(await served.fleet.sessions(), []);
    const empty = await served.ask('/api/sessions/nobody/seen', {
      method: 'POST',
      headers: {'content-type': 'application/json'},
    });
    assert.equal(empty.status, 404, 'no body is an empty one');
  });

  it('reads no body of a caller without a token', async () => {
    const text = await exchange(
      served.port,
      'POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{',
      'HTTP/1.1',
    );
    assert.match(text, /^HTTP\/1.1 401 /);
  });

  it('ends a request that does not arrive in time', async () => {
    const head = `POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${served.token('admin')}\r\n`;
    const slowBody = `${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    for (const sent of [head, slowBody]) {
      const text = await exchange(served.port, sent);
      assert.match(text, /^HTTP\/1.1 408 /);
      assert.match(text, /"code":"request.slow"/);
    }
    assert.deepEqual(await served.fleet.sessions(), []);
  });
});

describe('calls without a valid token', () => {
  it('are told to wait after so many from one address, while a valid token is taken all the same', async () => {
    let now = 0;
    await using served = await Served.open({limit: {failures: 5, windowMs: 60_000, now: () => now}});
    const attempt = (token: string | null) => served.ask('/api/health', {token});
    for (let i = 0; i < 5; i++) assert.equal((await attempt(i % 2 === 0 ? null : 'wrong')).status, 401);
    now = 20_000;
    for (const token of [null, 'wrong']) {
      const answer = await attempt(token);
      assert.equal(answer.status, 429);
      assert.equal(codeOf(answer), 'access.attempts');
      assert.equal(answer.headers['retry-after'], '40');
    }
    assert.equal((await served.ask('/api/health')).status, 200);
    now = 60_000;
    assert.equal((await attempt('wrong')).status, 401);
  });

  it('are counted for a bounded number of addresses', () => {
    const failures = new Failures({failures: 1, now: () => 0});
    for (let i = 0; i < 5000; i++) failures.add(`10.0.${i >> 8}.${i & 255}`);
    assert.equal(failures.size, 1000);
    assert.equal(failures.add('10.0.19.135'), 60, 'the newest are remembered');
    assert.equal(failures.add('10.0.0.0'), 0, 'the oldest are not');
  });
});

/** What comes back for these bytes, until the server ends the connection or, with `until`, has sent that. */
function exchange(port: number, bytes: string, until?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no end after ${JSON.stringify(text)}`)));
    socket.on('data', chunk => {
      text += String(chunk);
      if (until !== undefined && text.includes(until)) socket.destroy();
    });
    socket.on('error', error => (text === '' ? reject(error) : resolve(text)));
    socket.on('close', () => resolve(text));
  });
}
