import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {Home} from '../helpers/home.ts';

test('a fault in what is read anew keeps no supervisor from starting, and is told', async () => {
  await using home = new Home();
  writeFileSync(join(home.path, 'config.yaml'), 'watchdog: {crash: maybe}\nnotices: {bell: 3}\n');
  await home.startAgent('one');
  await home.killSupervisor();
  assert.match(await home.amux('ps'), /running/);
  await home.amux('stop', 'one');
  assert.match(await home.amux('events'), /notice .*config\.yaml:1:12: watchdog\.crash/);
  assert.equal((await home.run(['config', 'validate'])).code, 1);
});
