import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {pathsOf} from '../../source/config/paths.ts';
import type {Explanation, Peek, SessionView} from '../../source/domain/fleet.ts';
import {openStore} from '../../source/store/store.ts';
import {type Agent, assertFailed, ended, expectText, Home, until} from '../helpers/home.ts';
import {entry} from '../store/records.ts';

const home = new Home({config: 'agents:\n  fixture:\n    type: generic\n    quiet: 0.4\n'});
after(() => home[Symbol.asyncDispose]());

let agent: Agent;

before(async () => {
  agent = home.agent('one', '--work', '1200', '--block', 'danger');
  await home.amux('register', 'one', '--dir', home.work, '--agent', 'fixture', '--command', agent.command);
  await home.amux('start', 'one');
  await agent.ready();
});

test('wait --until idle ends when the turn is over, and --until finished after work that was seen', async () => {
  await home.amux('wait', 'one', '--until', 'idle', '--timeout', '10s');
  await home.amux('send', 'one', 'work');
  const {activity} = await home.json<SessionView>('wait', 'one', '--until', 'finished', '--timeout', '10s');
  assert.ok(activity === 'finished' || activity === 'idle');
  assert.deepEqual(agent.prompts, ['work']);
  assert.match(await home.amux('peek', 'one'), /done 4/);
});

test('wait gives up after its timeout, with 1, and says what the session does', async () => {
  const failed = await home.run(['wait', 'one', '--until', 'waiting', '--timeout', '300ms']);
  assertFailed(failed, 1, /one was not waiting within 300ms; it is (idle|finished) · amux explain one/);
});

test('wait --until waiting ends when a person is needed, and explain says why', async () => {
  const waiting = home.run(['wait', 'one', '--until', 'waiting', '--timeout', '10s']);
  await home.amux('send', 'one', 'danger');
  assert.equal((await waiting).code, 0);
  const text = await home.amux('explain', 'one');
  assert.match(text, /^one: running, waiting for \d+s\nbecause program status: blocked, permission\n/);
  assert.match(text, /▸ +program +[\d.]+s ago +blocked, permission/);
  const {evidence, reason} = await home.json<Explanation>('explain', 'one');
  assert.equal(evidence[0]?.source, 'program');
  assert.equal(evidence[0]?.wins, true);
  assert.match(reason, /blocked/);
  await home.amux('keys', 'one', 'Enter', '--force');
});

test('wait --until exited ends with the process, and a wait for what cannot come any more fails', async () => {
  await home.amux('register', 'short', '--dir', home.work, '--agent', 'generic', '--command', `sh -c 'read x'`);
  await home.amux('start', 'short');
  const exited = home.run(['wait', 'short', '--until', 'exited', '--timeout', '10s']);
  const never = home.run(['wait', 'short', '--until', 'waiting']);
  await until('both to wait', async () => (await home.session('short')).activity === 'idle');
  await home.amux('keys', 'short', 'Enter');
  assert.equal((await exited).code, 0);
  const said = /^amux: short was not waiting before it ended: it is (failed|completed) \(exit code \d\) · amux logs/;
  assertFailed(await never, 1, said);
  assert.equal((await home.run(['wait', 'short', '--until', 'exited'])).code, 0);
});

test('peek shows the screen, --lines its last lines, -f goes on with each change', async () => {
  const whole = (await home.amux('peek', 'one')).trimEnd().split('\n');
  assert.equal(whole[0], '__READY__');
  assert.deepEqual((await home.amux('peek', 'one', '--lines', '2')).trimEnd().split('\n'), whole.slice(-2));
  assert.deepEqual((await home.amux('peek', 'one', '-n', '1')).trimEnd().split('\n'), whole.slice(-1));
  const following = home.spawn(['peek', 'one', '-f']);
  const seen = expectText(following.stdout, /followed me/);
  await expectText(following.stdout, '__READY__');
  await home.amux('send', 'one', 'followed me');
  await seen;
  following.kill('SIGINT');
  assert.equal(await ended(following), 0);
});

