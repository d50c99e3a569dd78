import type {Server as HttpServer, IncomingMessage, ServerResponse} from 'node:http';
import {Server as NetServer, type Socket} from 'node:net';

/** How long idle keep-alive connections are kept for a request that may be on its way, in ms. */
const KEEP_ALIVE_MS = 800;
/** How long one that has not asked anything yet is kept, in ms: machines under load shake hands slowly. */
const FRESH_MS = 5000;
/** Rounds of the event loop in which nobody came, and how short the last of them has to be, in ms. */
const QUIET_ROUNDS = 8;
const SHORT_ROUND_MS = 0.1;
/** How long such a moment is waited for, in ms. */
const QUIET_WAIT_MS = 1000;
/** How long calls that are being answered may take, in ms. */
const IN_FLIGHT_MS = 10_000;

/** Follows who is connected to an HTTP server, so that it can leave without cutting a call off. */
export class Drain {
  readonly #server: HttpServer;
  readonly #sockets = new Set<Socket>();
  /** Who has not asked anything yet, by port (TLS has a socket of its own over the one that was accepted). */
  readonly #fresh = new Set<Socket | number>();
  readonly #answering = new Set<ServerResponse>();
  #accepted = 0;
  #leaving = false;
  #check = (): void => {};

  constructor(server: HttpServer) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      const id = idOf(socket);
      this.#accepted++;
      this.#sockets.add(socket);
      this.#fresh.add(id);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#fresh.delete(id);
        this.#check();
      });
    });
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#fresh.delete(idOf(request.socket));
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

  /**
   * As `stop`, once nobody is about to be accepted: whom the system has connected and this process has not taken yet
   * would be cut off. One is taken in each round of the event loop. A round in which other work was done, or the
   * system ran somebody else, was too long to know that nobody came since its look.
   */
  stopWhenQuiet(): Promise<void> {
    // Compiled now, because the time between the last look and the end of the listener is what counts.
    NetServer.prototype.close.call(new NetServer());
    const {promise, resolve} = Promise.withResolvers<void>();
    const end = performance.now() + QUIET_WAIT_MS;
    let [quiet, before, began] = [0, this.#accepted, performance.now()];
    const look = () => {
      const now = performance.now();
      quiet = this.#accepted === before ? quiet + 1 : 0;
      if ((quiet >= QUIET_ROUNDS && now - began < SHORT_ROUND_MS) || now > end) {
        // Right behind the system's answer that nobody waits.
        NetServer.prototype.close.call(this.#server);
        this.stop();
        return resolve();
      }
      before = this.#accepted;
      began = performance.now();
      setImmediate(look);
    };
    setImmediate(look);
    return promise;
  }

  /** Accepts nobody any more; who is connected stays, and is told that this connection ends. */
  stop(): void {
    this.#leaving = true;
    for (const response of this.#answering) response.shouldKeepAlive = false;
    // Not the HTTP server's own `close`, which cuts idle connections, on which a request may be on its way.
    if (this.#server.listening) NetServer.prototype.close.call(this.#server);
  }

  /**
   * Resolves when every call is answered and everybody is gone, by force if need be. `idleMs` is how long connections
   * that had a call are waited for, `freshMs` those that had none yet, `inFlightMs` those with one.
   */
  async finish({idleMs = KEEP_ALIVE_MS, freshMs = FRESH_MS, inFlightMs = IN_FLIGHT_MS} = {}): Promise<void> {
    const {promise, resolve} = Promise.withResolvers<void>();
    let patient = idleMs > 0;
    this.#check = () => {
      if (this.#sockets.size === 0 || (!patient && this.#answering.size + this.#fresh.size === 0)) resolve();
    };
    const idle = setTimeout(() => {
      patient = false;
      this.#check();
    }, idleMs);
    const fresh = setTimeout(() => {
      this.#fresh.clear();
      this.#check();
    }, freshMs);
    const bound = setTimeout(resolve, inFlightMs);
    this.#check();
    await promise;
    clearTimeout(idle);
    clearTimeout(fresh);
    clearTimeout(bound);
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy(); // Those that have not said anything yet.
  }
}

const idOf = (socket: Socket): Socket | number => socket.remotePort ?? socket;
