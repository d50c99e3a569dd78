import assert from 'node:assert/strict';
import {X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import {type AddressInfo, connect, createServer as createTcpServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {Client} from '../../source/api/client.ts';
import {Connection} from '../../source/api/connection.ts';
import type {Trust} from '../../source/api/target.ts';
import {AmuxError, type ErrorCode} from '../../source/domain/errors.ts';
import {certificates, type Front, openFront} from '../helpers/front.ts';

const TOKEN = 'a-secret-that-nobody-may-read';
const advice = 'ask';

type Heard = {path: string; method: string; authorization: string | undefined; body: string};
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on a unix socket that keeps what it heard, behind TLS. */
async function serving(context: TestContext, answer: Answer = (_, response) => response.end('{"ok":true}')) {
  const dir = mkdtempSync(join(tmpdir(), 'amux-connection-'));
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const {url: path = '', method = '', headers} = request;
    heard.push({path, method, authorization: headers.authorization, body});
    answer(request, response);
  });
  const socket = join(dir, 's');
  await listening(server, socket);
  const front = await openFront(socket);
  context.after(async () => {
    await front[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
    rmSync(dir, {recursive: true});
  });
  return {heard, front, socket};
}

const listening = (server: Server, at: string | number) => new Promise<void>(resolve => server.listen(at, resolve));
const pem = (file: string) => readFileSync(file, 'utf8');
const owns = (file: string): Trust => ({kind: 'certificates', pem: pem(file), advice});

function to(context: TestContext, {port}: Front, trust: Trust): Connection {
  const connection = new Connection({url: `https://127.0.0.1:${port}`, token: TOKEN, trust});
  context.after(() => connection.close());
  return connection;
}

const fails = (code: ErrorCode, says?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AmuxError);
  assert.equal(error.code, code, String(error));
  if (says !== undefined) assert.match(error.message, says);
  assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${error.cause}`, new RegExp(TOKEN));
  return true;
};

test('a certificate that was given is trusted whatever name it bears, and calls share a connection', async context => {
  const {heard, front} = await serving(context);
  const connection = to(context, front, owns(certificates.home));
  for (let i = 0; i < 3; i++) assert.deepEqual(await connection.call(`/api/${i}`), {ok: true});
  assert.deepEqual(
    heard.map(({path, authorization}) => [path, authorization]),
    [0, 1, 2].map(i => [`/api/${i}`, `Bearer ${TOKEN}`]),
  );
  assert.equal(front.taken, 1);
});

test('a fingerprint is trusted as the certificate is', async context => {
  const {front} = await serving(context);
  const sha256 = new X509Certificate(pem(certificates.home)).fingerprint256.replaceAll(':', '').toLowerCase();
  assert.deepEqual(await to(context, front, {kind: 'fingerprint', sha256, advice}).call('/'), {ok: true});
});

test('who shows another certificate hears no token: nothing is sent', async context => {
  const {heard, front} = await serving(context);
  const wrong: Trust[] = [
    {kind: 'system', advice},
    owns(certificates.other),
    {kind: 'fingerprint', sha256: 'ab'.repeat(32), advice},
  ];
  for (const trust of wrong) {
    const connection = to(context, front, trust);
    await assert.rejects(connection.call('/api/health'), fails('supervisor.untrusted', /127\.0\.0\.1/));
    await assert.rejects(async () => {
      for await (const _ of connection.stream('/api/events', new AbortController().signal)) assert.fail();
    }, fails('supervisor.untrusted'));
  }
  assert.deepEqual(heard, []);
});

test('who is cut off before anything was sent connects once more, and not for ever', async context => {
  const {heard, front} = await serving(context);
  let [came, cut] = [0, 1];
  const door = createTcpServer(socket => {
    if (came++ < cut) return socket.once('data', () => socket.resetAndDestroy());
    const through = connect(front.port, '127.0.0.1');
    socket
      .on('error', () => through.destroy())
      .pipe(through)
      .pipe(socket);
  });
  await new Promise<void>(resolve => door.listen(0, '127.0.0.1', resolve));
  context.after(() => door.close());
  const there = {port: (door.address() as AddressInfo).port} as Front;
  const post = {method: 'POST', body: {n: 1}} as const;
  assert.deepEqual(await to(context, there, owns(certificates.home)).call('/once', post), {ok: true});
  assert.deepEqual([came, heard.length], [2, 1]);
  [came, cut] = [0, 9];
  await assert.rejects(to(context, there, owns(certificates.home)).call('/never'), fails('supervisor.unreachable'));
  assert.equal(came, 2);
});

test('a certificate that cannot be read is an error of its own, not a crash', async context => {
  const {front} = await serving(context);
  const broken = '-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n';
  await assert.rejects(to(context, front, {kind: 'certificates', pem: broken, advice}).call('/'), AmuxError);
});

test('nobody there: the error names the URL, and no token', async () => {
  const free = createServer();
  await listening(free, 0);
  const {port} = free.address() as AddressInfo;
  await new Promise(resolve => free.close(resolve));
  for (const scheme of ['http', 'https']) {
    const connection = new Connection({
      url: `${scheme}://127.0.0.1:${port}`,
      token: TOKEN,
      trust: owns(certificates.home),
    });
    await assert.rejects(connection.call('/'), fails('supervisor.unreachable', /^no answer from https?:\/\/127/));
  }
});

