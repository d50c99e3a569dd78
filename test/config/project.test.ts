import assert from 'node:assert/strict';
import {existsSync, mkdirSync, readFileSync, rmSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {parse} from 'yaml';
import {loadConfig} from '../../source/config/profiles.ts';
import {findProject, hideFromGit, initProject} from '../../source/config/project.ts';
import {findRepository} from '../../source/config/repository.ts';
import {commit, git, repository, temporaryDirectory, write} from './directories.ts';

describe('the project of a directory', () => {
  test('is none outside', () => {
    assert.equal(findProject(temporaryDirectory()), null);
    assert.equal(findProject('/no/such/directory'), null);
  });

  test('is the repository, without a configuration too, from anywhere below', () => {
    const root = repository();
    mkdirSync(join(root, 'a', 'b'), {recursive: true});
    assert.deepEqual(findProject(join(root, 'a', 'b')), {root, configFile: null});
    assert.deepEqual(findProject(root), {root, configFile: null});
    assert.deepEqual(findProject(join(root, '.git', 'info')), {root, configFile: null});
  });

  test('is where the nearest configuration is, no further up than the repository', () => {
    const above = temporaryDirectory();
    write(join(above, '.amux', 'config.yaml'), '');
    const root = repository(join(above, 'repository'));
    assert.deepEqual(findProject(root), {root, configFile: null});
    const configFile = write(join(root, '.amux', 'config.yaml'), '');
    const nested = write(join(root, 'packages', 'web', '.amux', 'config.yaml'), '');
    mkdirSync(join(root, 'packages', 'web', 'src'));
    assert.deepEqual(findProject(join(root, 'packages')), {root, configFile});
    assert.deepEqual(findProject(join(root, 'packages', 'web', 'src')), {
      root: join(root, 'packages', 'web'),
      configFile: nested,
    });
  });

  test('is not made by the configuration of the home', () => {
    const user = temporaryDirectory();
    const home = join(user, '.amux');
    write(join(home, 'config.yaml'), '');
    mkdirSync(join(user, 'work'));
    assert.equal(findProject(join(user, 'work'), {home}), null);
    repository(user);
    assert.deepEqual(findProject(join(user, 'work'), {home}), {root: user, configFile: null});
  });

  test('inside a worktree is the main repository, whatever the worktree has a copy of', () => {
    const root = repository();
    const configFile = write(join(root, '.amux', 'config.yaml'), 'agents: {}\n');
    write(join(root, 'src', 'x.ts'), '');
    commit(root);
    const elsewhere = join(temporaryDirectory(), 'tree');
    const inside = join(root, '.amux', 'workspaces', 'one');
    for (const [tree, branch] of [
      [elsewhere, 'b1'],
      [inside, 'b2'],
    ] as const) {
      git(root, 'worktree', 'add', '-q', '-b', branch, tree);
      assert.ok(existsSync(join(tree, '.amux', 'config.yaml')), 'the worktree has its own copy');
      assert.deepEqual(findProject(tree), {root, configFile});
      assert.deepEqual(findProject(join(tree, 'src')), {root, configFile});
    }
    rmSync(join(root, '.amux', 'config.yaml'));
    assert.deepEqual(findProject(elsewhere), {root, configFile: null});
    rmSync(join(root, '.git', 'worktrees'), {recursive: true});
    assert.deepEqual(findProject(elsewhere), {root, configFile: null}, 'also after git has pruned it');
  });

  test('inside a submodule is the submodule, from its worktrees too', () => {
    const root = repository();
    git(root, 'submodule', 'add', '-q', repository(), 'lib');
    const lib = join(root, 'lib');
    assert.deepEqual(findProject(lib), {root: lib, configFile: null});
    const tree = join(temporaryDirectory(), 'tree');
    git(lib, 'worktree', 'add', '-q', '-b', 'b', tree);
    assert.deepEqual(findProject(tree), {root: lib, configFile: null});
  });

  test('of worktrees of a bare repository is beside it, or the worktree itself', () => {
    const base = temporaryDirectory();
    const source = repository();
    git(base, 'clone', '-q', '--bare', source, join(base, 'project', '.bare'));
    write(join(base, 'project', '.git'), 'gitdir: ./.bare\n');
    git(join(base, 'project'), 'worktree', 'add', '-q', 'main');
    assert.deepEqual(findProject(join(base, 'project', 'main')), {root: join(base, 'project'), configFile: null});
    git(base, 'clone', '-q', '--bare', source, join(base, 'x.git'));
    git(join(base, 'x.git'), 'worktree', 'add', '-q', join(base, 'tree'), 'main');
    assert.deepEqual(findProject(join(base, 'tree')), {root: join(base, 'tree'), configFile: null});
  });

  test('is the same through a link', () => {
    const root = repository();
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(root, link);
    assert.deepEqual(findProject(link), {root, configFile: null});
  });

  test('is not confused by an empty .git', () => {
    const root = repository();
    mkdirSync(join(root, 'a', '.git'), {recursive: true});
    write(join(root, 'b', '.git'), 'rubbish');
    for (const name of ['a', 'b']) assert.deepEqual(findProject(join(root, name)), {root, configFile: null});
  });
});

describe('init', () => {
  test('writes a configuration that is all comment and valid', () => {
    const root = repository();
    mkdirSync(join(root, 'sub'));
    const {configFile} = initProject(join(root, 'sub'));
    assert.equal(configFile, join(root, '.amux', 'config.yaml'));
    assert.deepEqual(loadConfig(configFile), {
      config: {agents: {}, approvals: [], workspace: {setup: [], teardown: [], copy: []}},
      notices: [],
    });
    const uncommented = readFileSync(configFile, 'utf8')
      .replace(/^# ?(?=[ a-z-]+:)/gm, '')
      .replace(/^# ? {3}/gm, '   ');
    assert.ok(parse(uncommented.replace(/^# amux:.*$/m, '')), 'the examples are YAML');
  });

  test('leaves no trace in git status', () => {
    const root = repository();
    write(join(root, '.git', 'info', 'exclude'), '*.swp');
    initProject(root);
    write(join(root, '.amux', 'workspaces', 'w', 'file'), '');
    write(join(root, '.amux', 'context', 'plan.md'), '');
    write(join(root, 'x.swp'), '');
    assert.equal(git(root, 'status', '--porcelain', '-uall'), '');
    assert.equal(git(root, 'diff'), '', 'no tracked file was changed');
    initProject(root, {force: true});
    const exclude = readFileSync(join(root, '.git', 'info', 'exclude'), 'utf8');
    assert.equal(exclude, '*.swp\n.amux/workspaces/\n.amux/context/\n.amux/config.yaml\n');
  });

  test('honours a configuration that git knows, and keeps it out no longer once it does', () => {
    const root = repository();
    const exclude = () => readFileSync(join(root, '.git', 'info', 'exclude'), 'utf8');
    write(join(root, '.git', 'info', 'exclude'), '# mine\r\n*.swp\r\n');
    const {configFile} = initProject(root);
    git(root, 'add', '-f', configFile);
    assert.equal(git(root, 'status', '--porcelain'), 'A  .amux/config.yaml\n');
    hideFromGit(findRepository(root)!);
    assert.equal(exclude(), '# mine\r\n*.swp\r\n.amux/workspaces/\n.amux/context/\n');
    initProject(root, {force: true});
    assert.doesNotMatch(exclude(), /config/);
    git(root, 'rm', '-q', '--cached', configFile);
    assert.equal(git(root, 'status', '--porcelain', '-uall'), '?? .amux/config.yaml\n', 'people took it out');
  });

  test('leaves a configuration that people wrote in sight', () => {
    const root = repository();
    write(join(root, '.amux', 'config.yaml'), 'agents: {}\n');
    hideFromGit(findRepository(root)!);
    assert.equal(git(root, 'status', '--porcelain', '-uall'), '?? .amux/config.yaml\n');
  });

  test('leaves no trace where the repository is a submodule, a worktree, or ignores it already', () => {
    const root = repository();
    git(root, 'submodule', 'add', '-q', repository(), 'lib with spaces');
    git(root, 'commit', '-qm', 'lib');
    initProject(join(root, 'lib with spaces'));
    assert.equal(git(join(root, 'lib with spaces'), 'status', '--porcelain', '-uall'), '');
    assert.equal(git(root, 'status', '--porcelain', '-uall'), '');
    const ignoring = repository();
    write(join(ignoring, '.gitignore'), '.amux/\n');
    git(ignoring, 'add', '-A');
    git(ignoring, 'commit', '-qm', 'ignores');
    initProject(ignoring);
    assert.equal(git(ignoring, 'status', '--porcelain', '-uall'), '');
  });

  test('is refused when the list of what git ignores cannot be written, and says which file', () => {
    const root = repository();
    rmSync(join(root, '.git', 'info'), {recursive: true, force: true});
    write(join(root, '.git', 'info'), 'no directory');
    assert.throws(() => initProject(root), {code: 'store.write'});
  });

  test('inside a worktree is for the main repository', () => {
    const root = repository();
    const tree = join(temporaryDirectory(), 'tree');
    git(root, 'worktree', 'add', '-q', '-b', 'b', tree);
    assert.equal(initProject(tree).root, root);
    write(join(tree, '.amux', 'context', 'plan.md'), '');
    assert.equal(git(tree, 'status', '--porcelain'), '');
  });

  test('leaves an existing configuration alone unless forced', () => {
    const root = repository();
    const configFile = write(join(root, '.amux', 'config.yaml'), 'agents: {a: {}}\n');
    assert.throws(() => initProject(root), {code: 'project.exists', facts: {file: configFile}});
    assert.equal(readFileSync(configFile, 'utf8'), 'agents: {a: {}}\n');
    initProject(root, {force: true});
    assert.match(readFileSync(configFile, 'utf8'), /^# amux/);
  });

  test('outside a repository is refused', () => {
    const dir = temporaryDirectory();
    assert.throws(() => initProject(dir), {code: 'project.none', facts: {dir}});
    assert.ok(!existsSync(join(dir, '.amux')));
  });
});
