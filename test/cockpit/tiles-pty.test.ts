import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {CockpitTerminal} from './terminal.ts';

const LEAVE = '\x1d';

const sizes = [
  {cols: 40, rows: 20, first: /^┏━ ◆ payments ▸ cropped ━+┓$/, columns: 1},
  {cols: 80, rows: 24, first: /^┏━ ◆ payments ▸ cropped ━+┓ ╭─ ◆ docs .*─╮$/, columns: 2},
  {cols: 120, rows: 40, first: /^┏━ ◆ payments .* ▸ cropped ━+┓ ╭─ ◆ docs .*─╮$/, columns: 2},
  {cols: 200, rows: 50, first: /^┏━ ◆ payments .*━┓ ╭─ ◆ docs .*─╮ ╭─ ✗ batch .*─╮$/, columns: 3},
];

describe('live tiles in a real terminal', {concurrency: 2}, () => {
  for (const {cols, rows, first, columns} of sizes) {
    test(`${cols}×${rows}: tiles stand side by side, keys choose one, type into it and zoom it`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(/payments/);
      terminal.press('V');
      await terminal.expectRow(first);
      await terminal.expectRow(/Esc to cancel/);
      terminal.press(columns === 1 ? 'j' : 'l');
      await terminal.expectRow(/┏━ ◆ docs/);
      terminal.press('i');
      if (cols >= 50) await terminal.expectRow(/TYPING → docs/);
      else await terminal.expectRow(/leaves typing/);
      await terminal.expectRow(/╭─ ◆ payments/);
      terminal.press(`x${LEAVE}`);
      await terminal.expectRow(/space send/);
      terminal.resize(cols + 20, rows - 4);
      await terminal.expectRow(/┏━ ◆ docs/);
      terminal.press('z');
      await terminal.expectRow(/^╭─ docs · gemini .*─╮$/);
      terminal.press('z');
      await terminal.expectRow(/┏━ ◆ docs/);
      terminal.press('V');
      await terminal.expectNoRow(/┏━ ◆ docs/);
      terminal.press('q');
      await terminal.expectRow(/^CODE 0/);
      assert.match(terminal.output, /CALLS .*type docs "x"/);
    });
  }
});
