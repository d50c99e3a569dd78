import assert from 'node:assert/strict';
import {test} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import type {Outcome, Selection} from '../../source/domain/fleet.ts';
import {FakeFleet, sessionOf} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';

const compactCalls = ({calls}: FakeFleet): string[] => calls.filter(call => call.startsWith('compact '));
const three = () => ['api', 'web', 'tool'].map(name => sessionOf({name}));

test('C compacts the selected session, or all that are marked, and the palette those that are named', async () => {
  using cockpit = openCockpit({fleet: new FakeFleet(three())});
  await cockpit.see(/COMMAND/);
  cockpit.press('C');
  await cockpit.see(/compact api +at its next turn boundary/);
  for (const key of ['m', 'j', 'm', 'C']) cockpit.press(key);
  await cockpit.see(/compact 2 sessions +each at its next turn boundary/);
  cockpit.press(':');
  await cockpit.see(/❯/);
  for (const key of 'compact tool') cockpit.press(key);
  cockpit.press('\r');
  await cockpit.see(/compact tool/);
  assert.deepEqual(compactCalls(cockpit.fleet), ['compact api', 'compact api web', 'compact tool']);
});

class Refusing extends FakeFleet {
  override async compact(of: Selection): Promise<Outcome[]> {
    const outcomes = await super.compact(of);
    return outcomes.map(outcome => {
      if (outcome.name !== 'tool') return outcome;
      const {code, message, hint} = new AmuxError('agent.compact', {name: 'tool', agent: 'generic'});
      return {...outcome, ok: false, error: {code, message, hint}};
    });
  }
}

test('who cannot be compacted is told with the reason, beside those that are', async () => {
  using cockpit = openCockpit({fleet: new Refusing(three())});
  await cockpit.see(/COMMAND/);
  cockpit.press('*');
  cockpit.press('C');
  await cockpit.see(/compact: refused by 1 of 3[\s\S]*tool cannot be compacted[\s\S]*2 of them are compacted/);
});

test('what does not run offers no compaction', async () => {
  using cockpit = openCockpit({fleet: new FakeFleet([sessionOf({name: 'api', running: false, status: 'stopped'})])});
  await cockpit.see(/COMMAND/);
  cockpit.press('C');
  await cockpit.see(/api is not running/);
  assert.deepEqual(compactCalls(cockpit.fleet), []);
});

test('a session that sleeps for a limit says until when, and needs nobody', async () => {
  const asleep = sessionOf({name: 'api', activity: 'waiting'});
  const detail = 'sleeps until 15:04: API Error: 429';
  const until = {...asleep, waitingFor: {kind: 'limit' as const, detail}, watchdog: {...asleep.watchdog, until: 1}};
  using cockpit = openCockpit({fleet: new FakeFleet([until])});
  await cockpit.see(/usage limit[\s\S]*sleeps until 15:04/);
  assert.doesNotMatch(cockpit.frame(), /need you/);
});
