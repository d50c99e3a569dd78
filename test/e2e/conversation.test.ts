import assert from 'node:assert/strict';
import {test} from 'node:test';
import {expectText, Home} from '../helpers/home.ts';

test('logs of an agent that keeps a history are the conversation and the last screen, also after its end', async () => {
  await using home = new Home();
  const agent = home.historian('one');
  await home.amux('register', 'one', '--dir', home.work, '--agent', 'claude', '--command', agent.command);
  await home.amux('start', 'one');
  await agent.ready();
  await home.amux('send', 'one', 'first question\nwith a second line');
  const following = home.spawn(['logs', 'one', '-f']);
  await expectText(following.stdout, '> first question\n  with a second line');
  const followed = expectText(following.stdout, '> another');
  await home.amux('send', 'one', 'another');
  assert.doesNotMatch(await followed, /first question/);
  following.kill('SIGINT');
  const shown = await home.amux('logs', 'one');
  assert.match(shown, /^\n> first question\n {2}with a second line\n\n> another\n\n[\s\S]*\? for shortcuts\n$/);
  assert.equal((await home.amux('logs', 'one', '-n', '1')).trim(), '? for shortcuts');
  await home.amux('stop', 'one');
  assert.match(await home.amux('logs', 'one'), /> another\n\n[\s\S]*shortcuts\n$/);
  await home.amux('serve', '--stop');
  assert.match(await home.amux('logs', 'one'), /> another\n\n[\s\S]*shortcuts\n$/, 'without a supervisor');
});
