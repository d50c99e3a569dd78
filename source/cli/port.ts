import {readFileSync, writeFileSync} from 'node:fs';
import {createServer, type ListenOptions} from 'node:net';
import {givenCertificate} from '../api/certificate.ts';
import type {Paths} from '../config/paths.ts';
import {DEFAULT_PORT, type Settings} from '../config/settings.ts';
import {AmuxError} from '../domain/errors.ts';
import {readSupervisorFile} from '../store/supervisor-file.ts';
import {type ListenWish, portOf} from './listen-flags.ts';
import {describeHolder, listenersOn, socketsOf} from './port-holders.ts';

export const LOOPBACK = '127.0.0.1';

/** How often a free port may be lost to somebody else between finding and taking it. */
const FREE_TRIES = 5;
/** How long a port that a predecessor leaves is tried for where two processes cannot share it, in ms. */
const RELEASE_MS = 3000;
const RETRY_MS = 50;

/** What listens: resolves once it does, rejects with the system's error. */
export type Listener = {listen: (options: ListenOptions) => Promise<void>; stop: () => void};

export type PortWish = {
  listener: Listener;
  host: string;
  /** Undefined: the home's, the usual one, or a free one. */
  port: number | undefined;
  paths: Pick<Paths, 'port' | 'supervisor'>;
  settings: Pick<Settings, 'port'>;
  /** The supervisor that hands over to this process, whose port may be shared with it. */
  predecessor: number | null;
};

/** `late`: listens only after the predecessor has let go of its port; to be called then. */
export type Bound = {port: number; late: (() => Promise<void>) | null};

/** Listens on a port of this home. Throws `port.taken` when one was asked for, and `listen.failed`. */
export async function bindPort(wish: PortWish): Promise<Bound> {
  const {port, paths, settings} = wish;
  const last = portOf(readSupervisorFile(paths)?.url ?? null);
  if (port !== undefined) {
    const bound = await takePort({...wish, port, assumed: port === last});
    if (bound !== null) return bound;
    throw new AmuxError('port.taken', {port, holder: describeHolder(port)});
  }
  for (const candidate of candidates({paths, settings, last})) {
    const bound = await takePort({...wish, port: candidate, assumed: candidate === last});
    if (bound !== null) return bound;
  }
  for (let i = 0; i < FREE_TRIES; i++) {
    const bound = await takePort({...wish, port: 0});
    if (bound === null) continue;
    writeFileSync(paths.port, `${bound.port}\n`, {mode: 0o600});
    return bound;
  }
  throw new AmuxError('listen.failed', {host: wish.host, port: 0, why: 'no port is free'});
}

/**
 * Throws `certificate.unusable`, `listen.failed`, and `port.taken` when the port that is asked for is somebody else's
 * than the supervisor's of this pid.
 */
export async function checkWish(wish: ListenWish, supervisor: number | null = null): Promise<void> {
  const {port = 0, host = LOOPBACK, certificate} = wish;
  if (certificate !== undefined) givenCertificate(certificate);
  if (port === 0 && wish.host === undefined) return;
  if (port !== 0 && supervisor !== null && holds(supervisor, port) === true) return;
  if ((await probe(host, port)) === null) throw new AmuxError('port.taken', {port, holder: describeHolder(port)});
}

/** Running sessions know the port of a supervisor that runs or was killed; then comes the one that this home chose. */
function candidates({paths, settings, last}: Pick<PortWish, 'paths' | 'settings'> & {last: number | null}): number[] {
  const kept = keptPort(paths.port);
  // One that a person has configured goes before what amux chose.
  const chosen = settings.port === DEFAULT_PORT ? [kept, settings.port] : [settings.port, kept];
  return [...new Set([last, ...chosen])].filter(port => port !== null);
}

function keptPort(file: string): number | null {
  try {
    const port = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}

export type Take = Pick<PortWish, 'listener' | 'host' | 'predecessor'> & {
  /** 0: any. */
  port: number;
  /** Where it cannot be seen: the predecessor has this port. */
  assumed?: boolean;
};

/** Listens on this port, alone or together with the predecessor. Null: somebody else has it. */
export async function takePort({
  listener,
  host,
  port: asked,
  predecessor,
  assumed = false,
}: Take): Promise<Bound | null> {
  const port = asked === 0 ? await probe(host, 0) : asked;
  if (port === null) return null;
  const shared = predecessor !== null && (holds(predecessor, port) ?? assumed);
  if (!shared && (await probe(host, port)) === null) return null;
  try {
    await listener.listen({host, port, reusePort: true});
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'EADDRINUSE':
        return null;
      case 'ENOTSUP':
      case 'EINVAL':
        return takeAlone({listener, host, port, shared});
      default:
        throw failed(host, port, error);
    }
  }
  // Another home may have taken it between the look and this: a shared port would mix their callers.
  if (isAlone(port, predecessor)) return {port, late: null};
  listener.stop();
  return null;
}

/** Where two sockets cannot share a port. */
async function takeAlone({
  listener,
  host,
  port,
  shared,
}: Omit<Take, 'predecessor'> & {shared: boolean}): Promise<Bound> {
  const listen = () => listener.listen({host, port});
  if (!shared) {
    await listen().catch(error => Promise.reject(failed(host, port, error)));
    return {port, late: null};
  }
  const late = async () => {
    const end = performance.now() + RELEASE_MS;
    for (;;) {
      try {
        return await listen();
      } catch (error) {
        if (performance.now() > end) throw failed(host, port, error);
        await new Promise(resolve => setTimeout(resolve, RETRY_MS));
      }
    }
  };
  return {port, late};
}

const failed = (host: string, port: number, error: unknown): AmuxError =>
  new AmuxError('listen.failed', {host, port, why: (error as Error).message}, error);

/** Null: it cannot be seen. */
function holds(pid: number, port: number): boolean | null {
  const listeners = listenersOn(port);
  if (listeners === null) return null;
  const own = socketsOf(pid);
  return listeners.some(({inode}) => own.has(inode));
}

function isAlone(port: number, predecessor: number | null): boolean {
  const listeners = listenersOn(port) ?? [];
  const own = socketsOf('self');
  const mine = listeners.find(({inode}) => own.has(inode));
  if (mine === undefined) return true; // It cannot be seen.
  const theirs = predecessor === null ? new Set<string>() : socketsOf(predecessor);
  return listeners.every(
    ({address, inode}) => own.has(inode) || theirs.has(inode) || (address !== mine.address && !/^0+$/.test(address)),
  );
}

/** The port that could be bound without sharing it; null: none. */
function probe(host: string, port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(failed(host, port, error));
    });
    server.listen({host, port, exclusive: true}, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
