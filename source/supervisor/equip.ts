import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {dirname, join} from 'node:path';
import type {Agent, Equipment} from '../agents/agent.ts';
import {MCP_ENVIRONMENT, type Paths} from '../config/paths.ts';
import type {Session} from '../domain/session.ts';
import {hashToken} from './access.ts';
import {type Door, newHookToken} from './hooks.ts';

type Equip = {
  agent: Agent;
  session: Pick<Session, 'id' | 'name' | 'dir'>;
  argv: string[];
  env: Record<string, string>;
  door: Door | null;
  paths: Paths;
  /** argv that runs amux, whose MCP server it is given; null: it is given none. */
  mcp: readonly string[] | null;
};

export type Equipped = Equipment & {
  /** SHA-256 of the token that its hooks must bring; null: it has none. */
  hookToken: string | null;
};

const MCP_NAME = 'amux';

/** What the agent's record adds to a launch of its own program; its files are written. Another program runs as it is. */
export async function equip({agent, session, argv, env, door, paths, mcp}: Equip): Promise<Equipped> {
  if (!runsItself(agent, argv)) return {argv, env: {}, files: {}, hookToken: null};
  const files = filesOf(paths, session.id);
  const token = newHookToken();
  const hooks = door === null || agent.equip === null ? null : {url: door.url(session.id), token};
  const {id, dir} = session;
  const nothing = {argv, env: {}, files: {}};
  const own = agent.equip?.({argv, session: id, dir, files, door: hooks, port: await freePort(), env}) ?? nothing;
  const environment = agent.mcp === null ? null : environmentFile({files, env});
  const given =
    mcp === null || environment === null
      ? null
      : giveMcp({agent, dir, files, argv: own.argv, env: {...env, ...own.env}, mcp, environment: environment.file});
  const equipment: Equipment = {
    argv: given?.argv ?? own.argv,
    env: {...own.env, ...given?.env},
    files: {...own.files, ...given?.files, ...(environment === null ? {} : {[environment.file]: environment.text})},
  };
  rmSync(files, {recursive: true, force: true});
  for (const [file, text] of Object.entries(equipment.files)) {
    mkdirSync(dirname(file), {recursive: true, mode: 0o700});
    writeFileSync(file, text, {mode: 0o600});
  }
  return {...equipment, hookToken: hooks === null ? null : hashToken(token)};
}

/** What stands in the environment of a session for those who speak to its fleet. */
const SPOKEN = ['AMUX_HOME', 'AMUX_URL', 'AMUX_CA', 'AMUX_SESSION', 'AMUX_SESSION_ID'];

/**
 * An MCP server has the rights of its session's own token. That is in a file: some agents pass their environment on in
 * part or not at all, and an argument can be read by every user of the machine.
 */
function environmentFile({files, env}: {files: string; env: Record<string, string>}) {
  if (env['AMUX_URL'] === undefined) return null;
  const spoken = Object.fromEntries(SPOKEN.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])));
  return {file: join(files, MCP_ENVIRONMENT), text: JSON.stringify(spoken, null, 2)};
}

type Giving = Pick<Equip, 'agent' | 'argv' | 'env'> & {
  dir: string;
  files: string;
  mcp: readonly string[];
  environment: string;
};

function giveMcp({agent, mcp, environment, ...launch}: Giving): Equipment | null {
  const [command, ...args] = mcp;
  if (agent.mcp === null || command === undefined) return null;
  const server = {name: MCP_NAME, command, args: [...args, 'mcp', 'serve', '--environment', environment]};
  return agent.mcp({...launch, server});
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
