import {type IPty, spawn} from 'node-pty';
import {rowText} from '../source/domain/screen.ts';
import {Emulator} from '../source/terminal/emulator.ts';
import type {BenchFleet} from './fleet.ts';
import {amux} from './fleet.ts';

/** How long a screen may take to show what is waited for, in ms. */
const BOUND_MS = 20_000;

/** The built cockpit in a real terminal of 120×40 cells. */
export class CockpitTerminal {
  readonly #pty: IPty;
  readonly #emulator: Emulator;
  readonly #listeners = new Set<() => void>();
  readonly #ended: Promise<void>;
  /** Everything that it wrote, with the time of its arrival. */
  readonly written: {at: number; bytes: string}[] = [];

  constructor(fleet: BenchFleet, options: {node?: string[]; cols?: number; rows?: number} = {}) {
    const {node = [], cols = 120, rows = 40} = options;
    this.#emulator = new Emulator({cols, rows, onReply: bytes => this.#pty.write(bytes)});
    const [file, script] = amux;
    this.#pty = spawn(file!, [...node, script!], {cols, rows, name: 'xterm-256color', env: fleet.env});
    this.#pty.onData(bytes => {
      this.written.push({at: performance.now(), bytes});
      this.#emulator.feed(bytes);
      for (const listener of [...this.#listeners]) listener();
    });
    this.#ended = new Promise(resolve => this.#pty.onExit(() => resolve()));
  }

  get pid(): number {
    return this.#pty.pid;
  }

  rows(): string[] {
    return this.#emulator.snapshot().lines.map(rowText);
  }

  press(keys: string): void {
    this.#pty.write(keys);
  }

  /** Resolves, with the time it took in ms, once the screen is as wanted. */
  async until(holds: (rows: string[]) => boolean, what: string): Promise<number> {
    const start = performance.now();
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      const look = () => {
        if (!holds(this.rows())) return;
        done();
        resolve(performance.now() - start);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`waited for ${what}; the screen is\n${this.rows().join('\n')}`));
      }, BOUND_MS);
      this.#listeners.add(look);
      look();
    });
  }

  async end(): Promise<void> {
    this.#pty.kill('SIGTERM');
    const timer = setTimeout(() => this.#pty.kill('SIGKILL'), BOUND_MS);
    await this.#ended;
    clearTimeout(timer);
  }
}
