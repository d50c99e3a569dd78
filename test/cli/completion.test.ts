import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {after, before, test} from 'node:test';
import {amuxFile, assertFailed, Home} from '../helpers/home.ts';

const home = new Home();
after(() => home[Symbol.asyncDispose]());

before(async () => {
  home.program('amux', `#!/bin/sh\nexec "${process.execPath}" "${amuxFile}" "$@"\n`);
  await home.amux('register', 'payments', '--dir', home.work, '--agent', 'generic');
  await home.amux('register', 'portal', '--dir', home.work, '--agent', 'generic');
});

/** What a real bash offers for a line, the last word of which is being typed. */
function completed(...words: string[]): string[] {
  const quoted = words.map(word => `'${word}'`).join(' ');
  const script = `set -eu; eval "$(amux completion bash)"; complete -p amux >&2
    COMP_WORDS=(amux ${quoted}); COMP_CWORD=${words.length}; _amux; printf '%s\\n' "\${COMPREPLY[@]:-}"`;
  const {status, stdout, stderr} = spawnSync('bash', ['--norc', '-c', script], {
    env: home.env,
    cwd: home.work,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, 'complete -F _amux amux\n');
  return stdout.split('\n').filter(Boolean).sort();
}

test('bash completes commands, also their second and third words', () => {
  assert.deepEqual(completed('st'), ['start', 'stop']);
  assert.deepEqual(completed('agent', ''), ['attach', 'config', 'list', 'logs', 'ls', 'stop']);
  assert.deepEqual(completed('agent', 'config', 're'), ['remove']);
  assert.deepEqual(completed('config', ''), ['edit', 'schema', 'show', 'validate']);
});

test('bash completes sessions, agents and flags', () => {
  assert.deepEqual(completed('start', 'p'), ['payments', 'portal']);
  assert.deepEqual(completed('start', 'payments', 'po'), ['portal']);
  assert.deepEqual(completed('run', 'cl'), ['claude']);
  assert.deepEqual(completed('run', '--at'), ['--attach']);
  assert.deepEqual(completed('peek', 'payments', '--fo'), ['--follow']);
  assert.deepEqual(completed('ps', '--no'), ['--no-color']);
});

test('hidden commands are not offered', () => {
  assert.ok(!completed('').includes('demo-agent'));
  assert.ok(!completed('').includes('pty-host'));
});

test('the zsh and fish scripts are printed, and another shell is refused', async () => {
  assert.match(await home.amux('completion', 'zsh'), /^#compdef amux\n/);
  assert.match(await home.amux('completion', 'fish'), /complete -c amux -n '__fish_use_subcommand' -a 'register'/);
  assertFailed(await home.run(['completion', 'tcsh']), 2, /no completion for "tcsh" · bash, zsh or fish/);
});
