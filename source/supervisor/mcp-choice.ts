import {join} from 'node:path';
import type {Agent} from '../agents/agent.ts';
import type {GivenServer} from '../agents/mcp-servers.ts';
import type {OwnMcp} from '../agents/own-mcp.ts';
import {hashOfMcp, type McpFile, placeOf} from '../config/mcp.ts';
import {kindOf, type McpEntries, type McpEntry, textsOf} from '../domain/mcp.ts';
import {type McpGiven, type McpLack, type McpWish, takes} from '../domain/mcp-run.ts';
import {referencesIn} from '../domain/references.ts';

/** Among the generated files of a session: the fleet's servers as they are written, for `amux mcp exec`. */
const SERVERS = 'mcp-servers.json';

type Choosing = {
  agent: Pick<Agent, 'mcp'>;
  /** The session's directory, and the environment that it is given. */
  dir: string;
  env: Readonly<Record<string, string>>;
  /** Directory of its generated files. */
  files: string;
  fleet: {file: McpFile; wish: McpWish};
  /** argv that runs amux. */
  self: readonly string[];
};

export type Choice = {
  servers: GivenServer[];
  passedOn: Record<string, unknown>;
  given: McpGiven;
  /** Generated files by path. */
  files: Record<string, string>;
};

/** What a session is given of the fleet's servers: its own configuration wins, and what lacks a variable stays away. */
export function chooseMcp({agent, dir, env, files, fleet, self}: Choosing): Choice {
  const {file, wish} = fleet;
  const own: OwnMcp = agent.mcp?.own({dir, env}) ?? {names: new Map(), passedOn: {}};
  const launcher = launcherOf(self, join(files, SERVERS));
  const servers: GivenServer[] = [];
  const known: McpGiven['servers'] = {};
  for (const [name, entry] of Object.entries(file.servers)) {
    if (!takes(wish, name)) continue;
    const lack = lackOf({name, entry, own, env});
    known[name] = {hash: hashOfMcp(entry), lack};
    if (lack === null) servers.push({name, entry, launcher: kindOf(entry) === 'stdio' ? launcher(name) : null});
  }
  const entries: McpEntries = Object.fromEntries(servers.map(({name, entry}) => [name, entry]));
  const broken = file.broken === null ? null : placeOf(file.file, file.broken);
  return {
    servers,
    passedOn: own.passedOn,
    given: {wish, broken, servers: known},
    files: servers.length === 0 ? {} : {[join(files, SERVERS)]: JSON.stringify({mcpServers: entries}, null, 2)},
  };
}

/** What its agent could not take of them. */
export function withLacks(given: McpGiven, lacks: Record<string, string>): McpGiven {
  const servers = Object.entries(given.servers).map(([name, each]) => {
    const says = Object.hasOwn(lacks, name) ? lacks[name] : undefined;
    return [
      name,
      says === undefined || each.lack !== null ? each : {...each, lack: {kind: 'agent' as const, says}},
    ] as const;
  });
  return {...given, servers: Object.fromEntries(servers)};
}

function launcherOf([command = '', ...args]: readonly string[], file: string) {
  return (name: string) => ({command, args: [...args, 'mcp', 'exec', '--file', file, name]});
}

type Looked = {name: string; entry: McpEntry; own: OwnMcp; env: Readonly<Record<string, string>>};

function lackOf({name, entry, own, env}: Looked): McpLack | null {
  const theirs = own.names.get(name);
  if (theirs !== undefined) return {kind: 'own', says: `${theirs} has one of this name`};
  const unset = referencesIn(textsOf(entry)).filter(
    each => each.fallback === undefined && env[each.name] === undefined,
  );
  const names = [...new Set(unset.map(each => each.name))];
  if (names.length === 0) return null;
  return {kind: 'unset', says: `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not set`};
}
