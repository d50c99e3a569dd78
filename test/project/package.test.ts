import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {promisify} from 'node:util';
import {AGENTS_PAGE, agentsPage} from '../../docs/agents.ts';
import {API_PAGE, apiPage} from '../../docs/api.ts';
import {withTables} from '../../docs/tables.ts';
import {errorTable} from '../../source/domain/errors.ts';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');
type Locked = {packages: Record<string, {resolved?: string; integrity?: string; hasInstallScript?: true}>};

describe('the project', () => {
  it('has a README whose tables are those of the keymap and of the commands', () => {
    const readme = read('README.md');
    assert.equal(readme, withTables(readme), 'a table is stale: npm run docs');
  });

  it('has a page on the real programs that is made from their newest results', () => {
    assert.equal(readFileSync(AGENTS_PAGE, 'utf8'), agentsPage(), 'the page is stale: npm run docs');
  });

  it('has a page on its API that is made from the records of the routes', () => {
    assert.equal(readFileSync(API_PAGE, 'utf8'), apiPage(), 'the page is stale: npm run docs');
  });

  it('has a README that names each exit code', () => {
    const readme = read('README.md');
    const codes = new Set(Object.values(errorTable).map(({exit}) => exit));
    for (const code of codes) assert.match(readme, new RegExp(`^\\| ${code} \\|`, 'm'));
  });

  it('shows pictures of real runs, each layout and theme among them', () => {
    const shown = [...read('README.md').matchAll(/\]\((docs\/pictures\/[\w.-]+\.svg)\)/g)].map(([, file]) => file!);
    for (const file of shown) assert.match(read(file), /<svg[^>]*>/);
    const themes = readdirSync(new URL('../../themes/', import.meta.url)).map(
      file => `theme-${file.replace('.json', '')}`,
    );
    for (const name of ['fleet-40x20', 'fleet-80x24', 'fleet-120x40', 'fleet-200x50', ...themes])
      assert.ok(shown.includes(`docs/pictures/${name}.svg`), `${name} is not in the README`);
  });

  it('locks packages by their content and by no address', () => {
    const {packages} = JSON.parse(read('package-lock.json')) as Locked;
    const addressed = Object.entries(packages).filter(([, {resolved}]) => resolved !== undefined);
    assert.deepEqual(addressed, []);
    const open = Object.entries(packages).filter(([path, {integrity}]) => path !== '' && integrity === undefined);
    assert.deepEqual(open, []);
  });

  it('records which packages may run their install scripts, and those that may exist', () => {
    const {packages} = JSON.parse(read('package-lock.json')) as Locked;
    const scripted = Object.entries(packages)
      .filter(([path, {hasInstallScript}]) => path !== '' && hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    // fsevents is for macOS alone and does without its script.
    const wanted = scripted.filter(name => name !== 'fsevents');
    const {allowScripts} = JSON.parse(read('package.json')) as {allowScripts: Record<string, boolean>};
    assert.deepEqual(Object.keys(allowScripts).sort(), [...new Set(wanted)].sort());
  });
});

describe('install.sh', () => {
  const script = new URL('install.sh', root).pathname;

  it('installs from anywhere, says each step, and leaves a command that runs', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'amux-install-'));
    try {
      const {stdout} = await run('sh', [script, join(dir, 'bin')], {cwd: dir});
      assert.match(stdout, /1\/3 dependencies .*\n.*2\/3 building .*\n.*3\/3 linking .*\n.*done: amux \d/);
      assert.equal(readlinkSync(join(dir, 'bin', 'amux')), new URL('bin/amux.js', root).pathname);
      const version = await run(join(dir, 'bin', 'amux'), ['--version']);
      assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    } finally {
      rmSync(dir, {recursive: true});
    }
  });

  it('refuses clearly when node or npm is missing', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'amux-install-'));
    try {
      mkdirSync(join(dir, 'bin'));
      const {stdout: dirname} = await run('sh', ['-c', 'command -v dirname']);
      symlinkSync(dirname.trim(), join(dir, 'bin', 'dirname'));
      const env = {PATH: join(dir, 'bin'), HOME: dir};
      await assert.rejects(run('/bin/sh', [script], {cwd: dir, env}), /install: Node\.js is missing: .*\n$/);
      symlinkSync(process.execPath, join(dir, 'bin', 'node'));
      await assert.rejects(run('/bin/sh', [script], {cwd: dir, env}), /install: npm is missing: .*\n$/);
    } finally {
      rmSync(dir, {recursive: true});
    }
  });

  it('never overwrites a command that is not its own link', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'amux-install-'));
    try {
      mkdirSync(join(dir, 'amux'));
      await assert.rejects(run('sh', [script, dir]), /exists and is not a link/);
    } finally {
      rmSync(dir, {recursive: true});
    }
  });
});
