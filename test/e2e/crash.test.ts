import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {lineage} from '../../source/backends/process-tree.ts';
import {type Agent, Home, until} from '../helpers/home.ts';
import {kill} from '../helpers/processes.ts';

const CONTINUE = /^Your process ended in the middle of your last turn/;

/** Longer than the quiet that ends a turn, in ms. */
const LATE_MS = 2500;

type Readied = {event: string; pid: number; resumed?: string};

/** A process that stands ready in the place of one that was killed. */
async function isBack(agent: Agent, killed: number): Promise<Readied> {
  const ready = () => agent.entries.findLast(({event}) => event === 'ready') as Readied | undefined;
  return until('it to be back', () => (ready()?.pid === killed ? null : ready()));
}

const firings = (home: Home): string[] => {
  const file = join(home.path, 'journal', '0000000000000001.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const entries = lines.map(line => JSON.parse(line.slice(line.indexOf('{'))) as {type: string; reason: string});
  return entries.filter(({type}) => type === 'watchdog.fired').map(({reason}) => reason);
};
const takenUp = (home: Home) =>
  until('its turn to be taken up', () => firings(home).find(reason => /^crash: (continue|deliver|back);/.test(reason)));

describe('a killed agent that keeps its conversation', {concurrency: 2}, () => {
  const start = async (...args: string[]) => {
    const home = new Home();
    const agent = home.historian('one', ...args);
    await home.amux('register', 'one', '--dir', home.work, '--agent', 'claude', '--command', agent.command);
    await home.amux('start', 'one');
    await agent.ready();
    return {home, agent};
  };

  test('in its turn: comes back with the same conversation and is asked to continue, once', async () => {
    const {home, agent} = await start();
    await using _ = home;
    await home.amux('send', 'one', 'first');
    await home.amux('wait', 'one', '--until', 'idle', '--timeout', '20s');
    await home.amux('send', 'one', 'HOLD it');
    await home.run(['send', 'one', 'waits']);
    const {pid} = agent;
    await kill(pid);
    assert.match((await isBack(agent, pid)).resumed ?? '', /^0{8}-/);
    const prompts = await agent.read(4);
    assert.deepEqual(
      prompts.map(text => (CONTINUE.test(text) ? 'continue' : text)),
      ['first', 'HOLD it', 'continue', 'waits'],
    );
    assert.match(await home.amux('explain', 'one'), /running/);
  });

  test('at rest: comes back, and nothing is said to it', async () => {
    const {home, agent} = await start();
    await using _ = home;
    await home.amux('send', 'one', 'first');
    await home.amux('wait', 'one', '--until', 'idle', '--timeout', '20s');
    const {pid} = agent;
    await kill(pid);
    await isBack(agent, pid);
    assert.match(await takenUp(home), /no turn was cut off/);
    await home.amux('send', 'one', 'second');
    assert.deepEqual(agent.prompts, ['first', 'second']);
  });

  test('before its first prompt: begins afresh, and what is sent meanwhile arrives', async () => {
    const {home, agent} = await start();
    await using _ = home;
    const {pid} = agent;
    await kill(pid);
    await home.run(['send', 'one', 'hello']);
    const back = await isBack(agent, pid);
    assert.equal(back.resumed, undefined);
    assert.deepEqual(await agent.read(1), ['hello']);
  });

  test('in its turn while no supervisor runs: the next supervisor brings it back', async () => {
    const {home, agent} = await start();
    await using _ = home;
    await home.amux('send', 'one', 'HOLD it');
    const {pid} = agent;
    await home.killSupervisor();
    await kill(pid);
    const dead = await home.session('one');
    assert.deepEqual([dead.status, dead.exit?.signal], ['failed', 'SIGKILL']);
    await home.amux('serve', '--detach');
    await isBack(agent, pid);
    assert.match((await agent.read(2))[1]!, CONTINUE);
  });

  test('while it compacts: the compaction is begun again', async () => {
    const {home, agent} = await start('--compact', '60000');
    await using _ = home;
    await home.amux('send', 'one', 'first');
    await home.amux('wait', 'one', '--until', 'idle', '--timeout', '20s');
    const count = () => agent.entries.filter(({event}) => event === 'compact').length;
    await home.run(['send', 'one', '/compact', '--as-command']);
    await until('it to compact', () => count() === 1);
    const {pid} = agent;
    await kill(pid);
    await isBack(agent, pid);
    await until('it to compact again', () => count() === 2);
    assert.deepEqual(agent.prompts, ['first']);
  });

  test('five times: fails with its last screen, and a start begins anew', async () => {
    const {home, agent} = await start();
    await using _ = home;
    await home.amux('send', 'one', 'first');
    await home.amux('wait', 'one', '--until', 'idle', '--timeout', '20s');
    for (let killed = 1; killed <= 5; killed++) {
      const {pid} = agent;
      await kill(pid);
      if (killed < 5) await isBack(agent, pid);
    }
    await until('it to fail', async () => (await home.session('one')).status === 'failed');
    const {reason, exit} = await home.session('one');
    assert.match(reason, /killed by SIGKILL; not started again after 5 crashes in 10 minutes/);
    assert.equal(exit?.signal, 'SIGKILL');
    assert.match(await home.amux('peek', 'one'), /❯/);
    await home.amux('start', 'one');
    assert.equal((await home.session('one')).status, 'running');
  });
});

test('a killed agent without a conversation gets the text of its turn once more', async () => {
  await using home = new Home();
  const agent = await home.startAgent('one', '--work', '60000');
  await home.amux('send', 'one', 'do it');
  const {pid} = agent;
  await kill(pid);
  await isBack(agent, pid);
  assert.deepEqual(await agent.read(2), ['do it', 'do it']);
});

test('the silence of a killed agent whose end its terminal tells late is no rest', async () => {
  await using home = new Home();
  const agent = await home.startAgent('one', '--work', '60000');
  await home.amux('send', 'one', 'do it');
  const {pid} = agent;
  const tmux = lineage(pid)[1]!.pid;
  process.kill(tmux, 'SIGSTOP');
  try {
    await kill(pid);
    await pause(LATE_MS); // What does not happen meanwhile is tried.
  } finally {
    process.kill(tmux, 'SIGCONT');
  }
  await isBack(agent, pid);
  assert.deepEqual(await agent.read(2), ['do it', 'do it']);
});
