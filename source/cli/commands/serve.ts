import {AmuxError, asAmuxError} from '../../domain/errors.ts';
import type {Fleet, Health} from '../../domain/fleet.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, textFlag} from '../flags.ts';
import type {Host, HostOptions} from '../host.ts';
import {type ListenWish, listenFlags, listenWish, portOf} from '../listen-flags.ts';
import {isNeeded} from '../needed.ts';
import {lives} from '../programs.ts';

/** How long the end of a supervisor may take, in ms. */
const STOP_MS = 10_000;
const LOOK_EVERY_MS = 50;
/** How often an autostarted supervisor asks itself at most whether anybody needs it, in ms. */
const IDLE_LOOK_MS = 5000;
const IDLE_LOOK_LEAST_MS = 200;
/** How long a supervisor may take to show its certificate, in ms. */
const CERTIFICATE_MS = 3000;

/** Supervisors that make room for one that was asked for. */
const REPLACED: readonly Health['hosted'][] = ['auto', 'cockpit'];

export const serve: Run = async context => {
  const {healthOf} = await import('../autostart.ts');
  if (boolFlag(context, 'stop')) return stopServing(context);
  const wish = listenWish(context);
  const health = await healthOf(context.paths.socket);
  if (boolFlag(context, 'auto')) return serveByItself(context, health);
  if (health !== null && !REPLACED.includes(health.hosted)) {
    checkSame(health, wish);
    return sayWhere(context);
  }
  await (await import('../port.ts')).checkWish(wish, health?.pid);
  if (boolFlag(context, 'detach')) return serveDetached(context, wish);
  try {
    return await serveHere(context, wish);
  } catch (error) {
    const now = await healthOf(context.paths.socket);
    if (asAmuxError(error).code !== 'supervisor.locked' || now?.hosted !== 'serve') throw error;
    checkSame(now, wish); // Another one was faster.
    return sayWhere(context);
  }
};

async function serveHere(context: Context, wish: ListenWish): Promise<number> {
  const host = await hosting(context, {
    hosted: 'serve',
    listen: wish,
    replaces: ({hosted}) => REPLACED.includes(hosted),
  });
  await sayListening(context, {...host, wish});
  return host.ended();
}

async function serveDetached(context: Context, wish: ListenWish): Promise<number> {
  const {autostart, healthOf} = await import('../autostart.ts');
  const {selfArgv} = await import('../self.ts');
  const command = ['serve', ...listenFlags(wish)];
  // Another command may start one by itself meanwhile, which ends when nobody needs it: it makes room, too.
  const suits = ({hosted}: Health) => !REPLACED.includes(hosted);
  const isOurs = await autostart(context.paths, selfArgv(), {command, suits});
  const now = isOurs ? null : await healthOf(context.paths.socket);
  if (now !== null) checkSame(now, wish);
  if (isOurs) await sayExposed(context, wish);
  return sayWhere(context);
}

/** Started by another amux: as long as somebody needs it, and instead of that amux when it says so. */
async function serveByItself(context: Context, health: Health | null): Promise<number> {
  const given = textFlag(context, 'instead');
  const instead = given === undefined ? undefined : Number(given);
  if (health !== null && health.pid !== instead) return 0;
  const replaces = ({pid}: Health) => pid === instead;
  const host = await hosting(context, {hosted: 'auto', ...(instead === undefined ? {} : {replaces})});
  const leaveWhenIdle = async () => {
    const {streams, lastRequest} = host.demand();
    if (streams > 0 || performance.now() - lastRequest < host.settings.idleExit * 1000) return;
    if (!(await isNeeded(host.fleet))) host.end();
  };
  const timer = setInterval(() => void leaveWhenIdle(), idleLook(host.settings.idleExit));
  void host.handedOver.then(() => clearInterval(timer));
  return host.ended().finally(() => clearInterval(timer));
}

type Hosting = Host & {end: () => void; ended: () => Promise<number>};

