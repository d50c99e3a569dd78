import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {createInterface} from 'node:readline';
import {type TestContext, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {negotiate} from '../../source/backends/pty-protocol.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import {screenText} from '../../source/domain/screen.ts';
import {Emulator} from '../../source/terminal/emulator.ts';
import {contract} from './contract.ts';
import {gone, isAlive, launchOf, listen, program, screenWith, shell, until} from './probe.ts';
import {hostArgv, makePty} from './pty-subject.ts';

contract('pty', makePty);

const setUp = async (context: TestContext) => {
  const subject = await makePty();
  context.after(() => subject.dispose());
  return subject;
};

test("host and terminals survive their supervisor's kill -9, a hangup and Ctrl-C", async context => {
  const {another, ownerPid, socket} = await setUp(context);
  const parent = spawn(process.execPath, [
    '--import',
    'tsx',
    fileURLToPath(new URL('../fixtures/pty-parent.ts', import.meta.url)),
    socket,
  ]);
  context.after(() => parent.kill('SIGKILL'));
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const pid = Number(line.split(' ')[1]);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const host = await ownerPid();
  process.kill(host, 'SIGHUP');
  process.kill(host, 'SIGINT');
  const backend = another();
  assert.equal(await backend.open(), true);
  assert.equal((await backend.list())[0]?.pid, pid);
  await backend.write('s-one', 'still here\r');
  await screenWith(backend, 's-one', 'still here\nstill here');
  assert.equal(await ownerPid(), host);
});

test('the socket is for its owner only', async context => {
  const {backend, socket} = await setUp(context);
  await backend.launch(launchOf());
  assert.equal(statSync(socket).mode & 0o777, 0o600);
});

test('of hosts that start together one stays, also over the socket of a dead one', async context => {
  const {backend, ownerPid, socket} = await setUp(context);
  await backend.launch(launchOf());
  const first = await ownerPid();
  process.kill(first, 'SIGKILL');
  await gone(first);
  assert.ok(statSync(socket).isSocket(), 'the dead host left its socket');
  const hosts = Array.from({length: 4}, () => {
    const [file, ...args] = hostArgv(socket);
    return spawn(file!, args, {stdio: ['ignore', 'ignore', 'inherit']});
  });
  context.after(() => hosts.map(host => host.kill('SIGKILL')));
  const stays = await until('host on the socket', () => ownerPid().catch(() => undefined));
  for (const host of hosts) if (host.pid !== stays) await (host.exitCode === null ? once(host, 'exit') : null);
  assert.deepEqual(hosts.map(host => host.exitCode).sort(), [0, 0, 0, null]);
  assert.equal(await ownerPid(), stays);
});

test('the host ends with its last terminal; a launch right after that is served', async context => {
  const {backend, ownerPid} = await setUp(context);
  const events = listen(backend);
  await backend.launch(launchOf());
  const host = await ownerPid();
  await backend.close('s-one');
  await backend.launch(launchOf({run: 'r-2'}));
  assert.equal(await ownerPid(), host, 'a restart keeps the host');
  await backend.close('s-one');
  await gone(host);
  assert.deepEqual(await backend.list(), []);
  await backend.launch(launchOf({run: 'r-3'}));
  await screenWith(backend, 's-one', '__READY__');
  assert.notEqual(await ownerPid(), host);
  assert.equal(
    events.seen.some(event => event.type === 'lost'),
    false,
  );
});

test('both sides agree on the highest common version, or on none', () => {
  assert.equal(negotiate({min: 1, max: 1}, {min: 1, max: 4}), 1);
  assert.equal(negotiate({min: 2, max: 3}, {min: 1, max: 2}), 2);
  assert.equal(negotiate({min: 1, max: 1}, {min: 2, max: 4}), null);
});

test('the host speaks its version to a newer client, and says which it knows to one that is too new', async context => {
  const {backend, socket} = await setUp(context);
  await backend.launch(launchOf());
  const greet = async (hello: unknown) => {
    const client = connect(socket);
    client.write(`${JSON.stringify(hello)}\n`);
    const [line] = (await once(createInterface(client), 'line')) as [string];
    client.destroy();
    return JSON.parse(line) as {hello?: {version: number}; refused?: unknown};
  };
  assert.equal((await greet({hello: {min: 1, max: 7}})).hello?.version, 1);
  assert.deepEqual((await greet({hello: {min: 6, max: 7}})).refused, {min: 1, max: 1});
  assert.deepEqual((await greet({nonsense: true})).refused, {min: 1, max: 1});
  await screenWith(backend, 's-one', '__READY__');
});

test('a host that is too new is an error that says so, not a lost one', async context => {
  const {backend, socket} = await setUp(context);
  const server = createServer(client => client.end('{"refused":{"min":7,"max":9}}\n'));
  server.listen(socket);
  await once(server, 'listening');
  context.after(() => server.close());
  await assert.rejects(backend.open(), (error: unknown) => {
    return error instanceof AmuxError && error.code === 'backend.version' && error.message.includes('7 to 9');
  });
});

test('a line that is too long, or no JSON, costs the client its connection and nobody else anything', async context => {
  const {backend, socket} = await setUp(context);
  await backend.launch(launchOf());
  for (const nonsense of ['not json\n', '[]\n', 'x'.repeat(17 * 1024 * 1024)]) {
    const client = connect(socket);
    client.on('error', () => {}); // It is cut off while it writes.
    client.end(nonsense);
    client.resume();
    await new Promise(resolve => client.once('close', resolve));
  }
  await screenWith(backend, 's-one', '__READY__');
});

test("a program's questions are answered at once, the status handshake before the device attributes", async context => {
  const {backend, dir} = await setUp(context);
  const file = `${dir}/ask.mjs`;
  writeFileSync(
    file,
    `const {stdin, stdout} = process; stdin.setRawMode(true); let got = ''; let asked;
    stdin.on('data', chunk => { got += chunk; if (got.endsWith('c')) stdout.write(JSON.stringify(got) + (Date.now() - asked < 700 ? ' prompt' : ' late')); });
    setTimeout(() => { asked = Date.now(); stdout.write('\\u001b]7501;?'); setTimeout(() => stdout.write('\\u0007\\u001b[c'), 20); }, 1200);`,
  );
  await backend.launch(launchOf({argv: [process.execPath, file]}));
  await screenWith(backend, 's-one', String.raw`"\u001b]7501;?\u001b\\\u001b[?1;2c" prompt`);
});

test('the next supervisor hears at once what programs last said about themselves', async context => {
  const {backend, another} = await setUp(context);
  await backend.launch(
    launchOf({argv: shell(`printf '\\033]7501;state=blocked:kind=question\\007'; echo __READY__; exec cat`)}),
  );
  await screenWith(backend, 's-one', '__READY__');
  await backend[Symbol.asyncDispose]();
  const next = another();
  const events = listen(next);
  await next.open();
  assert.equal((await events.next('program')).state, 'blocked');
});

test('after the end of a full-screen program its last frame is shown', async context => {
  const {backend} = await setUp(context);
  const events = listen(backend);
  await backend.launch(launchOf({argv: shell(`printf '\\033[?1049h\\033[Hlast frame\\033[?1049l'`)}));
  await events.next('exit');
  assert.deepEqual(screenText(await backend.capture('s-one')), ['last frame']);
  assert.deepEqual(await backend.history('s-one', 10), ['last frame']);
});

test('what a program printed in its very last moment is kept', async context => {
  const {backend} = await setUp(context);
  const events = listen(backend);
  await backend.launch(launchOf({argv: shell('seq 1 2000; echo last; exit 7')}));
  await events.next('exit');
  assert.deepEqual(await backend.history('s-one', 2), ['2000', 'last']);
});

test('a working directory that is gone is refused', async context => {
  const {backend} = await setUp(context);
  await assert.rejects(backend.launch(launchOf({cwd: '/nowhere'})), (error: unknown) => {
    return error instanceof AmuxError && error.code === 'session.dir';
  });
});

test('output without end costs bounded memory and few events', async context => {
  const {backend, ownerPid} = await setUp(context);
  const events = listen(backend);
  await backend.launch(launchOf());
  const host = await ownerPid();
  const before = residentMegabytes(host);
  const started = Date.now();
  const flood = `yes 'some words of a line that is not short, and colours \\033[31m' | head -c 20000000; echo __DONE__; exec cat`;
  await backend.launch(launchOf({terminal: 's-flood', run: 'r-flood', argv: shell(flood)}));
  await screenWith(backend, 's-flood', '__DONE__');
  const grown = residentMegabytes(host) - before;
  assert.ok(grown < 120, `grew by ${grown} MB`);
  const told = events.seen.filter(event => event.type === 'output' && event.terminal === 's-flood').length;
  assert.ok(told <= 5 + (Date.now() - started) / 50, `${told} events`);
  assert.equal((await backend.history('s-flood', 5000)).length, 1023);
});

test('a joined terminal that does not read delays nobody, and sees the newest screen once it reads', async context => {
  const {backend, ownerPid, socket} = await setUp(context);
  await backend.launch(
    launchOf({
      argv: shell(
        `read x; i=0; while [ $i -lt 20000 ]; do echo "line $i with some text"; i=$((i+1)); done; echo __DONE__; exec cat`,
      ),
    }),
  );
  const host = await ownerPid();
  const slow = connect(socket);
  context.after(() => slow.destroy());
  const reader = createInterface(slow);
  const lines = reader[Symbol.asyncIterator]();
  const send = (message: unknown) => slow.write(`${JSON.stringify(message)}\n`);
  send({hello: {min: 1, max: 1}});
  await lines.next();
  send({id: 1, method: 'attach', params: {terminal: 's-one', size: {cols: 100, rows: 24}}});
  await lines.next();
  await until('attached terminal', async () => ((await backend.list())[0]?.attached === 1 ? true : undefined));
  slow.pause();
  const before = residentMegabytes(host);
  await backend.write('s-one', '\r');
  await screenWith(backend, 's-one', '__DONE__');
  assert.ok(residentMegabytes(host) - before < 100);
  const person = new Emulator({cols: 100, rows: 24});
  slow.resume();
  for (;;) {
    const {value} = (await lines.next()) as {value: string};
    person.feed((JSON.parse(value) as {frame: string}).frame);
    if (screenText(person.snapshot()).includes('__DONE__')) break;
  }
  assert.deepEqual(screenText(person.snapshot()), screenText(await backend.capture('s-one')));
});

test('a program that does not read its input is not waited for, and costs no processor time', async context => {
  const {backend, ownerPid} = await setUp(context);
  const argv = [
    process.execPath,
    '-e',
    'process.stdin.setRawMode(true); console.log("__READY__"); process.stdin.pause(); setInterval(() => {}, 1000)',
  ];
  const pid = await backend.launch(launchOf({argv}));
  await screenWith(backend, 's-one', '__READY__');
  await backend.paste('s-one', 'x'.repeat(1_000_000), {message: 'm', step: 'pasted'});
  const host = await ownerPid();
  const used = processorTicks(host);
  const started = Date.now();
  // 300 ms of somebody else's time.
  await backend.launch(launchOf({terminal: 's-two', run: 'r-two', argv: program('count')}));
  await until('300 ms', async () => (Date.now() - started > 300 ? true : undefined));
  assert.ok(processorTicks(host) - used < 25, `${processorTicks(host) - used} ticks`);
  assert.ok(isAlive(pid));
});

const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

/** Hundredths of a second. */
function processorTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
