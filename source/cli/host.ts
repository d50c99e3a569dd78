import {rmSync} from 'node:fs';
import {socketGate} from '../api/callers.ts';
import {openHookDoor} from '../api/hook-door.ts';
import {Server} from '../api/server.ts';
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
import {openSupervisor} from '../supervisor/supervisor.ts';
import {onPath, versionOf} from './programs.ts';

/** How long a supervisor that is about to leave is waited for, in ms. */
const LOCK_WAIT_MS = 3000;

export type HostOptions = {
  paths: Paths;
  hosted: Exclude<Health['hosted'], 'none'>;
  version: string;
  /** argv that runs this amux, for the pty host. */
  self: string[];
  onShutdown: () => void;
};

export type Host = {
  fleet: Fleet;
  server: Server;
  settings: Settings;
  close: () => Promise<void>;
};

/** Becomes the supervisor of a home: lock, store, terminals, socket, in this order; and back. */
export async function hostFleet({paths, hosted, version, self, onShutdown}: HostOptions): Promise<Host> {
  prepareHome(paths);
  const {settings} = loadSettings(paths.config);
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const lock = await acquireLock(paths, {waitMs: LOCK_WAIT_MS});
    undo.push(() => lock.release());
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
    if (door.notice !== null) store.notices.push(door.notice);
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
      apiUrl: () => null,
      now: Date.now,
      onShutdown,
    });
    undo.push(() => supervisor[Symbol.asyncDispose]());
    const server = new Server({fleetOf: async ({actor}) => supervisor.as(actor), gate: socketGate});
    await server.listen(paths.socket);
    writeSupervisorFile(paths, {
      pid: process.pid,
      url: null,
      socket: paths.socket,
      version,
      started_at: Math.floor(Date.now() / 1000),
    });
    undo.push(async () => {
      removeSupervisorFile(paths);
      rmSync(paths.socket, {force: true});
      await server.close();
    });
    return {fleet: supervisor.as(hosted === 'cockpit' ? 'cockpit' : 'cli'), server, settings, close};
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
