import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {dirname, join} from 'node:path';
import type {Agent, Equipment} from '../agents/agent.ts';
import type {Paths} from '../config/paths.ts';
import type {Session} from '../domain/session.ts';
import {hashToken} from './access.ts';
import {type Door, newHookToken} from './hooks.ts';

type Equip = {
  agent: Agent;
  session: Pick<Session, 'id' | 'dir'>;
  argv: string[];
  env: Record<string, string>;
  door: Door | null;
  paths: Paths;
};

export type Equipped = Equipment & {
  /** SHA-256 of the token that its hooks must bring; null: it has none. */
  hookToken: string | null;
};

/** What the agent's record adds to a launch of its own program; its files are written. Another program runs as it is. */
export async function equip({agent, session, argv, env, door, paths}: Equip): Promise<Equipped> {
  if (agent.equip === null || !runsItself(agent, argv)) {
    return {argv, env: {}, files: {}, hookToken: null};
  }
  const files = filesOf(paths, session.id);
  const token = newHookToken();
  const hooks = door === null ? null : {url: door.url(session.id), token};
  const {id, dir} = session;
  const equipment = agent.equip({argv, session: id, dir, files, door: hooks, port: await freePort(), env});
  rmSync(files, {recursive: true, force: true});
  for (const [file, text] of Object.entries(equipment.files)) {
    mkdirSync(dirname(file), {recursive: true, mode: 0o700});
    writeFileSync(file, text, {mode: 0o600});
  }
  return {...equipment, hookToken: hooks === null ? null : hashToken(token)};
}

/** The command line names the agent's own program: what is added would be wrong for another under its name. */
export function runsItself({command}: Agent, argv: readonly string[]): boolean {
  return command !== null && argv.some(word => word.includes(command));
}

/** Generated files of one session. */
export const filesOf = (paths: Paths, session: string): string => join(paths.sessions, session);

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({host: '127.0.0.1', port: 0}, () => {
      const {port} = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
