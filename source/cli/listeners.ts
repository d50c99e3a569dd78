import {isIP} from 'node:net';
import {socketGate, tokenGate} from '../api/callers.ts';
import {type Certificate, givenCertificate, homeCertificate} from '../api/certificate.ts';
import {hostsOf} from '../api/guard.ts';
import {type HookDoor, openHookDoor} from '../api/hook-door.ts';
import {handOverRoute} from '../api/routes/handover.ts';
import {Server} from '../api/server.ts';
import {Traffic} from '../api/traffic.ts';
import type {Paths} from '../config/paths.ts';
import type {Settings} from '../config/settings.ts';
import type {Caller} from '../domain/access.ts';
import {asAmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';
import type {Log} from '../domain/log.ts';
import {HomeSocket} from './home-socket.ts';
import type {ListenWish} from './listen-flags.ts';
import {bindPort, LOOPBACK, takePort} from './port.ts';

export type ListenOptions = {
  paths: Paths;
  settings: Settings;
  wish: ListenWish;
  /** The supervisor that hands over to this process, whose ports may be shared with it. */
  predecessor: number | null;
  /** Requests wait for it. */
  supervisor: Promise<{as: (actor: string) => Fleet; callerOf: (token: string) => Caller | null}>;
  log: Log;
  /** A successor asks for the home. */
  handOver: (to: number) => void;
};

type Tcp = {server: Server; url: string; fingerprint: string | null};

/** All that a supervisor listens on: the home's socket, the port of the API, the door for hooks. */
export class Listeners {
  readonly #socket: HomeSocket;
  readonly #tcp: Tcp | null;
  readonly #late: readonly (() => Promise<void>)[];
  readonly door: HookDoor;
  /** What people should know of it. */
  readonly notices: readonly string[];

  private constructor(parts: {
    socket: HomeSocket;
    tcp: Tcp | null;
    door: HookDoor;
    late: (() => Promise<void>)[];
    notices: (string | null)[];
  }) {
    this.#socket = parts.socket;
    this.#tcp = parts.tcp;
    this.#late = parts.late;
    this.door = parts.door;
    this.notices = parts.notices.filter(notice => notice !== null);
  }

  /** Listens on the ports; not on the socket yet. */
  static async open(options: ListenOptions): Promise<Listeners> {
    const {paths, supervisor, predecessor} = options;
    const late: (() => Promise<void>)[] = [];
    const traffic = new Traffic();
    const tcp = await openTcp(options, {late, traffic});
    try {
      const door = await openHookDoor(paths.hooksPort, async (listener, port) => {
        const bound = await takePort({listener, host: LOOPBACK, port, predecessor, assumed: true});
        if (bound?.late != null) late.push(bound.late);
        return bound?.port ?? null;
      });
      const fleetOf = async ({actor}: Caller) => (await supervisor).as(actor);
      const internal = [handOverRoute(options.handOver)];
      const server = new Server({fleetOf, gate: socketGate, traffic, internal, log: options.log});
      const socket = new HomeSocket(paths, server);
      const notices = [...('failure' in tcp ? [tcp.failure] : [tcp.notice]), door.notice];
      return new Listeners({socket, tcp: 'failure' in tcp ? null : tcp, door, late, notices});
    } catch (error) {
      if ('server' in tcp) await tcp.server.close();
      throw error;
    }
  }

  /** Of the API over TCP, for sessions and for people on this machine; null: it has none. */
  get url(): string | null {
    return this.#tcp?.url ?? null;
  }

  get fingerprint(): string | null {
    return this.#tcp?.fingerprint ?? null;
  }

  /** How many clients stay, and when the last request came, in ms of `performance.now()`. */
  demand(): {streams: number; lastRequest: number} {
    return {
      streams: this.#servers.reduce((sum, {streams}) => sum + streams, 0),
      lastRequest: Math.max(...this.#servers.map(({lastRequest}) => lastRequest)),
    };
  }

  /** From here on the home's socket leads here. */
  async openSocket(): Promise<void> {
    if (!this.#socket.isOpen) await this.#socket.open();
  }

  /** To be called with the lock: ports that could not be shared are free now, and the socket is nobody else's. */
  async complete(): Promise<void> {
    for (const listen of this.#late) await listen();
    await this.openSocket();
    this.#socket.guard();
  }

  /** Nobody finds the way here any more; calls are answered, and then nobody is connected. */
  async close(): Promise<void> {
    this.#socket.remove();
    await Promise.all([this.door.close(), ...this.#servers.map(server => server.close())]);
  }

  /** The same for a home that a successor listens for already: connections are given the time to leave by themselves. */
  async leave(): Promise<void> {
    this.#socket.release();
    await Promise.all([this.door.close(), ...this.#servers.map(server => server.close({patient: true}))]);
  }

  get #servers(): Server[] {
    return this.#tcp === null ? [this.#socket.server] : [this.#socket.server, this.#tcp.server];
  }
}

/** Throws when it cannot listen where it was asked to; else says why not. */
async function openTcp(
  {paths, settings, wish, predecessor, supervisor, log}: ListenOptions,
  {late, traffic}: {late: (() => Promise<void>)[]; traffic: Traffic},
): Promise<(Tcp & {notice: string | null}) | {failure: string}> {
  const {host = LOOPBACK, tls = true} = wish;
  const {certificate, notice} = tls ? await certificateOf(paths, wish) : {certificate: null, notice: null};
  const server = new Server({
    log,
    traffic,
    fleetOf: async ({actor}) => (await supervisor).as(actor),
    gate: tokenGate(async token => (await supervisor).callerOf(token)),
    tls: certificate,
    guard: {hosts: hostsOf(host, settings.allowedHosts), cors: settings.cors},
  });
  try {
    const bound = await bindPort({listener: server, host, port: wish.port, paths, settings, predecessor});
    if (bound.late !== null) late.push(bound.late);
    const url = `${tls ? 'https' : 'http'}://${nameFor(host)}:${bound.port}`;
    return {server, url, fingerprint: certificate?.fingerprint ?? null, notice};
  } catch (error) {
    await server.close();
    if (wish.port !== undefined || wish.host !== undefined) throw error;
    return {failure: `the API is served on the socket alone: ${asAmuxError(error).message}`};
  }
}

async function certificateOf(
  paths: Paths,
  {certificate}: ListenWish,
): Promise<{certificate: Certificate; notice: string | null}> {
  if (certificate === undefined) return homeCertificate(paths, Date.now());
  return {certificate: givenCertificate(certificate), notice: null};
}

/** What programs of this machine call an address that is listened on. */
function nameFor(host: string): string {
  if (isLoopback(host) || host === '0.0.0.0' || host === '::') return 'localhost';
  return isIP(host) === 6 ? `[${host}]` : host;
}

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);
