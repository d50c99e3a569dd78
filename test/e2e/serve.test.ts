import assert from 'node:assert/strict';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer as createHttpServer} from 'node:http';
import {get} from 'node:https';
import {createServer, type Server} from 'node:net';
import {join} from 'node:path';
import {test} from 'node:test';
import type {Explanation, Health} from '../../source/domain/fleet.ts';
import {freePort} from '../helpers/free-port.ts';
import {assertFailed, expectText, Home} from '../helpers/home.ts';

type Served = {url: string; socket: string; fingerprint: string; pid: number};

/** A program that has a port. */
async function taken(port = 0): Promise<{port: number; server: Server}> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen({host: '127.0.0.1', port}, resolve));
  return {port: (server.address() as {port: number}).port, server};
}

/** Status and body of one request, checked against the home's own certificate. */
function ask(home: Home, url: string, token?: string): Promise<{status: number; body: unknown}> {
  const ca = readFileSync(join(home.path, 'tls', 'cert.pem'));
  const headers = token === undefined ? {} : {authorization: `Bearer ${token}`};
  return new Promise((resolve, reject) => {
    get(url, {ca, headers, agent: false, family: 4}, async response => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve({status: response.statusCode ?? 0, body: JSON.parse(text)});
    }).once('error', reject);
  });
}

test('every supervisor serves the same fleet over TLS, to those who have a token', async () => {
  await using home = new Home({config: `port: ${await freePort()}\n`});
  const agent = await home.startAgent('a');
  const {url} = JSON.parse(readFileSync(join(home.path, 'supervisor.json'), 'utf8')) as Served;
  assert.match(url, /^https:\/\/localhost:\d+$/);
  const refused = await ask(home, `${url}/api/health`);
  assert.equal(refused.status, 401);
  const environ = readFileSync(`/proc/${agent.pid}/environ`, 'utf8');
  const [, token = '', host] = /AMUX_URL=https:\/\/amux:([\w-]+)@([^\0]+)/.exec(environ) ?? [];
  assert.equal(`https://${host}`, url, 'a session knows where its supervisor is');
  const {status, body} = await ask(home, `${url}/api/health`, token);
  assert.equal(status, 200);
  assert.equal((body as Health).url, url);
  assert.equal((await ask(home, `${url}/api/health`, `${token}x`)).status, 401);
});

