import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createServer, request} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {type HookCall, openHookDoor} from '../../source/api/hook-door.ts';

async function door(t: TestContext, file = join(directory(t), 'port')) {
  const calls: HookCall[] = [];
  const opened = await openHookDoor(file);
  t.after(() => opened.close());
  opened.handle(async call => {
    calls.push(call);
    return call.token === 'right' ? {said: call.session} : null;
  });
  return {opened, calls, file};
}

function directory(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'amux-door-'));
  t.after(() => rmSync(made, {recursive: true, force: true}));
  return made;
}

const post = (url: string, body: string, headers: Record<string, string> = {authorization: 'Bearer right'}) =>
  fetch(url, {method: 'POST', body, headers: {'content-type': 'application/json', ...headers}});

test('a hook is told with its session, token and body, and answered with what the handler says', async t => {
  const {opened, calls} = await door(t);
  const response = await post(opened.url('s-1'), '{"hook_event_name":"Stop"}');
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {said: 's-1'});
  assert.deepEqual(calls[0]!.body, {hook_event_name: 'Stop'});
});

test('only POST /hooks/SESSION is answered, without a foreign host or origin, and with its token', async t => {
  const {opened, calls} = await door(t);
  const url = opened.url('s-1');
  const base = url.replace('/hooks/s-1', '');
  assert.equal((await fetch(url)).status, 404);
  for (const path of ['/', '/api/sessions', '/hooks/', '/hooks/a/b', '/hooks/..%2f', `/hooks/${'x'.repeat(200)}`]) {
    assert.equal((await post(base + path, '{}')).status, 404, path);
  }
  assert.equal((await post(url, '{}', {authorization: 'Bearer right', origin: 'http://evil.example'})).status, 404);
  assert.equal(await statusWithHost(url, 'evil.example'), 404);
  assert.equal(calls.length, 0);
  assert.equal((await post(url, '{}', {authorization: 'Bearer wrong'})).status, 401);
  assert.equal((await post(url, '{}', {})).status, 401);
});

test('a malformed body is refused, and one that is too long is answered without being read', async t => {
  const {opened, calls} = await door(t);
  assert.equal((await post(opened.url('s-1'), '{"half":')).status, 400);
  assert.equal(calls.length, 0);
  const long = await post(opened.url('s-1'), JSON.stringify({text: 'x'.repeat(9 * 1024 * 1024)}));
  assert.equal(long.status, 200);
  assert.equal(calls[0]!.body, null);
});

test('a handler that fails does not bother the agent', async t => {
  const {opened} = await door(t);
  opened.handle(async () => {
    throw new Error('a bug');
  });
  const response = await post(opened.url('s-1'), '{}');
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {});
});

test('a held request ends with its connection, but not with the listener', async t => {
  const {opened} = await door(t);
  const signals: AbortSignal[] = [];
  const {promise: both, resolve: second} = Promise.withResolvers<void>();
  opened.handle(({signal}) => {
    signals.push(signal);
    if (signals.length === 2) second();
    return new Promise(() => {});
  });
  const client = new AbortController();
  const gone = fetch(opened.url('s-1'), {method: 'POST', body: '{}', signal: client.signal});
  const kept = fetch(opened.url('s-2'), {method: 'POST', body: '{}'});
  await both;
  const ended = new Promise(resolve => signals[0]!.addEventListener('abort', resolve, {once: true}));
  client.abort();
  await assert.rejects(gone);
  await ended;
  await opened.close();
  await assert.rejects(kept);
  assert.equal(signals[1]!.aborted, false);
});

test('the port of a home stays the same, and a taken one is replaced with a notice', async t => {
  const file = join(directory(t), 'port');
  const first = await openHookDoor(file);
  const url = first.url('s');
  await first.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const second = await openHookDoor(file);
  assert.equal(second.url('s'), url);
  assert.equal(second.notice, null);
  await second.close();
  const other = createServer();
  await new Promise<void>(resolve => other.listen({host: '127.0.0.1', port: 0}, resolve));
  t.after(() => other.close());
  writeFileSync(file, String((other.address() as AddressInfo).port));
  const third = await openHookDoor(file);
  t.after(() => third.close());
  assert.match(third.notice ?? '', /taken/);
  assert.equal(third.url('s').includes(readFileSync(file, 'utf8').trim()), true);
});

function statusWithHost(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {host, authorization: 'Bearer right'};
    const call = request(url, {method: 'POST', headers}, response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.once('error', reject);
    call.end('{}');
  });
}

test('a door whose port cannot be kept does not stay open, and says what could not be written', async t => {
  const file = directory(t); // A directory cannot be written to.
  const ports: number[] = [];
  const opening = openHookDoor(file, async listener => {
    await listener.listen({host: '127.0.0.1', port: 0});
    ports.push(listener.port());
    return listener.port();
  });
  await assert.rejects(opening, {code: 'store.write', message: new RegExp(`cannot write ${file}`)});
  await assert.rejects(fetch(`http://127.0.0.1:${ports[0]}/`), TypeError);
});
