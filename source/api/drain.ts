import type {Server as HttpServer, ServerResponse} from 'node:http';
import {Server as NetServer, type Socket} from 'node:net';

/** How long idle keep-alive connections are kept for a request that may be on its way, in ms. */
const KEEP_ALIVE_MS = 800;
/** How long calls that are being answered may take, in ms. */
const IN_FLIGHT_MS = 10_000;

/** Follows who is connected to an HTTP server, so that it can leave without cutting a call off. */
export class Drain {
  readonly #server: HttpServer;
  readonly #sockets = new Set<Socket>();
  readonly #answering = new Set<ServerResponse>();
  #leaving = false;
  #check = (): void => {};

  constructor(server: HttpServer) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#check();
      });
    });
    server.prependListener('request', (_request, response: ServerResponse) => {
      if (this.#leaving) response.shouldKeepAlive = false;
      this.#answering.add(response);
      response.once('close', () => this.leave(response));
    });
  }

  /** This answer is not waited for (any more): it stays until its client goes. */
  leave(response: ServerResponse): void {
    this.#answering.delete(response);
    this.#check();
  }

  /** Accepts nobody any more; who is connected stays, and is told that this connection ends. */
  stop(): void {
    this.#leaving = true;
    for (const response of this.#answering) response.shouldKeepAlive = false;
    // Not the HTTP server's own `close`, which cuts idle connections, on which a request may be on its way.
    NetServer.prototype.close.call(this.#server);
  }

  /**
   * Resolves when every call is answered and everybody is gone, by force if need be. `idleMs` is how long connections
   * without a call are waited for, `inFlightMs` those with one.
   */
  async finish({idleMs = KEEP_ALIVE_MS, inFlightMs = IN_FLIGHT_MS} = {}): Promise<void> {
    const {promise, resolve} = Promise.withResolvers<void>();
    let patient = idleMs > 0;
    this.#check = () => {
      if (this.#sockets.size === 0 || (!patient && this.#answering.size === 0)) resolve();
    };
    const idle = setTimeout(() => {
      patient = false;
      this.#check();
    }, idleMs);
    const bound = setTimeout(resolve, inFlightMs);
    this.#check();
    await promise;
    clearTimeout(idle);
    clearTimeout(bound);
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy(); // Those that have not said anything yet.
  }
}
