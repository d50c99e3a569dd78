import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {request} from 'node:http';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {Home, until} from '../helpers/home.ts';

type Queued = {id: string; text: string; state: string; reason: string};
type Stored = {type: string; reason: string};

/** The supervisor is killed up to so long after a message was accepted, in ms. */
const SPREAD_MS = 1200;

describe('messages to an agent that keeps a history', {concurrency: 2}, () => {
  const start = async (...args: string[]) => {
    const home = new Home();
    const agent = home.historian('one', ...args);
    const of = ['--agent', 'claude', '--command', agent.command, '--restart', 'never'];
    await home.amux('register', 'one', '--dir', home.work, ...of);
    await home.amux('start', 'one');
    await agent.ready();
    return {home, agent};
  };
  const reasons = (home: Home): string[] => {
    const lines = readFileSync(join(home.path, 'journal', '0000000000000001.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean);
    const entries = lines.map(line => JSON.parse(line.slice(line.indexOf('{'))) as Stored);
    return entries.filter(({type}) => type === 'message.state').map(({reason}) => reason.replace(/m-\w+/, 'm'));
  };
  const idle = (home: Home) => home.amux('wait', 'one', '--until', 'idle', '--timeout', '20s');

  test('are delivered when they stand in it, however late that is', async () => {
    const {home, agent} = await start('--late', '1200');
    await using _ = home;
    const begun = performance.now();
    assert.match(await home.amux('send', 'one', 'hello'), /^delivered to one/);
    assert.ok(performance.now() - begun > 1200);
    assert.deepEqual(agent.prompts, ['hello']);
    assert.match(reasons(home).at(-1)!, /delivered: it stands in the history/);
  });

  test('are uncertain when they do not, and are not sent again', async () => {
    const {home, agent} = await start();
    await using _ = home;
    await home.amux('send', 'one', 'fine');
    const {code, out} = await home.run(['send', 'one', 'LOSE this']);
    assert.match(out, /^uncertain for one: entered, it left the input line, but it does not stand in the history/);
    assert.equal(code, 1);
    await home.amux('send', 'one', 'after it');
    assert.deepEqual(agent.prompts, ['fine', 'after it']);
    const [lost] = await home.json<Queued[]>('queue', 'one');
    assert.equal(lost?.state, 'uncertain');
  });

  test('of the same words are each proven by a line of their own', async () => {
    const {home, agent} = await start();
    await using _ = home;
    await home.amux('send', 'one', 'continue');
    await idle(home);
    await home.amux('send', 'one', 'continue');
    assert.deepEqual(agent.prompts, ['continue', 'continue']);
    const {out} = await home.run(['send', 'one', 'LOSE continue']);
    assert.match(out, /^uncertain/, 'a line from before is no proof');
  });

  test('go back into the queue when the program ends before they arrive, and reach the next', async () => {
    const {home, agent} = await start();
    await using _ = home;
    await home.amux('send', 'one', 'fine');
    await idle(home);
    await home.run(['send', 'one', 'DIE now']);
    await until('its end', async () => !(await home.session('one')).running);
    const waiting = await until('it to wait', async () => {
      const [message] = await home.json<Queued[]>('queue', 'one');
      return message?.state === 'queued' && message;
    });
    assert.match(waiting.reason, /the program ended before it arrived/);
    assert.deepEqual(agent.prompts, ['fine']);
  });

  test('are delivered when they stand in it, also when the program ended right after', async () => {
    const {home} = await start();
    await using _ = home;
    await home.amux('send', 'one', 'fine');
    await idle(home);
    await home.run(['send', 'one', 'FALL now']);
    await until('its end', async () => !(await home.session('one')).running);
    await until('the decision', () => /delivered|queued:|uncertain/.test(reasons(home).at(-1) ?? ''));
    assert.match(reasons(home).at(-1)!, /delivered: it stands in the history/);
    assert.deepEqual(await home.json('queue', 'one'), []);
  });

  test('a lost Enter is pressed again', async () => {
    const {home, agent} = await start('--deaf', '2');
    await using _ = home;
    assert.match(await home.amux('send', 'one', 'can you hear me'), /^delivered/);
    assert.deepEqual(agent.prompts, ['can you hear me']);
  });

  test('wait while another text stands on the input line', async () => {
    const {home, agent} = await start();
    await using _ = home;
    await home.amux('keys', 'one', 'a', 'draft');
    await home.run(['send', 'one', 'mine']);
    const [waiting] = await home.json<Queued[]>('queue', 'one');
    assert.deepEqual([waiting?.state, waiting?.reason], ['queued', 'waits: another text stands on the input line']);
    await home.amux('keys', 'one', 'C-c');
    assert.deepEqual(await agent.read(1), ['mine']);
  });

  test('sent with --now end the turn, clean the input line once, and go before what waits', async () => {
    const {home, agent} = await start('--work', '900');
    await using _ = home;
    await home.amux('send', 'one', 'a long turn');
    await home.run(['send', 'one', 'waits']);
    assert.match(await home.amux('send', 'one', 'first', '--now'), /^delivered to one/);
    assert.deepEqual(await agent.read(3), ['a long turn', 'first', 'waits']);
    const keys = agent.entries.filter(({event}) => event === 'key').map(({key}) => key);
    assert.deepEqual(keys, ['escape', 'C-c']);
    assert.equal((await home.session('one')).running, true);
  });

  test('sent with --now into an open dialog wait: the key would answer it', async () => {
    const {home, agent} = await start();
    await using _ = home;
    await home.amux('send', 'one', 'ASK me');
    await until('the dialog', async () => (await home.session('one')).activity === 'waiting');
    assert.match(await home.amux('send', 'one', 'quick', '--now'), /^queued for one: it waits for a person/);
    assert.deepEqual(
      agent.entries.filter(({event}) => event === 'key'),
      [],
    );
    await home.amux('keys', 'one', 'Enter', '--force');
    assert.deepEqual(await agent.read(2), ['ASK me', 'quick']);
  });

  test('a conversation is held by one session at a time, and recorded', async () => {
    const {home, agent} = await start();
    await using _ = home;
    await home.amux('send', 'one', 'hello');
    const id = `00000000-0000-4000-8000-${String(agent.pid).padStart(12, '0')}`;
    assert.match(await home.amux('explain', 'one'), new RegExp(`conversation ${id}`));
    const two = home.historian('two');
    await home.amux('register', 'two', '--dir', home.work, '--agent', 'claude', '--command', two.command);
    const resume = () => post(home, '/api/sessions/two/start', {conversation: {id, fork: false}});
    const refused = await resume();
    assert.equal(refused.status, 409);
    assert.match(refused.text, /one has the conversation .* open/);
    await home.amux('stop', 'one');
    assert.equal((await resume()).status, 202);
    await two.ready();
    assert.match(await home.amux('explain', 'two'), new RegExp(`conversation ${id}`));
    await home.amux('send', 'two', 'go on');
    assert.deepEqual(two.prompts, ['go on']);
  });

  test('what the agent told while nobody listened is seen on its screen afterwards', async () => {
    const {home, agent} = await start('--stateless', '1', '--work', '3000');
    await using _ = home;
    const sending = home.run(['send', 'one', 'hello']);
    await until('it to work', async () => (await home.session('one')).activity === 'working');
    await home.killSupervisor();
    await sending;
    const screen = () => home.amux('peek', 'one');
    await until('the end of its turn', async () => /● done/.test(await screen()));
    await home.amux('serve', '--detach');
    await idle(home);
    await home.amux('send', 'one', 'again');
    await agent.read(2);
    assert.deepEqual(agent.prompts, ['hello', 'again']);
  });

  test('survive kill -9 of the supervisor on tmux', t => storm(t, 'tmux', 6));
  test('survive kill -9 of the supervisor on the pty host', t => storm(t, 'pty', 6));
});

/** Exactly once, in order, also with a history that lags and an Enter that is lost now and then. */
async function storm(t: TestContext, backend: string, kills: number): Promise<void> {
  await using home = new Home({config: `backend: ${backend}\n`});
  const agent = home.historian('target', '--late', '150', '--deaf', '1', '--work', '150');
  await home.amux('register', 'target', '--dir', home.work, '--agent', 'claude', '--command', agent.command);
  await home.amux('start', 'target');
  await agent.ready();
  const sent: string[] = [];
  for (let i = 0; i < kills; i++) {
    const text = `message number ${i} of the storm`;
    sent.push(text);
    const sending = home.run(['send', 'target', text]);
    await until('it to be in the journal', async () => {
      const waits = (await home.json<Queued[]>('queue', 'target')).map(each => each.text);
      return [...waits, ...agent.prompts].some(each => each.includes(text));
    });
    const moment = Math.round(((i + Math.random()) / kills) * SPREAD_MS);
    await new Promise(resolve => setTimeout(resolve, moment)); // The moment is the experiment.
    await home.killSupervisor();
    t.diagnostic(`killed ${moment} ms after message ${i}`);
    await sending;
  }
  await home.amux('serve', '--detach');
  await agent.read(kills);
  await home.amux('wait', 'target', '--until', 'idle', '--timeout', '20s');
  assert.deepEqual(agent.prompts, sent);
  assert.deepEqual(await home.json('queue', 'target'), []);
  assert.equal(agent.entries.filter(({event}) => event === 'ready').length, 1, 'the agent itself never ended');
}

async function post(home: Home, path: string, body: unknown): Promise<{status: number; text: string}> {
  return new Promise((resolve, reject) => {
    const socketPath = join(home.path, 'amux.sock');
    const call = request(
      {socketPath, path, method: 'POST', headers: {'content-type': 'application/json'}},
      response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', chunk => {
          text += chunk;
        });
        response.on('end', () => resolve({status: response.statusCode ?? 0, text}));
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}
