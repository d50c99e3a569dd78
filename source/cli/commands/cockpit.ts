import {type Dirent, existsSync} from 'node:fs';
import {readdir, stat} from 'node:fs/promises';
import {constants} from 'node:os';
import {join} from 'node:path';
import {agents} from '../../agents/registry.ts';
import {parseCommandLine} from '../../config/command-line.ts';
import {loadSettings, loadStart, type Settings} from '../../config/settings.ts';
import {AmuxError, asAmuxError} from '../../domain/errors.ts';
import type {Fleet} from '../../domain/fleet.ts';
import {answers, autostart} from '../autostart.ts';
import type {Context, Run} from '../command.ts';
import {type Draft, editDraft} from '../edit-draft.ts';
import {holdingSignals} from '../hold-signals.ts';
import {isNeeded} from '../needed.ts';
import {onPath} from '../programs.ts';
import {isElsewhere, remoteEnv} from '../remote.ts';
import {selfArgv, version} from '../self.ts';
import {themeFiles} from '../theme-files.ts';
import {attachArgv, isReachable, lendTerminal, lendTo} from './attach.ts';

type Hosting = {
  fleet: Fleet;
  mode: 'hosted' | 'headless' | 'remote';
  /** Resolves when another process supervises from now on. */
  moved?: Promise<void>;
  /** Before this process stops for a while: somebody else has to supervise by then. */
  beforeStop?: () => Promise<void>;
  leave: () => Promise<void>;
};

/** The full-screen cockpit: hosts the supervisor when none runs, else is its client, as it is over a URL. */
export const cockpit: Run = context => {
  checkTerminal(context, 'the cockpit');
  return holdingSignals(() => openCockpit(context));
};

async function openCockpit(context: Context): Promise<number> {
  const {settings} = loadStart(context.paths.config);
  return showCockpit({context, settings, ...(await hostOrJoin(context, settings))});
}

export function checkTerminal({stdin}: Context, what: string): void {
  if (!stdin.isTTY) throw new AmuxError('terminal.none', {what, stream: 'stdin'});
  if (!process.stdout.isTTY) throw new AmuxError('terminal.none', {what, stream: 'stdout'});
}

type Shown = {
  context: Context;
  settings: Settings;
  fleet: Fleet;
  mode: Hosting['mode'] | 'demo';
  moved?: Promise<void>;
  beforeStop?: () => Promise<void>;
  leave: () => Promise<void>;
  cwd?: string;
};

/** Draws the cockpit until the person leaves; then `leave` decides who supervises on. */
export async function showCockpit({
  context,
  settings,
  fleet,
  mode,
  moved,
  beforeStop,
  leave,
  cwd,
}: Shown): Promise<number> {
  const {runCockpit} = await import('../../cockpit/main.tsx');
  try {
    const end = await runCockpit({
      fleet,
      ...(moved === undefined ? {} : {moved: moved.then(() => 'headless' as const)}),
      stdin: process.stdin,
      stdout: process.stdout,
      themes: {files: themeFiles(context.paths.themes), chosen: settings.theme},
      mouse: settings.mouse,
      notices: noticesOf(context.paths.config, settings),
      keys: {leave: settings.leaveKey, detach: settings.detachKey, changes: settings.keys},
      info: {
        mode,
        ...(mode === 'remote' ? {host: context.remote!.host} : {}),
        agentsFound: agentsFound(),
        anyCommand: agents.find(({command}) => command === null)?.name,
        // Started from a checkout by `npm start`, there may be no `amux` on the PATH.
        demoCommand: context.env['npm_lifecycle_event'] === 'start' ? 'npm start -- demo' : 'amux demo',
      },
      attach: async (plan, signal) => {
        const {name} = plan;
        const {remote} = context;
        if (remote !== null && !(await isReachable(plan, {fleet, remote}))) {
          return await lendTo(attachArgv(name), signal, remoteEnv(context, remote));
        }
        await fleet.attached(name, 'on');
        try {
          await lendTerminal(plan, signal);
        } finally {
          await fleet.attached(name, 'off').catch(() => {}); // It may have ended meanwhile.
        }
      },
      ...editorOf(context.env),
      ...(mode === 'remote' ? {} : {directories: readDirectories}),
      ...(mode === 'demo' ? {} : {demo: (signal: AbortSignal) => lendTo([...selfArgv(), 'demo'], signal)}),
      ...(beforeStop === undefined ? {} : {beforeStop}),
      clock: Date.now,
      cwd: cwd ?? (isElsewhere(context.remote) ? null : context.cwd),
      callerEnv: definedOnly(context.env),
      env: context.env,
    });
    return end.reason === 'quit' ? 0 : 128 + constants.signals[end.signal];
  } finally {
    await leave();
    // A terminal that takes nothing any more would keep the process.
    if (process.stdout.writableLength > 0) setImmediate(() => process.exit());
  }
}

