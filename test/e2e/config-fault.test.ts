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

test('without a supervisor, a fault in the configuration keeps nobody from looking, and a start is refused', async () => {
  await using home = new Home();
  await home.startAgent('one');
  await home.killSupervisor();
  writeFileSync(join(home.path, 'config.yaml'), 'theme: [\n');
  const warning = /^amux: .*config\.yaml:\d+:\d+: .*default settings count · amux config validate checks the file$/m;
  for (const [line, says] of [
    ['ps', /running .* {2}one$/m],
    ['events', /start requested/],
    ['peek one', /__READY__/],
    ['queue one', /^ID/],
  ] as const) {
    const {code, out, err} = await home.run(line.split(' '));
    assert.equal(code, 0, err);
    assert.match(err, warning);
    assert.match(out, says);
  }
  for (const args of [
    ['start', 'one'],
    ['serve', '--detach'],
  ]) {
    const {code, err} = await home.run(args);
    assert.equal(code, 1, err);
    assert.match(err, /^amux: \S+config\.yaml:\d+:\d+: /);
  }
  writeFileSync(join(home.path, 'config.yaml'), '');
  await home.amux('stop', '--all');
});
