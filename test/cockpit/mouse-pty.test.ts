import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {CockpitTerminal} from './terminal.ts';

const LEAVE = '\x1d';
const WHEEL_UP = 64;

const sizes = [
  {cols: 40, rows: 20, title: /^╭─ docs .*─╮$/},
  {cols: 80, rows: 24, title: /^╭─ docs .*─╮$/},
  {cols: 120, rows: 40, title: /^╭─ docs .*─╮$/},
  {cols: 200, rows: 50, title: /^╭─ docs .*─╮$/},
];

describe('the mouse in a real terminal', {concurrency: 2}, () => {
  for (const {cols, rows, title} of sizes) {
    test(`${cols}×${rows}: clicks choose and open, the wheel scrolls, and no report becomes a key`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      // The footer is drawn last: then all of the frame is there.
      await terminal.expectRow(/^ space send/);
      await terminal.until(() => terminal.mouse === 'drag', 'reports of the mouse');
      terminal.point('docs');
      await terminal.expectRow(cols < 50 ? /^▌◆ docs/ : /┏━ docs/);
      terminal.point(cols < 50 ? '◆ docs' : '┏━ docs');
      await terminal.expectRow(title);
      if (cols >= 120) await terminal.expectRow(/z unzoom/);
      terminal.point('no screen yet', WHEEL_UP);
      await terminal.expectRow(/docs · scrollback/);
      // Torn in the middle, and motion that nobody asked for.
      terminal.press('\x1b[<0;5');
      terminal.press(';5M\x1b[<35;9;9M\x1b[<0;5;5m');
      // From a terminal that knows no SGR coordinates: a click at column 81.
      terminal.press('\x1b[M qq');
      terminal.press('q\x1b');
      await terminal.expectRow(cols < 50 ? /^▌◆ docs/ : /┏━ docs/);
      await terminal.settled();
      terminal.point('? help');
      await terminal.expectRow(/━ Keys ━/);
      terminal.press('\x1b');
      await terminal.expectNoRow(/━ Keys ━/);
      terminal.press('q');
      await terminal.expectRow(/^CODE 0/);
      assert.equal(terminal.mouse, 'none');
    });
  }

  test('typing mode and an attached terminal have no reports, and they come back', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40});
    await terminal.expectRow(/^ space send/);
    await terminal.until(() => terminal.mouse === 'drag', 'reports of the mouse');
    terminal.press('i');
    await terminal.until(() => terminal.mouse === 'none', 'no reports while one types');
    terminal.press('\x1b[<0;5;5Mx');
    terminal.press(LEAVE);
    await terminal.until(() => terminal.mouse === 'drag', 'reports again');
    terminal.press('\r');
    await terminal.expectRow(/^ATTACHED/);
    assert.equal(terminal.mouse, 'none');
    terminal.press('one\r\r');
    await terminal.until(() => terminal.mouse === 'drag', 'reports after the attach');
    terminal.press('q');
    await terminal.expectRow(/^CODE 0/);
    assert.match(terminal.output, /CALLS .*type payments "x"/);
  });

  test('the edge of the split follows a drag', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40});
    await terminal.expectRow(/^ space send/);
    await terminal.until(() => terminal.mouse === 'drag', 'reports of the mouse');
    terminal.press('\x1b[<0;37;10M\x1b[<32;50;11M\x1b[<32;61;12M\x1b[<0;61;12m');
    await terminal.expectRow(/^.{59}┓ ╭─ payments/);
  });

  test('`mouse: false` leaves the mouse to the terminal', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40, env: {MOUSE: '0'}});
    await terminal.expectRow(/payments/);
    terminal.press('?');
    await terminal.expectRow(/━ Keys ━/);
    assert.equal(terminal.mouse, 'none');
    assert.ok(!terminal.output.includes('\x1b[?1000h'));
  });
});
