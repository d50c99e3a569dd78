import assert from 'node:assert/strict';
import {readFileSync, rmSync} from 'node:fs';
import http, {type IncomingMessage} from 'node:http';
import https from 'node:https';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {test} from 'node:test';
import type {Health} from '../../source/domain/fleet.ts';
import {ended, Home, until} from '../helpers/home.ts';
import {gone, isAlive, kill} from '../helpers/processes.ts';

/** How often the home is handed over under load; the long form is `AMUX_HANDOVERS=50`. */
const HANDOVERS = Number(process.env['AMUX_HANDOVERS'] ?? 3);
/** Pause between two requests of a caller, in ms. */
const PACE_MS = 40;
/** The same between two messages: each takes the agent a turn. */
const MESSAGE_PACE_MS = 500;

type Way = {name: string; options: https.RequestOptions; lib: typeof http | typeof https};

/** All who use the API during a test: each as often as it can say what went wrong. */
class Load {
  readonly failures: string[] = [];
  readonly cursors: number[] = [];
  answered = 0;
  sent = 0;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>[] = [];

  /** One request after another. */
  ask(way: Way, asked: Asked, expected = 200): void {
    this.#repeat(way.name, async () => {
      const {status} = await call(way, asked);
      if (status !== expected) throw new Error(`answered ${status}`);
      this.answered++;
    });
  }

  /** Numbered messages to a session, each once. */
  send(way: Way, session: string): void {
    this.#repeat(
      `message by ${way.name}`,
      async () => {
        const n = ++this.sent;
        const body = {text: `message ${n}`, msg_id: `m-${n}`};
        const {status} = await call(way, {path: `/api/sessions/${session}/send`, method: 'POST', body});
        if (status !== 202) throw new Error(`message ${n}: ${status}`);
      },
      MESSAGE_PACE_MS,
    );
  }

  /** Every event from `since`, by a client that comes back with the last id that it has. */
  follow(way: Way, since: number): void {
    let last = since;
    this.#repeat(
      'events',
      async () => {
        const response = await open(way, {path: '/api/events', headers: {'last-event-id': String(last)}});
        const end = () => response.destroy();
        this.#ending.signal.addEventListener('abort', end);
        try {
          let rest = '';
          for await (const chunk of response.setEncoding('utf8')) {
            const blocks = (rest + String(chunk)).split('\n\n');
            rest = blocks.pop()!;
            for (const block of blocks) {
              const id = /^id: (\d+)$/m.exec(block)?.[1];
              if (id === undefined) continue;
              last = Number(id);
              this.cursors.push(last);
            }
          }
        } catch (error) {
          if (!this.#ending.signal.aborted) throw error;
        }
      },
      0,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
  }

  #repeat(name: string, act: () => Promise<void>, pace = PACE_MS): void {
    const {signal} = this.#ending;
    const run = async () => {
      while (!signal.aborted) {
        await act().catch(error => this.failures.push(`${name}: ${(error as Error).message}`));
        await new Promise(resolve => setTimeout(resolve, pace));
      }
    };
    this.#running.push(run());
  }
}

type Asked = {path: string; method?: string; body?: unknown; headers?: Record<string, string>};

/** Connections that were cut off before anything was sent on them. */
let cut = 0;

