import {isIP} from 'node:net';
import {socketGate, tokenGate} from '../api/callers.ts';
import {type Certificate, givenCertificate, homeCertificate} from '../api/certificate.ts';
import {hostsOf} from '../api/guard.ts';
import {Server} from '../api/server.ts';
import type {Paths} from '../config/paths.ts';
import type {Settings} from '../config/settings.ts';
import type {Caller} from '../domain/access.ts';
import {asAmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';
import type {ListenWish} from './listen-flags.ts';
import {bindPort, LOOPBACK} from './port.ts';

export type ListenOptions = {
  paths: Paths;
  settings: Settings;
  wish: ListenWish;
  /** The supervisor that hands over to this process. */
  predecessor: number | null;
  /** Requests wait for it. */
  supervisor: Promise<{as: (actor: string) => Fleet; callerOf: (token: string) => Caller | null}>;
};

export type TcpListener = {
  server: Server;
  /** For sessions, and for people on this machine. */
  url: string;
  fingerprint: string | null;
  notice: string | null;
  /** To be awaited once the predecessor is gone. */
  complete: () => Promise<void>;
};

/** The same API for the home's user and for token holders. */
export function socketServer({supervisor}: Pick<ListenOptions, 'supervisor'>): Server {
  return new Server({fleetOf: async ({actor}) => (await supervisor).as(actor), gate: socketGate});
}

/** Serves over TCP. Throws when it cannot where it was asked to; else null and why. */
export async function openTcp(options: ListenOptions): Promise<TcpListener | {failure: string}> {
  const {paths, settings, wish, predecessor, supervisor} = options;
  const {host = LOOPBACK, tls = true} = wish;
  const {certificate, notice} = tls ? await certificateOf(options) : {certificate: null, notice: null};
  const server = new Server({
    fleetOf: async ({actor}) => (await supervisor).as(actor),
    gate: tokenGate(async token => (await supervisor).callerOf(token)),
    tls: certificate,
    guard: {hosts: hostsOf(host, settings.allowedHosts), cors: settings.cors},
  });
  try {
    const {port, late} = await bindPort({listener: server, host, port: wish.port, paths, settings, predecessor});
    const url = `${tls ? 'https' : 'http'}://${nameFor(host)}:${port}`;
    return {server, url, fingerprint: certificate?.fingerprint ?? null, notice, complete: late ?? (async () => {})};
  } catch (error) {
    await server.close();
    if (wish.port !== undefined || wish.host !== undefined) throw error;
    return {failure: `the API is served on the socket alone: ${asAmuxError(error).message}`};
  }
}

function certificateOf({paths, wish}: ListenOptions): Promise<{certificate: Certificate; notice: string | null}> {
  if (wish.certificate === undefined) return homeCertificate(paths, Date.now());
  return Promise.resolve({certificate: givenCertificate(wish.certificate), notice: null});
}

/** What programs of this machine call an address that is listened on. */
function nameFor(host: string): string {
  if (isLoopback(host) || host === '0.0.0.0' || host === '::') return 'localhost';
  return isIP(host) === 6 ? `[${host}]` : host;
}

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);
