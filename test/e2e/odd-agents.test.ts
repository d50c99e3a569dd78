import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {assertFailed, Home, until} from '../helpers/home.ts';

const home = new Home({config: 'agents:\n  odd:\n    name: Odd\n    type: martian\n    command: cat\n'});
after(() => home[Symbol.asyncDispose]());

const screens = join(import.meta.dirname, '..', 'agents', 'screens');
/** The answers to a status question that it does not ask would stand on its screen. */
const show = (agent: string, name: string) =>
  `stty -echo; cat '${join(screens, agent, name, 'screen.ansi')}'; exec sleep 1000`;
const notices = async () => (await home.amux('events')).split('\n').filter(line => / notice /.test(line));

test('a version that nobody knows is one notice, and its screens are read by the newest rules', async () => {
  const version = 'case "$1" in --version) echo "9.9.9 (Claude Code)"; exit;; esac';
  home.program('claude', `#!/bin/sh\n${version}\n${show('claude', 'permission-bash')}\n`);
  for (const name of ['one', 'two']) {
    await home.amux('register', name, '--dir', home.work, '--agent', 'claude');
    await home.amux('start', name);
  }
  const {waitingFor} = await until('the dialog', async () => {
    const session = await home.session('two');
    return session.waitingFor === null ? null : session;
  });
  assert.equal(waitingFor?.kind, 'permission');
  const said = await until('the notice', async () => {
    const found = (await notices()).filter(line => line.includes('9.9.9'));
    return found.length > 0 ? found : null;
  });
  assert.equal(said.length, 1);
  assert.match(said[0]!, /Claude Code 9\.9\.9 is not known here/);
});

test('a rule of the home counts from the next start on; a bad file is a notice', async () => {
  mkdirSync(join(home.path, 'rules'));
  writeFileSync(
    join(home.path, 'rules', 'codex.yaml'),
    '- {rule: martians, in: bottom, pattern: "(?<detail>Do martians exist\\\\?)", says: {dialog: question}}\n',
  );
  writeFileSync(join(home.path, 'rules', 'claude.yaml'), '- {rule: a, in: bottom, pattern: "(", says: working}\n');
  home.program(
    'codex',
    '#!/bin/sh\ncase "$1" in --version) exit 1;; esac\necho "Do martians exist?"\nexec sleep 1000\n',
  );
  await home.amux('register', 'three', '--dir', home.work, '--agent', 'codex');
  await home.amux('start', 'three');
  const {waitingFor} = await until('the question', async () => {
    const session = await home.session('three');
    return session.waitingFor === null ? null : session;
  });
  assert.deepEqual(waitingFor, {kind: 'question', detail: 'Do martians exist?'});
  await until('the notice', async () => (await notices()).some(line => /claude\.yaml:1: .*pattern/.test(line)));
  assert.match((await home.run(['doctor'])).out, /✗ rules +.*claude\.yaml:1/);
});

test('an agent that is not installed is refused by name', async () => {
  home.env['PATH'] = `${home.bin}:/usr/bin:/bin`;
  await home.amux('register', 'absent', '--dir', home.work, '--agent', 'opencode');
  assertFailed(await home.run(['start', 'absent']), 1, /command not found: opencode/);
});

test('an agent that prints nothing at its start is unknown, not idle, and can be stopped', async () => {
  home.program('gemini', '#!/bin/sh\nexec sleep 1000\n');
  await home.amux('register', 'mute', '--dir', home.work, '--agent', 'gemini');
  await home.amux('start', 'mute');
  await until('a look at its screen', async () => (await home.amux('explain', 'mute')).includes('rule none'));
  const {status, activity} = await home.session('mute');
  assert.deepEqual([status, activity], ['running', 'unknown']);
  await home.amux('stop', 'mute', '--force');
});

test('an agent that shows its login waits for it', async () => {
  home.program('gemini', `#!/bin/sh\n${show('gemini', 'login')}\n`);
  await home.amux('register', 'stranger', '--dir', home.work, '--agent', 'gemini');
  await home.amux('start', 'stranger');
  const {waitingFor} = await until('the login', async () => {
    const session = await home.session('stranger');
    return session.activity === 'waiting' ? session : null;
  });
  assert.equal(waitingFor?.kind, 'login');
});

test('a profile of a type that nobody knows runs as any command', async () => {
  await home.amux('register', 'odd', '--dir', home.work, '--agent', 'odd');
  await home.amux('start', 'odd');
  assert.equal((await home.session('odd')).status, 'running');
});
