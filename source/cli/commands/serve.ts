import {AmuxError} from '../../domain/errors.ts';
import type {Fleet, Health} from '../../domain/fleet.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag} from '../flags.ts';
import {type ListenWish, listenFlags, listenWish, portOf} from '../listen-flags.ts';
import {lives} from '../programs.ts';

/** How long the end of a supervisor may take, in ms. */
const STOP_MS = 10_000;
const LOOK_EVERY_MS = 50;
/** How often an autostarted supervisor asks itself at most whether anybody needs it, in ms. */
const IDLE_LOOK_MS = 5000;
const IDLE_LOOK_LEAST_MS = 200;
/** How long a supervisor may take to show its certificate, in ms. */
const CERTIFICATE_MS = 3000;

export const serve: Run = async context => {
  const {paths} = context;
  const {answers, autostart} = await import('../autostart.ts');
  if (boolFlag(context, 'stop')) return stopServing(context);
  const auto = boolFlag(context, 'auto');
  const wish = listenWish(context);
  const running = (await answers(paths.socket)) && (auto || !(await takeOver(context, wish)));
  const {selfArgv} = await import('../self.ts');
  if (boolFlag(context, 'detach')) {
    if (!running) {
      await (await import('../port.ts')).checkWish(wish);
      await autostart(paths, selfArgv(), ['serve', ...listenFlags(wish)]);
    }
    await sayWhere(context);
    return 0;
  }
  if (!running) return serveHere(context, wish, auto);
  if (!auto) await sayWhere(context);
  return 0;
};

async function serveHere(context: Context, wish: ListenWish, auto: boolean): Promise<number> {
  const {hostFleet} = await import('../host.ts');
  const {selfArgv, version} = await import('../self.ts');
  const ended = new AbortController();
  const end = () => ended.abort();
  const hosted = auto ? 'auto' : 'serve';
  const host = await hostFleet({
    paths: context.paths,
    hosted,
    version,
    self: selfArgv(),
    listen: wish,
    onShutdown: end,
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  if (!auto) await sayListening(context, {...host, wish});
  const leaveWhenIdle = async () => {
    const {running} = await host.fleet.health();
    const {streams, lastRequest} = host.demand();
    if (running === 0 && streams === 0 && performance.now() - lastRequest >= host.settings.idleExit * 1000) end();
  };
  const timer = auto ? setInterval(() => void leaveWhenIdle(), idleLook(host.settings.idleExit)) : null;
  await new Promise<void>(resolve => {
    if (ended.signal.aborted) resolve();
    ended.signal.addEventListener('abort', () => resolve(), {once: true});
  });
  if (timer !== null) clearInterval(timer);
  await host.close();
  return 0;
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
async function sayWhere({paths, output, fleet}: Context): Promise<void> {
  const {pid, url} = await (await fleet('read')).health();
  if (output.json) output.value({url, socket: paths.socket, fingerprint: await fingerprintOf(url), pid});
  else output.line(url ?? paths.socket);
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

/** An autostarted supervisor would end by itself: it makes room for one that stays. Sessions live on. */
async function takeOver(context: Context, wish: ListenWish): Promise<boolean> {
  const fleet = await context.fleet('write');
  const health = await fleet.health();
  if (health.hosted !== 'auto') {
    checkSame(health, wish);
    return false;
  }
  await shutDown(context, fleet);
  return true;
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
