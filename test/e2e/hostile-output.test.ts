import assert from 'node:assert/strict';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Home, until} from '../helpers/home.ts';
import {strayOutput} from '../helpers/strict-terminal.ts';
import {Terminal} from '../helpers/terminal.ts';

const program = fileURLToPath(new URL('../fixtures/hostile-agent.mjs', import.meta.url));

test('what is strict lets the cockpit’s own sequences pass and nothing else', () => {
  const stray = (text: string) => strayOutput(Buffer.from(text)).length;
  assert.equal(stray('\x1b[1;38;2;1;2;3m日本 ◆\x1b[0m\r\n\x1b[39A\x1b[1G\x1b[K\x1b]2;amux ◆2\x1b\\'), 0);
  const wrong = [
    '\x1b]52;c;QQ==\x07',
    '\x1b]2;owned\x1b\\',
    '\x1b[?1000h',
    '\x1bPq\x1b\\',
    '\u009b2J',
    '\x07',
    '\u202e',
  ];
  for (const text of [...wrong, '\x1b[6n', '\x1b[5;10r', '\x1bc', '\x1b(0', '\x1b[4h', '\t', '\x7f']) {
    assert.ok(stray(text) > 0, JSON.stringify(text));
  }
  assert.throws(() => strayOutput(Uint8Array.of(0x9b, 0x32, 0x4a)));
});

describe('an agent that prints what a terminal must not get', {concurrency: 1}, () => {
  for (const backend of ['tmux', 'pty']) {
    test(`${backend}: none of it reaches the terminal, and keys are answered meanwhile`, async () => {
      await using home = new Home({
        config: `backend: ${backend}\nmouse: false\nnotices: {bell: false, desktop: off}\n`,
      });
      const [progress, stop] = [join(home.dir, 'progress'), join(home.dir, 'stop')];
      /** Bytes so far. */
      const printed = () => (existsSync(progress) ? Number(readFileSync(progress, 'utf8')) : 0);
      const command = `'${process.execPath}' '${program}' '${progress}' '${stop}'`;
      await home.amux('register', 'bad', '--dir', home.work, '--agent', 'generic', '--command', command);
      await home.amux(
        'register',
        'good',
        '--dir',
        home.work,
        '--agent',
        'generic',
        '--command',
        'echo all is well; cat',
      );
      await home.amux('start', 'good');
      await using cockpit = new Terminal(home, [], {cols: 120, rows: 40});
      await cockpit.expect(/all is well/);
      await home.amux('start', 'bad');
      await cockpit.expect(/━ bad ━|─ bad ─/);
      await until('noise', () => printed() > 2_000_000);

      // Keys while it goes on: the agent itself ends only once it is told.
      cockpit.press('/bad\r');
      await cockpit.expect(/╭─ bad · generic/);
      await cockpit.expect(/│[^│]*[█x日][^│]*│\s*$/m);
      const before = printed();
      for (const [key, seen] of [
        ['z', /^╭─ bad · generic/m],
        ['\x1b', /^┏━ bad ━/m],
        ['5', /\[5 Events\]/],
        ['1', /^┏━ bad ━/m],
        // Half a frame may still show another screen’s "good": the filter is off once its chip is gone.
        ['\x1b', /^(?![\s\S]*\/ bad)[\s\S]*good/],
      ] as const) {
        cockpit.press(key);
        await cockpit.expect(seen);
      }
      await until('more noise behind the keys', () => printed() > before);
      // How long all of it takes is the machine's affair: it has to go on.
      for (let seen = 0; seen < 50_000_000; seen = printed()) {
        await until('more noise', () => printed() > seen);
      }
      writeFileSync(stop, '');
      cockpit.press('/bad\r');
      await cockpit.expect(/NOISE OVER/);
      cockpit.press('q');
      assert.equal(await cockpit.ended(), 0);
      const bytes = cockpit.bytes();
      assert.deepEqual(strayOutput(bytes).slice(0, 5), []);
      const asked = Buffer.from(bytes).toString().split('\x1b]11;?').length - 1;
      assert.ok(asked <= 1, `the background was asked for ${asked} times: a program's question was passed on`);
    });
  }
});
