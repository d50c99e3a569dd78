import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import stringWidth from 'string-width';
import {CockpitTerminal} from './terminal.ts';

const ESC = '\x1b';

const sizes = [
  {cols: 40, rows: 20, line: /^ \d\d:\d\d {2}api {9}api changed$/},
  {
    cols: 80,
    rows: 24,
    line: /^ +(?:\d\d:\d\d:\d\d|\d\d-\d\d \d\d:\d\d) {2}api {13}session\.activity {6}api changed$/,
    chosen: /session\.activity api ━/,
  },
  {
    cols: 120,
    rows: 40,
    line: /^ +(?:\d\d:\d\d:\d\d|\d\d-\d\d \d\d:\d\d) {2}api {13}session\.activity {6}api changed$/,
    chosen: /session\.activity api ━/,
  },
  {
    cols: 200,
    rows: 50,
    line: /^ +(?:\d\d:\d\d:\d\d|\d\d-\d\d \d\d:\d\d) {2}api {13}session\.activity {6}api changed$/,
    chosen: /session\.activity api ━/,
  },
];

describe('the events in a real terminal', {concurrency: 2}, () => {
  for (const {cols, rows, line} of sizes) {
    test(`${cols}×${rows}: a filter narrows them while it is typed, and enter reads one`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(/payments/);
      // A notice of the cockpit itself.
      terminal.press('GGi');
      await terminal.expectRow(/notes is not running/);
      terminal.press(ESC);
      await terminal.expectNoRow(/notes is not runn/);
      terminal.press('5');
      await terminal.expectRow(/ notes is not runn/);
      terminal.signal('SIGUSR2');
      await terminal.expectRow(line);
      terminal.press('/type:session');
      await terminal.expectRow(/filter ❯ type:session/);
      await terminal.expectNoRow(/notes is not runn/);
      await terminal.expectRow(line);
      for (const row of terminal.rows()) assert.ok(stringWidth(row) <= cols, row);
      terminal.press('\r');
      await terminal.expectRow(/⏎ read/);
      terminal.press('\r');
      await terminal.expectRow(/━ \d\d-\d\d \d\d:\d\d:\d\d api session\.act/);
      await terminal.expectRow(/by test/);
      terminal.press(ESC);
      await terminal.expectNoRow(/by test/);
      terminal.press('/');
      await terminal.expectRow(/filter ❯ type:session/);
      terminal.press('xyz');
      await terminal.expectRow(/no line matches "type:sessionxyz"/);
      terminal.press(ESC);
      await terminal.expectRow(line);
      terminal.press(ESC);
      await terminal.expectRow(/ notes is not runn/);
      terminal.press('1');
      await terminal.expectNoRow(/⏎ read/);
    });
  }
});
