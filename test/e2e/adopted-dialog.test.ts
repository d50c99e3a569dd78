import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {Home, until} from '../helpers/home.ts';

/** tmux tells in whole seconds when something was printed. */
const OLD_MS = 2500;
const captured = join(import.meta.dirname, '../agents/screens/gemini/permission-read/screen.ansi');

test('a dialog that its title does not tell of is still waited for after kill -9 of the supervisor', async () => {
  await using home = new Home({config: 'backend: tmux\n'});
  home.program(
    'gemini',
    `#!/bin/sh\n[ "$1" = --version ] && exec echo 0.61.0\nprintf '\\033]0;◇  Ready (work)\\007'\nsleep 1\ncat '${captured}'\nexec sleep 1000\n`,
  );
  await home.amux('register', 'ada', '--dir', home.work, '--agent', 'gemini');
  await home.amux('start', 'ada');
  await until('its dialog to be seen', async () => (await home.session('ada')).activity === 'waiting');
  await pause(OLD_MS);
  await home.killSupervisor();
  await home.amux('serve', '--detach');
  await until('its screen to be read', async () => (await home.json<object[]>('approvals')).length === 1);
  const {activity, waitingFor, reason} = await home.session('ada');
  assert.deepEqual([activity, waitingFor?.kind], ['waiting', 'permission'], reason ?? '');
});
