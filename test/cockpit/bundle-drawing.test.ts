import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {build} from 'esbuild';
import {lineDiff} from '../../source/cockpit/draw/line-diff.ts';
import {Emulator} from '../../source/terminal/emulator.ts';

const COLS = 200;

test('a line becomes the other one, whatever stands in both', () => {
  const words = ['a', 'bc', ' ', '   ', '日本', '─│', 'e', '◆', '한', '批'];
  const styles = ['1', '2', '7', '31', '94', '38;5;200', '38;2;1;2;3', '48;2;9;9;9', '1;3;4;9;41'];
  let seed = 11;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const line = (): string =>
    Array.from({length: random(9)}, () => {
      const word = words[random(words.length)]!;
      return random(2) === 0 ? word : `\x1b[${styles[random(styles.length)]}m${word}\x1b[0m`;
    })
      .join('')
      .trimEnd();
  for (let i = 0; i < 1500; i++) {
    const [previous, next] = [line(), line()];
    const changed = screenAfter(40, [`${previous}\r`, lineDiff(previous, next, 40)]);
    assert.deepEqual(changed, screenAfter(40, [next]), JSON.stringify([previous, next]));
  }
});

test('of a line that counts only the digits that move are written', () => {
  const line = (count: number): string => `\x1b[1m┃\x1b[22m line ${count} of the work \x1b[38;5;3m│\x1b[39m`;
  assert.equal(lineDiff(line(118), line(119), 80), '\x1b[10G9');
  assert.equal(lineDiff(line(118), line(118), 80), '');
  assert.equal(lineDiff('abc   def', 'abc', 80), '\x1b[4G\x1b[K');
  assert.equal(lineDiff('ab\x1b[31mc\x1b[39m', 'abc', 80), '\x1b[3Gc');
});

test('what the bundle has otherwise than Ink draws the same screens', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'amux-frames-'));
  try {
    type Bundling = {plugins: {name: string}[]};
    const {bundling} = (await import(new URL('../../.ci/plugins.mjs', import.meta.url).href)) as {bundling: Bundling};
    const draw = async (name: string, plugins: Bundling['plugins']): Promise<string[]> => {
      const outdir = join(directory, name);
      const entryPoints = [new URL('fixture-frames.ts', import.meta.url).pathname];
      await build({...bundling, plugins: plugins as [], entryPoints, outdir, outExtension: {'.js': '.mjs'}});
      const program = join(outdir, 'fixture-frames.mjs');
      const said = execFileSync(process.execPath, [program], {encoding: 'utf8', timeout: 60_000});
      return JSON.parse(/^\[".*\]$/m.exec(said)![0]) as string[];
    };
    const own = await draw('own', bundling.plugins);
    const theirs = await draw(
      'theirs',
      bundling.plugins.filter(({name}) => name === 'few-widgets'),
    );
    assert.equal(own.length, theirs.length);
    for (let frame = 1; frame <= own.length; frame += 3) {
      const [mine, its] = [own, theirs].map(all => screenAfter(COLS, all.slice(0, frame), 50));
      assert.deepEqual(mine, its, `frame ${frame}`);
    }
    assert.ok(own.join('').length < theirs.join('').length / 2, 'and with less');
  } finally {
    rmSync(directory, {recursive: true});
  }
});

/** What a terminal shows once it got all this. */
function screenAfter(cols: number, written: readonly string[], rows = 2) {
  const emulator = new Emulator({cols, rows, onReply: () => {}});
  // The terminal's driver makes two of each newline.
  for (const text of written) emulator.feed(text.replaceAll('\n', '\r\n'));
  const {lines} = emulator.snapshot();
  emulator.dispose();
  return lines;
}
