import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {connect, type Server} from 'node:net';
import {dirname} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {AmuxError} from '../domain/errors.ts';

/** Hosts that start at the same moment take turns: how long one waits for its turn, in ms. */
const TURN_MS = 3000;
const TURN_LOOK_MS = 20;

/** Listens on the path, in place of a dead host's socket if need be. False: another host is there already. */
export async function listenAlone(server: Server, path: string): Promise<boolean> {
  mkdirSync(dirname(path), {recursive: true, mode: 0o700});
  const lock = `${path}.lock`;
  const end = Date.now() + TURN_MS;
  while (Date.now() < end) {
    if (await answers(path)) return false;
    if (!takeLock(lock)) {
      await delay(TURN_LOOK_MS);
      continue;
    }
    try {
      if (await answers(path)) return false;
      rmSync(path, {force: true});
      await listen(server, path);
      return true;
    } finally {
      rmSync(lock, {force: true});
    }
  }
  throw new AmuxError('backend.failed', {backend: 'pty', why: `${lock} is held by another process`});
}

/** Whether somebody listens there. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', error => (isNobody(error) ? resolve(false) : reject(error)));
  });
}

/** Errors of a connection that mean: no host there. */
export function isNobody(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), {flag: 'wx', mode: 0o600});
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!holderLives(lock)) rmSync(lock, {force: true});
    return false;
  }
}

function holderLives(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Empty: made this very moment.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The socket exists with these rights from its first moment on.
    const before = process.umask(0o177);
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
    process.umask(before);
  });
}
