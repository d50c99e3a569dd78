import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import type {SessionView} from '../../source/domain/fleet.ts';
import {assertFailed, Home} from '../helpers/home.ts';
import {environmentOf} from '../helpers/processes.ts';

const secret = 'hush-1f7a9c53';

describe('the environment of a session', {concurrency: 2}, () => {
  for (const backend of ['tmux', 'pty']) {
    describe(backend, {concurrency: 1}, () => {
      const home = new Home({config: `backend: ${backend}\n`});
      after(() => home[Symbol.asyncDispose]());

      before(async () => {
        execFileSync('git', ['init', '-q', home.work]);
        await home.amux('init');
        const keyed = ['--command', 'cat', '--env', 'API_KEY=$' + '{CALLER_KEY}', '--env', 'PLAIN=from profile'];
        await home.amux('agent', 'config', 'add', 'keyed', ...keyed);
      });

      const start = (name: string, env: Record<string, string> = {}) => home.run(['start', name], {env});
      const environment = async (name: string) => environmentOf((await home.session(name)).pid!);

      test('a session has exactly the AMUX_ variables that are promised, and none of the caller’s terminal', async () => {
        await home.amux('register', 'plain', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
        const foreign = {
          AMUX_SESSION: 'other',
          AMUX_FOREIGN: 'x',
          TMUX: '/tmp/none,1,0',
          TMUX_PANE: '%9',
          COLUMNS: '7',
        };
        const started = await start('plain', foreign);
        assert.equal(started.code, 0, started.err);
        const {id} = await home.session('plain');
        const env = await environment('plain');
        const own = Object.fromEntries(Object.entries(env).filter(([key]) => key.startsWith('AMUX_')));
        const {AMUX_URL: url = '', ...rest} = own;
        assert.match(url, /^https:\/\/amux:[\w-]{43}@localhost:\d+$/);
        assert.deepEqual(rest, {
          AMUX_HOME: home.path,
          AMUX_SESSION: 'plain',
          AMUX_SESSION_ID: id,
          AMUX_AGENT_ID: 'generic',
          AMUX_WORKSPACE_ID: 'main',
          AMUX_WORKSPACE_PATH: home.work,
          AMUX_CONTEXT_PATH: join(home.work, '.amux', 'context'),
        });
        assert.equal(env['COLUMNS'], undefined);
        assert.equal(env['SHELL'], '/bin/sh');
        assert.match(env['TERM'] ?? '', /256color/);
      });

      test('its URL is its own: what it does is told under its name, and its token ends with its run', async () => {
        const {AMUX_URL = ''} = await environment('plain');
        const inside = (...args: string[]) => home.run(args, {env: {AMUX_URL}});
        assert.equal((await inside('send', 'plain', 'to myself')).code, 0);
        const told = (await home.amux('events', '--json')).trim().split('\n');
        const events = told.map(line => JSON.parse(line) as {type: string; actor: string});
        assert.equal(events.findLast(({type}) => type === 'message.queued')?.actor, 'agent:plain');
        assertFailed(await inside('stop', 'plain'), 1, /needs the role operator; this token is agent/);
        await home.amux('restart', 'plain');
        assertFailed(await inside('ps'), 1, /expired or was revoked/);
        assert.notEqual((await environment('plain'))['AMUX_URL'], AMUX_URL);
      });

      test('a profile’s variable is expanded from the environment of the caller, not of the supervisor', async () => {
        await home.amux('register', 'keyed', '--dir', home.work, '--agent', 'keyed', '--env', 'EXTRA=a b=c "d"');
        const started = await start('keyed', {CALLER_KEY: secret});
        assert.equal(started.code, 0, started.err);
        const env = await environment('keyed');
        assert.equal(env['API_KEY'], secret);
        assert.equal(env['PLAIN'], 'from profile');
        assert.equal(env['EXTRA'], 'a b=c "d"');
        assert.equal(env['CALLER_KEY'], undefined, 'only what the profile asks for is handed on');
      });

      test('a restart takes the value that is remembered when its caller has none, also by a new supervisor', async () => {
        await home.amux('restart', 'keyed');
        assert.equal((await environment('keyed'))['API_KEY'], secret);
        await home.killSupervisor();
        for (const _ of ['adopted', 'remembered again']) {
          await home.amux('restart', 'keyed');
          assert.equal((await environment('keyed'))['API_KEY'], secret);
        }
      });

      test('a variable that is unset everywhere is a failure that names it', async () => {
        await home.amux('register', 'bare', '--dir', home.work, '--agent', 'keyed');
        assertFailed(await start('bare'), 1, /bare needs the variable CALLER_KEY, which is not set anywhere/);
        const {status, reason} = await home.session('bare');
        assert.equal(status, 'failed');
        assert.match(reason, /CALLER_KEY/);
        assertFailed(await home.run(['run', 'keyed']), 1, /needs the variable CALLER_KEY/);
      });

      test('run takes --env over the profile’s', async () => {
        const args = ['run', 'keyed', '-e', 'API_KEY=given', '--env', 'MORE=1', '--json'];
        const {out, err} = await home.run(args, {env: {CALLER_KEY: secret}});
        const {pid} = JSON.parse(out || err) as SessionView;
        const env = environmentOf(pid!);
        assert.equal(env['API_KEY'], 'given');
        assert.equal(env['MORE'], '1');
      });

      test('an expanded value is nowhere on disk', async () => {
        await home.amux('stop', 'keyed', '--force');
        const found: string[] = [];
        const walk = (dir: string) => {
          for (const entry of readdirSync(dir, {withFileTypes: true})) {
            const path = join(dir, entry.name);
            if (entry.isDirectory()) walk(path);
            else if (entry.isFile() && readFileSync(path).includes(secret)) found.push(path);
          }
        };
        walk(home.path);
        walk(join(home.work, '.amux'));
        assert.deepEqual(found, []);
      });

      test('secrets are masked where profiles are shown, and references are shown as they are written', async () => {
        const literal = [
          '--env',
          'OPENAI_API_KEY=sk-abcdefghijklmnop',
          '--env',
          'DB_PASSWORD=tiny',
          '--env',
          'REGION=eu',
        ];
        await home.amux('agent', 'config', 'update', 'keyed', ...literal);
        const shown = await home.amux('agent', 'config', 'show', 'keyed');
        const all = [shown, ...(await everyList())].join('\n');
        assert.doesNotMatch(all, /abcdefgh|tiny/);
        assert.match(shown, /API_KEY=\$\{CALLER_KEY\}/);
        assert.match(shown, /OPENAI_API_KEY=sk-…/);
        assert.match(shown, /DB_PASSWORD=\*\*\*/);
        assert.match(shown, /REGION=eu/);
      });

      const everyList = () =>
        Promise.all([
          home.amux('agent', 'config', 'show', 'keyed', '--json'),
          home.amux('agent', 'config', 'list'),
          home.amux('agent', 'config', 'list', '--json'),
          home.amux('ps', '-a', '--json'),
          home.amux('events', '-n', '500', '--json'),
        ]);
    });
  }
});

test('a reference is looked up in its caller, then in what its last launch had, then in the supervisor', async () => {
  await using home = new Home();
  const served = await home.run(['serve', '--detach'], {env: {WANTED: 'of the supervisor'}});
  assert.equal(served.code, 0, served.err);
  const reference = 'GIVEN=$' + '{WANTED}';
  await home.amux('register', 'one', '--dir', home.work, '--agent', 'generic', '--command', 'cat', '--env', reference);
  const given = async (command: string, env: Record<string, string> = {}) => {
    const {code, err} = await home.run([command, 'one'], {env});
    assert.equal(code, 0, err);
    return environmentOf((await home.session('one')).pid!)['GIVEN'];
  };
  assert.equal(await given('start'), 'of the supervisor');
  assert.equal(await given('restart', {WANTED: 'of its caller'}), 'of its caller');
  assert.equal(await given('restart'), 'of its caller');
  assert.equal(await given('restart', {WANTED: ''}), '', 'an empty one is set, too');
});
