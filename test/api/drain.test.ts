import assert from 'node:assert/strict';
import {Agent, createServer, get, type IncomingMessage, type RequestListener, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type TestContext, test} from 'node:test';
import {Drain} from '../../source/api/drain.ts';

async function served(t: TestContext, listener: RequestListener): Promise<{server: Server; drain: Drain; url: string}> {
  const server = createServer(listener);
  const drain = new Drain(server);
  await new Promise<void>(resolve => server.listen({host: '127.0.0.1', port: 0}, resolve));
  t.after(() => server.closeAllConnections());
  return {server, drain, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`};
}

const ask = (url: string, agent: Agent): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, {agent}, response => {
      response.resume().once('end', () => resolve(response));
    }).once('error', reject);
  });

test('a call that is being answered is answered, and told that its connection ends', async t => {
  const {promise: asked, resolve: heard} = Promise.withResolvers<() => void>();
  const {drain, url} = await served(t, (_request, response) => heard(() => response.end('late')));
  const answer = ask(url, new Agent({keepAlive: true}));
  const reply = await asked;
  drain.stop();
  const finished = drain.finish();
  reply();
  const {statusCode, headers} = await answer;
  assert.equal(statusCode, 200);
  assert.equal(headers.connection, 'close');
  await finished;
});

test('a quiet connection may send one more request, and nobody is waited for who is not there', async t => {
  const {drain, url} = await served(t, (_request, response) => response.end('x'));
  const agent = new Agent({keepAlive: true, maxSockets: 1});
  assert.equal((await ask(url, agent)).headers.connection, 'keep-alive');
  drain.stop();
  const finished = drain.finish({idleMs: 30_000});
  const {headers} = await ask(url, agent);
  assert.equal(headers.connection, 'close');
  await finished;
  await drain.finish({idleMs: 30_000});
});

test('who is connected and says nothing is let go after a while, and a call that takes too long as well', async t => {
  const {drain, url} = await served(t, () => {});
  const stuck = ask(url, new Agent({keepAlive: true}));
  const refused = assert.rejects(stuck);
  await new Promise(resolve => setImmediate(resolve));
  drain.stop();
  await drain.finish({idleMs: 10, inFlightMs: 50});
  await refused;
});

test('nobody is let in behind the last look: it waits for a moment in which nothing else is done', async t => {
  const {drain, url} = await served(t, (_request, response) => response.end('x'));
  const stopped = drain.stopWhenQuiet();
  let answered = 0;
  // In each round somebody comes, and something is done that takes longer than he needs.
  for (let round = 0; round < 30; round++) {
    await new Promise(resolve => setImmediate(resolve));
    const asked = round === 9 ? ask(url, new Agent()) : undefined;
    const end = performance.now() + 1;
    while (performance.now() < end);
    void asked?.then(() => answered++);
  }
  await stopped;
  await drain.finish();
  assert.equal(answered, 1);
});
