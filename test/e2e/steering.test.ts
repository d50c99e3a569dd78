import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {ended, Home, until} from '../helpers/home.ts';

// A short quiet time: a turn of the fixture ends as soon as it is silent for so long.
const home = new Home({config: 'agents:\n  fixture:\n    type: generic\n    quiet: 0.4\n'});
after(() => home[Symbol.asyncDispose]());

type Queued = {id: string; text: string; state: string; reason: string};

async function prepare(name: string, ...args: string[]) {
  const agent = home.agent(name, ...args);
  await home.amux('register', name, '--dir', home.work, '--agent', 'fixture', '--command', agent.command);
  return agent;
}

async function start(name: string, ...args: string[]) {
  const agent = await prepare(name, ...args);
  await home.amux('start', name);
  await agent.ready();
  return agent;
}

test('messages wait for a stopped session and are delivered in order, one at each turn boundary', async () => {
  const agent = await prepare('order', '--work', '700');
  for (const text of ['first', 'second', 'third']) {
    assert.match(await home.amux('send', 'order', text), /^queued for order: order does not run: amux start order/);
  }
  assert.equal((await home.session('order')).queue, 3);
  await home.amux('start', 'order');
  assert.deepEqual(await agent.read(1), ['first']);
  assert.equal((await home.json<Queued[]>('queue', 'order')).length, 2, 'the others wait for the end of the turn');
  assert.deepEqual(await agent.read(3), ['first', 'second', 'third']);
  await home.amux('wait', 'order', '--until', 'idle', '--timeout', '20s');
  const screen = await home.amux('peek', 'order');
  // Each answer stands before the next prompt: nothing was typed into a turn.
  assert.match(screen, /> first\nworking \.+ done 5\n> second\nworking \.+ done 6\n> third\nworking \.+ done 5\n>/);
  assert.equal((await home.session('order')).queue, 0);
});

test('a message that is sent while the agent works waits, says so, and arrives after the turn', async () => {
  const agent = await start('busy', '--work', '4200');
  assert.match(await home.amux('send', 'busy', 'long work'), /^delivered to busy/);
  await agent.read(1);
  assert.match(await home.amux('send', 'busy', 'next'), /^queued for busy: it is working; delivered when its turn/);
  assert.deepEqual(agent.prompts, ['long work']);
  assert.deepEqual(await agent.read(2), ['long work', 'next']);
});

test('Ctrl-C ends a send that still watches, and the message stays in the queue', async () => {
  await start('patient', '--work', '2500');
  await home.amux('send', 'patient', 'long work');
  const sending = home.spawn(['send', 'patient', 'later']);
  await until('it to be queued', async () => (await home.json<Queued[]>('queue', 'patient')).length === 1);
  const end = ended(sending);
  sending.kill('SIGINT');
  await end;
  assert.equal(sending.signalCode, 'SIGINT');
  assert.equal((await home.json<Queued[]>('queue', 'patient'))[0]?.text, 'later');
});

test('a paste is bracketed when the program switched that on, and several lines stay one message', async () => {
  const agent = await start('brackets', '--paste');
  await home.run(['send', 'brackets', '-'], {input: 'one\ntwo\n\tthree — ✓\n'});
  await agent.read(1);
  assert.deepEqual(
    agent.entries.filter(({event}) => event === 'prompt').map(({text, pasted}) => ({text, pasted})),
    [{text: 'one\ntwo\n\tthree — ✓', pasted: true}],
  );
});

test('a program without bracketed paste gets plain text, line by line', async () => {
  const agent = await start('plain');
  await home.run(['send', 'plain', '-'], {input: 'one\ntwo'});
  await agent.read(2);
  assert.deepEqual(
    agent.entries.filter(({event}) => event === 'prompt').map(({text, pasted}) => ({text, pasted})),
    [
      {text: 'one', pasted: false},
      {text: 'two', pasted: false},
    ],
  );
});

test('a message of 50 KB arrives whole, once', async () => {
  const agent = await start('large', '--paste');
  const text = Array.from({length: 1000}, (_, i) => `${i}: ${'zażółć gęślą jaźń '.repeat(2)}`).join('\n');
  assert.ok(Buffer.byteLength(text) > 50_000);
  const sent = await home.run(['send', 'large', '-'], {input: text});
  assert.equal(sent.code, 0, sent.err);
  const [read] = await agent.read(1);
  assert.equal(read, text);
  await home.amux('send', 'large', 'and then');
  assert.deepEqual((await agent.read(2)).slice(1), ['and then']);
});

test('a lost Enter is pressed again, and the text is not typed again', async () => {
  const agent = await start('deaf', '--deaf', '1');
  await home.amux('send', 'deaf', 'can you hear me');
  assert.deepEqual(await agent.read(1), ['can you hear me']);
  await home.amux('send', 'deaf', 'good');
  assert.deepEqual(await agent.read(2), ['can you hear me', 'good']);
});

test('a message that stays on the input line is uncertain, said so, and not typed again', async () => {
  const agent = await start('stone', '--deaf', '99');
  const {code, out} = await home.run(['send', 'stone', 'hello?']);
  assert.equal(code, 1);
  assert.match(out, /^uncertain for stone: still on the input line/);
  assert.match(await home.amux('queue', 'stone'), /uncertain/);
  assert.deepEqual(agent.prompts, []);
});

test('nothing is delivered into an open dialog; keys are refused there unless forced', async () => {
  const agent = await start('asks', '--block', 'danger');
  await home.amux('send', 'asks', 'danger zone');
  await agent.read(1);
  const waiting = await until('the dialog', async () => {
    const session = await home.session('asks');
    return session.activity === 'waiting' && session;
  });
  assert.equal(waiting.waitingFor?.kind, 'permission');
  assert.match(await home.amux('send', 'asks', 'later'), /^queued for asks: it waits for a person/);
  const refused = await home.run(['keys', 'asks', 'Enter']);
  assert.equal(refused.code, 4);
  assert.match(refused.err, /asks shows a dialog \(permission\); keys would answer it · repeat with --force/);
  assert.deepEqual(agent.prompts, ['danger zone']);
  await home.amux('keys', 'asks', 'Enter', '--force');
  assert.deepEqual(await agent.read(2), ['danger zone', 'later']);
});

test('keys are pressed by their names, and other words are typed', async () => {
  const agent = await start('keyed');
  await home.amux('keys', 'keyed', 'hello', 'Space', 'you', 'Enter');
  assert.deepEqual(await agent.read(1), ['hello you']);
});

test('queue shows what waits, and --clear drops it', async () => {
  const agent = await prepare('cleared');
  await home.amux('send', 'cleared', 'never mind');
  const [message] = await home.json<Queued[]>('queue', 'cleared');
  assert.equal(message?.state, 'queued');
  assert.equal(await home.amux('queue', 'cleared', '--clear'), '1 dropped\n');
  assert.deepEqual(await home.json<Queued[]>('queue', 'cleared'), []);
  await home.amux('start', 'cleared');
  await agent.ready();
  await home.amux('send', 'cleared', 'this one');
  assert.deepEqual(await agent.read(1), ['this one']);
});

test('a control character in a message reaches no terminal', async () => {
  const agent = await start('clean', '--paste');
  await home.run(['send', 'clean', '-'], {input: 'a\u001b[201~\rb\u0003c\u0000d'});
  const [read] = await agent.read(1);
  assert.ok(!/[\u0000-\u0008\u000b-\u001f]/.test(read!.replaceAll('\n', '')), JSON.stringify(read));
  await home.amux('stop', '--all', '--force');
});
