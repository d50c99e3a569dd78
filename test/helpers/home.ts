import assert from 'node:assert/strict';
import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {get} from 'node:http';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import type {Readable, Writable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {Client} from '../../source/api/client.ts';
import type {SessionView} from '../../source/domain/fleet.ts';
import {keep, putKept} from './kept-certificate.ts';
import {holders, kill} from './processes.ts';

/** Longest that a command may take, in ms: machines under load are slow. */
const COMMAND_MS = 40_000;
/** Longest wait for a state, and the pause between two looks at what no event tells, in ms. */
const STATE_MS = 40_000;
const LOOK_MS = 25;
/** How long processes may take to be gone after the last session was stopped, in ms. */
const GONE_MS = 20_000;

export const amuxFile = fileURLToPath(new URL('../../bin/amux.js', import.meta.url));
const agentFile = fileURLToPath(new URL('agent.mjs', import.meta.url));
const historianFile = fileURLToPath(new URL('historian.mjs', import.meta.url));

export type Result = {code: number | null; out: string; err: string};
export type RunOptions = {
  input?: string | Buffer;
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Runs as another user. */
  uid?: number;
};
type Piped = ChildProcessByStdio<Writable, Readable, Readable>;

/** A throw-away home, the built binary run against it, and the certainty that nothing of it is left afterwards. */
export class Home {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'amux-test-')));
  readonly path = join(this.dir, 'home');
  /** A directory for sessions; no repository. */
  readonly work = join(this.dir, 'work');
  /** First on the PATH. */
  readonly bin = join(this.dir, 'bin');
  /** Done when its processes have ended, before it is removed. */
  readonly atEnd: (() => void)[] = [];
  readonly #children = new Set<Piped>();
  env: Record<string, string | undefined>;

  /** `ownCertificate`: no other test home has it. */
  constructor(options: {config?: string; path?: string; ownCertificate?: boolean} = {}) {
    for (const dir of [this.path, this.work, this.bin, join(this.dir, 'user')]) mkdirSync(dir, {mode: 0o700});
    chmodSync(this.dir, 0o755);
    if (options.config !== undefined) writeFileSync(join(this.path, 'config.yaml'), options.config);
    if (options.ownCertificate !== true) putKept(this.path);
    this.env = {
      PATH: `${this.bin}:${options.path ?? `${dirname(process.execPath)}:${process.env['PATH']}`}`,
      HOME: join(this.dir, 'user'),
      LANG: 'C.UTF-8',
      SHELL: '/bin/sh',
      AMUX_HOME: this.path,
    };
  }

  /** The whole of one command. */
  async run(args: string[], options: RunOptions = {}): Promise<Result> {
    const child = this.spawn(args, options);
    child.stdin.on('error', () => {}); // A command that does not read its input may have ended.
    child.stdin.end(options.input ?? '');
    const [out, err, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), ended(child)]);
    return {code, out, err};
  }

  /** The output of a command that succeeds. */
  async amux(...args: string[]): Promise<string> {
    const {code, out, err} = await this.run(args);
    assert.equal(code, 0, `amux ${args.join(' ')} ended with ${code}\n${out}${err}`);
    return out;
  }

  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.amux(...args, '--json')) as T;
  }

  /** A command that goes on by itself; killed with the home when it is still there. */
  spawn(args: string[], {env, cwd, uid}: RunOptions = {}): Piped {
    const child = spawn(process.execPath, [amuxFile, ...args], {
      env: {...this.env, ...env},
      cwd: cwd ?? this.work,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: COMMAND_MS,
      killSignal: 'SIGKILL',
      ...(uid === undefined ? {} : {uid, gid: uid}),
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }

  /** Asked on its socket where a supervisor listens: a command for each look would be most of what a machine does. */
  async session(name: string): Promise<SessionView> {
    const all =
      (await this.#ask<SessionView[]>('/api/sessions?all=true')) ?? (await this.json<SessionView[]>('ps', '-a'));
    const found = all.find(each => each.name === name || each.id === name);
    assert.ok(found, `no session ${name}`);
    return found;
  }

  /** Registers the fixture agent and starts it; resolves when it is at its prompt. */
  async startAgent(name: string, ...args: string[]): Promise<Agent> {
    const agent = this.agent(name, ...args);
    await this.amux('register', name, '--dir', this.work, '--agent', 'generic', '--command', agent.command);
    await this.amux('start', name);
    await agent.ready();
    return agent;
  }

  agent(name: string, ...args: string[]): Agent {
    return new Agent(join(this.dir, `${name}.log`), args);
  }

  /** One that draws itself and keeps its history as Claude does. */
  historian(name: string, ...args: string[]): Agent {
    return new Agent(join(this.dir, `${name}.log`), ['--as', 'claude', ...args], historianFile);
  }

  /** Puts a program first on the PATH of every command and session. */
  program(name: string, script: string): void {
    writeFileSync(join(this.bin, name), script, {mode: 0o755});
  }

  get supervisorPid(): number {
    return (JSON.parse(readFileSync(join(this.path, 'supervisor.json'), 'utf8')) as {pid: number}).pid;
  }

  /** Kills it as a crash would, and waits until it is gone. */
  async killSupervisor(): Promise<void> {
    await kill(this.supervisorPid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    try {
      if (holders(this.dir).length > 0) await this.#end();
    } finally {
      for (const act of this.atEnd) act();
      keep(this.path);
      rmSync(this.dir, {recursive: true, force: true});
    }
  }

  /** Null: nobody answers there. */
  #ask<T>(path: string): Promise<T | null> {
    const socketPath = join(this.path, 'amux.sock');
    return new Promise(resolve => {
      const request = get({socketPath, path, agent: false}, response => {
        textOf(response).then(
          text => resolve(response.statusCode === 200 ? (JSON.parse(text) as T) : null),
          () => resolve(null),
        );
      });
      request.once('error', () => resolve(null));
    });
  }

  async #end(): Promise<void> {
    const said = await this.#stopAll().catch(() => this.#stopAllByCommands());
    const end = performance.now() + GONE_MS;
    let left = holders(this.dir);
    while (left.length > 0 && performance.now() < end) {
      await pause(LOOK_MS);
      left = holders(this.dir);
    }
    for (const {pid} of left) await kill(pid);
    assert.deepEqual(left, [], `processes outlived the end of all sessions and of the supervisor\n${said}`);
  }

  async #stopAll(): Promise<string> {
    await using client = new Client({socket: join(this.path, 'amux.sock')});
    const outcomes = await client.stopAll({force: true});
    await client.shutdown();
    return JSON.stringify(outcomes);
  }

  /** Where nobody supervises. */
  async #stopAllByCommands(): Promise<string> {
    const stopped = await this.run(['stop', '--all', '--force']);
    const served = await this.run(['serve', '--stop']);
    return stopped.err + served.err;
  }
}

