import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {Home} from '../helpers/home.ts';
import {Terminal} from '../helpers/terminal.ts';

test('an open cockpit brings back a supervisor that was killed, and none that was stopped', async () => {
  await using home = new Home();
  const agent = await home.startAgent('ada');
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 40});
  await cockpit.expect(/headless +\d\d:\d\d[\s\S]*╭─ ada/);
  const killed = home.supervisorPid;
  await home.killSupervisor();
  await cockpit.until(() => home.supervisorPid !== killed, 'another supervisor');
  await cockpit.expect(/headless +\d\d:\d\d/);
  cockpit.press(' hello');
  await cockpit.expect(/ada ❯ hello/);
  cockpit.press('\r');
  assert.deepEqual(await agent.read(1), ['hello']);

  await home.amux('serve', '--stop');
  // It was tried again meanwhile.
  await cockpit.expect(/no connection for 5s/);
  assert.ok(!existsSync(join(home.path, 'amux.sock')));
  cockpit.press('q');
  assert.equal(await cockpit.ended(), 0);
});

test('what is typed after the end of its process is dropped until the leaving key', async () => {
  await using home = new Home();
  await home.amux('register', 'shell', '--dir', home.work, '--agent', 'generic', '--command', 'sh');
  await home.amux('start', 'shell');
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 40});
  await cockpit.expect(/╭─ shell/);
  cockpit.press('i');
  await cockpit.expect(/TYPING → shell/);
  cockpit.press('exit\r');
  await cockpit.expect(/completed|stopped/);
  cockpit.press('rest of it');
  await cockpit.expect(/shell has ended: this went nowhere/);
  await cockpit.expect(/TYPING → shell/);
  assert.equal((await home.session('shell')).running, false);
  cockpit.press('\x1d');
  await cockpit.expect(/COMMAND/);
});

test('what is typed after the removal of its session is dropped until the leaving key', async () => {
  await using home = new Home();
  for (const name of ['other', 'shell']) {
    await home.amux('register', name, '--dir', home.work, '--agent', 'generic', '--command', 'cat');
    await home.amux('start', name);
  }
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 40});
  await cockpit.expect(/─ shell ─/);
  cockpit.press('/shell\r');
  await cockpit.expect(/━ shell ━/);
  cockpit.press('i');
  await cockpit.expect(/TYPING → shell/);
  await home.amux('stop', 'shell');
  await home.amux('unregister', 'shell');
  await cockpit.expect(/TYPING → shell \(removed\)/);
  cockpit.press('sq');
  await cockpit.expect(/shell was removed: this went nowhere/);
  assert.equal((await home.session('other')).running, true);
  cockpit.press('\x1d');
  await cockpit.expect(/COMMAND/);
});

test('what is typed on when an attached session ends is no command of the cockpit', async () => {
  await using home = new Home();
  await home.amux('register', 'shell', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  await home.amux('start', 'shell');
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 40});
  await cockpit.expect(/─ shell/);
  cockpit.press('\r');
  await cockpit.expect(/^(?![\s\S]*COMMAND)/);
  const typist = setInterval(() => cockpit.press('2'), 20);
  try {
    await home.amux('stop', 'shell');
    await cockpit.expect(/shell has ended: what was still typed went nowhere/);
    await cockpit.expect(/\[1 Fleet\]/);
  } finally {
    clearInterval(typist);
  }
});
