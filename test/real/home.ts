import {type ChildProcess, execFile, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {Client} from '../../source/api/client.ts';
import {pathsOf} from '../../source/config/paths.ts';
import {holders, kill} from '../helpers/processes.ts';
import type {Program} from './program.ts';
import {until} from './until.ts';

const amuxFile = new URL('../../bin/amux.js', import.meta.url).pathname;
const launcher = new URL('../fixtures/agents/real-agent', import.meta.url).pathname;
/** How long the supervisor may take to answer, in ms. */
const SERVING_MS = 20_000;

/** Programs are looked at as they are: without what the watchdog does when they stop. */
export const QUIET = '{context: off, limit: off, error: off}';

/** What the tool commands run: tells its start and its end by files that hold the time in ms. */
const TOOL = `import os, sys, time
def tell(what):
    now = str(int(time.time() * 1000))
    file = sys.argv[1] + '.' + what
    with open(file + '.new', 'w') as out: out.write(now)
    os.rename(file + '.new', file)
tell('start')
time.sleep(float(sys.argv[2]))
tell('end')
`;

export type BackendName = 'tmux' | 'pty';

/** A home of amux for one program and one backend, with a supervisor, and repositories to work in. */
export class RealHome {
  /** Below the run's own directory, which goes with the namespace, whatever happens to this process. */
  readonly root = realpathSync(mkdtempSync(join(process.env['REAL_AGENT_DIR']!, 'fleet-')));
  readonly paths = pathsOf(join(this.root, 'home'));
  /** A repository that the program was told to trust. */
  readonly trusted = join(this.root, 'trusted');
  readonly client = new Client({socket: this.paths.socket});
  readonly #program: Program;
  readonly #config: string;
  #repositories = 0;
  #supervisor: ChildProcess | null = null;

  constructor(program: Program, backend: BackendName) {
    this.#program = program;
    mkdirSync(this.paths.home, {mode: 0o700});
    const profile = JSON.stringify({type: program.name, args: program.args, environment: program.environment ?? {}});
    this.#config = `backend: ${backend}\nagents:\n  ${program.name}: ${profile}\n`;
    this.watchdog(QUIET);
    // HOME is the run's own: the launcher made it.
    writeFiles(join(process.env['REAL_AGENT_DIR']!, 'home'), program.homeFiles);
    this.#repository(this.trusted);
    execFileSync(launcher, ['trust', this.trusted], {stdio: 'ignore'});
  }

  /** What the watchdog does from now on (YAML in one line). What programs do by themselves is looked at without it. */
  watchdog(rules: string): void {
    writeFileSync(this.paths.config, `${this.#config}watchdog: ${rules}\n`);
  }

  /** A repository that the program has never seen. */
  untrusted(): string {
    const dir = join(this.root, `new-${++this.#repositories}`);
    this.#repository(dir);
    return dir;
  }

  get supervisorPid(): number {
    return this.#supervisor?.pid ?? 0;
  }

  async serve(): Promise<void> {
    const child = spawn(process.execPath, [amuxFile, 'serve'], {
      env: {...process.env, AMUX_HOME: this.paths.home},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', chunk => {
      said += String(chunk);
    });
    this.#supervisor = child;
    const answers = () =>
      this.client.health().then(
        ({pid}) => pid === child.pid,
        () => false,
      );
    await until(() => `the supervisor to answer\n${said}`, answers, SERVING_MS);
  }

  /** What a command of `amux` prints with `--json`; `home`: another than this one. */
  async said(words: readonly string[], home = this.paths.home): Promise<unknown> {
    const env = {...process.env, AMUX_HOME: home};
    const {stdout} = await promisify(execFile)(process.execPath, [amuxFile, ...words, '--json'], {env});
    return JSON.parse(stdout);
  }

  /** As a crash would end it. */
  async killSupervisor(): Promise<void> {
    const child = this.#supervisor;
    // Until its last thread is gone its socket takes connections.
    const ended = child === null || (child.exitCode ?? child.signalCode) !== null ? null : once(child, 'exit');
    await kill(this.supervisorPid);
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.client.stopAll({force: true}).catch(() => {}); // What is left is found and ended below.
      await this.client.shutdown().catch(() => {});
      await this.client[Symbol.asyncDispose]();
      this.#supervisor?.kill('SIGTERM');
      await until('all processes of the home to end', () => holders(this.root).length === 0, 5000).catch(() => {});
      for (const {pid} of holders(this.root)) await kill(pid);
    } finally {
      rmSync(this.root, {recursive: true, force: true});
    }
  }

  #repository(dir: string): void {
    mkdirSync(dir);
    execFileSync('git', ['init', '-q', dir]);
    writeFileSync(join(dir, 'tool.py'), TOOL);
    writeFileSync(join(dir, 'ask.py'), TOOL);
    writeFiles(dir, this.#program.files);
  }
}

function writeFiles(dir: string, files: Record<string, string> = {}): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), {recursive: true});
    writeFileSync(join(dir, name), text);
  }
}
