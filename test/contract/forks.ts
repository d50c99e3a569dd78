import assert from 'node:assert/strict';
import {existsSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, type TestContext, test} from 'node:test';
import type {AmuxError, ErrorCode} from '../../source/domain/errors.ts';
import {until} from '../helpers/home.ts';
import {gitIn, ownGitHome, put, TestRepository} from '../helpers/repository.ts';
import type {Subject} from './fleet.ts';

const failsWith = (code: ErrorCode, says: RegExp) => (error: AmuxError) => {
  assert.equal(error.code, code, error.message);
  assert.match(`${error.message} · ${error.hint}`, says);
  return true;
};

/** A second session from one: what it has, what is refused, and that the first goes on. */
export function forkContract(open: (context: TestContext) => Promise<Subject>): void {
  let gitHome = '';
  before(() => {
    gitHome = ownGitHome();
  });
  after(() => rmSync(gitHome, {recursive: true, force: true}));

  const opened = async (context: TestContext) => {
    const subject = await open(context);
    const repository = new TestRepository(subject.work);
    return {...subject, repository, cwd: repository.root};
  };

  test('a hand-off is a fresh session with the changes, and a first message that leads to what was said', async context => {
    const {fleet, repository, cwd, agent} = await opened(context);
    const program = agent('one');
    const {command} = program;
    await fleet.register({
      name: 'one',
      dir: cwd,
      agent: 'generic',
      command,
      tags: ['t'],
      env: {KEY: '$' + '{A_KEY}'},
      yolo: true,
    });
    // Of the caller's environment, which the fork has from the first one.
    const source = await fleet.start('one', {callerEnv: {A_KEY: 'x'}});
    await program.ready();
    repository.write('file.txt', 'changed\n');
    repository.write('new file', 'new\n');
    const status = repository.git('status', '--porcelain=v2');
    const made = await fleet.fork('one', {name: 'two', handoff: true, prompt: 'go on'});
    const path = join(cwd, '.amux', 'workspaces', 'two');
    const {name, kind, agent: profile, dir, workspace, branch, tags, running, yolo, notice} = made;
    assert.deepEqual(
      {name, kind, profile, dir, workspace, branch, tags, running, yolo, notice},
      {
        name: 'two',
        kind: 'durable',
        profile: 'generic',
        dir: path,
        workspace: {id: 'two', name: 'two', path},
        branch: 'amux/two',
        tags: ['t'],
        running: true,
        yolo: false,
        notice: null,
      },
    );
    assert.equal(gitIn(path, 'status', '--porcelain=v2'), status);
    assert.equal(repository.git('status', '--porcelain=v2'), status);
    const got = await program.read(1);
    assert.match(got[0] ?? '', /^Read \.amux\/context\/handoff\.md first: .*work of one.* Then: go on$/);
    assert.match(readFileSync(join(path, '.amux/context/handoff.md'), 'utf8'), /^# Hand-off from one\n/);
    const {origin, conversation} = await fleet.explain('two');
    assert.deepEqual([origin, conversation], [{session: 'one', conversation: null}, null]);
    const {pid, running: still} = await fleet.session('one');
    assert.deepEqual([pid, still, await fleet.queue('one')], [source.pid, true, []]);
    const view = await fleet.workspace('two', {cwd});
    assert.deepEqual([view.agent, view.description, view.base], ['generic', 'A fork of one', 'main']);
    await fleet.stopAll({force: true});
    await assert.rejects(fleet.removeWorkspace('two', {cwd}), failsWith('workspace.losses', /file\.txt/));
  });

  test('it begins where the first one works, on a branch that is named, and without changes when they are not wanted', async context => {
    const {fleet, cwd} = await opened(context);
    put(join(cwd, 'packages', 'a', 'x'), 'x');
    gitIn(cwd, 'add', '.');
    gitIn(cwd, 'commit', '-q', '-m', 'a package');
    const {path} = await fleet.createWorkspace({name: 'place', cwd});
    gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'work');
    gitIn(path, 'checkout', '-q', '--detach');
    put(join(path, 'new'), 'x');
    await fleet.register({name: 'one', dir: join(path, 'packages', 'a'), agent: 'generic', command: 'cat'});
    const made = await fleet.fork('one', {name: 'A.b', branch: 'feature/x', clean: true, handoff: true});
    const place = join(cwd, '.amux', 'workspaces', 'a-b');
    assert.deepEqual([made.dir, made.workspace.path, made.branch], [join(place, 'packages', 'a'), place, 'feature/x']);
    assert.equal(gitIn(place, 'rev-parse', 'HEAD'), gitIn(path, 'rev-parse', 'HEAD'));
    assert.equal(gitIn(place, 'status', '--porcelain'), '');
    assert.equal((await fleet.explain('one')).status, 'stopped');
    await fleet.stopAll({force: true});
  });

  test('what cannot be forked is refused before anything is made, with what can be done', async context => {
    const {fleet, repository, cwd, work} = await opened(context);
    await fleet.register({name: 'one', dir: cwd, agent: 'generic', command: 'cat'});
    await fleet.register({name: 'claude', dir: cwd, agent: 'claude', command: 'cat'});
    await fleet.register({name: 'outside', dir: work, agent: 'generic', command: 'cat'});
    await fleet.createWorkspace({name: 'there', cwd});
    repository.git('branch', 'taken');
    const refs = repository.git('for-each-ref');
    for (const [ref, input, code, says] of [
      ['nobody', {name: 'x'}, 'session.unknown', /nobody/],
      ['one', {name: '1x'}, 'session.name', /starting with a letter/],
      ['one', {name: 'claude'}, 'session.exists', /"claude" exists/],
      [
        'one',
        {name: 'x'},
        'fork.conversation',
        /: a plain command cannot copy a conversation · amux fork one x --handoff/,
      ],
      ['claude', {name: 'x'}, 'fork.conversation', /no conversation yet · amux fork claude x --handoff/],
      ['outside', {name: 'x', handoff: true}, 'fork.cannot', /is in no git repository · git init/],
      ['one', {name: 'there', handoff: true}, 'workspace.exists', /"there" exists/],
      ['one', {name: 'x', branch: 'taken', handoff: true}, 'workspace.branch', /the branch taken exists already/],
      ['one', {name: 'x', branch: '-f', handoff: true}, 'workspace.branch', /cannot be a branch/],
      ['one', {name: 'main', handoff: true}, 'workspace.name', /main/],
    ] as const) {
      await assert.rejects(fleet.fork(ref, input), failsWith(code, says), JSON.stringify(input));
    }
    assert.equal(repository.git('for-each-ref'), refs);
    assert.equal((await fleet.workspaces({cwd})).length, 2);
    assert.equal((await fleet.sessions()).length, 3);
  });

  test('a one-shot session has a one-shot fork, with the variables that it was given', async context => {
    const {fleet, cwd} = await opened(context);
    const env = {GIVEN: 'to it alone'};
    const {id} = await fleet.run({cwd, agent: 'generic', command: 'sh -c "echo $GIVEN; exec cat"', env});
    const made = await fleet.fork(id, {name: 'two', handoff: true, clean: true});
    assert.deepEqual([made.kind, made.running], ['one-shot', true]);
    await until('what it was given', async () => (await fleet.peek('two')).output.includes('to it alone'));
    await fleet.stopAll({force: true});
    await assert.rejects(fleet.start('two'), failsWith('session.one-shot', /two/));
  });

  test('a directory that is gone, or not what it was, is no source', async context => {
    const {fleet, repository, cwd} = await opened(context);
    const {path} = await fleet.createWorkspace({name: 'place', cwd});
    await fleet.register({name: 'one', dir: path, agent: 'generic', command: 'cat'});
    const fork = () => fleet.fork('one', {name: 'x', handoff: true});
    const aside = join(cwd, '.amux', 'aside');
    renameSync(path, aside);
    await assert.rejects(fork(), failsWith('session.orphaned', /is gone/));
    put(join(path, 'file'), 'no worktree');
    await assert.rejects(fork(), failsWith('fork.cannot', /is no worktree any more/));
    rmSync(path, {recursive: true});
    repository.git('clone', '-q', repository.root, path);
    await assert.rejects(fork(), failsWith('fork.cannot', /is another repository than it was/));
    assert.ok(!existsSync(join(cwd, '.amux', 'workspaces', 'x')));
    rmSync(path, {recursive: true});
    renameSync(aside, path);
    assert.equal((await fork()).branch, 'amux/x');
    await fleet.stopAll({force: true});
  });

  test('one that does not start keeps what was made, and says so', async context => {
    const {fleet, cwd} = await opened(context);
    put(join(cwd, 'file.txt'), 'changed\n');
    await fleet.register({name: 'one', dir: cwd, agent: 'generic', command: './none-such'});
    const made = fleet.fork('one', {name: 'two', handoff: true});
    await assert.rejects(made, failsWith('fork.start', /none-such.*workspaces\/two · amux start two tries again/));
    assert.equal((await fleet.session('two')).status, 'failed');
    assert.equal((await fleet.queue('two')).length, 1);
    put(join(cwd, '.amux/workspaces/two/none-such'), '#!/bin/sh\nexec cat\n');
    gitIn(join(cwd, '.amux/workspaces/two'), 'update-index', '--add', '--chmod=+x', 'none-such');
    gitIn(join(cwd, '.amux/workspaces/two'), 'checkout-index', '-f', 'none-such');
    assert.equal((await fleet.start('two')).running, true);
    await fleet.stopAll({force: true});
  });

  test('commands of the project are asked for as with any workspace; two forks of one name are one', async context => {
    const {fleet, cwd} = await opened(context);
    put(join(cwd, '.amux', 'config.yaml'), 'workspace:\n  setup: ["echo made > made.secret"]\n');
    await fleet.register({name: 'one', dir: cwd, agent: 'generic', command: 'cat'});
    let hash = '';
    await assert.rejects(fleet.fork('one', {name: 'x', handoff: true}), (error: AmuxError) => {
      hash = String(error.facts['hash']);
      return failsWith('workspace.untrusted', /echo made/)(error);
    });
    const both = await Promise.allSettled([1, 2].map(() => fleet.fork('one', {name: 'x', handoff: true, trust: hash})));
    const [made] = both.filter(each => each.status === 'fulfilled');
    const [refused] = both.filter(each => each.status === 'rejected');
    assert.equal(readFileSync(join(made!.value.dir, 'made.secret'), 'utf8'), 'made\n');
    failsWith('session.exists', /"x" exists/)(refused!.reason as AmuxError);
    const bare = await fleet.fork('one', {name: 'y', handoff: true, setup: false});
    assert.ok(!existsSync(join(bare.dir, 'made.secret')));
    await until('both', async () => (await fleet.health()).running === 2);
    await fleet.stopAll({force: true});
  });
}
