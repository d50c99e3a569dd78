import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Supervised} from '../helpers/supervised.ts';
import {temporaryHome} from '../store/records.ts';

test('who clears a queue and who ends the supervisor stands in the journal', async () => {
  const home = await Supervised.open(temporaryHome(), {now: Date.now, sessions: ['ada']});
  const fleet = home.supervisor.as('api:ci');
  await fleet.send('ada', {text: 'not needed'});
  assert.equal(await fleet.clearQueue('ada'), 1);
  await fleet.shutdown();
  await home.supervisor[Symbol.asyncDispose]();
  const told = home.store.read({after: 0, limit: 100}).map(({type, actor}) => `${type} ${actor}`);
  assert.deepEqual(told.slice(-3), ['message.queued api:ci', 'message.state api:ci', 'supervisor.stopped api:ci']);
  await home.close();
});

test('a supervisor whose process is stopped ends by itself', async () => {
  const home = await Supervised.open(temporaryHome(), {now: Date.now});
  await home.supervisor[Symbol.asyncDispose]();
  const last = home.store.read({after: 0, limit: 100}).at(-1);
  assert.deepEqual([last?.type, last?.actor], ['supervisor.stopped', 'supervisor']);
  await home.close();
});
