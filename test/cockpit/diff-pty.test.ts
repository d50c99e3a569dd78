import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {CockpitTerminal} from './terminal.ts';

const sizes = [
  {
    cols: 40,
    rows: 20,
    title: /^ payments · .* 4 files {2}\+4 {2}−2$/,
    file: /^▌added +docs\/new ö\.md ─+ \+2 −0$/,
    footer: /^ c comment .*\? help$/,
  },
  {
    cols: 80,
    rows: 24,
    title: /^ payments · feature\/refunds against main +4 files/,
    file: /^▌added +docs\/new ö\.md ─+ \+2 −0$/,
    footer: /^ c comment .*esc back .*COMMAND$/,
  },
  {
    cols: 120,
    rows: 40,
    title: /^ payments · feature\/refunds against main +4 files/,
    file: /^ {3}docs\/new ö\.md +\+2 −0 {2}▌added +docs\/new ö\.md ─+ \+2 −0$/,
    footer: /^ c comment .*esc back .*COMMAND$/,
  },
  {
    cols: 200,
    rows: 50,
    title: /^ payments · feature\/refunds against main +4 files/,
    file: /^ {3}docs\/new ö\.md +\+2 −0 {2}▌added +docs\/new ö\.md ─+ \+2 −0$/,
    footer: /^ c comment .*esc back .*COMMAND$/,
  },
];

describe('the changes of a session in a real terminal', {concurrency: 2}, () => {
  for (const {cols, rows, title, file, footer} of sizes) {
    test(`${cols}×${rows}: files, lines and keys are in their places, and what a file holds is only text`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(/payments/);
      terminal.press('d');
      await terminal.expectRow(title);
      await terminal.expectRow(file);
      await terminal.expectRow(/\+\^\[\[31mred\^\[\]0;title\^G {3}end/);
      await terminal.expectRow(footer);
      assert.equal(terminal.title, 'amux ◆2');
      terminal.press('G');
      await terminal.expectRow(/▌.* stays$/);
      await terminal.expectRow(footer);
      terminal.resize(cols + 20, rows - 4);
      await terminal.expectRow(/▌.* stays$/);
      terminal.press('q');
      await terminal.expectRow(/space send/);
    });
  }
});
