import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {assertFailed, Home} from '../helpers/home.ts';

const home = new Home();
after(() => home[Symbol.asyncDispose]());

const project = join(home.dir, 'project');
const config = join(project, '.amux', 'config.yaml');
const within = (...args: string[]) => home.run(args, {cwd: project});

before(() => {
  execFileSync('git', ['init', '-q', project]);
});

test('init outside a repository says what to do', async () => {
  assertFailed(await home.run(['init']), 1, /work is not inside a git repository · git init, or change/);
});

test('init makes a project once; --force writes its configuration anew', async () => {
  const {code, out} = await within('init');
  assert.equal(code, 0);
  assert.match(out, /project is a project now · its agents stand in .*\/project\/\.amux\/config\.yaml\n.*git add -f/);
  const template = readFileSync(config, 'utf8');
  writeFileSync(config, 'defaultAgent: generic\n');
  assertFailed(await within('init'), 4, /config\.yaml exists already · amux init --force writes it anew/);
  assert.equal(readFileSync(config, 'utf8'), 'defaultAgent: generic\n');
  assert.equal((await within('init', '--force')).code, 0);
  assert.equal(readFileSync(config, 'utf8'), template);
  const status = execFileSync('git', ['-C', project, 'status', '--porcelain', '-uall'], {encoding: 'utf8'});
  assert.equal(status, '');
});

test('agents are added, changed, listed, shown and removed', async () => {
  const add = ['agent', 'config', 'add', 'mine', '--command', 'my-cli --fast', '--quiet', '2', '--model', 'm1'];
  assert.equal((await within(...add)).code, 0);
  assertFailed(await within(...add), 4, /an agent "mine" is configured already · amux agent config update mine/);
  assert.equal((await within('agent', 'config', 'update', 'mine', '--name', 'My CLI')).code, 0);
  const shown = (await within('agent', 'config', 'show', 'mine')).out;
  assert.match(
    shown,
    /^ID +mine\nName +My CLI\nType +generic\nCommand +my-cli --fast\nModel +m1\nPermissions +-\nQuiet time +2 s/,
  );
  const list = (await within('agent', 'config', 'list')).out;
  assert.match(list, /^ID +NAME +TYPE +COMMAND +FROM\n/);
  assert.match(list, /^mine +My CLI +generic +my-cli --fast +project$/m);
  assert.match(list, /^claude +claude +claude +claude +built-in$/m);
  assert.equal((await within('agent', 'config', 'ls')).out, list);
  assert.match((await within('agent', 'config', 'rm', 'mine')).out, /^mine removed from /);
  assertFailed(await within('agent', 'config', 'show', 'mine'), 3, /no agent "mine"/);
  assertFailed(await within('agent', 'config', 'remove', 'mine'), 3, /no agent "mine"/);
});