/** What the fixture agent in one session has read and done. */
export class Agent {
  readonly log: string;
  readonly command: string;

  constructor(log: string, args: string[], file = agentFile) {
    this.log = log;
    this.command = [process.execPath, file, '--log', log, ...args].join(' ');
  }

  get entries(): {event: string; text: string; pasted: boolean; pid: number; key: string}[] {
    try {
      const lines = readFileSync(this.log, 'utf8').split('\n').slice(0, -1);
      return lines.map(
        line => JSON.parse(line) as {event: string; text: string; pasted: boolean; pid: number; key: string},
      );
    } catch {
      return []; // Not started yet.
    }
  }

  get prompts(): string[] {
    return this.entries.filter(({event}) => event === 'prompt').map(({text}) => text);
  }

  get pid(): number {
    return this.entries.findLast(({event}) => event === 'ready')!.pid;
  }

  ready(): Promise<unknown> {
    return until('the agent to be ready', () => this.entries.find(({event}) => event === 'ready'));
  }

  /** Its prompts, as soon as there are so many. */
  read(count: number): Promise<string[]> {
    return until(
      `${count} prompts`,
      () => (this.prompts.length >= count ? this.prompts : null),
      () => JSON.stringify(this.prompts.map(text => text.slice(0, 100))),
    );
  }
}

/** The first value that is neither null, undefined nor false. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  seen: () => string = () => '',
): Promise<T> {
  const end = performance.now() + STATE_MS;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${STATE_MS} ms for ${what} ${seen()}`);
    await pause(LOOK_MS);
  }
}

/** Resolves with the whole output as soon as it holds the text. */
export function expectText(stream: Readable, text: string | RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    const timer = setTimeout(() => reject(new Error(`no ${text} in ${JSON.stringify(all)}`)), STATE_MS);
    const listen = (chunk: Buffer) => {
      all += chunk.toString();
      if (typeof text === 'string' ? !all.includes(text) : !text.test(all)) return;
      clearTimeout(timer);
      stream.off('data', listen);
      resolve(all);
    };
    stream.on('data', listen);
  });
}

export const ended = (child: Pick<Piped, 'once'>): Promise<number | null> =>
  new Promise((resolve, reject) => {
    child.once('close', (code: number | null) => resolve(code));
    child.once('error', reject);
  });

export type ErrorText = {error: {code: string; message: string; hint: string}};

/** A command that failed with this exit code, its error as one line for people. */
export function assertFailed(result: Pick<Result, 'code' | 'out' | 'err'>, code: number, says: RegExp): void {
  assert.match(result.err, says);
  assert.equal(result.code, code, result.err);
  assert.equal(result.out, '');
  assert.match(result.err, /^amux: /);
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
