import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {themeFiles} from '../../source/cli/theme-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'amux-themes-'));
after(() => rmSync(directory, {recursive: true}));

test('themes of the home come behind those of amux; other files are none', () => {
  writeFileSync(join(directory, 'dusk.json'), '{"tokens": {}}');
  writeFileSync(join(directory, 'notes.md'), '');
  mkdirSync(join(directory, 'old.json'));
  const found = themeFiles(directory);
  const names = found.map(({name}) => name);
  assert.deepEqual(names, ['ansi-16', 'colour-blind', 'dark', 'high-contrast', 'light', 'terminal', 'dusk']);
  assert.equal(found.at(-1)!.file, join(directory, 'dusk.json'));
  assert.equal(found.at(-1)!.read(), '{"tokens": {}}');
});

test('a home without themes has those of amux', () => {
  assert.equal(themeFiles(join(directory, 'nowhere')).length, 6);
});