/** As amux's own client: a connection that the system took in a listener's very last moment is made once more. */
function open(way: Way, asked: Asked, isFirst = true): Promise<IncomingMessage> {
  const {options, lib} = way;
  const {path, method = 'GET', body, headers} = asked;
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : {'content-type': 'application/json'};
    const all = {...(options.headers as Record<string, string>), ...type, ...headers};
    const request = lib.request({...options, path, method, headers: all}, resolve);
    let isReady = lib === http;
    request.once('socket', socket => {
      isReady ||= request.reusedSocket;
      socket.once('secureConnect', () => {
        isReady = true;
      });
    });
    request.once('error', (error: NodeJS.ErrnoException) => {
      if (isReady || !isFirst || error.code !== 'ECONNRESET') return reject(error);
      cut++;
      resolve(open(way, asked, false));
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function call(way: Way, asked: Asked): Promise<{status: number; body: unknown}> {
  const response = await open(way, asked);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return {status: response.statusCode ?? 0, body: text === '' ? null : JSON.parse(text)};
}

const file = (home: Home): {pid: number; url: string} =>
  JSON.parse(readFileSync(join(home.path, 'supervisor.json'), 'utf8')) as {pid: number; url: string};

const bySocket = (home: Home, keepAlive = false): Way => ({
  name: `socket${keepAlive ? ', kept' : ''}`,
  lib: http,
  options: {socketPath: join(home.path, 'amux.sock'), agent: new http.Agent({keepAlive, maxSockets: 1})},
});

const byHooks = (home: Home): Way => ({
  name: 'hooks',
  lib: http,
  options: {host: '127.0.0.1', port: readFileSync(join(home.path, 'hooks-port'), 'utf8').trim(), agent: false},
});

async function byTls(home: Home, keepAlive = false): Promise<Way> {
  const {body} = await call(bySocket(home), {path: '/api/access', method: 'POST', body: {role: 'operator'}});
  const {port} = new URL(file(home).url);
  const options = {
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: readFileSync(join(home.path, 'tls', 'cert.pem')),
    headers: {authorization: `Bearer ${(body as {token: string}).token}`, host: `localhost:${port}`},
    agent: new https.Agent({keepAlive, maxSockets: 1}),
  };
  return {name: `https${keepAlive ? ', kept' : ''}`, lib: https, options};
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen({host: '127.0.0.1', port: 0}, resolve));
  const {port} = server.address() as {port: number};
  await new Promise(resolve => server.close(resolve));
  return port;
}

/** Starts one that takes over from who supervises; resolves with both pids when it does. */
async function handOver(home: Home): Promise<{from: number; to: number}> {
  const from = home.supervisorPid;
  const successor = home.spawn(['serve', '--auto', '--instead', String(from)]);
  await until('the successor', async () => file(home).pid === successor.pid);
  await gone(from);
  return {from, to: successor.pid!};
}

test(`${HANDOVERS} hand-overs under load: no call refused, no message lost or doubled, every event once`, async () => {
  await using home = new Home({config: `port: ${await freePort()}\n`});
  const agent = await home.startAgent('a');
  await using load = new Load();
  const {body} = await call(bySocket(home), {path: '/api/health'});
  const first = (body as Health).cursor;
  load.follow(await byTls(home), first);
  for (const way of [bySocket(home), bySocket(home, true), await byTls(home), await byTls(home, true)]) {
    load.ask(way, {path: '/api/sessions'});
  }
  // The door for hooks answers a session that it does not know.
  load.ask(byHooks(home), {path: '/hooks/nobody', method: 'POST', body: {}}, 401);
  load.send(await byTls(home, true), 'a');
  for (let i = 0; i < HANDOVERS; i++) {
    const before = load.answered;
    await handOver(home);
    // As many again as came during it, before the next.
    await until('more answers', () => load.answered > before + 100);
  }
  // One that no test's own bound ends while the agent still reads.
  await home.amux('serve', '--detach');
  const {cursor} = (await call(bySocket(home), {path: '/api/health'})).body as Health;
  await until('the events', () => load.cursors.at(-1)! >= cursor);
  await load[Symbol.asyncDispose]();
  assert.deepEqual(load.failures, []);
  assert.ok(cut <= 1, `${cut} connections were cut off`);
  assert.ok(load.answered > 100 * HANDOVERS, `only ${load.answered} answers`);
  const expected = load.cursors.map((_, i) => first + 1 + i);
  assert.deepEqual(load.cursors, expected, 'every cursor once, in order');
  const messages = Array.from({length: load.sent}, (_, i) => `message ${i + 1}`);
  while (agent.prompts.length < load.sent) {
    const next = agent.prompts.length + 1;
    await agent.read(next).catch(async error => {
      throw new Error(`no message ${next}: ${await home.amux('queue', 'a', '--json')}`, {cause: error});
    });
  }
  assert.deepEqual(agent.prompts, messages);
  assert.ok(isAlive(agent.pid));
});

test('commands that wait and follow go on with the next supervisor, and end with the last one', async () => {
  await using home = new Home({config: `port: ${await freePort()}\n`});
  await home.startAgent('a');
  const waiting = home.run(['wait', 'a', '--until', 'exited', '--timeout', '60s']);
  const following = home.spawn(['events', '-f', '-n', '1', '--json']);
  const cursors: number[] = [];
  following.stdout.setEncoding('utf8');
  let rest = '';
  following.stdout.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) cursors.push((JSON.parse(line) as {cursor: number}).cursor);
  });
  await until('the first event', async () => cursors.length > 0);
  await handOver(home);
  await home.amux('stop', 'a');
  assert.equal((await waiting).code, 0);
  const {cursor} = (await call(bySocket(home), {path: '/api/health'})).body as Health;
  await until('the last event', async () => cursors.at(-1)! >= cursor);
  // What its agent still told meanwhile may be the last one with which it began.
  assert.deepEqual(
    cursors,
    Array.from({length: cursors.at(-1)! - cursors[0]! + 1}, (_, i) => cursors[0]! + i),
  );
  await home.amux('serve', '--stop');
  assert.equal(await ended(following), 5, 'nobody comes');
});

