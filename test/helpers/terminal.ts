import xterm from '@xterm/headless';
import {type IPty, spawn} from 'node-pty';
import {amuxFile, type Home} from './home.ts';

/** Longest wait for a line or an end, in ms: machines under load are slow. */
const BOUND_MS = 15_000;

type Options = {cols?: number; rows?: number; env?: Record<string, string>; cwd?: string};

/** A person's terminal: the built binary in a real pty, read through a real terminal emulator. */
export class Terminal {
  readonly #pty: IPty;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  readonly #wakers = new Set<() => void>();
  /** Everything that it printed, as it came. */
  output = '';
  /** Its exit code, once it ended. */
  code: number | null = null;

  constructor(home: Home, args: string[], {cols = 100, rows = 30, env, cwd = home.work}: Options = {}) {
    this.#screen = new xterm.Terminal({cols, rows, allowProposedApi: true, scrollback: 200});
    const inherited = Object.entries(home.env).filter((pair): pair is [string, string] => pair[1] !== undefined);
    this.#pty = spawn(process.execPath, [amuxFile, ...args], {
      cols,
      rows,
      name: 'xterm-256color',
      cwd,
      env: {...Object.fromEntries(inherited), COLORTERM: 'truecolor', ...env},
    });
    this.#pty.onData(data => {
      this.output += data;
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

  press(keys: string): void {
    this.#pty.write(keys);
  }

  resize(cols: number, rows: number): void {
    this.#screen.resize(cols, rows);
    this.#pty.resize(cols, rows);
  }

  get alternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  /** What is on screen. */
  text(): string {
    const buffer = this.#screen.buffer.active;
    return Array.from({length: this.#screen.rows}, (_, y) => {
      const line = buffer.getLine(buffer.baseY + y);
      return line?.translateToString().trimEnd() ?? '';
    }).join('\n');
  }

  async expect(pattern: RegExp): Promise<void> {
    await this.#until(() => pattern.test(this.text()), `${pattern}`);
  }

  /** Its exit code. */
  async ended(): Promise<number> {
    await this.#until(() => this.code !== null, 'its end');
    return this.code!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.code === null) {
      this.#pty.kill('SIGKILL');
      await this.ended();
    }
    this.#screen.dispose();
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
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

  #wake(): void {
    for (const wake of this.#wakers) wake();
    this.#wakers.clear();
  }
}
