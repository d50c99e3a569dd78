import {readFileSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import unicode from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import {type IPty, spawn} from 'node-pty';
import stringWidth from 'string-width';
import {builtFixture} from './built-fixture.ts';

/** Longest wait for a line or an end, in ms: machines under load are slow. */
const BOUND_MS = 30_000;

const fixture = await builtFixture();

/** A frame comes in pieces, but without a pause, in ms. */
const QUIET_MS = 60;

/** `shell`: an interactive one, into which the command is typed. */
type Options = {cols: number; rows: number; env?: Record<string, string>; shell?: boolean};

/** The fixture in a real pty, read through a real terminal emulator. */
export class CockpitTerminal {
  readonly #pty: IPty;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  readonly #wakers = new Set<() => void>();
  readonly ended: Promise<void>;
  title = '';
  bytes = 0;
  output = '';
  #over = false;

  constructor({cols, rows, env, shell = false}: Options) {
    this.#screen = new xterm.Terminal({cols, rows, allowProposedApi: true, scrollback: 200});
    // As wide as terminals draw emoji today.
    this.#screen.loadAddon(new unicode.Unicode11Addon());
    this.#screen.unicode.activeVersion = '11';
    this.#screen.onTitleChange(title => {
      this.title = title;
    });
    // The shell stays, so that the terminal's settings can be read after the cockpit ended.
    const script = `"${process.execPath}" "${fixture}"; echo "CODE $?"; stty -a | tr ';' '\\n' | tr ' ' '\\n' | grep -xE -- '-?(icanon|echo|isig)' | tr '\\n' ' '; echo DONE; read rest`;
    this.#pty = spawn('/bin/sh', shell ? ['-i'] : ['-c', script], {
      cols,
      rows,
      name: env?.['TERM'] ?? 'xterm-256color',
      cwd: new URL('../..', import.meta.url).pathname,
      env: {...cleanEnv(), LANG: 'C.UTF-8', COLORTERM: 'truecolor', PS1: 'sh> ', ...env},
    });
    if (shell) this.#pty.write(`"${process.execPath}" "${fixture}"\r`);
    this.#pty.onData(data => {
      this.bytes += data.length;
      this.output += data;
      this.#screen.write(data, () => this.#wake());
    });
    this.ended = new Promise(resolve => {
      this.#pty.onExit(() => {
        this.#over = true;
        this.#wake();
        resolve();
      });
    });
  }

  press(keys: string): void {
    this.#pty.write(keys);
  }

  resize(cols: number, rows: number): void {
    this.#screen.resize(cols, rows);
    this.#pty.resize(cols, rows);
  }

  /** A terminal that takes nothing, as one behind a stalled connection or after ctrl+s. */
  stall(): void {
    this.#pty.pause();
  }

  goOn(): void {
    this.#pty.resume();
  }

  /** Closes the terminal: what runs in it has lost it. */
  close(): void {
    (this.#pty as IPty & {destroy: () => void}).destroy();
  }

  /** The cockpit's process: the shell's only child. */
  get pid(): number {
    return Number(readFileSync(`/proc/${this.#pty.pid}/task/${this.#pty.pid}/children`, 'utf8').trim().split(' ')[0]);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  get alternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  get cursorShown(): boolean {
    return this.output.lastIndexOf('\x1b[?25h') > this.output.lastIndexOf('\x1b[?25l');
  }

  get bracketedPaste(): boolean {
    return this.#screen.modes.bracketedPasteMode;
  }

  /** The mouse reports that were asked for: `none`, `drag` … */
  get mouse(): string {
    return this.#screen.modes.mouseTrackingMode;
  }

  /** The mouse at the first cell of a text, as a terminal reports it. `code`: 0 click, 64 wheel up, 65 wheel down. */
  point(text: string, code = 0): void {
    const rows = this.rows();
    const y = rows.findIndex(row => row.includes(text));
    if (y < 0) throw new Error(`${text} is not in\n${rows.join('\n')}`);
    const at = `${stringWidth(rows[y]!.slice(0, rows[y]!.indexOf(text))) + 1};${y + 1}`;
    this.press(code === 0 ? `\x1b[<0;${at}M\x1b[<0;${at}m` : `\x1b[<${code};${at}M`);
  }

  rows(): string[] {
    const buffer = this.#screen.buffer.active;
    return Array.from({length: this.#screen.rows}, (_, y) => {
      return (
        buffer
          .getLine(buffer.baseY + y)
          ?.translateToString(false, 0, this.#screen.cols)
          .trimEnd() ?? ''
      );
    });
  }

  /** All lines, those scrolled away too. */
  allLines(): string[] {
    const buffer = this.#screen.buffer.active;
    return Array.from(
      {length: buffer.length},
      (_, y) => buffer.getLine(y)?.translateToString(false, 0, this.#screen.cols).trimEnd() ?? '',
    );
  }

  async expectRow(pattern: RegExp): Promise<string> {
    await this.until(() => this.rows().some(row => pattern.test(row)), String(pattern));
    return this.rows().find(row => pattern.test(row))!;
  }

  async expectNoRow(pattern: RegExp): Promise<void> {
    await this.until(() => !this.rows().some(row => pattern.test(row)), `no ${pattern}`);
  }

  /** Waits for what becomes true with some output, within the bound. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + BOUND_MS;
    while (!holds()) {
      const left = deadline - performance.now();
      if (left <= 0 || this.#over) throw new Error(`waited for ${what}; the screen is\n${this.rows().join('\n')}`);
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
    for (let seen = -1; seen !== this.bytes; ) {
      seen = this.bytes;
      await pause(QUIET_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) this.#pty.kill('SIGKILL');
    await this.ended;
    this.#screen.dispose();
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
    this.#wakers.clear();
  }
}

function cleanEnv(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of ['PATH', 'HOME']) env[name] = process.env[name] ?? '';
  return env;
}
