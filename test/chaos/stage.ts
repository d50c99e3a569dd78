import {type ChildProcess, spawn} from 'node:child_process';
import {Client} from '../../source/api/client.ts';
import {listens} from '../../source/cli/autostart.ts';
import {type Paths, pathsOf} from '../../source/config/paths.ts';
import type {Fleet} from '../../source/domain/fleet.ts';
import {type Agent, amuxFile, Home} from '../helpers/home.ts';
import {gone} from '../helpers/processes.ts';
import {until} from '../real/until.ts';

/** How long a supervisor may take until it answers before that is taken for a failure, in ms. */
const ANSWERS_MS = 20_000;
/** Long enough for a slow machine, in ms. */
export const STATE_MS = 30_000;

export type Backend = 'tmux' | 'pty';

export type StageOptions = {
  backend?: Backend;
  /** More lines of the home's configuration. */
  config?: string;
};

/**
 * A throw-away home whose supervisor runs as a service manager would run it: in the foreground, so that its pid is known
 * from its first moment on. `agents` remember what they received.
 */
export class Stage {
  readonly home: Home;
  readonly paths: Paths;
  readonly agents = new Map<string, Agent>();
  /** Of the next supervisor, besides those of the home. */
  env: Record<string, string> = {};
  /** How Node runs it. */
  node: readonly string[] = [];
  /** How a supervisor ended that nobody had ended. */
  broke: string | null = null;
  #serving: ChildProcess | null = null;
  #said = '';

  constructor({backend = 'tmux', config = ''}: StageOptions = {}) {
    this.home = new Home({
      config: `backend: ${backend}\nagents:\n  plain:\n    type: generic\n    quiet: 0.4\n${config}`,
    });
    this.paths = pathsOf(this.home.path);
  }

  /** A connection of its own to whoever supervises. */
  client(actor = 'chaos'): Fleet {
    return new Client({socket: this.paths.socket, actor});
  }

  get pid(): number | null {
    return this.#serving?.pid ?? null;
  }

  /** What the supervisors of this stage wrote to their terminal. */
  get said(): string {
    return this.#said;
  }

  /** Starts a supervisor without waiting for it. */
  launch(): void {
    const serving = spawn(process.execPath, [...this.node, amuxFile, 'serve'], {
      env: {...this.home.env, ...this.env},
      cwd: this.home.work,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [serving.stdout, serving.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#said = (this.#said + chunk.toString()).slice(-16_384);
      });
    }
    serving.once('exit', (code, signal) => {
      if (code !== null && code !== 0) this.broke ??= `the supervisor ended with ${code}: ${this.#said}`;
      else if (signal !== null && signal !== 'SIGKILL')
        this.broke ??= `the supervisor died of ${signal}: ${this.#said}`;
    });
    this.#serving = serving;
  }

  /** Resolves when it answers, with how long that took, in ms. */
  async start(): Promise<number> {
    const begun = performance.now();
    this.launch();
    await this.answers();
    return performance.now() - begun;
  }

  /** That it is this one that answers: a socket of the last one leads to nobody. */
  async answers(): Promise<void> {
    const serving = this.#serving!;
    await using fleet = this.client();
    await until(
      () => `the supervisor to answer; it said ${this.#said}`,
      async () => {
        if (serving.exitCode !== null || serving.signalCode !== null) {
          throw new Error(`the supervisor ended with ${serving.exitCode ?? serving.signalCode}: ${this.#said}`);
        }
        const health = await fleet.health().catch(() => null);
        return health !== null && health.pid === serving.pid;
      },
      ANSWERS_MS,
    );
  }

  /** As a crash would. */
  async kill(): Promise<void> {
    const serving = this.#serving;
    if (serving?.pid === undefined) return;
    serving.kill('SIGKILL');
    await gone(serving.pid);
    // It takes connections until its last thread is gone.
    await until('nobody to listen', async () => !(await listens(this.paths.socket)), STATE_MS);
    this.#serving = null;
  }

  /** Its supervisor was killed by somebody else. */
  forget(): void {
    this.#serving = null;
  }

  /** Ends as it does when it is asked to, with everything stored. */
  async stop(): Promise<void> {
    const serving = this.#serving;
    if (serving?.pid === undefined) return;
    serving.kill('SIGTERM');
    await gone(serving.pid);
    this.#serving = null;
  }

  /** A session of an agent that draws lines and keeps nothing. */
  async plain(name: string, ...args: string[]): Promise<Agent> {
    return this.#add(name, 'plain', this.home.agent(name, '--paste', ...args));
  }

  /** A session of an agent that draws itself and keeps its history, as Claude does. */
  async historian(name: string, ...args: string[]): Promise<Agent> {
    return this.#add(name, 'claude', this.home.historian(name, ...args));
  }

  /** Sessions that claim cards by calls of the API and run nothing: `claimer-0`, `claimer-1`, … */
  async claimers(count: number): Promise<void> {
    await using fleet = this.client();
    for (let i = 0; i < count; i++) {
      await fleet.register({name: `claimer-${i}`, dir: this.home.work, agent: 'generic', command: 'cat'});
    }
  }

  /** As `plain`, but not started. */
  async registered(name: string, ...args: string[]): Promise<Agent> {
    await using fleet = this.client();
    const agent = this.home.agent(name, '--paste', ...args);
    await fleet.register({name, dir: this.home.work, agent: 'plain', command: agent.command});
    this.agents.set(name, agent);
    return agent;
  }

  async #add(name: string, profile: string, agent: Agent): Promise<Agent> {
    await using fleet = this.client();
    await fleet.register({name, dir: this.home.work, agent: profile, command: agent.command});
    await fleet.start(name);
    await until(`${name} to be ready`, () => agent.entries.some(({event}) => event === 'ready'), STATE_MS);
    this.agents.set(name, agent);
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
  }
}
