import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, describe, test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {ASK_BACKGROUND} from '../../source/cockpit/background.ts';
import {gone} from '../helpers/processes.ts';
import {CockpitTerminal} from './terminal.ts';

describe('a terminal that is slow, resized, stopped or lost', {concurrency: 3}, () => {
  test('t repaints everything in the colours of the next theme', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40});
    await terminal.expectRow(/^┃ ◆ permission/);
    await terminal.expectRow(/make refunds idempotent/);
    assert.ok(terminal.output.includes('38;2;240;180;85m'), 'amber of the dark theme');
    const from = terminal.output.length;
    terminal.press('t');
    await terminal.expectRow(/theme high-contrast/);
    const written = terminal.output.slice(from);
    const repaint = written.slice(written.indexOf('38;2;255;215;0m'));
    assert.ok(!repaint.includes('38;2;240;180;85m'));
    assert.equal(repaint.split('feature/refunds').length - 1, 2, 'its card and the title of its peek, once each');
  });

  test('pictures are held together once the terminal says that it can, and its answer is no key', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24});
    await terminal.expectRow(/COMMAND$/);
    assert.equal(terminal.output.split('\x1b[?2026$p').length, 2, 'it is asked once');
    assert.ok(!terminal.output.includes('\x1b[?2026h'));
    terminal.press('\x1b[?20');
    await pause(200);
    terminal.press('26;2$yj');
    await terminal.expectRow(/^┃ ◆ question/);
    const frames = terminal.output.split('\x1b[?2026h').length;
    terminal.press('j');
    await terminal.expectRow(/^┃ ✗ failed/);
    const after = terminal.output.split('\x1b[?2026h').length;
    assert.ok(after > frames);
    assert.equal(terminal.output.split('\x1b[?2026l').length, after);
  });

  test('on a light background the light theme is drawn, and what tells of it is no key', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40, env: {THEME: 'auto', COLORTERM: 'truecolor'}});
    await terminal.expectRow(/^┃ ◆ permission/);
    assert.ok(terminal.output.includes('38;2;240;180;85m'), 'amber of the dark theme');
    assert.equal(terminal.output.split(ASK_BACKGROUND).length, 2, 'it is asked once');
    const from = terminal.output.length;
    terminal.press('\x1b]11;rgb:ff');
    await pause(50);
    terminal.press('ff/ffff/ff');
    await pause(50);
    terminal.press('ff\x1b\\j');
    await terminal.expectRow(/^┃ ◆ question/);
    assert.ok(terminal.output.slice(from).includes('38;2;154;85;0m'), 'amber of the light theme');
    await terminal.settled();
    assert.ok(!terminal.rows().some(row => /theme/.test(row)), terminal.rows().join('\n'));
  });

  for (const [name, env, answer] of [
    ['that does not know it', {}, '\x1b[?2026;0$y'],
    ['that prints what it does not know', {TERM: 'linux'}, ''],
  ] as const) {
    test(`a terminal ${name} gets pictures without marks`, async () => {
      await using terminal = new CockpitTerminal({cols: 80, rows: 24, env});
      await terminal.expectRow(/COMMAND$/);
      terminal.press(`${answer}j`);
      await terminal.expectRow(/^┃ ◆ question/);
      assert.ok(!/\x1b\[\?2026[hl]/.test(terminal.output));
      assert.equal(terminal.output.includes('\x1b[?2026$p'), answer !== '');
      assert.equal(terminal.output.includes(ASK_BACKGROUND), answer !== '');
    });
  }

  test('a stalled terminal stops neither the process nor keys, and gets the newest picture alone', async () => {
    const file = join(directory, 'flood.json');
    await using terminal = new CockpitTerminal({cols: 200, rows: 50, env: {FLOOD: file}});
    await terminal.expectRow(/payments/);
    terminal.press('/auth\r');
    await terminal.expectRow(/flood \d+ flood/);
    terminal.stall();
    const stalledAt = told(file).count;
    await reaches(file, ({count}) => count > stalledAt + 30);
    const memory = residentMb(terminal.pid);
    terminal.press('ix');
    await reaches(file, ({count, typed}) => typed === 'x' && count > stalledAt + 120);
    assert.ok(residentMb(terminal.pid) - memory < 100, 'pictures are not kept');
    const from = terminal.bytes;
    const {count} = told(file);
    terminal.goOn();
    const newest = await terminal.expectRow(new RegExp(`flood (?!${stalledAt}\\b)\\d+ flood`));
    await terminal.until(() => shown(terminal) >= count, `a picture behind ${count}; there was ${newest}`);
    // What the terminal had taken before, one picture that waited, and what came by then: 90 had been 2 MB.
    assert.ok(terminal.bytes - from < 240_000, `${terminal.bytes - from} bytes to catch up`);
    await terminal.expectRow(/TYPING → api/);
  });

  test('a stalled terminal keeps nobody from ending the cockpit', async () => {
    const file = join(directory, 'ending.json');
    await using terminal = new CockpitTerminal({cols: 200, rows: 50, env: {FLOOD: file}});
    await terminal.expectRow(/payments/);
    terminal.press('/auth\r');
    await terminal.expectRow(/flood \d+ flood/);
    const {pid} = terminal;
    terminal.stall();
    const {count} = told(file);
    await reaches(file, told => told.count > count + 60);
    process.kill(pid, 'SIGTERM');
    await gone(pid);
  });

  test('ctrl+z gives the terminal back to the shell, and fg takes it again whole', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40, shell: true});
    await terminal.expectRow(/^┃ ◆ permission/);
    terminal.press('\x1a');
    await prompts(terminal);
    await terminal.until(() => !terminal.alternate && !terminal.bracketedPaste && terminal.cursorShown, 'its modes');
    terminal.press('stty -a | tr ";" "\\n" | tr " " "\\n" | grep -xE -e "-?(icanon|echo|isig)" | tr "\\n" "="; jobs\r');
    await terminal.expectRow(/isig=icanon=echo=.*(Stopped|Suspended)/);
    terminal.resize(80, 24);
    terminal.press('fg\r');
    await terminal.expectRow(/^┏━ payments ━+ claude opus ━┓ ╭─ payments .*cropped ─+╮$/);
    await terminal.expectRow(/q leave +COMMAND$/);
    await terminal.until(
      () => terminal.alternate && terminal.bracketedPaste && !terminal.cursorShown,
      'the other modes',
    );
    await terminal.settled();
    assert.match(terminal.rows()[0]!, /^ amux .*14:3\d$/);
    assert.match(terminal.rows().at(-1)!, /COMMAND$/);
    terminal.press('j');
    await terminal.expectRow(/^┃ ◆ question/);
    terminal.press('\x1a');
    await prompts(terminal);
    terminal.press('fg\r');
    await terminal.expectRow(/^┃ ◆ question/);
    terminal.press('q');
    await terminal.expectRow(/END quit/);
  });

  test('stopped and continued by others, it draws everything anew', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24, shell: true});
    await terminal.expectRow(/^┃ ◆ permission/);
    const {pid} = terminal;
    process.kill(pid, 'SIGSTOP');
    // What the shell says of it is cut: nothing wraps on the cockpit's screen.
    await terminal.expectRow(/^sh>/);
    // The terminal is still raw: there is nothing that makes a newline of the Enter key.
    terminal.press('stty sane; printf "\\033[?1049l\\033[?25h"; fg\n');
    await terminal.until(() => terminal.alternate && /COMMAND$/.test(terminal.rows().at(-1)!), 'the whole picture');
    assert.match(terminal.rows()[0]!, /^ amux/);
    await terminal.settled();
    terminal.press('j');
    await terminal.expectRow(/^┃ ◆ question/);
    terminal.press('q');
    await terminal.expectRow(/END quit/);
  });

  test('without a shell to go back to, ctrl+z says so', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40});
    await terminal.expectRow(/^┃ ◆ permission/);
    terminal.press('\x1a');
    await terminal.expectRow(/nothing to suspend to/);
    assert.ok(terminal.alternate);
    terminal.press('j');
    await terminal.expectRow(/^┃ ◆ question/);
  });

  test('two hundred resizes in a second end with the right picture', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40});
    await terminal.expectRow(/^┃ ◆ permission/);
    for (let i = 0; i < 200; i++) {
      terminal.resize(30 + ((i * 37) % 190), 10 + ((i * 13) % 45));
      await pause(5);
    }
    terminal.resize(100, 30);
    const whole = () => {
      const rows = terminal.rows();
      return rows.length === 30 && /^ amux .*14:3\d$/.test(rows[0]!) && /^ space send .*COMMAND$/.test(rows[29]!);
    };
    await terminal.until(whole, 'header and footer in their rows');
    await terminal.expectRow(/^┏━ payments ━+ claude opus ━┓ ╭─ payments · .*╮$/);
    assert.equal(terminal.rows().filter(row => /^ amux |COMMAND$/.test(row)).length, 2, 'nothing else is left');
    terminal.press('j');
    await terminal.expectRow(/^┃ ◆ question/);
    terminal.press('q');
    await terminal.expectRow(/^CODE 0/);
  });

  for (const [how, env] of [
    ['with its signal', {}],
    ['without a signal', {DEAF: '1'}],
  ] as const) {
    test(`a terminal that is lost ${how} ends the cockpit`, async () => {
      const file = join(directory, `end-${how.length}`);
      await using terminal = new CockpitTerminal({cols: 80, rows: 24, env: {...env, END: file}});
      await terminal.expectRow(/^┃ ◆ permission/);
      const {pid} = terminal;
      terminal.close();
      await gone(pid);
      assert.equal(readFileSync(file, 'utf8'), 'signal SIGHUP');
    });
  }
});

const directory = mkdtempSync(join(tmpdir(), 'amux-terminal-'));
after(() => rmSync(directory, {recursive: true}));

type Told = {count: number; typed: string};
const told = (file: string): Told => JSON.parse(readFileSync(file, 'utf8')) as Told;

/** The fixture goes on and says how far it is. */
async function reaches(file: string, holds: (told: Told) => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; !holds(told(file)); await pause(20)) {
    assert.ok(performance.now() < end, `the process stands still at ${readFileSync(file, 'utf8')}`);
  }
}

/** The newest of the flood's numbers that is on screen. */
const shown = (terminal: CockpitTerminal): number =>
  Math.max(...terminal.rows().map(row => Number(/flood (\d+) flood/.exec(row)?.[1] ?? 0)));

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}

/** The shell has the terminal again: the rows of before show an older prompt, and what is typed too early is lost. */
const prompts = (terminal: CockpitTerminal): Promise<void> =>
  terminal.until(() => !terminal.alternate && terminal.rows().findLast(row => row !== '') === 'sh>', 'a new prompt');
