import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Home, until} from '../helpers/home.ts';

type Readied = {event: string; pid: number; resumed?: string};

test('a session over its envelope is started again with its conversation, and told why', async () => {
  await using home = new Home({config: 'watchdog: {envelope: {memory: 10MB, action: restart}}\n'});
  const agent = home.historian('one');
  await home.amux('register', 'one', '--dir', home.work, '--agent', 'claude', '--command', agent.command);
  await home.amux('start', 'one');
  await agent.ready();
  const {pid} = agent;
  await home.amux('send', 'one', 'remember this');
  // Two looks, of which the second comes within ten seconds of the first.
  await until('the cap', async () => (await home.session('one')).watchdog.fired?.verdict === 'restart');
  const back = await until('the next process', () => {
    const ready = agent.entries.findLast(({event}) => event === 'ready') as Readied | undefined;
    return ready?.pid === pid ? null : ready;
  });
  assert.match(back.resumed ?? '', /^0{8}-/);
  await home.amux('send', 'one', 'and go on');
  assert.deepEqual(agent.prompts, ['remember this', 'and go on']);
  const events = await home.amux('events', '-n', '200');
  assert.match(events, /started again by the watchdog: over its envelope: memory [\d.]+ MB of 10 MB/);
  assert.equal((events.match(/envelope: restart/g) ?? []).length, 1);
});
