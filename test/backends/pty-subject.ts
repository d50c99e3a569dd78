import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PtyBackend} from '../../source/backends/pty.ts';
import {HostConnection} from '../../source/backends/pty-client.ts';
import {amuxFile} from '../helpers/home.ts';
import type {Subject} from './contract.ts';
import {gone} from './probe.ts';

/** The host as it is built: hundreds of tests start one, and reading its sources took longer than what they test. */
export const hostArgv = (socket: string): string[] => [process.execPath, amuxFile, 'pty-host', '--socket', socket];

/** A fresh socket and what is needed around it; no host runs yet. */
export async function makePty(): Promise<Subject & {socket: string; dir: string}> {
  const dir = mkdtempSync(join(tmpdir(), 'amux-pty-'));
  const socket = join(dir, 'pty.sock');
  const backends: PtyBackend[] = [];
  const another = () => {
    const backend = new PtyBackend({socket, hostArgv: hostArgv(socket)});
    backends.push(backend);
    return backend;
  };
  const ownerPid = async () => {
    const connection = await HostConnection.open(socket, {push: () => {}, end: () => {}});
    if (connection === null) throw new Error('no host runs');
    connection.close();
    return connection.pid;
  };
  return {
    socket,
    dir,
    backend: another(),
    another,
    ownerPid,
    async dispose() {
      for (const backend of backends) await backend[Symbol.asyncDispose]();
      const pid = await ownerPid().catch(() => null);
      if (pid !== null) {
        process.kill(pid, 'SIGKILL');
        await gone(pid);
      }
      rmSync(dir, {recursive: true, force: true});
    },
  };
}
