import {AmuxError} from '../../domain/errors.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag} from '../flags.ts';

/** How long the end of a supervisor may take, in ms. */
const STOP_MS = 10_000;
const LOOK_EVERY_MS = 50;
/** How often an autostarted supervisor asks itself whether anybody needs it, in ms. */
const IDLE_LOOK_MS = 5000;

export const serve: Run = async context => {
  const {paths, output} = context;
  const {answers, autostart} = await import('../autostart.ts');
  if (boolFlag(context, 'stop')) return stopServing(context);
  const running = await answers(paths.socket);
  const {selfArgv, version} = await import('../self.ts');
  if (boolFlag(context, 'detach')) {
    if (!running) await autostart(paths, selfArgv());
    output.line(paths.socket);
    return 0;
  }
  const auto = boolFlag(context, 'auto');
  if (running && !auto) {
    output.line(paths.socket);
    return 0;
  }
  const {hostFleet} = await import('../host.ts');
  const ended = new AbortController();
  const end = () => ended.abort();
  const host = await hostFleet({paths, hosted: auto ? 'auto' : 'serve', version, self: selfArgv(), onShutdown: end});
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  if (!auto) output.line(paths.socket);
  const timer = auto ? setInterval(() => void leaveWhenIdle(), IDLE_LOOK_MS) : null;
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

async function stopServing({paths, output, fleet}: Context): Promise<number> {
  const {answers} = await import('../autostart.ts');
  if (!(await answers(paths.socket))) {
    output.line('no supervisor runs');
    return 0;
  }
  await (await fleet('write')).shutdown();
  const end = performance.now() + STOP_MS;
  while (performance.now() < end) {
    if (!(await answers(paths.socket))) return 0;
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new AmuxError('supervisor.unreachable', {target: paths.socket, why: 'it did not end in time'});
}
