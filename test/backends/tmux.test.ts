import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {mkdtemp, rename, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {spawn} from 'node-pty';
import {TmuxBackend} from '../../source/backends/tmux.ts';
import {contract, type Subject} from './contract.ts';
import {launchOf, listen, program, screenWith, shell, until} from './probe.ts';

/** Longest that the end of an attached client is waited for, in ms. */
const WAIT_MS = 30_000;

contract('tmux', subject);

test('a resize for a peek, whenever it comes, does not hold the window of who attaches', async context => {
  const {backend, dispose} = await subject();
  context.after(dispose);
  await backend.launch(launchOf({argv: program('size')}));
  const sizeIs = (cols: number, rows: number, attached: number) =>
    until(`${cols}x${rows} with ${attached} attached`, async () => {
      const [info] = await backend.list();
      return info?.cols === cols && info.rows === rows && info.attached === attached ? true : undefined;
    });
  const [file, ...args] = backend.attachArgv('s-one')!;
  const {TMUX: _, ...env} = process.env;
  for (let round = 0; round < 20; round++) {
    const peek = {cols: 60, rows: 20 - (round % 2)};
    if (round % 2 === 0) await backend.resize('s-one', peek);
    const person = spawn(file!, args, {cols: 120, rows: 41, env: {...env, TERM: 'xterm-256color'}});
    const left = new Promise<void>(resolve => person.onExit(() => resolve()));
    const resizes = [backend.resize('s-one', peek)];
    const timer = setInterval(() => resizes.push(backend.resize('s-one', peek)), 1);
    await sizeIs(120, 40, 1).finally(() => clearInterval(timer));
    await Promise.all(resizes);
    await sizeIs(120, 40, 1);
    person.write('\x02d');
    await left;
    await backend.detached('s-one');
    await sizeIs(peek.cols, peek.rows, 0);
  }
});

test('a client that failed once hides no terminals, and one that goes on to fail is told', async context => {
  const {bin, fail} = await failing(context);
  const {backend, another, dispose} = await subject();
  context.after(dispose);
  await backend.launch(launchOf({argv: program('size')}));
  await fail(`mkdir ${bin}/once`);
  const second = another();
  assert.ok(await second.open());
  assert.deepEqual(
    (await second.list()).map(({terminal, exit}) => [terminal, exit]),
    [['s-one', null]],
  );
  await fail('true');
  await assert.rejects(another().open(), /cannot fork/);
});

test('a connection that is lost, and cannot be made again for a while, ends no terminal', async context => {
  const {bin, fail, failures} = await failing(context);
  const {backend, client, dispose} = await subject();
  context.after(dispose);
  const events = listen(backend);
  await backend.launch(launchOf({argv: program('size')}));
  const pid = client();
  await fail(`echo >>${bin}/failures`);
  process.kill(pid, 'SIGKILL');
  await until('more failures than one attempt has', async () => failures() > 12 || undefined);
  await assert.rejects(backend.list(), /no connection to the tmux server/);
  await fail('false');
  const [info] = await until('a new connection', () => backend.list().catch(() => undefined));
  assert.deepEqual([info!.terminal, info!.exit], ['s-one', null]);
  assert.deepEqual(
    events.seen.filter(({type}) => type === 'lost' || type === 'exit'),
    [],
  );
});

test('a connection that is being made when it is closed is not kept', async context => {
  const {bin, fail, failures} = await failing(context);
  const {backend, client, command, dispose} = await subject();
  context.after(dispose);
  await backend.launch(launchOf({argv: program('size')}));
  const pid = client();
  // A client that answers only when it may: the question whether somebody serves is under way until then.
  await fail(`echo >>${bin}/failures; until [ -e ${bin}/go ]; do sleep 0.02; done; false`);
  process.kill(pid, 'SIGKILL');
  await until('the question', async () => failures() > 0 || undefined);
  await backend[Symbol.asyncDispose]();
  await writeFile(join(bin, 'go'), '');
  await assert.rejects(backend.open(), /is closed/);
  await fail('false');
  assert.equal(command('list-clients'), '');
});

test('what an attached person pastes or clicks takes no server with it once the process has ended', async context => {
  const {backend, command, ownerPid, dispose} = await subject();
  context.after(dispose);
  const events = listen(backend);
  await backend.launch(launchOf());
  const pid = await backend.launch(launchOf({terminal: 's-two', run: 'r-two'}));
  const owner = await ownerPid();
  command('set-buffer', 'copied');
  // Keys that come at once are no paste.
  command('set-option', '-g', 'assume-paste-time', '0');
  const [file, ...args] = backend.attachArgv('s-two')!;
  const {TMUX: _, ...env} = process.env;
  const person = spawn(file!, args, {cols: 100, rows: 30, env: {...env, TERM: 'xterm-256color'}});
  const gone = new Promise<void>(resolve => person.onExit(() => resolve()));
  const bound = new Promise<void>(resolve => setTimeout(resolve, WAIT_MS).unref());
  await until('somebody attached', async () => (await backend.list()).some(({attached}) => attached > 0) || undefined);
  person.write('\x02]');
  await screenWith(backend, 's-two', 'copied');
  process.kill(pid, 'SIGKILL');
  await events.next('exit');
  const [left, middle, right] = [0, 1, 2].map(button => `\x1b[<${button};5;5M\x1b[<${button};5;5m`);
  for (const keys of ['x\r', '\x02]', '\x02=', left, middle, right, 'R', '\x02[q', '\x1b[O\x1b[I']) person.write(keys!);
  person.write('\x02d');
  await Promise.race([gone, bound]);
  assert.deepEqual(
    (await backend.list()).map(({terminal, attached, exit}) => [terminal, attached, exit === null]),
    [
      ['s-one', 0, true],
      ['s-two', 0, false],
    ],
  );
  assert.equal(await ownerPid(), owner);
});

test('a terminal whose pane somebody closes has ended, and its place is free', async context => {
  const {backend, command, dispose} = await subject();
  context.after(dispose);
  const events = listen(backend);
  await backend.launch(launchOf());
  command('kill-pane', '-t', '=s-one:');
  const {run, exit} = await events.next('exit');
  assert.deepEqual([run, exit.code, exit.signal], ['r-one', null, null]);
  await backend.close('s-one');
  await backend.launch(launchOf({run: 'r-two'}));
  assert.deepEqual(
    (await backend.list()).map(info => [info.run, info.exit]),
    [['r-two', null]],
  );
});

test('windows and panes that a person opens beside a terminal are none of it, and go with it', async context => {
  const {backend, another, command, dispose} = await subject();
  context.after(dispose);
  const events = listen(backend);
  await backend.launch(launchOf());
  for (const open of ['split-window', 'new-window']) command(open, '-t', '=s-one:', 'exit 3');
  await until('the end of both', async () => {
    const dead = command('list-panes', '-a', '-F', '#{pane_dead}').split('\n');
    return dead.filter(word => word === '1').length >= 2 ? true : undefined;
  });
  for (const side of [backend, another()]) {
    await side.open();
    assert.deepEqual(
      (await side.list()).map(({terminal, exit}) => [terminal, exit]),
      [['s-one', null]],
    );
  }
  await backend.launch(launchOf({terminal: 's-two', argv: shell('exit 4')}));
  await events.next('exit', ({terminal}) => terminal === 's-two');
  assert.deepEqual(
    events.seen.filter(event => event.type === 'exit').map(({terminal}) => terminal),
    ['s-two'],
  );
  await backend.close('s-one');
  await backend.launch(launchOf({run: 'r-two'}));
});

test('a terminal is known again where its session was renamed, or taken away from around it', async context => {
  const {backend, another, command, dispose} = await subject();
  context.after(dispose);
  await backend.launch(launchOf());
  await backend.launch(launchOf({terminal: 's-two'}));
  command('rename-session', '-t', '=s-one', 'mine');
  command('kill-session', '-t', '=s-two');
  const successor = another();
  await successor.open();
  assert.deepEqual((await successor.list()).map(({terminal, exit}) => [terminal, exit]).sort(), [
    ['s-one', null],
    ['s-two', null],
  ]);
  for (const terminal of ['s-one', 's-two']) await successor.write(terminal, 'still here\r');
  await screenWith(successor, 's-two', 'still here');
  await successor.close('s-one');
  await successor.close('s-two');
  assert.deepEqual(await successor.list(), []);
});

test('a socket that somebody deletes is there again, and leads to the same terminals', async context => {
  const {backend, another, command, dispose} = await subject();
  context.after(dispose);
  await backend.launch(launchOf());
  const socket = command('display-message', '-p', '#{socket_path}').trim();
  await rm(socket);
  await until('the socket', async () => (existsSync(socket) ? true : undefined));
  const successor = another();
  assert.ok(await successor.open());
  assert.deepEqual(
    (await successor.list()).map(({terminal, exit}) => [terminal, exit]),
    [['s-one', null]],
  );
});

/** With `fail` every client of tmux fails from then on where `when`, a command of the shell, succeeds. */
async function failing(context: TestContext) {
  const bin = await mkdtemp(join(tmpdir(), 'amux-tmux-bin-'));
  const {PATH} = process.env;
  const real = execFileSync('sh', ['-c', 'command -v tmux'], {encoding: 'utf8'}).trim();
  context.after(async () => {
    process.env['PATH'] = PATH;
    await rm(bin, {recursive: true});
  });
  process.env['PATH'] = `${bin}:${PATH}`;
  const file = join(bin, 'tmux');
  const failures = join(bin, 'failures');
  return {
    bin,
    fail: async (when: string) => {
      const text = `#!/bin/sh\n${when} && { echo cannot fork >&2; exit 1; }\nexec ${real} "$@"\n`;
      await writeFile(`${file}.new`, text, {mode: 0o755});
      await rename(`${file}.new`, file);
    },
    /** Lines of the file `failures`. */
    failures: () => (existsSync(failures) ? readFileSync(failures).length : 0),
  };
}

async function subject(): Promise<Subject & {client: () => number; command: (...args: string[]) => string}> {
  const dir = await mkdtemp(join(tmpdir(), 'amux-tmux-'));
  const options = {socket: join(dir, 'tmux.sock'), conf: join(dir, 'tmux.conf'), detachKey: 'C-b d'};
  const made: TmuxBackend[] = [];
  const open = () => {
    const backend = new TmuxBackend(options);
    made.push(backend);
    return backend;
  };
  const command = (...args: string[]) => execFileSync('tmux', ['-S', options.socket, ...args], {encoding: 'utf8'});
  return {
    backend: open(),
    another: open,
    command,
    client: () => Number(command('list-clients', '-F', '#{client_pid}')),
    ownerPid: async () => made[0]!.serverPid,
    async dispose() {
      for (const backend of made) await backend[Symbol.asyncDispose]();
      const last = open();
      if (await last.open()) {
        for (const {terminal} of await last.list()) await last.close(terminal);
        await last.end();
      }
      await rm(dir, {recursive: true, force: true});
    },
  };
}
