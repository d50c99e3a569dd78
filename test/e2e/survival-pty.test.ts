import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {assertFailed, Home} from '../helpers/home.ts';
import {pathWithoutTmux} from '../helpers/without-tmux.ts';
import {survival} from './survival.ts';

const links = mkdtempSync(join(tmpdir(), 'amux-links-'));
const home = new Home({path: pathWithoutTmux(links)});
after(async () => {
  await home[Symbol.asyncDispose]();
  rmSync(links, {recursive: true});
});

survival(home, 'pty');

test('backend: pty takes the pty host also where tmux is installed', async () => {
  await using chosen = new Home({config: 'backend: pty\n'});
  const agent = await chosen.startAgent('one');
  assert.match(await chosen.amux('send', 'one', 'hello'), /^delivered/);
  assert.deepEqual(await agent.read(1), ['hello']);
  assert.match(await chosen.amux('doctor'), /pty backend; 1 session, 1 running/);
  assert.match(await chosen.amux('doctor'), /✓ tmux/);
});

test('sessions of the one backend live on when the configuration changes to the other', async () => {
  await using chosen = new Home();
  const first = await chosen.startAgent('first');
  await chosen.amux('serve', '--stop');
  writeFileSync(join(chosen.path, 'config.yaml'), 'backend: pty\n');
  const second = await chosen.startAgent('second');
  for (const [name, agent] of [
    ['first', first],
    ['second', second],
  ] as const) {
    assert.match(await chosen.amux('send', name, `hello ${name}`), /^delivered/);
    assert.deepEqual(await agent.read(1), [`hello ${name}`]);
  }
});

test('backend: tmux where there is none is said by every command that needs it', async () => {
  await using chosen = new Home({config: 'backend: tmux\n', path: join(links, 'without-tmux')});
  const says = /the tmux backend failed: it is not installed, and the configuration asks for it/;
  assertFailed(await chosen.run(['register', 'a', '--dir', '/tmp']), 1, says);
  const doctor = await chosen.run(['doctor']);
  assert.match(doctor.out, says);
  assert.equal(doctor.code, 1);
});
