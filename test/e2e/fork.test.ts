import assert from 'node:assert/strict';
import {readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {after, test} from 'node:test';
import type {Explanation, SessionView} from '../../source/domain/fleet.ts';
import {assertFailed, Home, until} from '../helpers/home.ts';
import {gitIn, ownGitHome, TestRepository} from '../helpers/repository.ts';
import {Terminal} from '../helpers/terminal.ts';

const gitHome = ownGitHome();
after(() => rmSync(gitHome, {recursive: true, force: true}));

/** A session that talked, in a repository with changes. */
async function talked(home: Home) {
  const repository = new TestRepository(home.work, 'my project');
  const agent = home.historian('one');
  const line = ['--agent', 'claude', '--command', agent.command];
  await home.amux('register', 'one', '--dir', repository.root, ...line);
  await home.amux('start', 'one');
  await agent.ready();
  await home.amux('send', 'one', 'first question');
  await said(home, 'one', ['first question']);
  repository.write('file.txt', 'changed\n');
  return {repository};
}

/** Resolves when the person's side of its conversation is this. */
function said(home: Home, name: string, prompts: string[]): Promise<unknown> {
  return until(`${name} to hold ${prompts.join()}`, async () => {
    const text = await home.amux('logs', name);
    const found = [...text.matchAll(/^> (.*)$/gm)].map(match => match[1]);
    return JSON.stringify(found) === JSON.stringify(prompts);
  });
}

const json = async <T>(home: Home, ...args: string[]): Promise<T> =>
  JSON.parse(await home.amux(...args, '--json')) as T;

test('a fork has the conversation and the changes, and both go on by themselves', async () => {
  await using home = new Home();
  const {repository} = await talked(home);
  const forked = await home.run(['fork', 'one', 'two', '--prompt', 'another way']);
  const path = join(repository.root, '.amux', 'workspaces', 'two');
  assert.deepEqual([forked.code, forked.err], [0, '']);
  assert.match(forked.out, /^two forked from one \(session-\w+, claude\) on amux\/two in \/.*workspaces\/two\n$/);
  await said(home, 'two', ['first question', 'another way']);
  await home.amux('send', 'one', 'the same way');
  await said(home, 'one', ['first question', 'the same way']);
  await said(home, 'two', ['first question', 'another way']);
  assert.equal(gitIn(path, 'status', '--porcelain'), ' M file.txt\n');
  const [one, two] = await Promise.all(['one', 'two'].map(name => json<Explanation>(home, 'explain', name)));
  assert.deepEqual(two!.origin, {session: 'one', conversation: one!.conversation});
  assert.notEqual(two!.conversation, one!.conversation);
  assert.match(await home.amux('explain', 'two'), /^forked from one, conversation [\w-]+$/m);
  assertFailed(await home.run(['fork', 'one', 'two']), 4, /"two" exists already/);
  assertFailed(await home.run(['fork', 'one']), 2, /amux fork needs more/);
});

test('one that ended before its first prompt begins again with the conversation', async () => {
  await using home = new Home();
  await talked(home);
  await home.amux('stop', 'one');
  const made = await json<SessionView>(home, 'fork', 'one', 'two', '--clean');
  assert.deepEqual([made.name, made.running], ['two', true]);
  await until('its input line', async () => (await home.amux('peek', 'two')).includes('? for shortcuts'));
  await home.amux('stop', 'two');
  await home.amux('start', 'two', '--prompt', 'a late question');
  await said(home, 'two', ['first question', 'a late question']);
});

test('one that gets another model before its first prompt has the conversation all the same, also the second time', async () => {
  await using home = new Home();
  await talked(home);
  await json<SessionView>(home, 'fork', 'one', 'two', '--clean');
  for (const model of ['small', 'large']) await home.amux('model', model, 'two', '--wait');
  await home.amux('send', 'two', 'a late question');
  await said(home, 'two', ['first question', 'a late question']);
  await home.amux('model', 'small', 'two', '--wait');
  await home.amux('send', 'two', 'a last one');
  await said(home, 'two', ['first question', 'a late question', 'a last one']);
  await said(home, 'one', ['first question']);
});

test('one that was spoken to begins afresh when it is started anew, as any session', async () => {
  await using home = new Home();
  await talked(home);
  await home.amux('fork', 'one', 'two', '--prompt', 'another way');
  await said(home, 'two', ['first question', 'another way']);
  for (const act of ['restart', 'restart']) {
    await home.amux(act, 'two');
    await until('its input line', async () => (await home.amux('peek', 'two')).includes('? for shortcuts'));
  }
  await home.amux('send', 'two', 'afresh');
  await said(home, 'two', ['afresh']);
});

test('a fork of a fork that nobody spoke to has the conversation of the first', async () => {
  await using home = new Home();
  await talked(home);
  await home.amux('fork', 'one', 'two');
  await home.amux('fork', 'two', 'three', '--prompt', 'the third');
  await said(home, 'three', ['first question', 'the third']);
});

test('a supervisor that is killed leaves the fork to the next one', async () => {
  await using home = new Home();
  await talked(home);
  await home.amux('fork', 'one', 'two');
  await home.killSupervisor();
  await home.amux('send', 'two', 'after the crash');
  await said(home, 'two', ['first question', 'after the crash']);
  await said(home, 'one', ['first question']);
});

test('a hand-off tells what was said', async () => {
  await using home = new Home();
  const {repository} = await talked(home);
  await home.amux('fork', 'one', 'two', '--handoff', '--branch', 'try/ö');
  const file = join(repository.root, '.amux', 'workspaces', 'two', '.amux', 'context', 'handoff.md');
  assert.match(readFileSync(file, 'utf8'), /> first question\n/);
  await until('the first message', async () =>
    /> Read \.amux\/context\/handoff\.md/.test(await home.amux('logs', 'two')),
  );
  assert.equal(gitIn(join(file, '../../..'), 'branch', '--show-current'), 'try/ö\n');
});

for (const [cols, rows] of [
  [80, 24],
  [120, 40],
] as const) {
  test(`f forks in the cockpit, ${cols}×${rows}`, async () => {
    await using home = new Home();
    const {repository} = await talked(home);
    await using terminal = new Terminal(home, [], {cols, rows});
    await terminal.expect(/┏━ one ━/);
    if (cols >= 120) await terminal.expect(/s stop {2}f fork/);
    terminal.press('f');
    await terminal.expect(/━ Fork one ━/);
    terminal.press('two');
    await terminal.expect(/name {2}two/);
    terminal.press('\t\t\tgo on\r');
    await terminal.expect(/━ two ━/);
    await said(home, 'two', ['first question', 'go on']);
    assert.equal(gitIn(join(repository.root, '.amux', 'workspaces', 'two'), 'status', '--porcelain'), ' M file.txt\n');
    terminal.press('f');
    await terminal.expect(/━ Fork two ━/);
    terminal.press('three\tamux/two\x13');
    await terminal.expect(/the branch amux\/two exists already/);
    terminal.press('\x1b');
    await terminal.expect(/^(?![\s\S]*━ Fork two)/);
    terminal.press('q');
    assert.equal(await terminal.ended(), 0);
  });
}