async function hosting({paths}: Context, how: Pick<HostOptions, 'hosted' | 'listen' | 'replaces'>): Promise<Hosting> {
  const {hostFleet} = await import('../host.ts');
  const {selfArgv, version} = await import('../self.ts');
  const {promise, resolve: end} = Promise.withResolvers<void>();
  const host = await hostFleet({...how, paths, version, self: selfArgv(), onShutdown: end});
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  const ended = async () => {
    await Promise.race([promise, host.handedOver]);
    await host.close();
    return 0;
  };
  return {...host, end, ended};
}

const idleLook = (idleExit: number): number => Math.min(IDLE_LOOK_MS, Math.max(IDLE_LOOK_LEAST_MS, idleExit * 1000));

type Listening = {url: string | null; fingerprint: string | null; wish: ListenWish};

/** A new one in the foreground: all that a client needs, and what it exposes. */
async function sayListening({paths, output}: Context, {url, fingerprint, wish}: Listening): Promise<void> {
  if (output.json) {
    output.value({url, socket: paths.socket, fingerprint, pid: process.pid});
    return;
  }
  output.line(url ?? 'no TCP port');
  output.line(`socket       ${paths.socket}`);
  if (fingerprint !== null) output.line(`fingerprint  SHA-256 ${fingerprint}`);
  await sayExposed({output}, wish);
}

async function sayExposed({output}: Pick<Context, 'output'>, wish: ListenWish): Promise<void> {
  for (const notice of await exposes(wish)) output.notice(`amux: ${notice}`);
}

async function exposes({host, tls = true}: ListenWish): Promise<string[]> {
  const {isLoopback} = await import('../listeners.ts');
  const notices: string[] = [];
  if (host !== undefined && !isLoopback(host)) {
    notices.push(
      `${host} can be reached from other machines: whoever has a token reads, and by its role drives, agents`,
    );
  }
  if (!tls) notices.push('without TLS, tokens and screens travel readably');
  return notices;
}

/** One that runs: its URL, so that a script can use it. */
async function sayWhere({paths, output, fleet}: Context): Promise<number> {
  const {pid, url} = await (await fleet('read')).health();
  if (output.json) output.value({url, socket: paths.socket, fingerprint: await fingerprintOf(url), pid});
  else output.line(url ?? paths.socket);
  return 0;
}

/** Of the certificate that it shows: it may be another one than the home's. */
async function fingerprintOf(url: string | null): Promise<string | null> {
  if (url === null || !url.startsWith('https:')) return null;
  const {connect} = await import('node:tls');
  const {hostname, port} = new URL(url);
  return new Promise(resolve => {
    const connection = connect({host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), rejectUnauthorized: false});
    const done = (fingerprint: string | null) => {
      connection.destroy();
      resolve(fingerprint);
    };
    connection.setTimeout(CERTIFICATE_MS, () => done(null));
    connection.once('secureConnect', () => done(connection.getPeerX509Certificate()?.fingerprint256 ?? null));
    connection.once('error', () => done(null));
  });
}

/** What one that was asked for does is not changed by asking for another. */
function checkSame({url, pid}: Health, {port, tls, certificate, host}: ListenWish): void {
  const other = port !== undefined && port !== portOf(url);
  const plain = tls === false && url?.startsWith('https:') === true;
  if (other || plain || certificate !== undefined || host !== undefined) {
    throw new AmuxError('serve.running', {url: url ?? 'its socket', pid});
  }
}

async function stopServing(context: Context): Promise<number> {
  const {paths, output} = context;
  const {answers} = await import('../autostart.ts');
  if (!(await answers(paths.socket))) {
    if (output.json) output.value({stopped: false});
    else output.line('no supervisor runs');
    return 0;
  }
  await shutDown(context, await context.fleet('write'));
  if (output.json) output.value({stopped: true});
  return 0;
}

/** Resolves when its process is gone: the socket goes first, and the lock last. */
async function shutDown({paths}: Context, fleet: Fleet): Promise<void> {
  const {pid} = await fleet.health();
  await fleet.shutdown();
  const bound = performance.now() + STOP_MS;
  while (performance.now() < bound) {
    if (!lives(pid)) return;
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new AmuxError('supervisor.unreachable', {target: paths.socket, why: 'it did not end in time'});
}
