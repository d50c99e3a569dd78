import assert from 'node:assert/strict';
import {setTimeout as pause} from 'node:timers/promises';
import unicode from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import {type IPty, spawn} from 'node-pty';
import {quoteArgv} from '../../source/config/command-line.ts';
import {amuxFile, type Home} from './home.ts';

/** Longest wait for a line or an end, in ms: machines under load are slow. */
const BOUND_MS = 30_000;

/** A frame comes in pieces, but without a pause, in ms. */
const QUIET_MS = 60;

/** `shell`: an interactive one, into which the command is typed. */
type Options = {shell?: boolean; cols?: number; rows?: number; env?: Record<string, string>; cwd?: string};

/** A person's terminal: the built binary in a real pty, read through a real terminal emulator. */
export class Terminal {
  readonly #pty: IPty;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  readonly #wakers = new Set<() => void>();
  /** Everything that it printed, as it came. */
  output = '';
  readonly #written: Uint8Array[] = [];
  readonly #decoder = new TextDecoder();
  /** Its exit code, once it ended. */
  code: number | null = null;
  cols: number;

  constructor(home: Home, args: string[], {shell = false, cols = 100, rows = 30, env, cwd = home.work}: Options = {}) {
    this.cols = cols;
    this.#screen = new xterm.Terminal({cols, rows, allowProposedApi: true, scrollback: 200});
    // As wide as terminals draw emoji today.
    this.#screen.loadAddon(new unicode.Unicode11Addon());
    this.#screen.unicode.activeVersion = '11';
    const inherited = Object.entries(home.env).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const command = [process.execPath, amuxFile, ...args];
    const [program, ...rest] = shell ? ['/bin/sh', '-i'] : command;
    this.#pty = spawn(program!, rest, {
      // Bytes: a decoder would hide those that are no text.
      encoding: null,
      cols,
      rows,
      name: 'xterm-256color',
      cwd,
      env: {...Object.fromEntries(inherited), COLORTERM: 'truecolor', ...env},
    });
    if (shell) this.#pty.write(`${quoteArgv(command)}\r`);
    this.#pty.onData(given => {
      const data = given as unknown as Uint8Array;
      this.#written.push(data);
      this.output += this.#decoder.decode(data, {stream: true});
      this.#screen.write(data, () => this.#wake());
    });
    this.#pty.onExit(({exitCode}) => {
      // Behind what it printed last.
      this.#screen.write('', () => {
        this.code = exitCode;
        this.#wake();
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** The same as `output`, undecoded. */
  bytes(): Uint8Array {
    return Buffer.concat(this.#written);
  }

  press(keys: string): void {
    this.#pty.write(keys);
  }

  /** Closes the terminal: what runs in it has lost it. */
  close(): void {
    (this.#pty as IPty & {destroy: () => void}).destroy();
  }

  resize(cols: number, rows: number): void {
    this.cols = cols;
    this.#screen.resize(cols, rows);
    this.#pty.resize(cols, rows);
  }

  /** Noise on the line until it is seen: the emulator shows it, the program knows nothing of it and may draw over it. */
  async damage(noise: string): Promise<void> {
    const end = performance.now() + BOUND_MS;
    while (!this.text().includes(noise) && performance.now() < end) {
      await new Promise<void>(resolve => this.#screen.write(`\x1b[5;5H${noise}`, resolve));
    }
    assert.ok(this.text().includes(noise), `no ${noise}; the screen is\n${this.text()}`);
  }

  get alternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  /** What is on screen. */
  text(): string {
    const buffer = this.#screen.buffer.active;
    return Array.from({length: this.#screen.rows}, (_, y) => {
      const line = buffer.getLine(buffer.baseY + y);
      return line?.translateToString(false, 0, this.#screen.cols).trimEnd() ?? '';
    }).join('\n');
  }

  /** What stands out on screen, by a background or in reverse: a line `» …` for each such run. */
  highlights(): string {
    const buffer = this.#screen.buffer.active;
    const runs: string[] = [];
    for (let y = 0; y < this.#screen.rows; y++) {
      const line = buffer.getLine(buffer.baseY + y);
      let run = '';
      for (let x = 0; x <= this.#screen.cols; x++) {
        const cell = line?.getCell(x);
        const isLit = cell !== undefined && (cell.isInverse() !== 0 || !cell.isBgDefault());
        if (isLit) run += cell.getChars() || (cell.getWidth() === 0 ? '' : ' ');
        else if (run !== '') {
          runs.push(`» ${run.trim()}`);
          run = '';
        }
      }
    }
    return runs.join('\n');
  }

  async expect(pattern: RegExp): Promise<void> {
    await this.until(() => pattern.test(this.text()), `${pattern}`);
  }

  /** Its exit code. */
  async ended(): Promise<number> {
    await this.until(() => this.code !== null, 'its end');
    return this.code!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.code === null) {
      this.#pty.kill('SIGKILL');
      await this.ended();
    }
    this.#screen.dispose();
  }

  /** Waits for what becomes true with some output, within the bound. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const end = performance.now() + BOUND_MS;
    while (!holds()) {
      const left = end - performance.now();
      if (left <= 0 || this.code !== null) throw new Error(`waited for ${what}; the screen is\n${this.text()}`);
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, left);
        this.#wakers.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** What it draws is whole: nothing more came for a moment. */
  async settled(): Promise<void> {
    for (let seen = -1; seen !== this.output.length; ) {
      seen = this.output.length;
      await pause(QUIET_MS);
    }
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
    this.#wakers.clear();
  }
}
