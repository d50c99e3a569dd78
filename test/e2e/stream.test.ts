import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import type {Explanation} from '../../source/domain/fleet.ts';
import {Home, until} from '../helpers/home.ts';

const standIn = fileURLToPath(new URL('../fixtures/agents/opencode-stand-in.mjs', import.meta.url));

async function started(backend: string): Promise<Home> {
  const home = new Home({config: `backend: ${backend}\n`});
  home.program('opencode', `#!/bin/sh\nexec ${process.execPath} ${standIn} "$@"\n`);
  await home.amux('register', 's', '--dir', home.work, '--agent', 'opencode');
  await home.amux('start', 's');
  return home;
}

const winnerOf = async (home: Home): Promise<string> => {
  const {evidence} = await home.json<Explanation>('explain', 's');
  const winner = evidence.find(({wins}) => wins);
  return `${winner?.source}: ${winner?.says}`;
};

const shows = (home: Home, says: string) => {
  let seen = '';
  return until(
    says,
    async () => {
      seen = await winnerOf(home);
      return seen === says;
    },
    () => `but saw ${seen}`,
  );
};

for (const backend of ['tmux', 'pty']) {
  test(`a program with an API of its own is believed (${backend}), also by the next supervisor`, async () => {
    await using home = await started(backend);
    await shows(home, 'stream: idle');
    await home.amux('keys', 's', 'w');
    await shows(home, 'stream: working');
    await home.amux('keys', 's', 'p');
    await shows(home, 'stream: blocked, permission, bash: ls');
    const {pid, waitingFor} = await home.session('s');
    assert.deepEqual(waitingFor, {kind: 'permission', detail: 'bash: ls'});

    await home.killSupervisor();
    await home.amux('serve', '--detach');
    assert.equal((await home.session('s')).activity, 'waiting');

    await home.killSupervisor();
    process.kill(pid!, 'SIGUSR1');
    await home.amux('serve', '--detach');
    await shows(home, 'stream: idle');
  });
}

test('its password stands in its environment and nowhere else', async () => {
  await using home = await started('pty');
  await shows(home, 'stream: idle');
  const {pid} = await home.session('s');
  const password = /OPENCODE_SERVER_PASSWORD=([^\0]+)/.exec(readFileSync(`/proc/${pid}/environ`, 'utf8'))?.[1] ?? '';
  assert.equal(password.length, 32);
  const said = [await home.amux('events', '-n', '100'), await home.amux('explain', 's', '--json')];
  said.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  for (const entry of readdirSync(home.path, {recursive: true, withFileTypes: true})) {
    if (entry.isFile()) said.push(readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  }
  for (const text of said) assert.ok(!text.includes(password), text.slice(0, 200));
});
