import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type ListenOptions, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {bindPort, type Listener, type PortWish, takePort} from '../../source/cli/port.ts';
import {describeHolder} from '../../source/cli/port-holders.ts';

const HOST = '127.0.0.1';

/** `shares`: whether its system lets two sockets have one port. */
function listenerOf(t: TestContext, {shares = true} = {}): Listener & {asked: ListenOptions[]; port: () => number} {
  const server = createServer();
  const asked: ListenOptions[] = [];
  t.after(() => server.close());
  return {
    asked,
    port: () => portOf(server),
    stop: () => void server.close(),
    async listen(options) {
      asked.push(options);
      if (!shares && options.reusePort === true) throw Object.assign(new Error('not here'), {code: 'ENOTSUP'});
      await listening(server, options);
    },
  };
}

function listening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, resolve);
  });
}

const portOf = (server: Server): number => (server.address() as {port: number}).port;

async function occupied(t: TestContext, options: ListenOptions = {}): Promise<{port: number; server: Server}> {
  const server = createServer();
  await listening(server, {host: HOST, port: 0, ...options});
  t.after(() => server.close());
  return {port: portOf(server), server};
}

function wishOf(t: TestContext, more: Partial<PortWish> & {configured?: number} = {}): PortWish {
  const dir = mkdtempSync(join(tmpdir(), 'amux-test-'));
  t.after(() => rmSync(dir, {recursive: true}));
  const paths = {port: join(dir, 'port'), supervisor: join(dir, 'supervisor.json')};
  const {configured = 8822, ...rest} = more;
  const settings = {port: configured};
  return {listener: listenerOf(t), host: HOST, port: undefined, paths, settings, predecessor: null, ...rest};
}

test('a port that could be shared is taken all the same: another home has it', async t => {
  const {port} = await occupied(t, {reusePort: true});
  assert.equal(await takePort({listener: listenerOf(t), host: HOST, port, predecessor: null}), null);
});

test('the predecessor’s port is shared with it, another process’s is not', async t => {
  const {port} = await occupied(t, {reusePort: true});
  const shared = await takePort({listener: listenerOf(t), host: HOST, port, predecessor: process.pid});
  assert.deepEqual(shared, {port, late: null});
  const other = await takePort({listener: listenerOf(t), host: HOST, port, predecessor: process.ppid});
  assert.equal(other, null);
});

test('where ports cannot be shared, a free one is taken alone, and the predecessor’s once it is gone', async t => {
  const alone = listenerOf(t, {shares: false});
  const bound = await takePort({listener: alone, host: HOST, port: 0, predecessor: null});
  assert.equal(bound?.port, alone.port());
  const {port, server} = await occupied(t);
  const successor = listenerOf(t, {shares: false});
  const later = await takePort({listener: successor, host: HOST, port, predecessor: process.pid});
  assert.equal(later?.port, port);
  const listens = later!.late!();
  await new Promise(resolve => server.close(resolve));
  await listens;
  assert.equal(successor.port(), port);
});

test('a free port is kept for the home; one that a person configured goes before it', async t => {
  const {port: taken} = await occupied(t);
  const wish = wishOf(t, {configured: taken});
  const {port} = await bindPort(wish);
  assert.notEqual(port, taken);
  assert.equal(Number(readFileSync(wish.paths.port, 'utf8')), port);
  wish.listener.stop();
  assert.equal((await bindPort({...wish, listener: listenerOf(t)})).port, port);

  const {port: wanted, server} = await occupied(t);
  await new Promise(resolve => server.close(resolve));
  const configured = wishOf(t, {configured: wanted});
  writeFileSync(configured.paths.port, '1\n');
  assert.equal((await bindPort(configured)).port, wanted);
});

test('the port that running sessions know comes first: that of a supervisor that was killed', async t => {
  const wish = wishOf(t);
  const {port, server} = await occupied(t);
  await new Promise(resolve => server.close(resolve));
  const file = {pid: 999_999_999, url: `https://localhost:${port}`, socket: '/x', version: '1', started_at: 1};
  writeFileSync(wish.paths.supervisor, JSON.stringify(file));
  assert.equal((await bindPort(wish)).port, port);
});

test('who has a port is named by pid and program; a port of nobody’s is not', async t => {
  const {port, server} = await occupied(t);
  assert.match(describeHolder(port), new RegExp(`^pid ${process.pid} \\(.*node`));
  await new Promise(resolve => server.close(resolve));
  assert.match(describeHolder(port), /cannot see/);
});
