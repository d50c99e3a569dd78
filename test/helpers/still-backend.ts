import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import type {Backend, BackendEvent, Launch, TerminalInfo} from '../../source/backends/backend.ts';
import {emptyScreen, type Row, type Screen} from '../../source/domain/screen.ts';
import type {Mark} from '../../source/domain/steering.ts';

type Terminal = {
  launch: Launch;
  child: ChildProcess;
  mark: Mark | null;
  typed: string;
  size: {cols: number; rows: number};
};

/** Terminals whose program is always one that sleeps, whatever was asked for: for tests of what stands in front of them. */
export class StillBackend implements Backend {
  readonly kind = 'pty';
  readonly socket = '/nowhere';
  readonly #terminals = new Map<string, Terminal>();
  readonly #listeners = new Set<(event: BackendEvent) => void>();

  async open(): Promise<boolean> {
    return true;
  }

  async list(): Promise<TerminalInfo[]> {
    return [...this.#terminals.values()].map(({launch, child, mark, size}) => ({
      terminal: launch.terminal,
      run: launch.run,
      pid: child.pid!,
      exit: null,
      ...size,
      mark,
      printedAt: null,
      attached: 0,
    }));
  }

  async launch(launch: Launch): Promise<number> {
    const child = spawn('sleep', ['1000'], {stdio: 'ignore'});
    await once(child, 'spawn');
    const {terminal, run, cols, rows} = launch;
    this.#terminals.set(terminal, {launch, child, mark: null, typed: '', size: {cols, rows}});
    child.once('exit', (code, signal) => {
      const at = Date.now();
      for (const listener of this.#listeners) listener({type: 'exit', terminal, run, at, exit: {code, signal, at}});
    });
    return child.pid!;
  }

  async capture(terminal: string): Promise<Screen> {
    const {size, typed} = this.#terminal(terminal);
    const screen = emptyScreen(size.cols, size.rows);
    screen.lines[0] = [{text: `ready ${typed.replace(/\p{C}/gu, '')}`.slice(0, size.cols), style: {}}];
    return screen;
  }

  async rows(terminal: string, lines: number): Promise<Row[]> {
    return (await this.capture(terminal)).lines.slice(0, Math.min(lines, 1));
  }

  async history(terminal: string, lines: number): Promise<string[]> {
    this.#terminal(terminal);
    return ['ready'].slice(0, lines);
  }

  async write(terminal: string, bytes: string): Promise<void> {
    this.#terminal(terminal).typed = bytes.slice(0, 20);
  }

  async paste(terminal: string, text: string, mark: Mark): Promise<void> {
    Object.assign(this.#terminal(terminal), {typed: text.slice(0, 20), mark});
  }

  async enter(terminal: string, mark: Mark): Promise<void> {
    Object.assign(this.#terminal(terminal), {typed: '', mark});
  }

  async environment(terminal: string): Promise<Record<string, string>> {
    return this.#terminals.get(terminal)?.launch.env ?? {};
  }

  async resize(terminal: string, size: {cols: number; rows: number}): Promise<void> {
    this.#terminal(terminal).size = size;
  }

  async close(terminal: string): Promise<void> {
    this.#terminals.get(terminal)?.child.kill('SIGKILL');
    this.#terminals.delete(terminal);
  }

  async end(): Promise<void> {
    for (const terminal of [...this.#terminals.keys()]) await this.close(terminal);
  }

  attachArgv(): string[] | null {
    return null;
  }

  async detached(): Promise<void> {}

  onEvent(listener: (event: BackendEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    await this.end();
  }

  #terminal(id: string): Terminal {
    const found = this.#terminals.get(id);
    if (found === undefined) throw new Error(`no terminal ${id}`);
    return found;
  }
}
