import {existsSync} from 'node:fs';
import type {Backend, TerminalInfo} from '../backends/backend.ts';
import {quoted} from '../domain/argv.ts';
import {asAmuxError} from '../domain/errors.ts';
import {isAway, isLive} from '../domain/session.ts';
import type {Runner} from './runner.ts';

type Restore = {
  runners: ReadonlyMap<string, Runner>;
  backends: readonly Backend[];
  now: () => number;
  note: (why: string) => void;
};

/** Compares the store with what runs: adopts what lives, ends what died while nobody watched. */
export async function restore({runners, backends, now, note}: Restore): Promise<void> {
  const found = new Map<string, TerminalInfo>();
  const unreachable = new Set<string>();
  for (const backend of backends) {
    try {
      if (!(await backend.open())) continue;
      for (const info of await backend.list()) {
        found.set(`${backend.kind} ${info.terminal} ${info.run}`, info);
        if (runners.has(info.terminal)) continue;
        if (info.exit === null) note(strange(backend, info));
        else await backend.close(info.terminal); // It would keep their owner for ever.
      }
    } catch (error) {
      unreachable.add(backend.kind);
      if ([...runners.values()].some(({session}) => isLive(session) && session.run?.backend === backend.kind)) {
        note(`${asAmuxError(error).message}: its sessions are shown as they were last seen`);
      }
    }
  }
  for (const runner of runners.values()) {
    const {session} = runner;
    const {run} = session;
    const info = run === null ? undefined : found.get(`${run.backend} ${session.id} ${run.id}`);
    if (!isLive(session) || isAway(session)) await runner.decide(info?.mark ?? null);
    if (!isLive(session)) {
      const at = now();
      runner.observe({source: 'directory', at, state: existsSync(session.dir) ? 'back' : 'gone'});
      continue;
    }
    if (run !== null && unreachable.has(run.backend)) continue;
    if (isAway(session)) {
      runner.observe({source: 'clock', at: now()});
      continue;
    }
    if (info === undefined) {
      await runner.ended({source: 'process', at: now(), state: 'exited', exit: {code: null, signal: null, at: now()}});
    } else if (info.exit !== null) {
      await runner.ended({source: 'process', at: now(), state: 'exited', exit: info.exit}, info.mark);
    } else {
      await runner.adopt(info);
    }
  }
}

/** A session that neither the journal nor the database tells of any more. */
function strange(backend: Backend, {terminal, pid}: TerminalInfo): string {
  const shows = backend.kind === 'tmux' ? `; tmux -S ${quoted(backend.socket)} attach -t ${terminal} shows it` : '';
  return `${terminal} still runs (pid ${pid}), and this home knows nothing of it any more${shows}; kill ${pid} ends it`;
}
