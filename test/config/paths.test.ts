import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, describe, test} from 'node:test';
import {checkSocketDirectory, homeOf, pathsOf, prepareHome} from '../../source/config/paths.ts';

const base = mkdtempSync(join(tmpdir(), 'amux-paths-'));
after(() => rmSync(base, {recursive: true, force: true}));
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the home', () => {
  test('is the flag, else AMUX_HOME, else ~/.amux', () => {
    assert.equal(homeOf({HOME: '/u', AMUX_HOME: '/a'}, '/f'), '/f');
    assert.equal(homeOf({HOME: '/u', AMUX_HOME: '/a'}), '/a');
    assert.equal(homeOf({HOME: '/u', AMUX_HOME: ''}), '/u/.amux');
    assert.equal(homeOf({HOME: '/u'}, './x'), join(process.cwd(), 'x'));
  });

  test('is made private, with its directories', () => {
    const paths = pathsOf(join(base, 'new', 'home'));
    prepareHome(paths);
    for (const path of [paths.home, paths.journal, paths.screens, paths.memory, paths.log, paths.tmp])
      assert.equal(mode(path), '700');
    prepareHome(paths);
  });

  test('is tightened when it was open and is empty or already a home', () => {
    const home = join(base, 'open');
    mkdirSync(home);
    chmodSync(home, 0o755);
    prepareHome(pathsOf(home));
    assert.equal(mode(home), '700');
    chmodSync(home, 0o750);
    prepareHome(pathsOf(home));
    assert.equal(mode(home), '700');
  });

  test('is never made of an open directory that holds other things', () => {
    const home = join(base, 'repository');
    mkdirSync(home);
    chmodSync(home, 0o755);
    writeFileSync(join(home, 'package.json'), '{}');
    assert.throws(() => prepareHome(pathsOf(home)), {code: 'home.rights', message: /files that are not amux's.*755/});
    assert.equal(mode(home), '755');
  });

  test('that is a file is refused', () => {
    const home = join(base, 'file');
    writeFileSync(home, '');
    assert.throws(() => prepareHome(pathsOf(home)), {code: 'home.rights'});
    assert.throws(() => prepareHome(pathsOf(join(home, 'below'))), {code: 'home.rights'});
  });

  test('where nothing can be made, though the directory is there, is refused at once', () => {
    if (process.platform !== 'linux') return;
    assert.throws(() => prepareHome(pathsOf('/proc/amux')), {
      code: 'home.rights',
      message: /^cannot write to the home \/proc\/amux: ENOENT.*mkdir/,
    });
  });

  test('that another user may not write is refused with the reason', () => {
    const home = join(base, 'locked');
    mkdirSync(home, {mode: 0o755});
    chmodSync(base, 0o755);
    assert.match(asNobody(home), /^home\.rights .*locked: /);
    assert.match(asNobody(join(home, 'new')), /^home\.rights .*EACCES/);
    chmodSync(home, 0o700);
    assert.match(asNobody(home), /^home\.rights .*EACCES/);
  });

  test('keeps its sockets while its path is short enough for them', () => {
    const paths = pathsOf('/u/me/.amux');
    assert.equal(paths.socket, '/u/me/.amux/amux.sock');
    assert.equal(paths.tmuxSocket, '/u/me/.amux/tmux.sock');
    assert.equal(paths.sockets, paths.home);
  });
});

describe('a home with a long path', () => {
  const paths = pathsOf(join(base, 'long'.repeat(30)));
  after(() => rmSync(paths.sockets, {recursive: true, force: true}));

  test('has its sockets in a private directory, where they can be bound', async () => {
    prepareHome(paths);
    assert.equal(mode(paths.sockets), '700');
    assert.notEqual(paths.sockets, pathsOf(`${paths.home}x`).sockets);
    const server = createServer();
    await new Promise<void>(resolve => server.listen(`${paths.socket}.4194304.new`, resolve));
    await new Promise(resolve => server.close(resolve));
  });

  test('refuses a socket directory that others can enter, or that is a link', () => {
    chmodSync(paths.sockets, 0o755);
    assert.throws(() => checkSocketDirectory(paths), {code: 'home.rights', message: /not a private directory/});
    assert.throws(() => prepareHome(paths), {code: 'home.rights'});
    rmSync(paths.sockets, {recursive: true});
    checkSocketDirectory(paths);
    symlinkSync(base, paths.sockets);
    assert.throws(() => checkSocketDirectory(paths), {code: 'home.rights'});
  });
});

/** Prepares a home as another user, since root may write everywhere; prints code and message. */
function asNobody(home: string): string {
  const script = `
    const {pathsOf, prepareHome} = await import('./source/config/paths.ts');
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    try { prepareHome(pathsOf(process.argv[1])); console.log('prepared'); }
    catch (error) { console.log(error.code, error.message); }`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, home], {
    encoding: 'utf8',
  });
  return child.stdout + child.stderr;
}
