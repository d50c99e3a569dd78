import {createServer, type Server, type Socket} from 'node:net';
import {resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {BackendEvent} from './backend.ts';
import {
  createLineReader,
  encodeLine,
  type FromHost,
  isRecord,
  type Methods,
  negotiate,
  PROTOCOL,
  toReason,
} from './pty-protocol.ts';
import {launchOf, markOf, numberOf, type Params, sizeOf, textOf} from './pty-requests.ts';
import {listenAlone} from './pty-socket.ts';
import {PtyTerminal} from './pty-terminal.ts';
import {Viewer} from './pty-viewer.ts';

/** A host that nobody gives a terminal leaves after this, in ms. */
const FIRST_TERMINAL_MS = 20_000;
/** …and this long after its last terminal was closed: a restart closes and launches. */
const LINGER_MS = 1000;
/** How long its last words may take, in ms. */
const FAREWELL_MS = 500;
/** Most lines of one history. */
const HISTORY_MAX = 2000;
/** A client that does not read is dropped when this much waits for it, in bytes. */
const UNREAD_MAX = 64 * 1024 * 1024;

/** The detached process that owns the terminals: `--socket PATH`. Resolves when it left, or was not needed. */
export async function runPtyHost(args: string[]): Promise<void> {
  const {values} = parseArgs({args, options: {socket: {type: 'string'}}});
  if (values.socket === undefined)
    throw new AmuxError('input.invalid', {why: 'no socket', next: 'pty-host --socket PATH'});
  const socket = resolve(values.socket);
  // A closed terminal, or Ctrl-C in it, is not meant for the agents.
  process.on('SIGHUP', () => {});
  process.on('SIGINT', () => {});
  // It owns every agent: a fault in one request must not end them all.
  process.on('uncaughtException', error => console.error(error));
  process.chdir('/');
  const host = new Host();
  if (await host.listen(socket)) await host.left;
}

type Answer<M extends keyof Methods> = Methods[M]['result'] | Promise<Methods[M]['result']>;

class Host {
  readonly #server: Server;
  readonly #clients = new Set<Client>();
  readonly #terminals = new Map<string, PtyTerminal>();
  #leaving: NodeJS.Timeout | null = null;
  readonly #left = Promise.withResolvers<void>();
  #gone = false;

  constructor() {
    this.#server = createServer(socket => {
      const client = new Client(socket, this);
      this.#clients.add(client);
      socket.on('close', () => this.#clients.delete(client));
    });
  }

  async listen(path: string): Promise<boolean> {
    if (!(await listenAlone(this.#server, path))) return false;
    this.#leaveIn(FIRST_TERMINAL_MS);
    return true;
  }

  get left(): Promise<void> {
    return this.#left.promise;
  }

  terminal(params: Params): PtyTerminal {
    const name = textOf(params, 'terminal');
    const found = this.#terminals.get(name);
    if (found === undefined) throw new AmuxError('backend.failed', {backend: 'pty', why: `no terminal ${name}`});
    return found;
  }

  readonly methods: {[M in keyof Methods]: (params: Params, client: Client) => Answer<M>} = {
    subscribe: (_params, client) => {
      client.subscribed = true;
      queueMicrotask(() => {
        for (const {told} of this.#terminals.values()) for (const event of told) client.send({event});
      });
      return null;
    },
    list: () => [...this.#terminals.values()].map(terminal => terminal.info()),
    launch: params => this.#launch(params),
    capture: params => this.terminal(params).screen(),
    history: params => this.terminal(params).history(Math.min(HISTORY_MAX, numberOf(params, 'lines'))),
    rows: params => this.terminal(params).rows(Math.min(HISTORY_MAX, numberOf(params, 'lines'))),
    write: params => {
      this.terminal(params).write(Buffer.from(textOf(params, 'bytes')));
      return null;
    },
    paste: params => {
      this.terminal(params).paste(textOf(params, 'text'), markOf(params));
      return null;
    },
    enter: params => {
      this.terminal(params).enter(markOf(params));
      return null;
    },
    environment: params => this.terminal(params).launch.env,
    resize: params => {
      this.terminal(params).resize(sizeOf(params['size']));
      return null;
    },
    close: params => this.#close(textOf(params, 'terminal')),
    end: () => {
      if (this.#terminals.size > 0) return false;
      setImmediate(() => this.#leave());
      return true;
    },
    attach: (params, client) => {
      client.attach(this.terminal(params), sizeOf(params['size']));
      return null;
    },
  };

  #launch(params: Params): number {
    const launch = launchOf(params['launch']);
    if (this.#terminals.has(launch.terminal)) {
      throw new AmuxError('backend.failed', {backend: 'pty', why: `terminal ${launch.terminal} exists already`});
    }
    const terminal = new PtyTerminal(launch, event => this.#emit(event));
    this.#terminals.set(launch.terminal, terminal);
    if (this.#leaving !== null) clearTimeout(this.#leaving);
    return terminal.pid;
  }

  async #close(name: string): Promise<null> {
    const terminal = this.#terminals.get(name);
    if (terminal === undefined) return null;
    this.#terminals.delete(name);
    await terminal.close();
    if (this.#terminals.size === 0) this.#leaveIn(LINGER_MS);
    return null;
  }

  #emit(event: BackendEvent): void {
    for (const client of this.#clients) if (client.subscribed) client.send({event});
  }

  #leaveIn(ms: number): void {
    if (this.#leaving !== null) clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => this.#leave(), ms);
  }

  #leave(): void {
    if (this.#terminals.size > 0 || this.#gone) return;
    this.#gone = true;
    if (this.#leaving !== null) clearTimeout(this.#leaving);
    this.#server.close(() => this.#left.resolve());
    for (const client of this.#clients) client.dismiss();
    setTimeout(() => this.#left.resolve(), FAREWELL_MS).unref();
  }
}

/** One connection. */
class Client {
  readonly #socket: Socket;
  readonly #host: Host;
  #agreed = false;
  #viewer: Viewer | null = null;
  subscribed = false;

  constructor(socket: Socket, host: Host) {
    this.#socket = socket;
    this.#host = host;
    const reader = createLineReader();
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      try {
        for (const message of reader.push(chunk)) this.#received(message);
      } catch {
        // Whoever does not speak the language cannot be told what is wrong in it.
        socket.destroy();
      }
    });
    socket.on('drain', () => this.#viewer?.drained());
    socket.on('error', () => {}); // 'close' follows.
    socket.on('close', () => this.#viewer?.leave());
  }

  send(message: FromHost): boolean {
    if (this.#socket.destroyed) return false;
    if (this.#socket.writableLength > UNREAD_MAX) {
      this.#socket.destroy();
      return false;
    }
    return this.#socket.write(encodeLine(message));
  }

  attach(terminal: PtyTerminal, size: {cols: number; rows: number}): void {
    if (this.#viewer !== null)
      throw new AmuxError('input.invalid', {why: 'attached already', next: 'use another connection'});
    // After the answer to the request.
    queueMicrotask(() => {
      this.#viewer = new Viewer(terminal, size, this);
    });
  }

  dismiss(): void {
    this.send({bye: true});
    this.#socket.end();
  }

  #received(message: Record<string, unknown>): void {
    if (!this.#agreed) this.#greet(message['hello']);
    else if (typeof message['id'] === 'number') void this.#request(message['id'], message);
    else if (typeof message['input'] === 'string') this.#viewer?.input(message['input']);
    else if (message['size'] !== undefined) this.#viewer?.resize(sizeOf(message['size']));
  }

  #greet(hello: unknown): void {
    const versions = isRecord(hello) ? {min: numberOf(hello, 'min'), max: numberOf(hello, 'max')} : {min: 0, max: 0};
    const version = negotiate(PROTOCOL, versions);
    if (version === null) {
      this.send({refused: PROTOCOL});
      this.#socket.end();
      return;
    }
    this.#agreed = true;
    this.send({hello: {...PROTOCOL, version, pid: process.pid}});
  }

  async #request(id: number, {method, params}: Record<string, unknown>): Promise<void> {
    try {
      const {methods} = this.#host;
      if (typeof method !== 'string' || !Object.hasOwn(methods, method)) {
        throw new AmuxError('backend.failed', {
          backend: 'pty',
          why: `this host is older and cannot do "${String(method)}"`,
        });
      }
      const act = methods[method as keyof Methods];
      const answer = act(isRecord(params) ? params : {}, this);
      // An answer that is there already goes out before anything that comes of it.
      this.send({id, result: answer instanceof Promise ? await answer : answer});
    } catch (error) {
      this.send({id, error: toReason(asAmuxError(error))});
    }
  }
}
