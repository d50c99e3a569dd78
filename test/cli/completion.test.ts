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

test('bash completes what a command takes first, and its own subcommands too', () => {
  const own = (command: string, part: string) => completed(command, part).filter(word => !word.startsWith('-'));
  assert.deepEqual(own('board', 'r'), ['release', 'remove', 'restore', 'rm']);
  assert.deepEqual(own('schedule', ''), [
    'add',
    'edit',
    'history',
    'list',
    'ls',
    'pause',
    'remove',
    'resume',
    'rm',
    'run',
  ]);
  assert.deepEqual(own('mcp', ''), ['add', 'list', 'ls', 'remove', 'rm', 'serve', 'test']);
  assert.deepEqual(own('notes', ''), ['add', 'list', 'ls', 'search']);
  assert.deepEqual(own('memory', ''), ['list', 'ls', 'show', 'write']);
  assert.deepEqual(own('budget', ''), ['list', 'ls', 'remove', 'rm', 'set']);
  assert.deepEqual(own('completion', ''), ['bash', 'fish', 'zsh']);
  assert.deepEqual(completed('board', '--arch'), ['--archived']);
  assert.deepEqual(completed('board', 'show', '--arch'), []);
});

test('bash completes each argument, and the value of a flag, by what it may be', async () => {
  const {id} = await home.json<{id: string}>('board', 'add', 'a card');
  for (const deed of ['show', 'move', 'claim', 'done']) assert.ok(completed('board', deed, '').includes(id), deed);
  assert.deepEqual(completed('watchdog', 'payments', 's'), ['stale-claim', 'stuck']);
  assert.deepEqual(completed('watchdog', 'payments', 'stuck', 'o'), ['off', 'on']);
  assert.deepEqual(completed('wait', 'payments', '--until', ''), ['exited', 'finished', 'idle', 'waiting']);
  assert.deepEqual(completed('wait', 'payments', '--until', '=', 'f'), ['finished']);
  assert.deepEqual(completed('register', 'x', '--restart', ''), ['always', 'never', 'on-failure']);
  assert.deepEqual(completed('register', 'x', '--agent', 'cl'), ['claude']);
  assert.deepEqual(completed('budget', 'set', '--session', 'pa'), ['payments']);
  assert.deepEqual(completed('--home', '/somewhere', 'st'), ['start', 'stop']);
  // What only a person knows is not mixed with what else could stand there.
  assert.deepEqual(completed('wait', 'payments', '--timeout', ''), []);
});

test('names are those of the fleet that the line speaks of', async () => {
  await using other = new Home();
  await other.amux('register', 'elsewhere', '--dir', home.work, '--agent', 'generic');
  const names = (...before: string[]) => completed(...before, '').filter(word => !word.startsWith('-'));
  assert.deepEqual(names('peek'), ['payments', 'portal']);
  assert.deepEqual(names('--home', other.path, 'peek'), ['elsewhere']);
  assert.deepEqual(names(`--home=${other.path}`, 'peek'), ['elsewhere'], 'as zsh has it');
  assert.deepEqual(names('--home', '=', other.path, 'peek'), ['elsewhere']);
  assert.deepEqual(names('budget', 'set', '--home', other.path, '--session'), ['elsewhere']);
});

test('workspaces are completed behind run -w and amux-cd', async () => {
  const repository = spawnSync('git', ['init', '-q', home.work], {env: home.env, encoding: 'utf8'});
  assert.equal(repository.status, 0, repository.stderr);
  assert.deepEqual(completed('run', '-w', ''), ['main']);
  assert.deepEqual(completed('run', '--workspace', 'm'), ['main']);
  const script = `eval "$(amux completion bash)"; COMP_WORDS=(amux-cd m); COMP_CWORD=1; _amux_cd; echo "\${COMPREPLY[@]}"`;
  const {stdout} = spawnSync('bash', ['--norc', '-c', script], {env: home.env, cwd: home.work, encoding: 'utf8'});
  assert.equal(stdout, 'main\n');
});

test('what amux passes to itself is not offered, nor shown in help', async () => {
  assert.ok(completed('serve', '--').includes('--detach'));
  for (const flag of ['--auto', '--instead']) {
    assert.ok(!completed('serve', '--').includes(flag));
    assert.ok(!(await home.amux('serve', '--help')).includes(flag));
    assert.ok(!(await home.amux('completion', 'fish')).includes(`-l ${flag.slice(2)} `));
  }
});

test('hidden commands are not offered', () => {
  assert.ok(!completed('').includes('demo-agent'));
  assert.ok(!completed('').includes('pty-host'));
});

test('the zsh and fish scripts are printed, and another shell is refused', async () => {
  const zsh = await home.amux('completion', 'zsh');
  assert.match(zsh, /^#compdef amux\n/);
  // There, a variable of this name is the PATH, and what is no arithmetic is a modifier.
  assert.doesNotMatch(zsh, /\bpath=|:COMP_CWORD/);
  assert.match(await home.amux('completion', 'fish'), /complete -c amux -n '__amux_is' -a 'register'/);
  const fish = (await home.amux('completion', 'fish')).replaceAll("\\'", '"');
  assert.match(fish, /-n '__amux_in "wait"' -l until -x -a 'idle waiting finished exited'/);
  assert.match(fish, /-n '__amux_in "watchdog" 1' -a 'crash .*stale-claim/);
  assert.match(fish, /-n '__amux_in "run"' -l workspace -s w -x -a '\(amux ws list/);
  assert.match(fish, /^complete -c amux-cd -f -a '\(amux ws list/m);
  assertFailed(await home.run(['completion', 'tcsh']), 2, /no completion for "tcsh" · bash, zsh or fish/);
});