test('peek -f shows no screen twice: not at its start, and not when only the cursor moved', async () => {
  const steps = ['stty -echo', 'echo begun', 'read x', String.raw`printf "\033[5C"`, 'read x', 'echo over', 'read x'];
  const command = `bash -c '${steps.join('; ')}'`;
  await home.amux('register', 'mover', '--dir', home.work, '--agent', 'generic', '--command', command);
  await home.amux('start', 'mover');
  const cursorAt = async (x: number) => (await home.json<Peek>('peek', 'mover')).cursor?.x === x;
  await until('its first line', async () => (await home.amux('peek', 'mover')).includes('begun'));
  const following = home.spawn(['peek', 'mover', '-f']);
  let all = '';
  following.stdout.setEncoding('utf8').on('data', (text: string) => {
    all += text;
  });
  await until('the first screen', () => all.includes('begun'));
  await home.amux('keys', 'mover', 'Enter');
  await until('the cursor further right', () => cursorAt(5));
  await home.amux('keys', 'mover', 'Enter');
  await until('the last screen', () => all.includes('over'));
  following.kill('SIGINT');
  assert.equal(await ended(following), 0);
  assert.equal(all.match(/begun/g)?.length, 2, all);
  await home.amux('stop', 'mover', '--force');
});

test('logs are the text history, -n its end, -f what comes', async () => {
  const lines = (await home.amux('logs', 'one')).trimEnd().split('\n');
  assert.equal(lines[0], '__READY__');
  assert.ok(lines.includes('> work'));
  assert.equal((await home.json<string[]>('logs', 'one', '-n', '3')).length, 3);
  const following = home.spawn(['logs', 'one', '-f']);
  const seen = expectText(following.stdout, /freshly logged/);
  await expectText(following.stdout, '__READY__');
  await home.amux('send', 'one', 'freshly logged');
  await seen;
  following.kill('SIGINT');
  assert.equal(await ended(following), 0);
});

test('logs -f tells a line that is like the ones before, and one that changes without all the others', async () => {
  const steps = [
    'for i in 1 2 3 4 5 6; do echo ok; done',
    'echo ok',
    'printf half',
    String.raw`printf 'x\nend\n'`,
    'exit',
  ];
  const file = join(home.work, 'same.sh');
  writeFileSync(file, `stty -echo\n${steps.join('\nread -r _\n')}\n`);
  await home.amux('register', 'same', '--dir', home.work, '--agent', 'generic', '--command', `bash ${file}`);
  await home.amux('start', 'same');
  await until('its lines', async () => (await home.json<string[]>('logs', 'same')).length === 6);
  const following = home.spawn(['logs', 'same', '-f', '-n', '1']);
  let text = '';
  following.stdout.on('data', chunk => {
    text += String(chunk);
  });
  await until('the last line', async () => text === 'ok\n');
  for (const expected of ['ok\n', 'half\n', 'halfx\nend\n']) {
    const before = text;
    await home.amux('keys', 'same', 'Enter');
    await until('what is new', async () => text.length >= before.length + expected.length);
    assert.equal(text, before + expected);
  }
  following.kill('SIGINT');
  assert.equal(await ended(following), 0);
  await home.amux('stop', 'same', '--force');
});

test('events --commands lists what the supervisor ran besides its sessions', async () => {
  await home.amux('run', 'generic', '-c', 'cat', '--name', 'ran');
  const [head, ...lines] = (await home.amux('events', '--commands')).trimEnd().split('\n');
  assert.match(head!, /^TIME +END +TOOK +DIRECTORY +COMMAND$/);
  assert.ok(lines.length > 0 && lines.every(line => /^\d\d:\d\d:\d\d /.test(line)), lines.join('\n'));
  const list = await home.json<{argv: string[]}[]>('events', '--commands');
  assert.ok(list.length >= lines.length && list.every(({argv}) => argv.length > 0));
  await home.amux('stop', 'ran', '--force');
});

test('events tell the time of where they are read, and the day of those of another day', async () => {
  await using old = new Home();
  const paths = pathsOf(old.path);
  const store = await openStore({paths, readOnly: false, now: Date.now});
  store.append(entry([], {at: Date.UTC(2026, 0, 31, 22, 30), type: 'notice', reason: 'long ago'}));
  store.append(entry([], {at: Date.now(), type: 'notice', reason: 'just now'}));
  await store.close();
  const env = {TZ: 'Pacific/Kiritimati'};
  const {out} = await old.run(['events'], {env});
  assert.match(out, /^02-01 12:30:00 +notice .*long ago$/m);
  assert.match(out, /^\d\d:\d\d:\d\d +notice .*just now$/m);
});

