import assert from 'node:assert/strict';
import {chmodSync, rmSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {after, it} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import {createWorktree} from '../../source/workspace/create.ts';
import {uncommittedIn} from '../../source/workspace/uncommitted.ts';
import {ownGitHome, TestRepository} from '../helpers/repository.ts';

const home = ownGitHome();
after(() => rmSync(home, {recursive: true, force: true}));

it('a repository of another user is told as that, with what makes git trust it', async () => {
  using repository = new TestRepository(home, 'of another');
  // Only root can give a directory away: git says here what it says then.
  const told = `fatal: detected dubious ownership in repository at '${repository.root}'`;
  writeFileSync(join(home, 'git'), `#!/bin/sh\necho "${told}" >&2\nexit 128\n`);
  chmodSync(join(home, 'git'), 0o755);
  const path = process.env['PATH'] ?? '';
  process.env['PATH'] = `${home}${delimiter}${path}`;
  const refused = (error: unknown): boolean => {
    assert.ok(error instanceof AmuxError, String(error));
    assert.equal(error.message, `git: another user owns ${repository.root}`);
    assert.equal(error.hint, `git config --global --add safe.directory '${repository.root}' trusts it`);
    return true;
  };
  try {
    await assert.rejects(createWorktree(repository, {name: 'x', cwd: repository.root}, 1), refused);
    await assert.rejects(uncommittedIn(repository.root), refused);
  } finally {
    process.env['PATH'] = path;
  }
});
