import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {dirname, join} from 'node:path';
import type {Agent, Equipment} from '../agents/agent.ts';
import type {McpFile} from '../config/mcp.ts';
import {MCP_ENVIRONMENT, type Paths} from '../config/paths.ts';
import {OWN_MCP_SERVER} from '../domain/mcp.ts';
import type {McpGiven, McpWish} from '../domain/mcp-run.ts';
import type {Session} from '../domain/session.ts';
import {hashToken} from './access.ts';
import {type Door, newHookToken} from './hooks.ts';
import {chooseMcp, withLacks} from './mcp-choice.ts';

type Equip = {
  agent: Agent;
  session: Pick<Session, 'id' | 'name' | 'dir'>;
  argv: string[];
  env: Record<string, string>;
  door: Door | null;
  paths: Paths;
  mcp: McpSource;
};

/** Where its MCP servers come from. */
export type McpSource = {
  /** argv that runs amux; null: it is given none. */
  self: readonly string[] | null;
  /** It is given amux's own. */
  own: boolean;
  /** Those of the fleet. */
  file: McpFile;
  wish: McpWish;
};

export type Equipped = Equipment & {
  /** SHA-256 of the token that its hooks must bring; null: it has none. */
  hookToken: string | null;
  /** What it was given of the fleet's MCP servers; null: its program takes none. */
  mcp: McpGiven | null;
};

/** What the agent's record adds to a launch of its own program; its files are written. Another program runs as it is. */
export async function equip({agent, session, argv, env, door, paths, mcp}: Equip): Promise<Equipped> {
  if (!runsItself(agent, argv)) return {argv, env: {}, files: {}, hookToken: null, mcp: null};
  const files = filesOf(paths, session.id);
  const token = newHookToken();
  const hooks = door === null || agent.equip === null ? null : {url: door.url(session.id), token};
  const {id, dir} = session;
  const nothing = {argv, env: {}, files: {}};
  const own = agent.equip?.({argv, session: id, dir, files, door: hooks, port: await freePort(), env}) ?? nothing;
  const environment = agent.mcp === null ? null : environmentFile({files, env});
  const around = {...env, ...own.env};
  const given = giveMcp({agent, dir, files, argv: own.argv, env: around, mcp, environment: environment?.file ?? null});
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
  return {...equipment, hookToken: hooks === null ? null : hashToken(token), mcp: given?.mcp ?? null};
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

type Giving = Pick<Equip, 'agent' | 'argv' | 'env' | 'mcp'> & {
  dir: string;
  files: string;
  /** Stands for the environment of amux's own server; null: there is no API to speak to. */
  environment: string | null;
};

/** amux's own server, and those of the fleet. */
function giveMcp({agent, mcp, environment, ...launch}: Giving): (Equipment & {mcp: McpGiven}) | null {
  const [command, ...args] = mcp.self ?? [];
  if (agent.mcp === null || mcp.self === null || command === undefined) return null;
  const chosen = chooseMcp({...launch, agent, self: mcp.self, fleet: mcp});
  const own = {
    name: OWN_MCP_SERVER,
    entry: {command, args: [...args, 'mcp', 'serve', '--environment', environment ?? '']},
    launcher: null,
  };
  const servers = [...(mcp.own && environment !== null ? [own] : []), ...chosen.servers];
  const {passedOn} = chosen;
  if (servers.length === 0 && Object.keys(passedOn).length === 0)
    return {argv: [...launch.argv], env: {}, files: {}, mcp: chosen.given};
  const {lacks, ...given} = agent.mcp.give({...launch, servers, passedOn});
  return {...given, files: {...chosen.files, ...given.files}, mcp: withLacks(chosen.given, lacks)};
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
