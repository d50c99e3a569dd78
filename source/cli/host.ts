import type {Backend} from '../backends/backend.ts';
import {type Paths, prepareHome} from '../config/paths.ts';
import {pricesWith} from '../config/price-table.ts';
import {loadStart, type Settings} from '../config/settings.ts';
import {asAmuxError} from '../domain/errors.ts';
import type {Fleet, Health} from '../domain/fleet.ts';
import {acquireLock, type Lock} from '../store/lock.ts';
import {openStore, type Store} from '../store/store.ts';
import {removeSupervisorFile, writeSupervisorFile} from '../store/supervisor-file.ts';
import {profilesFor} from '../supervisor/profiles.ts';
import {steadyClock} from '../supervisor/steady-clock.ts';
import {openSupervisor, type Supervisor} from '../supervisor/supervisor.ts';
import {backendsFor} from './backends.ts';
import type {ListenWish} from './listen-flags.ts';
import {Listeners} from './listeners.ts';
import {openLog} from './log.ts';
import {type MovingFleet, movingFleet} from './moving-fleet.ts';
import {buildOf} from './other-build.ts';
import {versionOf} from './programs.ts';
import {beginSuccession, type Predecessor} from './succession.ts';

/** How long a supervisor that is about to leave is waited for, in ms. */
const LOCK_WAIT_MS = 3000;
/** The same for one that hands over, which lets its calls end first, in ms. */
const HANDOVER_MS = 20_000;

export type HostOptions = {
  paths: Paths;
  hosted: Exclude<Health['hosted'], 'none'>;
  version: string;
  /** argv that runs this amux, for the pty host. */
  self: string[];
  /** Where the API is served over TCP. */
  listen?: ListenWish;
  /** Takes over from a supervisor for which this is true. Throws `supervisor.locked` when another one runs. */
  replaces?: (health: Health) => boolean;
  onShutdown: () => void;
};

export type Host = {
  /** As this process has it. After a hand-over its calls wait for `move`. */
  fleet: Fleet;
  /** As somebody else would have it; until a hand-over. */
  as: (actor: string) => Fleet;
  settings: Settings;
  /** Of the API over TCP; null: it has none. */
  url: string | null;
  fingerprint: string | null;
  demand: Listeners['demand'];
  /** Resolves when a successor has the home. */
  handedOver: Promise<void>;
  move: MovingFleet['move'];
  close: () => Promise<void>;
};

/** Becomes the supervisor of a home: lock, store, terminals, listeners; and back. */
export async function hostFleet(options: HostOptions): Promise<Host> {
  const {paths, replaces} = options;
  prepareHome(paths);
  if (replaces === undefined) return become(options, null);
  const succession = await beginSuccession(paths, replaces);
  try {
    return await become(options, succession.predecessor);
  } finally {
    await succession.end();
  }
}

async function become(options: HostOptions, predecessor: Predecessor | null): Promise<Host> {
  const {paths, hosted, version, self, onShutdown} = options;
  const {settings} = loadStart(paths.config);
  const {log, close: closeLog} = openLog({dir: paths.log, level: settings.logLevel});
  const opening = Promise.withResolvers<Supervisor>();
  opening.promise.catch(() => {}); // Told to those who wait for it.
  const asked = Promise.withResolvers<number>();
  const listen = () =>
    Listeners.open({
      paths,
      settings,
      wish: options.listen ?? {},
      predecessor: predecessor?.pid ?? null,
      supervisor: opening.promise,
      log,
      handOver: to => asked.resolve(to),
    });
  const parts: Parts = {};
  try {
    if (predecessor !== null) {
      // Whoever calls from now on waits here.
      parts.listeners = await listen();
      await parts.listeners.openSocket();
      log('info', 'takes over', {from: predecessor.pid});
      await predecessor.ask();
    }
    parts.lock = await acquireLock(paths, {waitMs: predecessor === null ? LOCK_WAIT_MS : HANDOVER_MS});
    parts.listeners ??= await listen();
    const {listeners} = parts;
    const {url, fingerprint} = listeners;
    const clock = steadyClock({wall: Date.now, elapsed: () => performance.now()});
    const store = await openStore({paths, readOnly: false, now: clock.now});
    parts.store = store;
    const [latest] = store.read({after: store.cursor - 1, limit: 1});
    if (latest !== undefined) clock.notBefore(latest.at);
    store.notices.push(...listeners.notices);
    parts.backends = backendsFor({paths, settings, self});
    const supervisor = await openSupervisor({
      paths,
      store,
      backends: parts.backends,
      profiles: profilesFor(() => loadStart(paths.config).settings),
      version,
      versionOf,
      hosted,
      detachKey: settings.detachKey,
      columns: settings.board.columns,
      claimsPerSession: settings.board.claimsPerSession,
      self,
      door: listeners.door,
      env: process.env,
      prices: pricesWith(settings.prices),
      apiUrl: () => url,
      now: clock.now,
      ahead: clock.ahead,
      onShutdown,
    });
    parts.supervisor = supervisor;
    await listeners.complete();
    const startedAt = Math.floor(Date.now() / 1000);
    const own = {pid: process.pid, url, socket: paths.socket, version, build: buildOf(), started_at: startedAt};
    writeSupervisorFile(paths, own);
    opening.resolve(supervisor);
    const after = predecessor === null ? {} : {after: predecessor.pid};
    log('info', 'supervisor started', {version, hosted, url, ...after});
    for (const notice of store.notices) log('warn', 'notice', {notice});
    const {fleet, hold, move} = movingFleet(supervisor.as(hosted === 'serve' || hosted === 'auto' ? 'cli' : 'cockpit'));
    let leaving: Promise<void> | null = null;
    const leave = async (to: number) => {
      log('info', 'hands over', {to});
      const held = hold();
      await listeners.leave();
      await held;
      await end(parts);
      log('info', 'handed over', {to});
      closeLog();
    };
    const endAlone = async () => {
      removeSupervisorFile(paths);
      await listeners.close();
      await end(parts, {terminals: true});
      log('info', 'supervisor ended');
      closeLog();
    };
    const handedOver = asked.promise.then(to => {
      leaving ??= leave(to);
      return leaving;
    });
    const close = () => {
      leaving ??= endAlone();
      return leaving;
    };
    return {
      fleet,
      as: supervisor.as,
      settings,
      url,
      fingerprint,
      demand: () => listeners.demand(),
      handedOver,
      move,
      close,
    };
  } catch (error) {
    const failure = asAmuxError(error);
    opening.reject(failure);
    log('error', 'supervisor did not start', {code: failure.code, why: failure.message});
    await parts.listeners?.close();
    await end(parts, {terminals: true});
    throw error;
  }
}

/** What a supervisor consists of, in the order in which it comes; it goes in the reverse one. */
type Parts = {lock?: Lock; listeners?: Listeners; store?: Store; backends?: Backend[]; supervisor?: Supervisor};

/** With the listeners closed. `terminals`: owners of terminals that have none end, too; those that have some live on. */
async function end(parts: Parts, {terminals = false}: {terminals?: boolean} = {}): Promise<void> {
  const {lock, store, backends = [], supervisor} = parts;
  for (const part of Object.keys(parts) as (keyof Parts)[]) delete parts[part];
  await supervisor?.[Symbol.asyncDispose]();
  if (terminals) for (const backend of backends) await backend.end();
  for (const backend of backends) await backend[Symbol.asyncDispose]();
  await store?.close();
  await lock?.release();
}
