import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import type {Proposal} from '../../source/domain/workspace.ts';
import {assertFailed, Home} from '../helpers/home.ts';
import {gitIn, ownGitHome, put, TestRepository} from '../helpers/repository.ts';

const gitHome = ownGitHome();
const home = new Home();
let repository: TestRepository;
let path = '';
const amux = (...args: string[]) => home.run(args, {cwd: repository.root});

before(async () => {
  repository = new TestRepository(home.work, 'my project');
  await amux('ws', 'create', 'one', '-d', "Don't lose refunds\n\nThey matter.");
  path = join(repository.root, '.amux', 'workspaces', 'one');
});
after(async () => {
  await home[Symbol.asyncDispose]();
  rmSync(gitHome, {recursive: true, force: true});
});

test('what is missing is said, one after the other', async () => {
  assertFailed(
    await amux('ws', 'pr', 'one'),
    4,
    /one cannot become a pull request: the repository has no remote · git remote add origin URL/,
  );
  const bare = join(home.dir, 'remote.git');
  execFileSync('git', ['init', '-q', '--bare', bare]);
  repository.git('remote', 'add', 'origin', bare);
  repository.git('push', '-q', 'origin', 'main');
  assertFailed(await amux('ws', 'pr', 'one'), 4, /no commit that main does not have · commit in .*one first/);
  assertFailed(await amux('ws', 'pr', 'main'), 4, /the branch that it goes to is not known · --base BRANCH/);
  assertFailed(await amux('ws', 'pr', 'main', '--base', 'main'), 4, /main is checked out there/);
  gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'work');
  // Whatever is installed here: git, and nothing else.
  const bin = join(home.dir, 'git-only');
  mkdirSync(bin);
  symlinkSync(execFileSync('which', ['git'], {encoding: 'utf8'}).trim(), join(bin, 'git'));
  const without = await home.run(['ws', 'pr', 'one', '--run'], {cwd: repository.root, env: {PATH: bin}});
  assertFailed(without, 4, /gh is not on the PATH · https:\/\/cli\.github\.com/);
  assert.equal(repository.git('ls-remote', 'origin', 'amux/one'), '', 'nothing was pushed');
});

test('the commands are printed as a shell reads them, with title and text from the description', async () => {
  put(join(path, 'left'), 'x');
  const {code, out, err} = await amux('ws', 'pr', 'one');
  assert.deepEqual([code, err], [0, 'amux: not in it, because it is not committed: 1 untracked file (left)\n']);
  assert.equal(
    out,
    [
      `cd '${path}'`,
      'git push -u origin amux/one',
      `gh pr create --base main --head amux/one --title 'Don'\\''t lose refunds' --body 'Don'\\''t lose refunds\n\nThey matter.'`,
      '',
    ].join('\n'),
  );
});

test('results that were written down are its text; --run pushes and asks gh, from the workspace', async () => {
  const summary = join(path, '.amux', 'context', 'results-summary.md');
  put(summary, '# Refunds are idempotent\n');
  const {commands, bodyFile} = JSON.parse((await amux('ws', 'pr', 'one', '--json')).out) as Proposal & {
    commands: string[][];
  };
  assert.deepEqual(commands[1]!.slice(-2), ['--body-file', summary]);
  assert.equal(bodyFile, summary);
  const said = join(home.dir, 'gh.log');
  home.program(
    'gh',
    `#!/bin/sh\n{ pwd; for word; do echo "<$word>"; done; } > "${said}"\necho https://example.com/pull/1\n`,
  );
  const done = await amux('ws', 'pr', 'one', '--run', '--title', 'Mine', '--body', 'text', '--draft');
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /https:\/\/example\.com\/pull\/1/);
  const words = [
    'pr',
    'create',
    '--base',
    'main',
    '--head',
    'amux/one',
    '--title',
    'Mine',
    '--body',
    'text',
    '--draft',
  ];
  assert.deepEqual(readFileSync(said, 'utf8').trim().split('\n'), [path, ...words.map(word => `<${word}>`)]);
  assert.match(repository.git('ls-remote', 'origin', 'amux/one'), /refs\/heads\/amux\/one/);
  rmSync(said);
  home.program('gh', '#!/bin/sh\nexit 3\n');
  const failed = await amux('ws', 'pr', 'one', '--run');
  assert.equal(failed.code, 4);
  assert.match(failed.err, /gh pr ended with 3 · it has said why above/);
  assert.ok(!existsSync(said));
});
