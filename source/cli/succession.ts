import {connect, type Socket} from 'node:net';
import type {Paths} from '../config/paths.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Health} from '../domain/fleet.ts';
import {acquireLock} from '../store/lock.ts';
import {healthOf} from './autostart.ts';

/** How long another succession may take, in ms. */
const TURN_MS = 20_000;
/** How long a supervisor may take to say that it hands over, in ms. */
const ASK_MS = 5000;

/** The right to take over from the supervisor of a home; whoever has it is the only one. */
export type Succession = {
  /** Who supervises now; null: nobody any more. */
  predecessor: Predecessor | null;
  end: () => Promise<void>;
};

export type Predecessor = {
  pid: number;
  /** Resolves when it has begun to hand over, or is gone. */
  ask: () => Promise<void>;
};

/** Throws `supervisor.locked` when one supervises that may not be replaced. */
export async function beginSuccession(paths: Paths, mayReplace: (health: Health) => boolean): Promise<Succession> {
  const turn = await acquireLock({...paths, lock: paths.succession}, {waitMs: TURN_MS});
  try {
    const health = await healthOf(paths.socket);
    if (health !== null && !mayReplace(health)) {
      throw new AmuxError('supervisor.locked', {pid: health.pid, home: paths.home});
    }
    // The connection is there before the socket's name leads to this process.
    const line = health === null ? null : await connected(paths.socket);
    const predecessor = health === null || line === null ? null : {pid: health.pid, ask: () => askOn(line)};
    return {
      predecessor,
      end: async () => {
        line?.destroy();
        await turn.release();
      },
    };
  } catch (error) {
    await turn.release();
    throw error;
  }
}

function connected(path: string): Promise<Socket | null> {
  return new Promise(resolve => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.on('error', () => resolve(null)); // Gone: its lock is free.
  });
}

function askOn(line: Socket): Promise<void> {
  const http = process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({pid: process.pid});
    const headers = {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)};
    const request = http.request(
      {method: 'POST', path: '/api/handover', headers, timeout: ASK_MS, createConnection: () => line},
      response => {
        response.resume();
        if (response.statusCode === 202) return resolve();
        const why = `the supervisor that runs does not hand over (${response.statusCode})`;
        reject(new AmuxError('supervisor.unreachable', {target: 'its socket', why}));
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve()); // It ends, or has died; the lock tells.
    request.end(body);
  });
}
