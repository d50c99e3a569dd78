import {Client} from '../api/client.ts';
import {earlySettings} from '../config/before-start.ts';
import type {Paths} from '../config/paths.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';
import {autostart, listens} from './autostart.ts';
import {withLastingStreams} from './lasting-streams.ts';
import type {Remote} from './remote.ts';
import {selfArgv} from './self.ts';

export type Fleets = {get: (need: 'read' | 'write') => Promise<Fleet>; [Symbol.asyncDispose](): Promise<void>};

type FleetsOptions = {
  paths: Paths;
  remote: Remote | null;
  actor?: string;
  /** Tells a person what is amiss with a store that is read without a supervisor. */
  note?: ((notice: string) => void) | undefined;
};

/**
 * Which `Fleet` a command speaks to: the one of its URL, else the supervisor's socket, else a new supervisor or the
 * store. Over a URL nothing is started and no store is read.
 */
export function createFleets({paths, remote, actor, note}: FleetsOptions): Fleets {
  const opened: {need: 'read' | 'write'; promise: Promise<Fleet>}[] = [];
  const open = async (need: 'read' | 'write'): Promise<Fleet> => {
    if (remote !== null) {
      const fleet = new Client({...remote.target, actor});
      return withLastingStreams({fleet, isThere: async () => true});
    }
    if (!(await listens(paths.socket))) {
      if (need === 'read') return openOffline(paths, note);
      await startOne(paths);
    }
    const fleet = new Client({socket: paths.socket, actor, revive: () => startOne(paths)});
    return withLastingStreams({fleet, isThere: () => listens(paths.socket)});
  };
  return {
    get(need) {
      const known = opened.find(each => remote !== null || each.need === need || each.need === 'write');
      if (known !== undefined) return known.promise;
      const promise = open(need);
      opened.push({need, promise});
      return promise;
    },
    async [Symbol.asyncDispose]() {
      for (const {promise} of opened) {
        const fleet = await promise.catch(() => null); // What failed has nothing to close.
        await fleet?.[Symbol.asyncDispose]();
      }
    },
  };
}

/** What is amiss with what was read is told beside the answer: a supervisor has its notices in its health. */
async function openOffline(paths: Paths, note: FleetsOptions['note']): Promise<Fleet> {
  const {offlineFleet} = await import('./offline.ts');
  const fleet = await offlineFleet(paths, note);
  for (const notice of (await fleet.health()).notices) note?.(notice);
  return fleet;
}

async function startOne(paths: Paths): Promise<void> {
  if (!(await earlySettings(paths.config)).autostart) throw new AmuxError('supervisor.none', {home: paths.home});
  await autostart(paths, selfArgv());
}