test('profiles of the home count in every project, also for a supervisor that runs already; the project lies over them', async () => {
  const settings = join(home.path, 'config.yaml');
  writeFileSync(settings, '# mine\nautostart: true # always\n');
  await home.amux('ps');
  const all = ['agent', 'config', 'add', 'everywhere', '--global'];
  const add = await within(...all, '--command', 'cat', '--env', 'TOKEN=a secret of mine', '--model', 'm1');
  assert.match(add.out, /^everywhere added to .*\/home\/config\.yaml$/m);
  assert.match(readFileSync(settings, 'utf8'), /^# mine\nautostart: true # always\nagents:\n {2}everywhere:\n/);
  await home.amux('register', 'global-seat', '--dir', project, '--agent', 'everywhere');
  await home.amux('start', 'global-seat');
  assert.match((await within('agent', 'config', 'update', 'everywhere', '--name', 'Ours')).out, /\/project\/\.amux\//);
  const profile = async () =>
    JSON.parse((await within('agent', 'config', 'show', 'everywhere', '--json')).out) as Record<string, unknown>;
  assert.deepEqual(
    [(await profile())['name'], (await profile())['model'], (await profile())['source']],
    ['Ours', 'm1', 'project'],
  );
  assert.equal((await within('agent', 'config', 'update', 'everywhere', '--model', 'm2', '--global')).code, 0);
  assert.equal((await profile())['model'], 'm2');
  assert.equal((await within('agent', 'config', 'rm', 'everywhere')).code, 0);
  assert.equal((await within('agent', 'config', 'rm', 'everywhere', '--global')).code, 0);
  assertFailed(await within('agent', 'config', 'show', 'everywhere'), 3, /no agent "everywhere"/);
  assertFailed(await within('agent', 'config', 'rm', 'claude', '--global'), 3, /no agent "claude"/);
  await home.amux('stop', 'global-seat', '--force');
  await home.amux('unregister', 'global-seat');
  rmSync(settings);
  assert.equal((await within(...all, '--command', 'cat')).code, 0);
  assert.equal(statSync(settings).mode & 0o777, 0o600, 'it may hold secrets');
  rmSync(settings);
});

test('what a profile lacks or cannot be is said, and nothing is written', async () => {
  const before = readFileSync(config, 'utf8');
  assertFailed(await within('agent', 'config', 'add', 'bare'), 2, /the agent bare needs a command/);
  assertFailed(await within('agent', 'config', 'update', 'claude'), 2, /nothing to change was given/);
  const slow = ['agent', 'config', 'add', 'x', '--command', 'x', '--quiet', 'soon'];
  assertFailed(await within(...slow), 2, /--quiet takes seconds, not "soon"/);
  const bad = ['agent', 'config', 'add', 'x', '--command', 'x', '--env', 'oops'];
  assertFailed(await within(...bad), 2, /--env "oops" has no "="/);
  assertFailed(await within('agent', 'config', 'update', 'martian', '--command', 'x'), 3, /no agent "martian"/);
  assert.equal(readFileSync(config, 'utf8'), before);
  assertFailed(await home.run(['agent', 'config', 'add', 'x', '--command', 'x']), 1, /not inside a git repository/);
});

test('an unknown type counts as generic, with a notice', async () => {
  const {code, err} = await within('agent', 'config', 'add', 'odd', '--type', 'openai', '--command', 'cat');
  assert.equal(code, 0);
  assert.match(err, /agent odd: the type "openai" is not one of claude, .*; it runs as generic/);
});

test('the project’s default agent is the one of a register without --agent', async () => {
  writeFileSync(config, 'defaultAgent: mine\nagents:\n  mine:\n    command: cat\n');
  assert.match((await within('register', 'seat', '--dir', '.')).out, /mine in .*\/project\)/);
  mkdirSync(join(home.dir, 'elsewhere'));
  assert.match(await home.amux('register', 'other', '--dir', join(home.dir, 'elsewhere')), /claude in /);
});

test('--yolo for an agent without such a mode is a notice', async () => {
  const {code, err} = await within('register', 'tame', '--dir', '.', '--agent', 'generic', '--yolo');
  assert.equal(code, 0);
  assert.match(err, /generic has no yolo mode: tame asks as it always does/);
  assert.equal((await home.session('tame')).yolo, false);
});

test('invalid YAML is said with file, line and what was expected, and the session can start afterwards', async () => {
  const good = readFileSync(config, 'utf8');
  const cases: [string, RegExp][] = [
    ['agents:\n  mine:\n    command: [cat\n', /\/project\/\.amux\/config\.yaml:\d+:\d+: .*/],
    ['agents:\n  mine:\n    command: 7\n', /config\.yaml:3:5: .*command.*string/],
    ['agents:\n  mine:\n    command: cat "x\n', /config\.yaml:3:5: .*command/],
    ['agents:\n  mine:\n    quiet: -1\n', /config\.yaml:3:5: .*quiet/],
  ];
  for (const [text, says] of cases) {
    writeFileSync(config, text);
    for (const args of [
      ['start', 'seat'],
      ['agent', 'config', 'list'],
      ['agent', 'config', 'add', 'y', '--command', 'y'],
    ]) {
      const failed = await within(...args);
      assertFailed(failed, 1, says);
      assert.match(failed.err, /amux config validate checks the file/);
    }
    assert.equal(readFileSync(config, 'utf8'), text);
    const validated = await within('config', 'validate');
    assert.equal(validated.code, 1);
    assert.match(validated.err, says);
    assert.notEqual((await home.session('seat')).status, 'starting');
  }
  writeFileSync(config, good);
  assert.equal((await within('start', 'seat')).out, 'seat running\n');
  await home.amux('stop', 'seat', '--force');
});

test('a word that is not known in a configuration is told with its place and what was meant; the rest counts', async () => {
  const good = readFileSync(config, 'utf8');
  writeFileSync(config, 'agents:\n  mine:\n    command: cat\n    comand: dog\n');
  const {code, err} = await within('config', 'validate');
  assert.equal(code, 1, err);
  assert.match(err, /config\.yaml:4:5: agents\.mine\.comand is not known .*; did you mean command\?$/m);
  const {out} = await within('config', 'validate', '--json');
  const [found] = JSON.parse(out) as {problems: {line: number; column: number; why: string}[]}[];
  assert.deepEqual([found?.problems[0]?.line, found?.problems[0]?.column, found?.problems.length], [4, 5, 1]);
  assert.equal((await within('start', 'seat')).code, 0);
  await home.amux('stop', 'seat', '--force');
  writeFileSync(config, good);
});

test('config validate says ok for each file, and names one that does not exist', async () => {
  const {code, out} = await within('config', 'validate');
  assert.equal(code, 0);
  assert.match(out, /\/project\/\.amux\/config\.yaml: ok\n$/);
  assertFailed(await within('config', 'validate', 'nowhere.yaml'), 2, /no file nowhere\.yaml/);
});

test('config show prints the settings with their defaults, edit opens them in $EDITOR and checks them', async () => {
  assert.match(await home.amux('config', 'show'), /^backend: auto\nautostart: true\n/m);
  assert.equal((await home.run(['config', 'edit'], {env: {EDITOR: 'true'}})).code, 0);
  const file = join(home.path, 'config.yaml');
  assert.match(readFileSync(file, 'utf8'), /^# backend: auto$/m);
  home.program('bad-editor', '#!/bin/sh\necho "backend: screen" >"$1"\n');
  const failed = await home.run(['config', 'edit'], {env: {EDITOR: 'bad-editor'}});
  assert.equal(failed.code, 1);
  assert.match(failed.err, /config\.yaml:1:1: .*backend.*tmux/);
  const gone = await home.run(['config', 'edit'], {env: {EDITOR: 'no-such-editor'}});
  assertFailed(gone, 2, /the editor no-such-editor does not start · set EDITOR/);
});

test('config validate tells what the cockpit would not take, where it is written', async () => {
  const file = join(home.path, 'config.yaml');
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeFileSync(file, 'autostart: true\ntheme: drak\nkeys:\n  send: q\n  foo: x\n');
  const {code, out, err} = await within('config', 'validate', file);
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /config\.yaml:2:\d+: there is no theme "drak" · there are .*dark, /m);
  assert.match(err, /config\.yaml:4:\d+: q is both .*send keeps /m);
  assert.match(err, /config\.yaml:5:\d+: no key is called foo$/m);
  writeFileSync(file, 'theme: light\nkeys:\n  send: C-g\n');
  assert.equal((await within('config', 'validate', file)).code, 0);
  writeFileSync(file, before);
});
