import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {setTimeout as observe} from 'node:timers/promises';
import {CockpitTerminal} from './terminal.ts';

const UP = '\x1b[A';
const DOWN = '\x1b[B';
const ESC = '\x1b';
const LEAVE = '\x1d';

const sizes = [
  {cols: 40, rows: 20, footer: /^ space send {2}i type .*\? help$/, card: /^▌◆ payments +⏎ 1 {2}2m$/},
  {
    cols: 80,
    rows: 24,
    footer: /^ space send .*q leave +COMMAND$/,
    card: /^┏━ payments ━+ claude opus ━┓ ╭─ payments · .*cropped ─+╮$/,
  },
  {
    cols: 120,
    rows: 40,
    footer: /^ space send .*q leave +COMMAND$/,
    card: /^┏━ payments ━+ claude opus ━┓ ╭─ payments · claude opus · feature\/refunds · 82×28 .*╮$/,
  },
  {
    cols: 200,
    rows: 50,
    footer: /^ space send .*r restart.*q leave +COMMAND$/,
    card: /^┏━ payments ━+ claude opus ━┓ ╭─ docs ─+ gemini ─╮ ╭─ payments · .*╮$/,
  },
];

describe('in a real terminal', {concurrency: 3}, () => {
  for (const {cols, rows, footer, card} of sizes) {
    test(`${cols}×${rows}: draws its rows to the edge, and q restores the terminal`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(card);
      await terminal.expectRow(footer);
      const drawn = terminal.rows();
      assert.match(drawn[0]!, /^ amux {1,2}◆ ?2.* 14:32$/);
      assert.match(drawn.at(-1)!, footer);
      assert.ok(terminal.alternate && terminal.bracketedPaste);
      assert.equal(terminal.title, 'amux ◆2');
      terminal.press('q');
      await restored(terminal, /^END quit/);
      await terminal.expectRow(/^CODE 0/);
    });
  }

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    test(`${signal} restores the terminal`, async () => {
      await using terminal = new CockpitTerminal({cols: 80, rows: 24});
      await terminal.expectRow(/COMMAND$/);
      terminal.signal(signal);
      await restored(terminal, new RegExp(`^END signal ${signal}`));
    });
  }

  for (const crash of ['throw', 'reject']) {
    test(`an uncaught ${crash} restores the terminal and shows the error on the ordinary screen`, async () => {
      await using terminal = new CockpitTerminal({cols: 80, rows: 24, env: {CRASH: crash}});
      await terminal.expectRow(/COMMAND$/);
      terminal.signal('SIGUSR2');
      await restored(terminal, /^Error: (thrown|rejected) on purpose/);
    });
  }

  test('three idle seconds write not one byte', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40});
    await terminal.expectRow(/COMMAND$/);
    // The observation itself has to take its time: once to let the start settle, once to look.
    await observe(1500);
    const before = terminal.bytes;
    await observe(3000);
    assert.equal(terminal.bytes - before, 0);
  });

  test('a change of one session repaints its card and little else', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40});
    await terminal.expectRow(/COMMAND$/);
    await observe(1500);
    const before = terminal.bytes;
    terminal.press('j');
    await terminal.expectRow(/^┃ ◆ question/);
    const spent = terminal.bytes - before;
    assert.ok(spent < 9000, `${spent} bytes for one step`);
  });

  test('keys do what they say', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40});
    await terminal.expectRow(/COMMAND$/);
    terminal.press('jj');
    await terminal.expectRow(/^┃ ✗ failed, exit 1/);
    await terminal.expectRow(/batch · ended/);
    terminal.press(UP);
    await terminal.expectRow(/^┃ ◆ question/);
    terminal.press('G');
    await terminal.expectRow(/^┏━ notes ━/);
    await terminal.expectRow(/s start/);
    terminal.press('i');
    await terminal.expectRow(/notes is not running/);
    terminal.press('g\t');
    await terminal.expectRow(/^┃ ◆ question/);
    terminal.press('v');
    await terminal.expectRow(/╭─ payments .*┏━ docs .*╭─ batch/);
    terminal.press('z');
    await terminal.expectRow(/^╭─ docs · gemini/);
    terminal.press(ESC);
    await terminal.expectNoRow(/notes is not running/);
    terminal.press(ESC);
    await terminal.expectRow(/^╭─ payments ─+ claude opus ─╮ ╭─ docs/);
    terminal.press('w');
    await terminal.expectNoRow(/feature\/auth/);
    await terminal.expectRow(/only what needs me/);
    terminal.press('w/son\r');
    await terminal.expectRow(/^┏━ web/);
    await terminal.expectRow(/\/ son$/);
    terminal.press(ESC);
    await terminal.expectRow(/payments/);
    terminal.press('5');
    await terminal.expectRow(/\[5 Events\]/);
    await terminal.expectRow(/notes is not running/);
    terminal.press('1m');
    await terminal.expectRow(/1 marked/);
    terminal.press('q');
    await restored(terminal, /^END quit/);
  });

  test('the prompt bar sends, a paste into it is text', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40});
    await terminal.expectRow(/COMMAND$/);
    terminal.press(' q\x1b[200~uit\nnow\x1b[201~!');
    await terminal.expectRow(/^ {14}now!/);
    terminal.press('\r');
    await terminal.expectRow(/payments: queued/);
    terminal.press('q');
    await restored(terminal, /^END quit/);
    assert.match(calls(terminal), /send payments quit\nnow!/);
  });

  test('typing sends every byte to the agent until the leave key, also those of one chunk', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40});
    await terminal.expectRow(/COMMAND$/);
    terminal.press(`iqé${DOWN}\x03\x1b[200~two\rlines\x1b[201~${LEAVE}j`);
    await terminal.expectRow(/^┃ ◆ question/);
    terminal.press('jj');
    await terminal.expectRow(/^┏━ api/);
    await terminal.expectRow(/Running 214 tests… {10}/);
    terminal.press('i');
    await terminal.expectRow(/TYPING → api/);
    terminal.press('\x1b[200~paste\x1b[201~');
    terminal.press(LEAVE);
    await terminal.expectRow(/COMMAND$/);
    terminal.press('q');
    await restored(terminal, /^END quit/);
    // payments did not ask for bracketed paste, api did.
    const typed = calls(terminal);
    assert.ok(typed.includes('type payments "qé\\u001b[B\\u0003two\\rlines"'), typed);
    assert.ok(typed.includes('type api "\\u001b[200~paste\\u001b[201~"'), typed);
  });

  test('a new session is made and started from the dialog', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24});
    await terminal.expectRow(/COMMAND$/);
    terminal.press('n');
    await terminal.expectRow(/New session/);
    terminal.press('web\t');
    await terminal.expectRow(/a session has this name already/);
    terminal.press('\x1b[Zshop\t\x1b[C\t');
    await terminal.expectRow(/codex {2}0\.98\.0/);
    terminal.press('\x15/nowhere\x13');
    await terminal.expectRow(/no directory \/nowhere/);
    terminal.press('\x15~/shop\r\r\r\rgo on\r');
    await terminal.expectNoRow(/New session/);
    await terminal.expectRow(/webshop/);
    terminal.press('q');
    await restored(terminal, /^END quit/);
    const made = calls(terminal);
    assert.ok(made.includes(`register {"name":"webshop","dir":"${process.env['HOME']}/shop","agent":"codex"}`), made);
    assert.ok(made.includes('start webshop go on'), made);
  });

  test('stopping what works asks first', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24});
    await terminal.expectRow(/COMMAND$/);
    terminal.press('jjjs');
    await terminal.expectRow(/Stop api\?/);
    terminal.press('n');
    await terminal.expectNoRow(/Stop api\?/);
    terminal.press('s\r');
    await terminal.expectRow(/api · ended/);
    terminal.press('q');
    await restored(terminal, /^END quit/);
    assert.match(calls(terminal), /stop api/);
  });

  for (const {cols, rows} of sizes) {
    test(`${cols}×${rows}: the help is searched and does the chosen line`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(/space send/);
      terminal.press('?');
      await terminal.expectRow(/━ Keys ━/);
      terminal.press('make a session\r');
      await terminal.expectRow(/New session/);
    });

    test(`${cols}×${rows}: the palette finds by a few letters, completes, and does it`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(/space send/);
      terminal.press(':');
      await terminal.expectRow(/━ Command ━/);
      terminal.press('sen\tinf\t');
      await terminal.expectRow(/❯ send infra /);
      terminal.press('fix the tests\r');
      await terminal.expectRow(/infra: queued/);
      terminal.press(':mobl\r');
      await terminal.expectNoRow(/━ Command ━/);
      await terminal.expectRow(/(┏━|▌◌) mobile/);
    });
  }

  for (const {cols, rows} of sizes) {
    test(`${cols}×${rows}: what waits is answered over any screen`, async () => {
      await using terminal = new CockpitTerminal({cols, rows, env: {ASKING: '1'}});
      await terminal.expectRow(/space send/);
      terminal.press('5');
      await terminal.expectNoRow(/space send/);
      terminal.press('A');
      await terminal.expectRow(/┏━ docs · gemini ━/);
      terminal.press('\t');
      await terminal.expectRow(/┏━ payments · claude ━/);
      terminal.press('y');
      await terminal.expectRow(/┏━ docs · gemini ━/);
      terminal.press(ESC);
      await terminal.expectNoRow(/┏━/);
      terminal.press('q');
      await restored(terminal, /^END quit/);
      assert.match(calls(terminal), /decide a-one allow/);
    });

    test(`${cols}×${rows}: sessions are grouped, and a group is folded`, async () => {
      await using terminal = new CockpitTerminal({cols, rows, env: {GROUPS: '1'}});
      await terminal.expectRow(/space send/);
      terminal.press('o');
      await terminal.expectRow(/^ ▾ #shop ─+ ◆1 ▶2\b/);
      terminal.press('-');
      await terminal.expectRow(/^▌▸ #shop ─+ ◆1 ▶2\b/);
      terminal.press('\r');
      await terminal.expectRow(/^▌▾ #shop ─+ ◆1 ▶2\b/);
      terminal.press('o');
      await terminal.expectNoRow(/▾ #shop/);
      await terminal.expectRow(/^ ▾ shop ─+ ◆1 ✗1 ▶2/);
    });

    test(`${cols}×${rows}: a text of several lines grows above the footer`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(/space send/);
      terminal.press(' one\ntwo\x1b\rthree\x1b[13;2ufour');
      await terminal.expectRow(/^ → payments ❯ one$/);
      await terminal.expectRow(/^ {14}four/);
      assert.match(terminal.rows().at(-6)!, /^─+$/);
      terminal.press('\t\r');
      await terminal.expectRow(/payments: queued/);
      terminal.press('q');
      await restored(terminal, /^END quit/);
      assert.match(calls(terminal), /send payments one/);
    });

    test(`${cols}×${rows}: a range is marked, and what is meant for it asks once`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(/space send/);
      terminal.press('\x1b[1;2B\x1b[1;2B');
      await terminal.expectRow(/send to \d/);
      terminal.press('s');
      await terminal.expectRow(/Stop \d sessions\?/);
      terminal.press(ESC);
      await terminal.expectNoRow(/Stop \d sessions/);
      terminal.press('#+urgent\r');
      await terminal.expectRow(/\+urgent for \d sessions/);
      await terminal.expectRow(/● batch/);
      terminal.press('**');
      await terminal.expectNoRow(/● batch/);
    });
  }

  test('sessions take the size of the peek once it is stable, at least 80×24', async () => {
    await using terminal = new CockpitTerminal({cols: 200, rows: 50, env: {SIZES: '1'}});
    await terminal.expectRow(/╭─ payments .* 124x45 /);
    terminal.resize(120, 40);
    await terminal.expectRow(/╭─ payments .* 81x35 /);
    terminal.press('q');
    await restored(terminal, /^END quit/);
    assert.match(calls(terminal), /resize api 124x45.*resize api 81x35/s);
  });

  test('a terminal that is too small says so and recovers', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24});
    await terminal.expectRow(/COMMAND$/);
    terminal.resize(30, 10);
    await terminal.expectRow(/amux needs 40×12/);
    terminal.resize(60, 30);
    await terminal.expectRow(/^▌◆ payments/);
    await terminal.expectRow(/^╭─ payments · claude opus/);
    terminal.resize(120, 40);
    await terminal.expectRow(/^┏━ payments ━+ claude opus ━┓ ╭─ payments/);
    await terminal.until(() => /COMMAND$/.test(terminal.rows().at(-1)!), 'the footer in the last row');
    const drawn = terminal.rows();
    assert.match(drawn[0]!, /^ amux/);
    assert.equal(drawn.filter(row => /^ amux/.test(row)).length, 1);
  });

  test('no key does anything to what a terminal is too small to show, but one leaves', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24});
    await terminal.expectRow(/COMMAND$/);
    terminal.resize(30, 10);
    await terminal.expectRow(/amux needs 40×12/);
    const drawn = terminal.bytes;
    // ctrl+l draws all anew: the keys before it were read.
    terminal.press('ysmn\x0c');
    await terminal.until(() => terminal.bytes > drawn, 'a new picture');
    terminal.resize(80, 24);
    await terminal.expectRow(/COMMAND$/);
    terminal.resize(30, 10);
    await terminal.expectRow(/amux needs 40×12/);
    terminal.press('q');
    await restored(terminal, /^END quit/);
    assert.doesNotMatch(calls(terminal), /approve|decide|start|stop/);
  });

  test('attaching gives the terminal away and takes it back whole', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24});
    await terminal.expectRow(/COMMAND$/);
    terminal.press('\r');
    await terminal.expectRow(/^ATTACHED/);
    assert.equal(terminal.alternate, false);
    terminal.press('jqhello\r');
    await terminal.expectRow(/^GOT:jqhello/);
    terminal.press('\r');
    await terminal.expectRow(/COMMAND$/);
    assert.ok(terminal.alternate && terminal.bracketedPaste);
    assert.match(terminal.rows()[0]!, /^ amux/);
    terminal.press('j');
    await terminal.expectRow(/^┃ ◆ question/);
    terminal.press('q');
    await restored(terminal, /^END quit/);
  });

  test('SIGTERM while attached ends the child first and restores the terminal', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24});
    await terminal.expectRow(/COMMAND$/);
    terminal.press('\r');
    await terminal.expectRow(/^ATTACHED/);
    terminal.signal('SIGTERM');
    await restored(terminal, /^END signal SIGTERM/);
  });

  test('a row that the terminal measures wider than we do is cut, and moves nothing', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40, env: {SCRIPT: 'हिन्दी தமிழ் '}});
    await terminal.expectRow(/हि/);
    await terminal.expectRow(/^ space send .*COMMAND$/);
    const rows = terminal.rows();
    assert.ok(
      rows.some(row => row.length > 120 || /हि.*[^│╯╮]$/.test(row)),
      'this terminal measures it wider',
    );
    assert.match(rows[0]!, /^ amux {2}◆ 2 need you/);
    assert.match(rows[39]!, /^ space send .*COMMAND$/);
    terminal.press('jj');
    await terminal.expectRow(/┏━ batch/);
    assert.match(terminal.rows()[0]!, /^ amux {2}◆ 2 need you/);
    terminal.press('\r');
    await terminal.expectRow(/batch is not running/);
    terminal.press('q');
    await terminal.expectRow(/^CODE 0/);
    assert.ok(terminal.output.lastIndexOf('\x1b[?7h') > terminal.output.lastIndexOf('\x1b[?7l'), 'lines wrap again');
  });

  test('an empty fleet says what is here and how to begin', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24, env: {EMPTY: '1'}});
    await terminal.expectRow(/No sessions yet/);
    await terminal.expectRow(/Found here: claude 2\.1\.328, codex 0\.98\.0, gemini/);
    await terminal.expectRow(/^ n new {2}: command {2}\? help {2}q leave +COMMAND$/);
  });
});

/** Ordinary screen, cooked mode, no paste markers, title given back. */
async function restored(terminal: CockpitTerminal, line: RegExp): Promise<void> {
  await terminal.expectRow(/DONE/);
  assert.ok(
    terminal.allLines().some(row => line.test(row)),
    `${line} in\n${terminal.allLines().join('\n')}`,
  );
  assert.equal(terminal.alternate, false);
  assert.equal(terminal.bracketedPaste, false);
  assert.match(terminal.allLines().join('\n'), /isig icanon echo DONE/);
  assert.ok(terminal.output.includes('\x1b[23;2t'), 'the title is given back');
  assert.ok(terminal.output.lastIndexOf('\x1b[?25h') > terminal.output.lastIndexOf('\x1b[?25l'), 'the cursor shows');
}

/** What the fleet was asked for: printed at the end, wrapped by the terminal. */
function calls(terminal: CockpitTerminal): string {
  const at = terminal.output.lastIndexOf('CALLS ');
  return terminal.output.slice(at, terminal.output.indexOf('CODE ', at)).replaceAll('\r\n', '\n');
}