/** As the file says then; while it is invalid, what it said before. */
function noticesOf(file: string, {notices}: Settings): () => Settings['notices'] {
  let last = notices;
  return () => {
    try {
      last = loadSettings(file).settings.notices;
    } catch {
      // Whoever starts something next is told.
    }
    return last;
  };
}

/** Names of the directories in `dir`, links to directories included; null: there is none, or it cannot be read. */
async function readDirectories(dir: string): Promise<string[] | null> {
  try {
    const entries = await readdir(dir, {withFileTypes: true});
    const isDirectory = async (entry: Dirent): Promise<boolean> =>
      entry.isDirectory() || (entry.isSymbolicLink() && (await stat(join(dir, entry.name))).isDirectory());
    const kept = await Promise.all(entries.map(entry => isDirectory(entry).catch(() => false)));
    return entries.filter((_, i) => kept[i]).map(({name}) => name);
  } catch {
    return null;
  }
}

async function hostOrJoin(context: Context, settings: Settings): Promise<Hosting> {
  const {paths} = context;
  const {Client} = await import('../../api/client.ts');
  if (context.remote !== null) {
    // Its own: it tells a lost connection itself, at once, and tries again for as long as it is open.
    const fleet = new Client(context.remote.target);
    const leave = () => fleet[Symbol.asyncDispose]();
    try {
      // A wrong address or token is said at once, before the screen is taken.
      await fleet.health();
    } catch (error) {
      await leave();
      throw error;
    }
    return {fleet, mode: 'remote', leave};
  }
  if (!(await answers(paths.socket))) {
    try {
      return await host(paths, settings);
    } catch (error) {
      // Somebody else was faster: join what is about to answer.
      if (asAmuxError(error).code !== 'supervisor.locked') throw error;
      await autostart(paths, selfArgv());
    }
  }
  // A supervisor that crashed leaves its socket behind. One that was stopped takes it away, and stays stopped.
  const revive = async (): Promise<void> => {
    if (!settings.autostart || !existsSync(paths.socket)) {
      throw new AmuxError('supervisor.unreachable', {target: paths.socket, why: 'nobody supervises'});
    }
    await autostart(paths, selfArgv());
  };
  const fleet = new Client({socket: paths.socket, actor: 'cockpit', revive});
  return {fleet, mode: 'headless', leave: () => fleet[Symbol.asyncDispose]()};
}

async function host(paths: Context['paths'], settings: Settings): Promise<Hosting> {
  const {hostFleet} = await import('../host.ts');
  let stopped = false;
  const hosted = await hostFleet({
    paths,
    hosted: 'cockpit',
    version,
    self: selfArgv(),
    // `serve --stop` from elsewhere: the same end as a closed terminal, but nobody is to follow.
    onShutdown: () => {
      stopped = true;
      process.kill(process.pid, 'SIGTERM');
    },
  });
  let joined: Fleet | null = null;
  const moved = hosted.handedOver.then(async () => {
    // Should the successor have died, there is another one.
    await autostart(paths, selfArgv()).catch(() => {}); // The cockpit says that it has no connection.
    const {Client} = await import('../../api/client.ts');
    joined = new Client({socket: paths.socket, actor: 'cockpit'});
    hosted.move(joined);
  });
  return {
    fleet: hosted.fleet,
    mode: 'hosted',
    moved,
    async beforeStop() {
      if (joined === null) await autostart(paths, selfArgv(), {instead: process.pid});
      await moved;
    },
    async leave() {
      if (joined === null && !stopped && settings.onQuit === 'handover' && (await isNeeded(hosted.fleet))) {
        await autostart(paths, selfArgv(), {instead: process.pid}).catch(() => {}); // Then it ends as if it left.
      }
      await hosted.close();
      await joined?.[Symbol.asyncDispose]();
    },
  };
}

/** Without an editor the cockpit edits titles itself. */
function editorOf(env: NodeJS.ProcessEnv) {
  const command = env['VISUAL'] || env['EDITOR'];
  if (!command) return {};
  return {edit: (draft: Draft, signal: AbortSignal) => editDraft({command, draft, signal})};
}

/** The built-in agents on the PATH. Their versions would cost seconds: `amux doctor` asks for them. */
function agentsFound(): {name: string; version: null}[] {
  return agents
    .filter(({command}) => command !== null && onPath(parseCommandLine(command)[0]!) !== null)
    .map(({name}) => ({name, version: null}));
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
