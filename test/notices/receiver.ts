import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';

/** Longest wait for one more, in ms: machines under load are slow. */
const BOUND_MS = 30_000;

export type Received = {path: string; headers: IncomingHttpHeaders; body: string};
/** A status with headers; null: it never answers. */
export type Reply = {status: number; headers?: Record<string, string>} | null;

/** A real endpoint on loopback that answers as it is told, and keeps what came. */
export class Receiver {
  readonly #server: Server;
  readonly received: Received[] = [];
  /** For the next requests, in order; then 204. */
  replies: Reply[] = [];
  #arrived: () => void = () => {};

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const {url = '', headers} = request;
      this.received.push({path: url, headers, body: Buffer.concat(chunks).toString()});
      const reply = this.replies.length === 0 ? {status: 204} : this.replies.shift()!;
      if (reply !== null) response.writeHead(reply.status, reply.headers).end();
      this.#arrived();
    });
  }

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hooks/top-secret`;
  }

  /** What came, without repeats of the same. */
  get distinct(): Received[] {
    return [...new Map(this.received.map(each => [each.headers['x-amux-id'], each])).values()];
  }

  /** Resolves once so many requests came in all. */
  count(wanted: number): Promise<void> {
    return this.until(wanted, () => this.received.length);
  }

  async until(wanted: number, now: () => number): Promise<void> {
    while (now() < wanted) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`waited for ${wanted} notices, ${now()} came`)), BOUND_MS);
        this.#arrived = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
