import assert from 'node:assert/strict';
import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {CockpitTerminal} from './terminal.ts';

const sizes = [
  {cols: 40, rows: 20, footer: /^ \/ search {2}esc back .*\? help$/, title: /^╭─ payments · scrollback ▸ cropped ─+╮$/},
  {cols: 80, rows: 24, footer: /^ \/ search {2}esc back .*COMMAND$/, title: /[┓╮] ╭─ payments · scrollback .*─+╮$/},
  {cols: 120, rows: 40, footer: /^ \/ search .*esc back .*COMMAND$/, title: /[┓╮] ╭─ payments · scrollback .*─+╮$/},
  {cols: 200, rows: 50, footer: /^ \/ search .*esc back .*COMMAND$/, title: /[┓╮] ╭─ payments · scrollback .*─+╮$/},
];

describe('the scrollback in a real terminal', {concurrency: 2}, () => {
  for (const {cols, rows, footer, title} of sizes) {
    test(`${cols}×${rows}: lines and keys are in their places, and what a program printed is only text`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(/payments/);
      terminal.press('[');
      await terminal.expectRow(title);
      await terminal.expectRow(/▌ Esc to cancel/);
      await terminal.expectRow(footer);
      terminal.press('/evil\r');
      await terminal.expectRow(/"evil" 1\/1/);
      await terminal.expectRow(/▌\]52;c;RVZJTA==\]0;owned/);
      assert.equal(terminal.title, 'amux ◆2');
      assert.ok(!terminal.output.includes('\x1b]52;'), 'nothing is copied that nobody asked for');
      assert.doesNotMatch(terminal.output, /[\x80-\x9f]/);
      terminal.press('gG');
      await terminal.expectRow(/224 of 224/);
      terminal.resize(cols + 20, rows - 4);
      await terminal.expectRow(/224 of 224/);
      terminal.press('q');
      await terminal.expectRow(/space send/);
    });
  }

  test('y writes OSC 52 to the terminal, through tmux as well', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40, env: {TMUX: '/tmp/tmux/default,1,0'}});
    await terminal.expectRow(/payments/);
    terminal.press('[');
    await terminal.expectRow(/224 of 224/);
    terminal.press('gvy');
    await terminal.expectRow(/1 line copied .*set-clipboard on, or allow-passthrough on, in tmux/);
    const base64 = Buffer.from('   1 Test refunds › case 1 批量导入 ✅ ok\n').toString('base64');
    assert.ok(terminal.output.includes(`\x1b]52;c;${base64}\x07`));
    assert.ok(terminal.output.includes(`\x1bPtmux;\x1b\x1b]52;c;${base64}\x07\x1b\\`));
  });

  test('e gives all of it to the editor, and the file is gone afterwards', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'amux-editor-'));
    try {
      const editor = join(dir, 'editor');
      writeFileSync(
        editor,
        `#!/bin/sh\necho "$1" > ${dir}/name; cp "$1" ${dir}/text; echo changed >> "$1"; echo EDITING; read line\n`,
      );
      chmodSync(editor, 0o755);
      await using terminal = new CockpitTerminal({cols: 120, rows: 40, env: {EDITOR: editor}});
      await terminal.expectRow(/payments/);
      terminal.press('[');
      await terminal.expectRow(/224 of 224/);
      terminal.press('e');
      await terminal.expectRow(/^EDITING/);
      terminal.press('\r');
      await terminal.expectRow(/payments · scrollback/);
      const lines = readFileSync(join(dir, 'text'), 'utf8').split('\n');
      assert.deepEqual([lines.length, lines[1]], [225, '   2 Test refunds › case 2 ok']);
      const name = readFileSync(join(dir, 'name'), 'utf8').trim();
      assert.match(name, /\/payments\.txt$/);
      assert.throws(() => readFileSync(name), /ENOENT/);
      terminal.press('q');
      await terminal.expectRow(/space send/);
    } finally {
      rmSync(dir, {recursive: true});
    }
  });
});