test('events are the journal: the last of it, each with its reason, and -f what comes', async () => {
  const text = await home.amux('events', '-n', '500');
  assert.match(text, /session\.status +one +start requested/);
  assert.match(text, /message\.queued +one/);
  assert.equal((await home.amux('events', '-n', '3')).trimEnd().split('\n').length, 3);
  const following = home.spawn(['events', '-f', '--json']);
  const seen = expectText(following.stdout, /"type":"session\.changed".*late registered/);
  await expectText(following.stdout, '\n');
  await home.amux('register', 'late', '--dir', home.work, '--agent', 'generic');
  await seen;
  following.kill('SIGINT');
  assert.equal(await ended(following), 0);
});

test('an ended supervisor ends the commands that follow it, which say so', async () => {
  const following = home.spawn(['events', '-f']);
  const end = ended(following);
  const said = expectText(following.stderr, /supervisor/);
  await expectText(following.stdout, '\n');
  await home.amux('serve', '--stop');
  await said;
  assert.equal(await end, 5);
});

test('events and explain need no supervisor', async () => {
  assert.match(await home.amux('events', '-n', '500'), /supervisor\.stopped/);
  assert.match(await home.amux('explain', 'one'), /^one: running, unknown for .*\nbecause no supervisor watches it\n/);
  assertFailed(await home.run(['logs', 'one', '-f', '-n', '1', '--json']).then(hideOutput), 5, /needs a supervisor/);
});

test('doctor says what it found, also as JSON', async () => {
  const text = await home.amux('doctor');
  for (const what of ['amux', 'node', 'tmux', 'git', 'home', 'config', 'supervisor']) {
    assert.match(text, new RegExp(`^[✓·] ${what} `, 'm'));
  }
  assert.match(text, /^[✓·] claude +/m);
});

/** Only its error matters here: what was there before was printed already. */
const hideOutput = (result: {code: number | null; out: string; err: string}) => ({
  ...result,
  out: '',
  err: `amux: ${(JSON.parse(result.err) as {error: {message: string}}).error.message}`,
});

test('wait answers at once for a one-shot session that has ended, as it does for one that ends meanwhile', async () => {
  const run = async (name: string, command: string) => {
    await home.amux('run', 'generic', '--name', name, '-c', command);
    const wait = (until: string) => home.run(['wait', name, '--until', until]);
    const during = ['finished', 'idle', 'waiting'].map(wait);
    await wait('exited');
    return [...(await Promise.all(during)), ...(await Promise.all(['finished', 'idle', 'waiting'].map(wait)))];
  };
  const wrong = (name: string, status: string) =>
    new RegExp(`^amux: ${name} was not \\w+ before it ended: it is ${status} \\(exit code \\d\\) · amux logs`);
  // Its terminal is never still, so that it is neither idle nor finished before.
  const good = await run('good', `sh -c 'for i in $(seq 30); do echo $i; sleep 0.1; done'`);
  for (const at of [0, 1, 3, 4]) assert.deepEqual(good[at], {code: 0, out: '', err: ''});
  for (const at of [2, 5]) assertFailed(good[at]!, 1, wrong('good', 'completed'));
  const bad = await run('bad', `sh -c 'for i in $(seq 30); do echo $i; sleep 0.1; done; exit 3'`);
  for (const each of bad) assertFailed(each, 1, wrong('bad', 'failed'));
});

test('wait answers at once for a session that nobody started, that was stopped, or that has ended', async () => {
  const goals = ['idle', 'waiting', 'finished'];
  const waits = (name: string) =>
    Promise.all(goals.map(goal => home.run(['wait', name, '--until', goal, '--timeout', '60s'])));
  await home.amux('register', 'still', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  for (const each of await waits('still')) assertFailed(each, 4, /^amux: still is not running · amux start still\n$/);
  await home.amux('start', 'still');
  await home.amux('stop', 'still');
  for (const each of await waits('still')) assertFailed(each, 4, /^amux: still is not running · amux start still\n$/);

  await home.amux('register', 'brief', '--dir', home.work, '--agent', 'generic', '--command', `sh -c 'read x'`);
  await home.amux('start', 'brief');
  await home.amux('keys', 'brief', 'Enter');
  await home.amux('wait', 'brief', '--until', 'exited', '--timeout', '10s');
  const ended = /^amux: brief was not \w+ before it ended: it is completed \(exit code 0\)/;
  for (const each of await waits('brief')) assertFailed(each, 1, ended);
});
