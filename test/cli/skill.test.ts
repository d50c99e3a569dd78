import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {after, before, test} from 'node:test';
import {freePort} from '../helpers/free-port.ts';
import {amuxFile, Home, until} from '../helpers/home.ts';

const LINES_MAX = 120;

let home: Home;
let text = '';
before(async () => {
  home = new Home();
  text = await home.amux('skill');
  await home.amux('serve', '--detach', '--port', String(await freePort()));
  await home.amux('register', 'reviewer', '--dir', home.work, '--agent', 'generic');
  home.program('amux', `#!/bin/sh\nexec '${process.execPath}' '${amuxFile}' "$@"\n`);
});
after(() => home[Symbol.asyncDispose]());

test('the skill has a name and a description in front, and is short enough to be read', () => {
  assert.match(text, /^---\nname: [a-z-]+\ndescription: [^\n]{50,1024}\n---\n\n# /);
  assert.ok(text.split('\n').length < LINES_MAX);
  for (const line of text.split('\n')) assert.ok(line.length <= 200, line);
});

test('each command in it works as it is printed, in a session with its own token', async () => {
  // Each ends the claim in its own way: the card is claimed again before the next one.
  const ends = /board (done|move|release) AMX-1|"status":"done"|\/release"/;
  const claims = /claim|board\/next/;
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block!.trim());
  const commands = blocks.flatMap(block => block.split('\n'));
  assert.ok(commands.length > 20, String(commands.length));
  await home.amux('memory', 'write', 'project-conventions.md', '# Tabs');
  await home.amux('notes', 'add', 'payments are here');
  await home.amux('board', 'add', 'the work');
  const script = ['set -eu', 'exec >log 2>&1'];
  const free = 'amux board release AMX-1 || true; amux board move AMX-1 todo || true';
  for (const command of commands) {
    if (claims.test(command) || ends.test(command)) script.push(`${free}`);
    if (ends.test(command)) script.push('amux board claim AMX-1');
    script.push(`echo 'RUN ${command.replaceAll("'", '"')}'`, command.replace('curl -sk', 'curl -sk --fail-with-body'));
  }
  script.push('echo ALL DONE');
  home.program('follow-the-skill', `#!/bin/sh\n${script.join('\n')}\n`);
  await home.amux(
    'register',
    'worker',
    '--dir',
    home.work,
    '--agent',
    'generic',
    '--command',
    'follow-the-skill',
    '--restart',
    'never',
  );
  const log = async () => (await bash('cat log')).replace(/^/gm, '  ');
  await home.amux('start', 'worker').catch(() => {}); // It may have ended already.
  await until('the script to end', async () => !(await home.session('worker')).running);
  assert.match(await log(), /ALL DONE/, await log());
  const actors = (await home.json<{history: {actor: string; change: string}[]}>('board', 'show', 'AMX-1')).history;
  assert.deepEqual([...new Set(actors.slice(1).map(({actor}) => actor))], ['agent:worker']);
  assert.equal((await home.json<unknown[]>('queue', 'reviewer')).length, 2);
});

async function bash(script: string): Promise<string> {
  const child = spawn('bash', ['-c', script], {cwd: home.work, stdio: ['ignore', 'pipe', 'inherit']});
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  return out;
}
