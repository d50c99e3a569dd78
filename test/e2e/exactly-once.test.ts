import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {Home, until} from '../helpers/home.ts';

/** The supervisor is killed up to so long after a message was accepted, in ms: while it is typed, entered, verified. */
const SPREAD_MS = 1600;

describe('messages survive kill -9 of the supervisor at random moments, and arrive exactly once, in order', {
  concurrency: 2,
}, () => {
  test('tmux', t => storm(t, 'tmux', 10));
  test('pty host', t => storm(t, 'pty', 8));
});

async function storm(t: TestContext, backend: string, kills: number): Promise<void> {
  await using home = new Home({
    config: `backend: ${backend}\nagents:\n  fixture:\n    type: generic\n    quiet: 0.4\n`,
  });
  const agent = home.agent('target', '--paste', '--work', '150');
  await home.amux('register', 'target', '--dir', home.work, '--agent', 'fixture', '--command', agent.command);
  await home.amux('start', 'target');
  await agent.ready();
  const sent: string[] = [];
  for (let i = 0; i < kills; i++) {
    const text = `message number ${i} of the storm`;
    sent.push(text);
    const sending = home.run(['send', 'target', text]);
    await until('it to be in the journal', async () => (await accepted()).some(each => each.includes(text)));
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

  async function accepted(): Promise<string[]> {
    const waits = (await home.json<{text: string}[]>('queue', 'target')).map(({text}) => text);
    return [...waits, ...agent.prompts];
  }
}
