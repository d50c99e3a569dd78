import {spawn} from 'node:child_process';
import {openSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {earlySettings} from '../config/before-start.ts';
import {type Paths, prepareHome} from '../config/paths.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Health} from '../domain/fleet.ts';

/** How long a new supervisor may take until it answers, in ms. */
const START_MS = 15_000;
/** A starter that holds the lock for longer has died, in ms. */
const LOCK_STALE_MS = 20_000;
const LOOK_EVERY_MS = 25;

/** True when somebody listens on the home's socket: cheaper than a question, and it keeps no supervisor from its idle end. */
export function listens(socket: string): Promise<boolean> {
  return new Promise(resolve => {
    const connection = connect(socket);
    const done = (heard: boolean) => {
      connection.destroy();
      resolve(heard);
    };
    connection.once('connect', () => done(true));
    connection.once('error', () => done(false));
  });
}

/** True when a supervisor answers on the home's socket. */
export const answers = async (socket: string): Promise<boolean> => (await healthOf(socket)) !== null;

/** Who supervises, as it says itself; null: nobody answers. */
export function healthOf(socket: string): Promise<Health | null> {
  const http = process.getBuiltinModule('node:http'); // As in the client: an import costs 20 ms.
  return new Promise(resolve => {
    const request = http.request({socketPath: socket, path: '/api/health', timeout: 5000, agent: false}, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? (JSON.parse(text) as Health) : null));
      response.on('error', () => resolve(null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
    request.end();
  });
}

export type Start = {
  /** The command that supervises; without it one that ends by itself when nobody needs it. */
  command?: string[];
  /** The supervisor that is to be replaced. */
  instead?: number;
  /** Which one will do; by default any but that one. */
  suits?: (health: Health) => boolean;
};

/**
 * Starts a detached supervisor and resolves when it answers: whether it was started here. Of many callers at once one
 * starts it and the others wait; the supervisor's own lock is what keeps it the only one.
 */
export async function autostart(paths: Paths, argv: string[], start: Start = {}): Promise<boolean> {
  prepareHome(paths);
  const {instead, suits = ({pid}) => pid !== instead} = start;
  const {command = ['serve', '--auto', ...(instead === undefined ? [] : ['--instead', String(instead)])]} = start;
  const end = performance.now() + START_MS;
  let starting: Starting | null = null;
  let mine = false;
  try {
    while (performance.now() < end) {
      const health = await healthOf(paths.socket);
      if (health !== null && suits(health)) return starting !== null;
      mine ||= takeLock(paths.autostartLock);
      if (mine) starting ??= spawnSupervisor(paths, [...argv, ...command]);
      const state = starting?.() ?? 'starting';
      // It found another one, which may be about to leave: then it is this one's turn.
      if (state === 'left') starting = null;
      else if (state !== 'starting') {
        await lookAtHome(paths);
        throw new AmuxError('supervisor.unreachable', {target: paths.socket, why: state.failed});
      }
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
    }
    throw new AmuxError('supervisor.unreachable', {
      target: paths.socket,
      why: `it did not answer within ${START_MS / 1000} s`,
    });
  } finally {
    if (mine) rmSync(paths.autostartLock, {force: true});
  }
}

/** What keeps a supervisor from starting often keeps a reader from reading, too, which then says it better. */
async function lookAtHome(paths: Paths): Promise<void> {
  await earlySettings(paths.config);
  const {offlineFleet} = await import('./offline.ts');
  await (await offlineFleet(paths))[Symbol.asyncDispose]();
}

/** Tells, while it is waited for, how a start stands. */
type Starting = () => 'starting' | 'left' | {failed: string};

function spawnSupervisor(paths: Paths, argv: string[]): Starting {
  const file = join(paths.log, 'stderr.log');
  const from = sizeOf(file);
  const log = openSync(file, 'a', 0o600);
  const [program, ...args] = argv;
  const child = spawn(program!, [...args, '--home', paths.home], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: paths.home,
    env: withoutSession(process.env),
  });
  let ended: number | null = null;
  child.once('exit', code => {
    ended = code ?? 1;
  });
  child.once('error', () => {
    ended = 1;
  });
  child.unref();
  return () => {
    if (ended === null) return 'starting';
    // 4: the home's lock was taken.
    if (ended === 0 || ended === 4) return 'left';
    const said = readFileSync(file)
      .subarray(from)
      .toString()
      .trim()
      .replace(/^amux: /gm, '');
    return {failed: said.split('\n').slice(-3).join(' ') || `it ended with code ${ended}`};
  };
}

function takeLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), {flag: 'wx', mode: 0o600});
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      // Nobody could ever take it: a disk that is full leaves an empty file behind.
      rmSync(file, {force: true});
      throw new AmuxError('store.write', {file, why: (error as Error).message}, error);
    }
    const age = Date.now() - modifiedAt(file);
    if (age > LOCK_STALE_MS || !holderLives(file)) rmSync(file, {force: true});
    return false;
  }
}

function holderLives(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return true; // Also while its pid is not written yet.
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function modifiedAt(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return Date.now(); // Gone already: the next round takes it.
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

/** A command inside a session may start it: it is no part of that session, and does not end with it. */
function withoutSession(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {AMUX_SESSION: _name, AMUX_SESSION_ID: _id, AMUX_URL: _url, ...rest} = env;
  return rest;
}
