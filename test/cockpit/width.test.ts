import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {build} from 'esbuild';
import stringWidth from 'string-width';
import {isNarrow, textWidth} from '../../source/cockpit/draw/width.ts';

test('every character has the width that string-width gives it', () => {
  const wrong: string[] = [];
  for (let point = 0; point <= 0x1ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const text = String.fromCodePoint(point);
    if (textWidth(text) !== stringWidth(text)) wrong.push(point.toString(16));
  }
  assert.deepEqual(wrong, []);
});

test('texts of all kinds of characters have the width that string-width gives them', () => {
  const letters = [
    'a',
    ' ',
    '─',
    '█',
    '…',
    '◆',
    '日',
    'か',
    'ﾊ',
    'ﾟ',
    '한',
    '\u1100',
    '\u1161',
    'e\u0301',
    '👩‍🚀',
    '❤️',
    '☎',
    '\ufe0f',
  ];
  letters.push(
    '\u200d',
    '\u20e3',
    '1',
    '🇩',
    '\u3099',
    '、',
    '\x1b[1m',
    '\x1b[38;2;1;2;3m',
    '\x1b]8;;x\x07',
    '\t',
    '\u00ad',
    'ש',
  );
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({length: 1 + random(8)}, () => letters[random(letters.length)]!).join('');
    assert.equal(textWidth(text), stringWidth(text), JSON.stringify(text));
    if (isNarrow(text)) assert.equal(stringWidth(text), text.length, JSON.stringify(text));
  }
});

test('what the bundle has otherwise than Ink draws the same bytes', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'amux-frames-'));
  try {
    type Bundling = {plugins: {name: string}[]};
    const {bundling} = (await import(new URL('../../.ci/plugins.mjs', import.meta.url).href)) as {bundling: Bundling};
    const draw = async (name: string, plugins: Bundling['plugins']): Promise<string[]> => {
      const outdir = join(directory, name);
      const entryPoints = [new URL('fixture-frames.ts', import.meta.url).pathname];
      await build({...bundling, plugins: plugins as [], entryPoints, outdir, outExtension: {'.js': '.mjs'}});
      const said = execFileSync(process.execPath, [join(outdir, 'fixture-frames.mjs')], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      return JSON.parse(/^\[".*\]$/m.exec(said)![0]) as string[];
    };
    const own = await draw('own', bundling.plugins);
    const theirs = await draw(
      'theirs',
      bundling.plugins.filter(({name}) => name === 'few-widgets'),
    );
    assert.ok(own.length === 40 && own.every(frame => frame.length > 200));
    assert.deepEqual(own, theirs);
  } finally {
    rmSync(directory, {recursive: true});
  }
});
