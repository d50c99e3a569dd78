import {AmuxError} from '../../domain/errors.ts';
import type {Fleet} from '../../domain/fleet.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag} from '../flags.ts';
import {lives} from '../programs.ts';

/** How long the end of a supervisor may take, in ms. */
const STOP_MS = 10_000;
const LOOK_EVERY_MS = 50;
/** How often an autostarted supervisor asks itself at most whether anybody needs it, in ms. */
const IDLE_LOOK_MS = 5000;
const IDLE_LOOK_LEAST_MS = 200;

export const serve: Run = async context => {
  const {paths} = context;
  const {answers, autostart} = await import('../autostart.ts');
  if (boolFlag(context, 'stop')) return stopServing(context);
  const auto = boolFlag(context, 'auto');
  const running = (await answers(paths.socket)) && (auto || !(await takeOver(context)));
  const {selfArgv, version} = await import('../self.ts');
  if (boolFlag(context, 'detach')) {
    if (!running) await autostart(paths, selfArgv(), 'stay');
    sayWhere(context);
    return 0;
  }
  if (running) {
    if (!auto) sayWhere(context);
    return 0;
  }
  const {hostFleet} = await import('../host.ts');
  const ended = new AbortController();
  const end = () => ended.abort();
  const host = await hostFleet({paths, hosted: auto ? 'auto' : 'serve', version, self: selfArgv(), onShutdown: end});
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  if (!auto) sayWhere(context);
  const timer = auto ? setInterval(() => void leaveWhenIdle(), idleLook(host.settings.idleExit)) : null;
  const leaveWhenIdle = async () => {
    const {running: live} = await host.fleet.health();
    const quietFor = (performance.now() - host.server.lastRequest) / 1000;
    if (live === 0 && host.server.streams === 0 && quietFor >= host.settings.idleExit) end();
  };
  await new Promise<void>(resolve => {
    if (ended.signal.aborted) resolve();
    ended.signal.addEventListener('abort', () => resolve(), {once: true});
  });
  if (timer !== null) clearInterval(timer);
  await host.close();
  return 0;
};

const idleLook = (idleExit: number): number => Math.min(IDLE_LOOK_MS, Math.max(IDLE_LOOK_LEAST_MS, idleExit * 1000));

/** An autostarted supervisor would end by itself: it makes room for one that stays. Sessions live on. */
async function takeOver(context: Context): Promise<boolean> {
  const fleet = await context.fleet('write');
  if ((await fleet.health()).hosted !== 'auto') return false;
  await shutDown(context, fleet);
  return true;
}

function sayWhere({paths, output}: Context): void {
  if (output.json) output.value({socket: paths.socket});
  else output.line(paths.socket);
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
