import {rmSync} from 'node:fs';
import {openHookDoor} from '../api/hook-door.ts';
import type {Backend} from '../backends/backend.ts';
import {PtyBackend} from '../backends/pty.ts';
import {TmuxBackend} from '../backends/tmux.ts';
import {type Paths, prepareHome} from '../config/paths.ts';
import {loadSettings, type Settings} from '../config/settings.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Fleet, Health} from '../domain/fleet.ts';
import {acquireLock} from '../store/lock.ts';
import {openStore} from '../store/store.ts';
import {removeSupervisorFile, writeSupervisorFile} from '../store/supervisor-file.ts';
import {profilesFor} from '../supervisor/profiles.ts';
import {openSupervisor, type Supervisor} from '../supervisor/supervisor.ts';
import type {ListenWish} from './listen-flags.ts';
import {openTcp, socketServer} from './listeners.ts';
import {onPath, versionOf} from './programs.ts';

/** How long a supervisor that is about to leave is waited for, in ms. */
const LOCK_WAIT_MS = 3000;

export type HostOptions = {
  paths: Paths;
  hosted: Exclude<Health['hosted'], 'none'>;
  version: string;
  /** argv that runs this amux, for the pty host. */
  self: string[];
  /** Where the API is served over TCP. */
  listen?: ListenWish;
  onShutdown: () => void;
};

export type Host = {
  fleet: Fleet;
  settings: Settings;
  /** Of the API over TCP; null: it has none. */
  url: string | null;
  fingerprint: string | null;
  /** How many clients stay, and when the last request came, in ms of `performance.now()`. */
  demand: () => {streams: number; lastRequest: number};
  close: () => Promise<void>;
};

/** Becomes the supervisor of a home: lock, store, terminals, socket, in this order; and back. */
export async function hostFleet(options: HostOptions): Promise<Host> {
  const {paths, hosted, version, self, onShutdown} = options;
  prepareHome(paths);
  const {settings} = loadSettings(paths.config);
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const lock = await acquireLock(paths, {waitMs: LOCK_WAIT_MS});
    undo.push(() => lock.release());
    const opening = Promise.withResolvers<Supervisor>();
    opening.promise.catch(() => {}); // Told to those who wait for it.
    undo.push(() => opening.reject(new AmuxError('supervisor.unreachable', {target: paths.socket, why: 'it ends'})));
    const listening = {paths, settings, wish: options.listen ?? {}, predecessor: null, supervisor: opening.promise};
    const tcp = await openTcp(listening);
    const url = 'url' in tcp ? tcp.url : null;
    if ('server' in tcp) undo.push(() => tcp.server.close());
    const store = await openStore({paths, readOnly: false, now: Date.now});
    undo.push(() => store.close());
    const backends = backendsFor({paths, settings, self});
    undo.push(async () => {
      // An owner without terminals ends with the supervisor; one that has some outlives it.
      for (const backend of backends) await backend.end();
      for (const backend of backends) await backend[Symbol.asyncDispose]();
    });
    const door = await openHookDoor(paths.hooksPort);
    undo.push(() => door.close());
    for (const notice of [door.notice, 'failure' in tcp ? tcp.failure : tcp.notice]) {
      if (notice !== null) store.notices.push(notice);
    }
    const supervisor = await openSupervisor({
      paths,
      store,
      backends,
      profiles: profilesFor(settings),
      version,
      versionOf,
      hosted,
      detachKey: settings.detachKey,
      door,
      apiUrl: () => url,
      now: Date.now,
      onShutdown,
    });
    undo.push(() => supervisor[Symbol.asyncDispose]());
    opening.resolve(supervisor);
    const socket = socketServer(listening);
    await socket.listenOn(paths.socket);
    const startedAt = Math.floor(Date.now() / 1000);
    writeSupervisorFile(paths, {pid: process.pid, url, socket: paths.socket, version, started_at: startedAt});
    const servers = 'server' in tcp ? [socket, tcp.server] : [socket];
    undo.push(async () => {
      removeSupervisorFile(paths);
      rmSync(paths.socket, {force: true});
      await Promise.all(servers.map(server => server.close()));
    });
    return {
      fleet: supervisor.as(hosted === 'cockpit' ? 'cockpit' : 'cli'),
      settings,
      url,
      fingerprint: 'server' in tcp ? tcp.fingerprint : null,
      demand: () => ({
        streams: servers.reduce((sum, {streams}) => sum + streams, 0),
        lastRequest: Math.max(...servers.map(({lastRequest}) => lastRequest)),
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The backend for new sessions first. Both are there: each still owns what was started with it. */
export function backendsFor({paths, settings, self}: {paths: Paths; settings: Settings; self: string[]}): Backend[] {
  const hostArgv = [...self, 'pty-host', '--socket', paths.ptySocket];
  const pty = new PtyBackend({socket: paths.ptySocket, hostArgv});
  const tmux = new TmuxBackend({socket: paths.tmuxSocket, conf: paths.tmuxConf, detachKey: settings.detachKey});
  const hasTmux = onPath('tmux') !== null;
  if (settings.backend === 'tmux' && !hasTmux) {
    throw new AmuxError('backend.failed', {
      backend: 'tmux',
      why: 'it is not installed, and the configuration asks for it',
    });
  }
  return settings.backend === 'pty' || !hasTmux ? [pty, tmux] : [tmux, pty];
}
