import {execFile, execFileSync, spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {pathsOf} from '../source/config/paths.ts';

export const SESSIONS = 20;
export const amux = [process.execPath, new URL('../bin/amux.js', import.meta.url).pathname];

const run = promisify(execFile);
/** How long a supervisor may take to answer or to end, in ms. */
const BOUND_MS = 20_000;

export type BackendKind = 'tmux' | 'pty';
export type Serving = {pid: number; end: () => Promise<void>};

/** A line so many times a second, without starting anything. */
export const printerAt = (hertz: number): string => `python3 -u -c 'import time,itertools
for i in itertools.count():
    print("line %06d of the work that is going on here" % i); time.sleep(${1 / hertz})'`;

/** The same with other words in each line, so that a scrolled screen has little in common with the one before. */
export const talkerAt = (hertz: number): string => `python3 -u -c 'import time,itertools,random
words = "read write test build of the and src/app.ts function returns 42 error ok request headers".split()
for i in itertools.count():
    print("%c[3%dm%s%c[0m" % (27, i % 8, " ".join(random.choices(words, k=random.randint(3, 16))), 27)); time.sleep(${1 / hertz})'`;

/** Programs that the sessions of a benchmark run. */
export const programs = {
  /** Silent, echoes what is typed. */
  cat: 'cat',
  printer: printerAt(10),
};

/** A home of its own with twenty running sessions, gone with the benchmark. */
export class BenchFleet {
  readonly root = mkdtempSync(join(tmpdir(), 'amux-bench-'));
  readonly home = join(this.root, 'home');
  readonly paths = pathsOf(this.home);
  readonly env: Record<string, string>;
  readonly backend: BackendKind;

  constructor(backend: BackendKind) {
    this.backend = backend;
    const {PATH = ''} = process.env;
    this.env = {PATH, HOME: this.root, AMUX_HOME: this.home, LANG: 'C.UTF-8', COLORTERM: 'truecolor'};
    mkdirSync(this.home, {mode: 0o700});
    writeFileSync(this.paths.config, `backend: ${backend}\n`);
  }

  /** A command line of amux in this home; resolves with what it printed. */
  async amux(...args: string[]): Promise<string> {
    const [file, ...rest] = [...amux, ...args];
    return (await run(file!, rest, {env: this.env, maxBuffer: 1 << 26})).stdout;
  }

  /** Sessions, made and started over a supervisor that is there already; the agents take turns. */
  async fill(command: string, {count = SESSIONS, agents = ['generic'], from = 1} = {}): Promise<void> {
    const names = Array.from({length: count}, (_, i) => `s${String(i + from).padStart(2, '0')}`);
    for (const [i, name] of names.entries()) {
      const agent = agents[i % agents.length]!;
      await this.amux('register', name, '--dir', this.root, '--agent', agent, '--command', command);
    }
    await this.amux('start', ...names);
  }

  /** The headless supervisor, in the foreground as a child. */
  async serve(options: {node?: string[]} = {}): Promise<Serving> {
    const [node, script] = amux;
    const child = spawn(node!, [...(options.node ?? []), script!, 'serve'], {
      env: this.env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
    await this.answers();
    return {
      pid: child.pid!,
      end: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }

  /** Resolves once somebody supervises this home. */
  async answers(): Promise<void> {
    for (const end = performance.now() + BOUND_MS; performance.now() < end; ) {
      const {pid} = (JSON.parse(await this.amux('doctor', '--json').catch(error => error.stdout)) as Doctor).findings
        .filter(({what}) => what === 'supervisor')
        .map(({says}) => ({pid: /^pid (\d+)/.exec(says)?.[1]}))[0] ?? {pid: undefined};
      if (pid !== undefined) return;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error('no supervisor answered');
  }

  /** The process that owns the terminals. */
  ownerPid(): number {
    if (this.backend === 'tmux') {
      return Number(
        execFileSync('tmux', ['-S', this.paths.tmuxSocket, 'display-message', '-p', '#{pid}'], {encoding: 'utf8'}),
      );
    }
    return Number(
      execFileSync('pgrep', ['-f', `pty-host --socket ${this.paths.ptySocket}`], {encoding: 'utf8'}).split('\n')[0],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.amux('stop', '--all', '--force').catch(() => {}); // Whatever failed before must not leave agents behind.
    await this.amux('serve', '--stop').catch(() => {});
    rmSync(this.root, {recursive: true, force: true});
  }
}

type Doctor = {findings: {what: string; says: string}[]};
