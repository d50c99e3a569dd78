import assert from 'node:assert/strict';
import {mkdirSync, rmSync} from 'node:fs';
import {after, it} from 'node:test';
import {setUp, withoutOutput} from '../../source/supervisor/workspace-setup.ts';
import {createWorktree} from '../../source/workspace/create.ts';
import {ownGitHome, TestRepository} from '../helpers/repository.ts';

const home = ownGitHome();
after(() => rmSync(home, {recursive: true, force: true}));

it('what a setup command printed is told to its caller, and the journal keeps none of it', async () => {
  using repository = new TestRepository(home, 'secret');
  mkdirSync(`${repository.root}/.amux`, {recursive: true});
  const record = await createWorktree(repository, {name: 'x', cwd: repository.root}, 1);
  const here = {repository, project: {root: repository.root, configFile: null}};
  const declared = {setup: ['echo key=hunter2; exit 3'], teardown: [], copy: ['.env']};
  const notices = await setUp(here, {record, declared});
  assert.match(notices.join('\n'), /ended with 3: key=hunter2/);
  const kept = withoutOutput([...notices, 'another']).join('\n');
  assert.doesNotMatch(kept, /hunter2/);
  assert.match(kept, /its setup failed\nanother$/);
});