test('a kept connection that was cut is replaced once for what may be asked twice', async context => {
  const {heard, front} = await serving(context);
  const connection = to(context, front, owns(certificates.home));
  await connection.call('/one');
  front.cut();
  assert.deepEqual(await connection.call('/two'), {ok: true});
  assert.deepEqual(
    heard.map(({path}) => path),
    ['/one', '/two'],
  );
});

test('what was dropped by the server before any answer: a GET and a send are repeated, a start is not', async context => {
  let drop = false;
  const {heard, socket} = await serving(context, (request, response) => {
    if (!drop) return response.end('{}');
    drop = false;
    return request.socket.destroy();
  });
  const client = new Client({socket});
  context.after(() => client[Symbol.asyncDispose]());
  const dropped = async (act: () => Promise<unknown>) => {
    await client.health();
    heard.length = 0;
    drop = true;
    const result = await act().catch(error => error);
    return {result, heard: [...heard]};
  };
  assert.equal((await dropped(() => client.sessions())).heard.length, 2);
  const sent = await dropped(() => client.send('a', {text: 'hello'}));
  assert.equal(sent.heard.length, 2);
  assert.match(sent.heard[0]!.body, /"msg_id":"m-[0-9a-f]{16}"/);
  assert.equal(sent.heard[0]!.body, sent.heard[1]!.body, 'with the same id');
  const started = await dropped(() => client.start('a'));
  assert.equal(started.heard.length, 1);
  assert.ok(fails('supervisor.unreachable')(started.result));
});

test('a first connection that is dropped is not tried again', async context => {
  const {heard, socket} = await serving(context, request => request.socket.destroy());
  const connection = new Connection({socket});
  await assert.rejects(connection.call('/'), fails('supervisor.unreachable'));
  assert.equal(heard.length, 1);
});

test('answers of something else than amux are said to be that', async context => {
  const answers: [number, string, ErrorCode, RegExp][] = [
    [200, '<html>', 'supervisor.unreachable', /not amux/],
    [302, '', 'supervisor.unreachable', /302/],
    [404, 'no such page', 'supervisor.unreachable', /404, and not as amux does/],
    [401, 'who are you', 'access.refused', /token/],
  ];
  let at = 0;
  const {front} = await serving(context, (_, response) => {
    const [status, text] = answers[at]!;
    response.writeHead(status).end(text);
  });
  const connection = to(context, front, owns(certificates.home));
  for (; at < answers.length; at++) {
    await assert.rejects(connection.call('/'), fails(answers[at]![2], answers[at]![3]));
  }
});

test('errors of the supervisor arrive as they were thrown', async context => {
  const thrown = new AmuxError('session.unknown', {ref: 'x'});
  const {front} = await serving(context, (_, response) => response.writeHead(404).end(JSON.stringify({error: thrown})));
  await assert.rejects(to(context, front, owns(certificates.home)).call('/'), error => {
    assert.deepEqual((error as AmuxError).toJSON(), thrown.toJSON());
    return true;
  });
});

test('an answer that breaks off is no answer', async context => {
  const {front} = await serving(context, (request, response) => {
    response.writeHead(200, {'content-length': 100}).write('{');
    setImmediate(() => request.socket.destroy());
  });
  await assert.rejects(to(context, front, owns(certificates.home)).call('/'), fails('supervisor.unreachable'));
});

test('who does not speak TLS is said to be that, in one line', async context => {
  const plain = createServer((_, response) => response.end('{}'));
  await listening(plain, 0);
  context.after(() => plain.close());
  const {port} = plain.address() as AddressInfo;
  const connection = new Connection({url: `https://127.0.0.1:${port}`, token: null, trust: owns(certificates.home)});
  await assert.rejects(connection.call('/'), fails('supervisor.unreachable', /: no TLS there \(.+\): is it http\?$/));
});

test('closing gives up what is still being connected', async context => {
  const silent = createTcpServer(() => {});
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
  context.after(() => silent.close());
  const {port} = silent.address() as AddressInfo;
  const connection = new Connection({url: `https://127.0.0.1:${port}`, token: null, trust: owns(certificates.home)});
  const accepted = once(silent, 'connection') as Promise<[Socket]>;
  const call = connection.call('/');
  const [socket] = await accepted;
  const closed = once(socket, 'close');
  socket.resume();
  connection.close();
  await assert.rejects(call, fails('supervisor.unreachable'));
  await closed;
});

test('a path of the URL stands before the routes', async context => {
  const {heard, front} = await serving(context);
  const connection = new Connection({
    url: `https://127.0.0.1:${front.port}/fleet`,
    token: null,
    trust: owns(certificates.home),
  });
  context.after(() => connection.close());
  await connection.call('/api/health');
  assert.deepEqual(heard, [{path: '/fleet/api/health', method: 'GET', authorization: undefined, body: ''}]);
});
