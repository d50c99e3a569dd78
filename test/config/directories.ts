import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after} from 'node:test';

/** A directory that goes away with the test file. */
export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'amux-config-')));
  after(() => rmSync(directory, {recursive: true, force: true}));
  return directory;
}

export function write(file: string, text: string): string {
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, text);
  return file;
}

export function git(dir: string, ...args: string[]): string {
  const env = {...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null'};
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'protocol.file.allow=always'];
  return execFileSync('git', [...identity, ...args], {
    cwd: dir,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A repository with one commit. */
export function repository(dir = join(temporaryDirectory(), 'repository')): string {
  mkdirSync(dir, {recursive: true});
  git(dir, 'init', '-q', '-b', 'main');
  write(join(dir, 'README.md'), '# x\n');
  commit(dir);
  return dir;
}

export function commit(dir: string): void {
  git(dir, 'add', '-A');
  git(dir, 'commit', '-q', '-m', 'x');
}
