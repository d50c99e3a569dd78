import {spawn} from 'node:child_process';
import {setTimeout as delay} from 'node:timers/promises';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import {plainRow, type Row, type Screen} from '../domain/screen.ts';
import type {Mark} from '../domain/steering.ts';
import type {Backend, BackendEvent, Launch, TerminalInfo} from './backend.ts';
import {HostConnection, HostLeft, type Push} from './pty-client.ts';
import type {Method, Methods, Size} from './pty-protocol.ts';

/** How long a host may take to come up, in ms, and how often it is tried. */
const START_MS = 15_000;
const START_LOOK_MS = 25;
/** How long a host may take to leave, in ms. */
const END_MS = 3000;
/** What the host needs of our environment; sessions get theirs with their launch. */
const HOST_ENV = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'NODE_OPTIONS'];

export type PtyOptions = {
  socket: string;
  /** Starts the host (`runPtyHost`) on that socket. */
  hostArgv: string[];
  log?: (line: string) => void;
};

/** Terminals in amux's own detached host process, reached over its socket. */
export class PtyBackend implements Backend {
  readonly kind = 'pty';
  readonly socket: string;
  readonly #options: PtyOptions;
  readonly #listeners = new Set<(event: BackendEvent) => void>();
  #host: HostConnection | null = null;
  #joining: Promise<boolean> | null = null;
  #starting: Promise<HostConnection> | null = null;
  #disposed = false;

  constructor(options: PtyOptions) {
    this.#options = options;
    this.socket = options.socket;
  }

  open(): Promise<boolean> {
    if (this.#host !== null) return Promise.resolve(true);
    this.#joining ??= this.#join().finally(() => {
      this.#joining = null;
    });
    return this.#joining;
  }

  async list(): Promise<TerminalInfo[]> {
    if (!(await this.open())) return [];
    try {
      return await this.#host!.request('list', {});
    } catch (error) {
      if (error instanceof HostLeft) return [];
      throw error;
    }
  }

  async launch(launch: Launch): Promise<number> {
    // A host may be leaving just now, after its last terminal: the next one takes this launch.
    for (let attempt = 0; attempt < 3; attempt++) {
      const host = await this.#ensureHost();
      try {
        return await host.request('launch', {launch});
      } catch (error) {
        if (!(error instanceof HostLeft)) throw error;
      }
    }
    throw this.#failed('its host leaves as soon as it has come');
  }

  capture(terminal: string): Promise<Screen> {
    return this.#ask('capture', {terminal});
  }

  history(terminal: string, lines: number): Promise<string[]> {
    return this.#ask('history', {terminal, lines});
  }

  /** A host from before this request has plain lines. */
  async rows(terminal: string, lines: number): Promise<Row[]> {
    try {
      return await this.#ask('rows', {terminal, lines});
    } catch (error) {
      if (asAmuxError(error).code !== 'backend.failed') throw error;
      return (await this.history(terminal, lines)).map(plainRow);
    }
  }

  async write(terminal: string, bytes: string): Promise<void> {
    await this.#ask('write', {terminal, bytes});
  }

  async paste(terminal: string, text: string, mark: Mark): Promise<void> {
    await this.#ask('paste', {terminal, text, mark});
  }

  async enter(terminal: string, mark: Mark): Promise<void> {
    await this.#ask('enter', {terminal, mark});
  }

  environment(terminal: string): Promise<Record<string, string>> {
    return this.#ask('environment', {terminal});
  }

  async resize(terminal: string, size: Size): Promise<void> {
    await this.#ask('resize', {terminal, size});
  }

  async close(terminal: string): Promise<void> {
    if (await this.open()) await this.#ask('close', {terminal});
  }

  async end(): Promise<void> {
    if (!(await this.open())) return;
    const host = this.#host!;
    try {
      if (!(await host.request('end', {}))) return;
    } catch (error) {
      if (!(error instanceof HostLeft)) throw error;
    }
    for (const end = Date.now() + END_MS; this.#host === host && Date.now() < end; ) await delay(START_LOOK_MS);
  }

  /** The host itself carries it: see `attachPty`. */
  attachArgv(): null {
    return null;
  }

  /** The connection of the person's terminal tells the host all it needs. */
  async detached(): Promise<void> {}

  onEvent(listener: (event: BackendEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#joining?.catch(() => {}); // Whoever opened it was told.
    this.#host?.close();
    this.#host = null;
  }

  async #ask<M extends Method>(
    method: M,
    params: Methods[M]['params'] & {terminal: string},
  ): Promise<Methods[M]['result']> {
    const nowhere = () => this.#failed(`no terminal ${params.terminal}: no host runs`);
    if (!(await this.open())) throw nowhere();
    try {
      return await this.#host!.request(method, params);
    } catch (error) {
      throw error instanceof HostLeft ? nowhere() : error;
    }
  }

  async #ensureHost(): Promise<HostConnection> {
    if (await this.open()) return this.#host!;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #start(): Promise<HostConnection> {
    const [file, ...args] = this.#options.hostArgv;
    const env: Record<string, string> = {};
    for (const key of HOST_ENV) if (process.env[key] !== undefined) env[key] = process.env[key];
    // A session of its own: neither a closed terminal nor our end reaches it.
    const child = spawn(file!, args, {detached: true, stdio: 'ignore', env});
    let ended: string | null = null;
    child.once('error', error => {
      ended = error.message;
    });
    child.once('exit', (code, signal) => {
      // 0: another host was there first.
      if (code !== 0) ended = `its host ended at once (${signal ?? `exit code ${code}`})`;
    });
    child.unref();
    this.#options.log?.(`started the terminal host, pid ${child.pid}`);
    for (const end = Date.now() + START_MS; Date.now() < end; ) {
      if (await this.open()) return this.#host!;
      if (ended !== null) throw this.#failed(ended);
      await delay(START_LOOK_MS);
    }
    throw this.#failed(`its host did not come up within ${START_MS / 1000} s`);
  }

  async #join(): Promise<boolean> {
    if (this.#disposed) return false;
    const host: HostConnection | null = await HostConnection.open(this.socket, {
      push: message => this.#pushed(message),
      end: bye => void this.#ended(bye),
    });
    if (host === null) return false;
    this.#host = host;
    try {
      await host.request('subscribe', {});
      return true;
    } catch (error) {
      if (this.#host === host) this.#host = null;
      if (error instanceof HostLeft) return false;
      throw error;
    }
  }

  #pushed(message: Push): void {
    // It takes no more requests: the next launch starts another.
    if ('bye' in message) this.#host = null;
    if ('event' in message) this.#emit(message.event);
  }

  async #ended(bye: boolean): Promise<void> {
    const wasJoined = this.#host !== null;
    this.#host = null;
    if (bye || this.#disposed || !wasJoined) return;
    // Only the connection may have ended.
    const there = await this.open().catch(() => false);
    if (!there && !this.#disposed) this.#emit({type: 'lost', at: Date.now(), why: 'the terminal host died'});
  }

  #emit(event: BackendEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #failed(why: string): AmuxError {
    return new AmuxError('backend.failed', {backend: 'pty', why});
  }
}
