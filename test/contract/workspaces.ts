import assert from 'node:assert/strict';
import {existsSync, mkdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, type TestContext, test} from 'node:test';
import type {AmuxError, ErrorCode} from '../../source/domain/errors.ts';
import {gitIn, ownGitHome, put, TestRepository} from '../helpers/repository.ts';
import type {Subject} from './fleet.ts';

const failsWith = (code: ErrorCode, says: RegExp) => (error: AmuxError) => {
  assert.equal(error.code, code, error.message);
  assert.match(error.message, says);
  return true;
};

/** Where agents work: what is made, found, refused and removed. */
export function workspaceContract(open: (context: TestContext) => Promise<Subject>): void {
  let gitHome = '';
  before(() => {
    gitHome = ownGitHome();
  });
  after(() => rmSync(gitHome, {recursive: true, force: true}));

  const opened = async (context: TestContext): Promise<Subject & {repository: TestRepository; cwd: string}> => {
    const subject = await open(context);
    const repository = new TestRepository(subject.work);
    return {...subject, repository, cwd: repository.root};
  };

  test('a workspace is made, found and removed, and the latest is the default', async context => {
    const {fleet, repository, cwd} = await opened(context);
    assert.deepEqual(
      (await fleet.workspaces({cwd})).map(({id, branch, latest}) => [id, branch, latest]),
      [['main', 'main', false]],
    );
    const one = await fleet.createWorkspace({name: 'One', cwd, agent: 'generic', description: 'to do'});
    const {id, name, path, branch, base, agent, description, state, losses} = one;
    assert.deepEqual(
      {id, name, path, branch, base, agent, description, state, losses},
      {
        id: 'one',
        name: 'One',
        path: join(cwd, '.amux', 'workspaces', 'one'),
        branch: 'amux/one',
        base: 'main',
        agent: 'generic',
        description: 'to do',
        state: 'ready',
        losses: null,
      },
    );
    await fleet.createWorkspace({name: 'Two', cwd, base: 'HEAD'});
    const all = await fleet.workspaces({cwd});
    assert.deepEqual(
      all.map(each => [each.id, each.latest]),
      [
        ['main', false],
        ['one', false],
        ['two', true],
      ],
    );
    assert.equal((await fleet.workspace(null, {cwd})).id, 'two');
    assert.equal((await fleet.workspace(null, {cwd: path})).id, 'one');
    assert.deepEqual((await fleet.workspace('On', {cwd})).losses, []);
    assert.equal((await fleet.removeWorkspace('one', {cwd})).name, 'One');
    assert.ok(!existsSync(path));
    assert.equal(repository.git('status', '--porcelain'), '');
    for (const again of [() => fleet.workspace('one', {cwd}), () => fleet.removeWorkspace('one', {cwd})]) {
      await assert.rejects(again, failsWith('workspace.unknown', /no workspace "one"/));
    }
  });

  test('what cannot be made leaves nothing', async context => {
    const {fleet, repository, cwd, work} = await opened(context);
    const refs = repository.git('for-each-ref');
    for (const [input, code] of [
      [{name: '..'}, 'workspace.name'],
      [{name: 'main'}, 'workspace.name'],
      [{name: 'x', base: 'nothing'}, 'workspace.base'],
      [{name: 'x', base: '--all'}, 'workspace.base'],
      [{name: 'x', branch: 'main'}, 'workspace.branch'],
      [{name: 'x', branch: 'nothing'}, 'workspace.branch'],
      [{name: 'x', agent: 'nobody'}, 'agent.unknown'],
    ] as const) {
      await assert.rejects(fleet.createWorkspace({cwd, ...input}), failsWith(code, /./));
    }
    await assert.rejects(fleet.createWorkspace({name: 'x', cwd: work}), failsWith('project.none', /./));
    repository.git('branch', 'amux');
    await assert.rejects(fleet.createWorkspace({name: 'x', cwd}), failsWith('workspace.git', /refs\/heads\/amux/));
    repository.git('branch', '-d', 'amux');
    await assert.rejects(fleet.createWorkspace({name: 'x', cwd: '/nowhere'}), failsWith('session.dir', /./));
    assert.equal(repository.git('for-each-ref'), refs);
    assert.equal((await fleet.workspaces({cwd})).length, 1);
    await fleet.createWorkspace({name: 'x', cwd});
    await assert.rejects(fleet.createWorkspace({name: 'x', cwd}), failsWith('workspace.exists', /"x" exists already/));
    assert.equal((await fleet.createWorkspace({name: 'X', cwd})).id, 'x-2');
  });

  test('twenty made at once are twenty', async context => {
    const {fleet, cwd} = await opened(context);
    const names = Array.from({length: 20}, (_, i) => `n ${i}`);
    const made = await Promise.all(names.map(name => fleet.createWorkspace({name, cwd})));
    assert.equal(new Set(made.map(({path}) => path)).size, 20);
    assert.equal((await fleet.workspaces({cwd})).length, 21);
  });

  test('one that holds something, is lived in, or is where the caller stands is kept', async context => {
    const {fleet, cwd} = await opened(context);
    const {path} = await fleet.createWorkspace({name: 'x', cwd});
    put(join(path, 'work.txt'), 'x');
    assert.deepEqual((await fleet.workspace('x', {cwd})).losses, [
      {kind: 'untracked', count: 1, examples: ['work.txt']},
    ]);
    await assert.rejects(fleet.removeWorkspace('x', {cwd}), failsWith('workspace.losses', /work\.txt/));
    const inside = join(path, 'deep');
    mkdirSync(inside);
    await assert.rejects(
      fleet.removeWorkspace('x', {cwd: inside, discard: true}),
      failsWith('workspace.busy', /you are in it/),
    );
    await fleet.register({name: 'lives', dir: path, agent: 'generic', command: 'cat'});
    const session = await fleet.start('lives');
    assert.deepEqual(session.workspace, {id: 'x', name: 'x', path});
    assert.deepEqual((await fleet.workspace('x', {cwd})).sessions, ['lives']);
    await assert.rejects(
      fleet.removeWorkspace('x', {cwd, discard: true}),
      failsWith('workspace.busy', /lives runs there/),
    );
    await assert.rejects(fleet.removeWorkspace('main', {cwd, discard: true}), failsWith('workspace.main', /./));
    await fleet.stop('lives', {force: true});
    await fleet.removeWorkspace('x', {cwd, discard: true});
    assert.ok(!existsSync(path));
    await assert.rejects(fleet.start('lives'), failsWith('session.orphaned', /./));
  });

  test('run goes to the one that is named, else the one of the directory, else the latest, with its agent', async context => {
    const {fleet, cwd, agent} = await opened(context);
    put(join(cwd, '.amux', 'config.yaml'), 'agents:\n  own:\n    type: generic\n    command: cat\n');
    const command = agent('x').command;
    const run = async (input: object) => {
      const {workspace, agent: id, dir} = await fleet.run({cwd, ...input});
      return [workspace.id, id, dir];
    };
    assert.deepEqual(await run({agent: 'generic', command}), ['main', 'generic', cwd]);
    const one = await fleet.createWorkspace({name: 'one', cwd, agent: 'own'});
    const two = await fleet.createWorkspace({name: 'two', cwd});
    assert.deepEqual(await run({agent: 'own'}), ['two', 'own', two.path]);
    assert.deepEqual(await run({workspace: 'one'}), ['one', 'own', one.path]);
    assert.deepEqual(await run({cwd: one.path}), ['one', 'own', one.path]);
    assert.deepEqual(await run({agent: 'own', workspace: 'main'}), ['main', 'own', cwd]);
    await assert.rejects(run({workspace: 'none'}), failsWith('workspace.unknown', /"none"/));
    assert.deepEqual(await fleet.variables({cwd, workspace: 'one'}), []);
    await fleet.stopAll({force: true});
    rmSync(two.path, {recursive: true});
    assert.equal((await fleet.workspace('two', {cwd})).state, 'missing');
    assert.deepEqual(await run({agent: 'own'}), ['one', 'own', one.path]);
    await assert.rejects(run({agent: 'own', workspace: 'two'}), failsWith('workspace.missing', /two/));
  });

  test('start and end of a session stand in the working log', async context => {
    const {fleet, cwd} = await opened(context);
    const {context: files} = await fleet.createWorkspace({name: 'x', cwd});
    const {id} = await fleet.run({cwd, agent: 'generic', command: 'cat'});
    await fleet.stop(id, {force: true});
    const log = readFileSync(join(files, 'working-log.md'), 'utf8');
    assert.deepEqual(log.match(/(?<=\(generic, session-\w+\) )(started|ended)/g), ['started', 'ended']);
    rmSync(join(files, 'working-log.md'));
    const next = await fleet.run({cwd, agent: 'generic', command: 'cat'});
    await fleet.stop(next.id, {force: true});
    assert.ok(!existsSync(join(files, 'working-log.md')));
  });

  test('commands of the project run once they were accepted as they are', async context => {
    const {fleet, cwd} = await opened(context);
    const config = (setup: string) =>
      put(
        join(cwd, '.amux', 'config.yaml'),
        `workspace:\n  setup: ["${setup}"]\n  teardown: [echo bye > ../../../bye.secret]\n  copy: [.env.secret]\n`,
      );
    put(join(cwd, '.env.secret'), 'TOKEN=1');
    config('echo hello > hello.secret');
    const refs = gitIn(cwd, 'for-each-ref');
    let hash = '';
    await assert.rejects(fleet.createWorkspace({name: 'x', cwd}), (error: AmuxError) => {
      hash = String(error.facts['hash']);
      return failsWith('workspace.untrusted', /echo hello > hello\.secret/)(error);
    });
    const other = 'a'.repeat(64);
    await assert.rejects(fleet.createWorkspace({name: 'x', cwd, trust: other}), failsWith('workspace.untrusted', /./));
    assert.equal(gitIn(cwd, 'for-each-ref'), refs);
    const {path} = await fleet.createWorkspace({name: 'x', cwd, trust: hash});
    assert.equal(readFileSync(join(path, 'hello.secret'), 'utf8'), 'hello\n');
    assert.equal(readFileSync(join(path, '.env.secret'), 'utf8'), 'TOKEN=1');
    await fleet.createWorkspace({name: 'y', cwd});
    config('echo other; exit 3');
    await assert.rejects(fleet.createWorkspace({name: 'z', cwd}), failsWith('workspace.untrusted', /echo other/));
    const bare = await fleet.createWorkspace({name: 'z', cwd, setup: false});
    assert.deepEqual([bare.notices, existsSync(join(bare.path, '.env.secret'))], [[], false]);
    await assert.rejects(fleet.removeWorkspace('z', {cwd}), failsWith('workspace.untrusted', /echo bye/));
    await fleet.removeWorkspace('z', {cwd, teardown: false});
    assert.ok(!existsSync(join(cwd, 'bye.secret')));
    await assert.rejects(fleet.createWorkspace({name: 'f', cwd}), (error: AmuxError) => {
      hash = String(error.facts['hash']);
      return true;
    });
    const failed = await fleet.createWorkspace({name: 'f', cwd, trust: hash});
    assert.match(failed.notices[0] ?? '', /setup stopped at "echo other; exit 3": ended with 3: other/);
    assert.ok(existsSync(failed.path), 'it stays');
    await assert.rejects(fleet.removeWorkspace('f', {cwd}), (error: AmuxError) => {
      hash = String(error.facts['hash']);
      return true;
    });
    await fleet.removeWorkspace('f', {cwd, trust: hash});
    assert.equal(readFileSync(join(cwd, 'bye.secret'), 'utf8'), 'bye\n');
  });

  test('prune takes what nobody used and what was deleted by hand, and leaves what holds something', async context => {
    const {fleet, cwd} = await opened(context);
    for (const name of ['clean', 'dirty', 'gone']) await fleet.createWorkspace({name, cwd});
    put(join(cwd, '.amux/workspaces/dirty/work'), 'x');
    rmSync(join(cwd, '.amux/workspaces/gone'), {recursive: true});
    const outcome = async (input: object) =>
      (await fleet.pruneWorkspaces({cwd, ...input})).map(({id, removed}) => `${id} ${removed}`);
    assert.deepEqual(await outcome({dryRun: true}), ['gone true']);
    assert.deepEqual(await outcome({days: 0, dryRun: true}), ['clean true', 'dirty false', 'gone true']);
    assert.equal((await fleet.workspaces({cwd})).length, 4);
    assert.deepEqual(await outcome({}), ['gone true']);
    assert.deepEqual(await outcome({days: 0}), ['clean true', 'dirty false']);
    assert.deepEqual(
      (await fleet.workspaces({cwd})).map(({id}) => id),
      ['main', 'dirty'],
    );
  });

  test('context files are made where they are not there, and never written over', async context => {
    const {fleet, repository, cwd} = await opened(context);
    assert.equal((await fleet.initContext(null, {cwd})).made.length, 4);
    const {context: files} = await fleet.createWorkspace({name: 'x', cwd});
    put(join(files, 'plan.md'), 'mine');
    rmSync(join(files, 'background.md'));
    assert.deepEqual((await fleet.initContext('x', {cwd})).made, ['background.md']);
    assert.deepEqual((await fleet.initContext(null, {cwd})).made, []);
    assert.equal(readFileSync(join(files, 'plan.md'), 'utf8'), 'mine');
    assert.equal(repository.git('status', '--porcelain'), '');
  });
}
