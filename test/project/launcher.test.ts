import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {after, before, describe, it} from 'node:test';

/** Makes a new Node tell an old version, for machines that have no old one. */
const PRETEND = `data:text/javascript,Object.defineProperty(process, 'versions', {value: {...process.versions, node: '20.11.0'}})`;
const launcher = new URL('../../bin/amux.js', import.meta.url);

type Ended = {code: number | null; signal: string | null; stdout: string; stderr: string};

describe('bin/amux.js', () => {
  let root = '';
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'amux-launcher-'));
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'package.json'), '{"type": "module"}');
    copyFileSync(launcher, join(root, 'bin', 'amux.js'));
  });
  after(() => rmSync(root, {recursive: true, force: true}));

  /** The copy, started by an old Node; `pinned` is what stands where a checkout has its own Node. */
  function start(old: string[], pinned: string | null, args: string[]) {
    const file = join(root, 'node_modules', 'node', 'bin', 'node');
    rmSync(join(root, 'node_modules'), {recursive: true, force: true});
    if (pinned !== null) {
      mkdirSync(join(file, '..'), {recursive: true});
      writeFileSync(file, `#!/bin/sh\n${pinned}\n`);
      chmodSync(file, 0o755);
    }
    const [program, ...flags] = old;
    const child = spawn(program!, [...flags, join(root, 'bin', 'amux.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      child.emit('said');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = once(child, 'close').then(([code, signal]): Ended => ({code, signal, stdout, stderr}));
    return {child, ended};
  }

  for (const old of [[process.execPath, '--import', PRETEND], ...oldNodes()]) {
    const name = old.length > 1 ? 'a Node that says it is 20' : `Node ${versionOf(old[0]!)}`;

    it(`says in one line which Node it needs: ${name}, nothing pinned`, async () => {
      const {code, stdout, stderr} = await start(old, null, ['ps']).ended;
      assert.match(stderr, /^amux: needs Node 22\.12 or newer \(24 advised\); this is 20\.\d+\.\d+\n$/);
      assert.equal(stdout, '');
      assert.equal(code, 1);
    });

    it(`hands arguments and exit code over to the pinned Node: ${name}`, async () => {
      const {code, stdout} = await start(old, 'shift; echo "$#:$*"; exit 5', ['send', 'a', 'two words']).ended;
      assert.equal(stdout, '3:send a two words\n');
      assert.equal(code, 5);
    });

    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
      it(`passes ${signal} on, and its answer back: ${name}`, async () => {
        const trap = `trap 'echo got; exit 7' ${signal.slice(3)}; echo ready; for i in $(seq 200); do sleep 0.05; done`;
        const {child, ended} = start(old, trap, []);
        await once(child, 'said');
        child.kill(signal);
        const {code, stdout} = await ended;
        assert.equal(stdout, 'ready\ngot\n');
        assert.equal(code, 7);
      });
    }

    it(`ends by the signal that ended the pinned Node: ${name}`, async () => {
      const {code, signal} = await start(old, 'kill -TERM $$', []).ended;
      assert.equal(code, null);
      assert.equal(signal, 'SIGTERM');
    });
  }

  it('says what to do in a checkout that is not built', async () => {
    const {code, stderr} = await start([process.execPath], null, ['ps']).ended;
    assert.match(stderr, /^amux: is not built: npm run build in .+\n$/);
    assert.equal(code, 1);
  });
});

/** Every other Node on the PATH that is too old for amux. */
function oldNodes(): string[][] {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(dir => join(dir, 'node'))
    .filter(file => existsSync(file) && /^20\./.test(versionOf(file)));
  return [...new Map(found.map(file => [versionOf(file), [file]])).values()];
}

function versionOf(file: string): string {
  try {
    return execFileSync(file, ['-p', 'process.versions.node'], {encoding: 'utf8'}).trim();
  } catch {
    return ''; // Not a Node, whatever its name says.
  }
}