test('serve says where it listens: URL, socket and fingerprint; one that runs says its URL', async () => {
  await using home = new Home({config: `port: ${await freePort()}\n`});
  const serve = home.spawn(['serve']);
  const text = await expectText(serve.stdout, /fingerprint.*\n/);
  const [url, socket, fingerprint, more] = text.trim().split('\n');
  assert.match(url ?? '', /^https:\/\/localhost:\d+$/);
  assert.equal(socket, `socket       ${join(home.path, 'amux.sock')}`);
  assert.match(fingerprint ?? '', /^fingerprint {2}SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.equal(more, undefined);
  assert.equal(await home.amux('serve'), `${url}\n`);
  const said = await home.json<Served>('serve');
  assert.deepEqual(said, {
    url,
    socket: join(home.path, 'amux.sock'),
    fingerprint: fingerprint?.split(' ').at(-1),
    pid: serve.pid,
  });
  const port = new URL(url ?? '').port;
  assert.equal(await home.amux('serve', '--port', port), `${url}\n`);
  for (const other of [['--port', String(await freePort())], ['--no-tls'], ['--host', '0.0.0.0']]) {
    assertFailed(
      await home.run(['serve', ...other]),
      4,
      /this home is served at https:\/\/localhost:\d+ already \(pid/,
    );
  }
});

test('serve --detach takes over from a supervisor that another command started meanwhile', async () => {
  const port = await freePort();
  await using home = new Home({config: `port: ${await freePort()}\n`});
  const asked = await onceAutostarted(home);
  assert.equal(await home.amux('serve', '--detach', '--port', String(port)), `https://localhost:${port}\n`);
  assert.equal(asked.count, 2);
  assert.match(readFileSync(join(home.path, 'log', 'supervisor.log'), 'utf8'), /"hosted":"serve"/);
});

/** Nobody answers the first question on the home's socket, an autostarted supervisor the second one, and is gone then. */
async function onceAutostarted(home: Home): Promise<{count: number}> {
  const asked = {count: 0};
  const health = {pid: process.pid, url: null, hosted: 'auto'};
  const server = createHttpServer((_request, response) => {
    asked.count++;
    response.writeHead(asked.count === 1 ? 503 : 200, {connection: 'close'}).end(JSON.stringify(health));
    if (asked.count > 1) server.close();
  });
  await new Promise<void>(resolve => server.listen(join(home.path, 'amux.sock'), resolve));
  return asked;
}

test('a port that is taken is replaced by a free one, which the home keeps', async () => {
  const {port, server} = await taken();
  try {
    await using home = new Home({config: `port: ${port}\n`});
    const url = (await home.amux('serve', '--detach')).trim();
    assert.notEqual(new URL(url).port, String(port));
    await home.amux('serve', '--stop');
    await home.amux('register', 'a', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
    assert.equal((await home.amux('serve', '--detach')).trim(), url, 'also for the next one');
  } finally {
    await new Promise(resolve => server.close(resolve));
  }
});

test('a port that was asked for and is taken is refused, and its holder named', async () => {
  const {port, server} = await taken();
  try {
    await using home = new Home();
    for (const how of [[], ['--detach']]) {
      const failed = await home.run(['serve', '--port', String(port), ...how]);
      assertFailed(failed, 4, new RegExp(`port ${port} is taken by pid ${process.pid} \\(`));
    }
  } finally {
    await new Promise(resolve => server.close(resolve));
  }
});

test('two homes never share a port, though one of them could', async () => {
  const port = await freePort();
  await using first = new Home({config: `port: ${port}\n`});
  await using second = new Home({config: `port: ${port}\n`});
  const urls = await Promise.all([first, second].map(home => home.amux('serve', '--detach')));
  assert.notEqual(urls[0], urls[1]);
  const other = new URL(urls[0] ?? '').port;
  assertFailed(await second.run(['serve', '--port', other]), 4, /already/);
  await second.amux('serve', '--stop');
  assertFailed(await second.run(['serve', '--port', other]), 4, new RegExp(`taken by pid ${first.supervisorPid} `));
});

test('what is no port, or half a certificate, is a usage error', async () => {
  await using home = new Home();
  for (const port of ['0', '65536', '-1', 'x', '80.5', '']) {
    const {code, err} = await home.run(['serve', `--port=${port}`]);
    assert.equal(code, 2, `--port=${port}: ${err}`);
  }
  assertFailed(await home.run(['serve', '--cert', 'x.pem']), 2, /belong together/);
  assertFailed(await home.run(['serve', '--no-tls', '--cert', 'x', '--key', 'y']), 2, /no certificate/);
  for (const form of [['serve'], ['serve', '--detach']]) {
    assertFailed(await home.run([...form, '--cert', 'x', '--key', 'y']), 1, /^amux: cannot use .*x: ENOENT/);
    assertFailed(await home.run([...form, '--host', '192.0.2.1']), 1, /^amux: cannot listen on 192\.0\.2\.1/);
  }
});

test('plain HTTP and other addresses are served where they are asked for, and say what they expose', async () => {
  await using home = new Home();
  const serve = home.spawn(['serve', '--no-tls', '--host', '0.0.0.0', '--port', String(await freePort())]);
  const [out, err] = await Promise.all([expectText(serve.stdout, 'socket'), expectText(serve.stderr, 'without TLS')]);
  assert.match(out, /^http:\/\/localhost:\d+\n/);
  assert.match(err, /0\.0\.0\.0 can be reached from other machines/);
  const url = out.split('\n')[0];
  assert.equal((await fetch(`${url}/api/health`)).status, 401);
});

test('serve --detach says what it exposes, too', async () => {
  await using home = new Home();
  const {code, err} = await home.run(['serve', '--detach', '--no-tls', '--host', '0.0.0.0']);
  assert.equal(code, 0, err);
  assert.match(err, /0\.0\.0\.0 can be reached from other machines/);
  assert.match(err, /without TLS, tokens and screens travel readably/);
});

test('a session that still holds an old URL says so', async () => {
  await using home = new Home({config: `port: ${await freePort()}\n`});
  await home.startAgent('a');
  assert.equal((await home.session('a')).notice, null);
  await home.amux('serve', '--stop');
  writeFileSync(join(home.path, 'config.yaml'), `port: ${await freePort()}\n`);
  const url = (await home.amux('serve', '--detach')).trim();
  const says = /^its AMUX_URL is out of date \(https:\/\/localhost:\d+\): a restart gives it (\S+)$/m;
  assert.equal(says.exec((await home.session('a')).notice ?? '')?.[1], url);
  assert.equal(says.exec((await home.json<Explanation>('explain', 'a')).notice ?? '')?.[1], url);
  assert.match(await home.amux('explain', 'a'), says);
  await home.amux('restart', 'a');
  assert.equal((await home.session('a')).notice, null);
});

test('no token that was used stands in the log, however it came and whatever came of it', async () => {
  await using home = new Home({config: `port: ${await freePort()}\nlogLevel: debug\n`});
  const url = (await home.amux('serve', '--detach')).trim();
  const {token} = await home.json<{token: string}>('token', 'create', '--role', 'viewer');
  const wrong = 'a-token-that-nobody-made';
  for (const secret of [token, wrong]) {
    await ask(home, `${url}/api/health`, secret);
    await ask(home, url.replace('://', `://amux:${secret}@`));
    await ask(home, `${url}/api/nothing?token=${secret}`, secret);
    await home.run(['ps', '--url', url.replace('://', `://amux:${secret}@`)]);
  }
  await home.amux('serve', '--stop');
  const log = join(home.path, 'log');
  const text = readdirSync(log)
    .map(name => readFileSync(join(log, name), 'utf8'))
    .join('\n');
  for (const secret of [token, wrong, Buffer.from(`amux:${token}`).toString('base64')]) {
    assert.ok(!text.includes(secret), text.slice(0, 2000));
  }
  const entries = text.split('\n').filter(line => line.startsWith('{'));
  const said = entries.map(line => JSON.parse(line) as {msg: string; status?: number; route?: string});
  assert.deepEqual([said[0]?.msg, said.at(-1)?.msg], ['supervisor started', 'supervisor ended']);
  assert.ok(said.some(({status, route}) => status === 200 && route === '/api/health'));
  assert.ok(said.some(({status, route}) => status === 401 && route === '/api/health'));
});
