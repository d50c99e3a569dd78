import {connect, type Socket} from 'node:net';
import {AmuxError} from '../domain/errors.ts';
import {
  createLineReader,
  encodeLine,
  type FromHost,
  fromReason,
  isRecord,
  type Method,
  type Methods,
  PROTOCOL,
  type Reason,
  type ToHost,
} from './pty-protocol.ts';
import {isNobody} from './pty-socket.ts';

/** How long the host may take for its greeting and for an answer, in ms. */
const ANSWER_MS = 10_000;

export type Push = Exclude<FromHost, {id: number} | {hello: unknown} | {refused: unknown}>;

export type ConnectionListener = {
  /** What the host sends unasked. */
  push(message: Push): void;
  /** The connection ended; `bye`: the host left on purpose. */
  end(bye: boolean): void;
};

/** The host left while it was asked: it did nothing of it. */
export class HostLeft extends Error {}

type Waiting = {resolve(result: unknown): void; reject(error: Error): void; timer: NodeJS.Timeout};

/** A connection to the terminal host. */
export class HostConnection {
  readonly #socket: Socket;
  readonly #listener: ConnectionListener;
  readonly #waiting = new Map<number, Waiting>();
  #id = 0;
  #bye = false;
  #greeted: ((greeting: Record<string, unknown> | null) => void) | null = null;
  pid = 0;

  private constructor(socket: Socket, listener: ConnectionListener) {
    this.#socket = socket;
    this.#listener = listener;
  }

  /** Null when no host is there; throws when one is that cannot be understood. */
  static async open(path: string, listener: ConnectionListener): Promise<HostConnection | null> {
    const socket = await dial(path);
    if (socket === null) return null;
    const connection = new HostConnection(socket, listener);
    return (await connection.#greet()) ? connection : null;
  }

  async request<M extends Method>(method: M, params: Methods[M]['params']): Promise<Methods[M]['result']> {
    if (this.#socket.destroyed || this.#bye) throw new HostLeft();
    const id = ++this.#id;
    return new Promise<Methods[M]['result']>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(failed(`no answer to "${method}" within ${ANSWER_MS / 1000} s`));
      }, ANSWER_MS);
      this.#waiting.set(id, {resolve: result => resolve(result as Methods[M]['result']), reject, timer});
      this.send({id, method, params: params as Record<string, unknown>});
    });
  }

  send(message: ToHost): void {
    if (!this.#socket.destroyed) this.#socket.write(encodeLine(message));
  }

  /** Ends the connection; its end is not told. */
  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
    this.#failWaiting(new HostLeft());
  }

  async #greet(): Promise<boolean> {
    const socket = this.#socket;
    const reader = createLineReader();
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      try {
        for (const message of reader.push(chunk)) this.#received(message);
      } catch {
        // The host speaks nonsense: as good as gone.
        socket.destroy();
      }
    });
    const greeting = new Promise<Record<string, unknown> | null>(resolve => {
      this.#greeted = resolve;
    });
    const timer = setTimeout(() => this.#greeted?.({}), ANSWER_MS);
    socket.on('close', () => this.#ended());
    this.send({hello: PROTOCOL});
    const answer = await greeting;
    clearTimeout(timer);
    if (answer === null) return false;
    if (isRecord(answer['hello'])) {
      this.pid = Number(answer['hello']['pid']);
      return true;
    }
    this.close();
    const {refused} = answer;
    if (!isRecord(refused)) throw failed(`the terminal host does not answer`);
    const range = ({min, max}: Record<string, unknown>) => (min === max ? String(max) : `${min} to ${max}`);
    throw new AmuxError('backend.version', {found: range(refused), known: range(PROTOCOL)});
  }

  #received(message: Record<string, unknown>): void {
    if (this.#greeted !== null) {
      this.#greeted(message);
      this.#greeted = null;
      return;
    }
    const {id} = message;
    if (typeof id === 'number') {
      const waiting = this.#waiting.get(id);
      if (waiting === undefined) return;
      this.#waiting.delete(id);
      clearTimeout(waiting.timer);
      if (message['error'] === undefined) waiting.resolve(message['result']);
      else waiting.reject(fromReason(message['error'] as Reason));
      return;
    }
    if (message['bye'] === true) this.#bye = true;
    this.#listener.push(message as Push);
  }

  #ended(): void {
    this.#failWaiting(this.#bye ? new HostLeft() : failed('the terminal host is gone'));
    if (this.#greeted !== null) this.#greeted(null);
    else this.#listener.end(this.#bye);
  }

  #failWaiting(error: Error): void {
    for (const {reject, timer} of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}

function dial(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const failedToConnect = (error: NodeJS.ErrnoException) =>
      isNobody(error) ? resolve(null) : reject(failed(error.message, error));
    socket.once('error', failedToConnect);
    socket.once('connect', () => {
      socket.off('error', failedToConnect);
      socket.on('error', () => {}); // 'close' follows.
      resolve(socket);
    });
  });
}

const failed = (why: string, cause?: unknown): AmuxError =>
  new AmuxError('backend.failed', {backend: 'pty', why}, cause);
