import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PtyBackend} from '../../source/backends/pty.ts';
import {type Paths, pathsOf, prepareHome} from '../../source/config/paths.ts';
import {loadSettings} from '../../source/config/settings.ts';
import type {Entry} from '../../source/domain/events.ts';
import {openStore} from '../../source/store/store.ts';
import {profilesFor} from '../../source/supervisor/profiles.ts';
import {openSupervisor, type Supervisor} from '../../source/supervisor/supervisor.ts';
import {hostArgv} from '../backends/pty-subject.ts';
import {Agent} from './home.ts';

export type Supervised = {
  paths: Paths;
  /** A directory for sessions. */
  work: string;
  supervisor: Supervisor;
  /** How often somebody asked it to end. */
  shutdowns: () => number;
  agent: (name: string, ...args: string[]) => Agent;
  /** Ends the supervisor; its sessions live on. */
  leave: () => Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

type Options = {
  /** What its `config.yaml` says. */
  settings?: string;
  /** Between two looks at processes, in ms. */
  patrolMs?: number;
  /** What a supervisor before had written into its journal. */
  left?: (work: string) => Omit<Entry, 'cursor'>[];
};

/** A supervisor in this process, over a throw-away home whose terminals are in a pty host of its own. */
export async function supervise({
  settings = '',
  patrolMs,
  left: entries = () => [],
}: Options = {}): Promise<Supervised> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'amux-fleet-')));
  const paths = pathsOf(join(dir, 'home'));
  prepareHome(paths);
  if (settings !== '') writeFileSync(paths.config, settings);
  const work = join(dir, 'work');
  mkdirSync(work);
  const store = await openStore({paths, readOnly: false, now: Date.now});
  for (const entry of entries(work)) store.append(entry);
  const backend = new PtyBackend({socket: paths.ptySocket, hostArgv: hostArgv(paths.ptySocket)});
  let shutdowns = 0;
  const supervisor = await openSupervisor({
    paths,
    store,
    backends: [backend],
    profiles: profilesFor(() => loadSettings(paths.config).settings),
    version: '0.0.0',
    hosted: 'serve',
    detachKey: 'C-b d',
    door: null,
    apiUrl: () => null,
    now: Date.now,
    ...(patrolMs === undefined ? {} : {patrolMs}),
    onShutdown: () => void shutdowns++,
  });
  let left = false;
  const leave = async () => {
    if (left) return;
    left = true;
    await supervisor[Symbol.asyncDispose]();
    await backend.end();
    await backend[Symbol.asyncDispose]();
    await store.close();
  };
  return {
    paths,
    work,
    supervisor,
    shutdowns: () => shutdowns,
    agent: (name, ...args) => new Agent(join(dir, `${name}.log`), args),
    leave,
    async [Symbol.asyncDispose]() {
      if (!left) await supervisor.as('test').stopAll({force: true});
      await leave();
      rmSync(dir, {recursive: true, force: true});
    },
  };
}
