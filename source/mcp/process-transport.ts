import {type ChildProcess, spawn} from 'node:child_process';
import {deserializeMessage, serializeMessage} from '@modelcontextprotocol/sdk/shared/stdio.js';
import type {Transport} from '@modelcontextprotocol/sdk/shared/transport.js';
import type {JSONRPCMessage} from '@modelcontextprotocol/sdk/types.js';

/** What is kept of stderr, and of what is no message, in characters. */
const KEPT = 4000;
/** A longer line is no message, in characters. */
const LINE_MAX = 16 * 1024 * 1024;

type Started = {argv: readonly string[]; env: Record<string, string>; cwd: string};

/** A server on the stdin and stdout of a process, with all that tells why it does not answer. */
export class ProcessTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  stderr = '';
  /** Lines on stdout that are no messages. */
  garbage = '';
  /** How it ended; null: it runs, or never did. */
  exit: {code: number | null; signal: string | null} | null = null;
  readonly #started: Started;
  readonly #end: (pid: number) => Promise<unknown>;
  #child: ChildProcess | null = null;
  #buffer = '';

  /** `end`: ends a process and its whole tree. */
  constructor(started: Started, end: (pid: number) => Promise<unknown>) {
    this.#started = started;
    this.#end = end;
  }

  start(): Promise<void> {
    const {argv, env, cwd} = this.#started;
    const [command = '', ...args] = argv;
    // A group of its own: what it leaves behind is found by that.
    const child = spawn(command, args, {env, cwd, stdio: 'pipe', detached: true});
    this.#child = child;
    child.stdin.on('error', () => {}); // Its end tells why.
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = `${this.stderr}${text}`.slice(-KEPT);
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    child.once('close', (code, signal) => {
      this.exit = {code, signal};
      this.onclose?.();
    });
    return new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#child?.stdin?.write(serializeMessage(message));
  }

  /** Resolves when nothing of it is left. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    child.stdin?.end();
    // One that prints without end leaves no time for anything else.
    child.stdout?.destroy();
    const {pid} = child;
    if (pid === undefined) return;
    await this.#end(pid);
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody is left in its group.
    }
  }

  #read(text: string): void {
    const lines = `${this.#buffer}${text}`.split('\n');
    this.#buffer = lines.pop()!.slice(0, LINE_MAX);
    for (const line of lines) {
      if (line.trim() === '') continue;
      const message = messageIn(line);
      if (message === null) this.garbage = `${this.garbage}${line}\n`.slice(0, KEPT);
      else this.onmessage?.(message);
    }
  }
}

function messageIn(line: string): JSONRPCMessage | null {
  // To parse what is no message takes a hundred times as long: a program that prints without end would stop the clock.
  if (!line.trimStart().startsWith('{')) return null;
  try {
    return deserializeMessage(line);
  } catch {
    return null;
  }
}
