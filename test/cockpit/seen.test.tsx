import assert from 'node:assert/strict';
import {test} from 'node:test';
import {openCockpit} from './open-cockpit.tsx';
import {sceneFleet} from './scene.ts';

test('a finished session that is selected is seen once its terminal has the focus, and not before', async () => {
  const fleet = sceneFleet();
  fleet.set('payments', {activity: 'finished', waitingFor: null});
  const {promise, resolve} = Promise.withResolvers<() => void>();
  const whenHere = (act: () => void) => {
    resolve(act);
    return () => {};
  };
  using cockpit = openCockpit({fleet, whenHere});
  await cockpit.see(/✓ 1 done/);
  for (const key of '/payments\r') cockpit.press(key);
  await cockpit.see(/✓ finished/);
  const here = await promise;
  assert.ok(!fleet.calls.includes('seen payments'));
  here();
  await cockpit.see(/○ idle/);
  assert.ok(fleet.calls.includes('seen payments'));
});