test('a supervisor that is killed while it hands over leaves the home to its successor', async () => {
  await using home = new Home({config: `port: ${await freePort()}\n`});
  const agent = await home.startAgent('a');
  const kept = bySocket(home, true);
  await call(kept, {path: '/api/health'});
  await home.amux('send', 'a', 'before');
  const from = home.supervisorPid;
  const successor = home.spawn(['serve', '--auto', '--instead', String(from)]);
  // Its quiet connection keeps the old one for a moment, in which the new one has the socket.
  const answer = until('an answer', async () => {
    const {body} = await call(bySocket(home), {path: '/api/health'}).catch(() => ({body: null}));
    return (body as Health | null)?.pid === successor.pid;
  });
  await kill(from);
  await answer;
  await home.amux('send', 'a', 'after');
  assert.deepEqual(await agent.read(2), ['before', 'after']);
});

test('a successor that is killed at any moment leaves the home to the old one, or to the next command', async () => {
  await using home = new Home({config: `port: ${await freePort()}\n`});
  const agent = await home.startAgent('a');
  const texts: string[] = [];
  for (const after of [150, 250, 320, 400, 500, 700]) {
    const successor = home.spawn(['serve', '--auto', '--instead', String(home.supervisorPid)]);
    await new Promise(resolve => setTimeout(resolve, after)); // Any moment: no event tells of all of them.
    if (isAlive(successor.pid!)) await kill(successor.pid!);
    texts.push(`after ${after}`);
    await home.amux('send', 'a', texts.at(-1)!);
    assert.equal((await home.session('a')).status, 'running');
  }
  assert.deepEqual(await agent.read(texts.length), texts);
  assert.ok(isAlive(home.supervisorPid));
});

test('the socket comes back when its name was taken away', async () => {
  await using home = new Home();
  await home.amux('serve', '--detach');
  const pid = home.supervisorPid;
  rmSync(join(home.path, 'amux.sock'));
  await until('the socket', async () => {
    const answer = await call(bySocket(home), {path: '/api/health'}).catch(() => null);
    return (answer?.body as Health | undefined)?.pid === pid;
  });
});

test('a hand-over is asked for on the home’s socket alone', async () => {
  await using home = new Home({config: `port: ${await freePort()}\n`});
  await home.amux('serve', '--detach');
  const way = await byTls(home);
  const {status} = await call(way, {path: '/api/handover', method: 'POST', body: {pid: process.pid}});
  assert.equal(status, 404);
  assert.ok(isAlive(home.supervisorPid));
});

test('of several that want to take over, one does, and the others say where it is', async () => {
  await using home = new Home({config: `port: ${await freePort()}\n`});
  await home.startAgent('a');
  const auto = home.supervisorPid;
  const urls = await Promise.all([1, 2, 3].map(() => home.amux('serve', '--detach')));
  assert.equal(new Set(urls).size, 1);
  const {hosted, pid} = (await call(bySocket(home), {path: '/api/health'})).body as Health;
  assert.equal(hosted, 'serve');
  assert.notEqual(pid, auto);
  await gone(auto);
});
