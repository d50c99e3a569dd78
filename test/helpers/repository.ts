import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';

const CONFIG = `[user]
  name = Ada
  email = ada@example.com
[init]
  defaultBranch = main
[protocol "file"]
  allow = always
[commit]
  gpgSign = false
`;

/** A home directory with a git configuration of its own, for this process and what it starts. */
export function ownGitHome(): string {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'amux-git-')));
  writeFileSync(join(home, '.gitconfig'), CONFIG);
  process.env['HOME'] = home;
  process.env['LANG'] = 'C.UTF-8';
  delete process.env['XDG_CONFIG_HOME'];
  return home;
}

/** A real repository with one commit, in a directory of its own. */
export class TestRepository {
  readonly root: string;
  readonly gitDir: string;

  constructor(parent: string, name = 'project') {
    this.root = join(parent, name);
    this.gitDir = join(this.root, '.git');
    mkdirSync(this.root, {recursive: true});
    this.git('init', '-q');
    this.write('.gitignore', '*.secret\nnode_modules/\nprivate/\n');
    this.write('file.txt', 'first\n');
    this.commit('first');
    writeFileSync(join(this.gitDir, 'info', 'exclude'), '.amux/workspaces/\n.amux/context/\n');
  }

  git(...args: string[]): string {
    return gitIn(this.root, ...args);
  }

  write(path: string, text: string): void {
    put(join(this.root, path), text);
  }

  commit(message: string): string {
    this.git('add', '-A');
    this.git('commit', '-q', '-m', message);
    return this.git('rev-parse', 'HEAD').trim();
  }

  [Symbol.dispose](): void {
    rmSync(this.root, {recursive: true, force: true});
  }
}

export function gitIn(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, {cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
}

export function put(file: string, text: string): void {
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, text);
}

/** Every file of a tree with its content, as one text. */
export function treeOf(top: string, path = ''): string[] {
  const found = lstatSync(join(top, path), {throwIfNoEntry: false});
  if (found === undefined) return [`${path} is not there`];
  if (found.isSymbolicLink()) return [`${path} → ${readlinkSync(join(top, path))}`];
  if (!found.isDirectory()) {
    return [
      `${path} ${createHash('sha256')
        .update(readFileSync(join(top, path)))
        .digest('hex')}`,
    ];
  }
  return [
    `${path}/`,
    ...readdirSync(join(top, path))
      .sort()
      .flatMap(name => treeOf(top, join(path, name))),
  ];
}
