import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {spawn} from 'node-pty';
import {screenText} from '../../source/domain/screen.ts';
import {Emulator} from '../../source/terminal/emulator.ts';

const PRETEND = `data:text/javascript,Object.defineProperty(process, "versions", {value: {...process.versions, node: "20.11.0"}})`;
const launcher = new URL('../../bin/amux.js', import.meta.url).pathname;
/** Longest wait for a line, in ms: machines under load are slow. */
const BOUND_MS = 30_000;

describe('the cockpit, started by a Node that is too old', () => {
  for (const [signal, code] of [
    ['TERM', 143],
    ['HUP', 129],
  ] as const) {
    it(`ends on SIG${signal} to the launcher and gives the terminal back`, async () => {
      const home = mkdtempSync(join(tmpdir(), 'amux-launcher-'));
      const size = {cols: 100, rows: 30};
      // The shell says the launcher's pid first, and the terminal's settings after its end.
      const script = `'${process.execPath}' --import '${PRETEND}' '${launcher}' & echo "PID $!"; fg; echo "ENDED $?"; stty -a | grep -oE -- '-?(icanon|echo)\\b' | tr '\\n' ' '`;
      const terminal = spawn('/bin/bash', ['--norc', '-m', '-c', script], {
        ...size,
        name: 'xterm-256color',
        env: {PATH: process.env['PATH'] ?? '', HOME: home, AMUX_HOME: join(home, 'amux'), LANG: 'C.UTF-8'},
      });
      try {
        const emulator = new Emulator({...size, onReply: bytes => terminal.write(bytes)});
        let output = '';
        const ended = new Promise<void>(resolve => terminal.onExit(() => resolve()));
        const shown = (pattern: RegExp) =>
          new Promise<void>((resolve, reject) => {
            const look = () => {
              if (pattern.test(screenText(emulator.snapshot()).join('\n'))) resolve();
            };
            terminal.onData(look);
            setTimeout(() => reject(new Error(`no ${pattern} on the screen; output: ${output}`)), BOUND_MS).unref();
            look();
          });
        terminal.onData(data => {
          output += data;
          emulator.feed(data);
        });
        await shown(/COMMAND/);
        assert.ok(emulator.snapshot().modes.alternate);
        process.kill(Number(/PID (\d+)/.exec(output)![1]), `SIG${signal}`);
        await ended;
        assert.match(screenText(emulator.snapshot()).join('\n'), new RegExp(`ENDED ${code}\\n ?icanon echo`));
        assert.ok(!emulator.snapshot().modes.alternate);
      } finally {
        terminal.kill('SIGKILL');
        rmSync(home, {recursive: true, force: true});
      }
    });
  }
});
