import {join} from 'node:path';
import {withArguments} from '../domain/argv.ts';
import {kindOf} from '../domain/mcp.ts';
import type {McpEquipment, McpGiving} from './agent.ts';
import {expanded, type GivenServer, isPlain, neededBy} from './mcp-servers.ts';
import {type OwnMcp, textIn, upward} from './own-mcp.ts';

type Given = {values: string[]; env: Record<string, string>} | {lack: string};

/**
 * Its configuration as arguments, which every user can read: what may be secret goes by the environment, of which it
 * passes on only what is named. Values are TOML, which reads strings and lists as JSON writes them.
 */
export function giveCodexMcp({argv, env, servers}: McpGiving): McpEquipment {
  const equipment: McpEquipment = {argv: [...argv], env: {}, files: {}, lacks: {}};
  const values: string[] = [];
  for (const server of servers) {
    const given = kindOf(server.entry) === 'stdio' ? program(server) : address(server, env);
    if ('lack' in given) equipment.lacks[server.name] = given.lack;
    else {
      values.push(...given.values.map(value => `mcp_servers.${server.name}.${value}`));
      Object.assign(equipment.env, given.env);
    }
  }
  const words = values.flatMap(value => ['-c', value]);
  return {...equipment, argv: withArguments(argv, words)};
}

function program(server: GivenServer): Given {
  const {entry, launcher} = server;
  const plain = launcher === null || isPlain(entry);
  const {command = '', args = []} = plain ? entry : launcher;
  const values = [`command=${JSON.stringify(command)}`, `args=${JSON.stringify(args)}`];
  const needed = plain ? [] : neededBy(server);
  return {values: needed.length === 0 ? values : [...values, `env_vars=${JSON.stringify(needed)}`], env: {}};
}

function address({name, entry}: GivenServer, around: McpGiving['env']): Given {
  const {url = '', headers = {}} = entry;
  if (kindOf(entry) === 'sse') return {lack: 'Codex takes no SSE servers'};
  if (url.includes('${') || /\/\/[^/]*@|[?]/.test(url))
    return {lack: 'Codex takes its URL as an argument only, which others could read'};
  const env: Record<string, string> = {};
  const named = Object.entries(headers).map(([header, value], i) => {
    const variable = `AMUX_MCP_${name.replaceAll('-', '_').toUpperCase()}_${i + 1}`;
    env[variable] = expanded(value, around);
    return `${JSON.stringify(header)}=${JSON.stringify(variable)}`;
  });
  const values = [`url=${JSON.stringify(url)}`];
  return {values: named.length === 0 ? values : [...values, `env_http_headers={${named.join(',')}}`], env};
}

/** What it is told as arguments is mixed with what its files say: it refuses to start with a command and a URL for one. */
export function ownCodexMcp({dir, env}: Pick<McpGiving, 'dir' | 'env'>): OwnMcp {
  const user = join(env['CODEX_HOME'] || join(env['HOME'] || '', '.codex'), 'config.toml');
  const names = new Map<string, string>();
  const look = (file: string, of: 'project' | 'user') => {
    for (const name of serversIn(textIn({file, of}))) if (!names.has(name)) names.set(name, file);
  };
  for (const each of upward(dir)) look(join(each, '.codex', 'config.toml'), 'project');
  look(user, 'user');
  return {names, passedOn: {}};
}

const PART = String.raw`(?:"([^"]+)"|'([^']+)'|([\w-]+))`;
const TABLE = new RegExp(String.raw`^\s*\[\s*mcp_servers\s*(?:\.\s*${PART})?`);
const KEY = new RegExp(String.raw`^\s*${PART}\s*[.=]`);
const DOTTED = new RegExp(String.raw`^\s*mcp_servers\s*\.\s*${PART}`);
const INLINE = new RegExp(String.raw`[{,]\s*${PART}\s*=\s*\{`, 'g');

/** Names of the servers in TOML, as far as a look at its lines tells. */
function serversIn(toml: string): string[] {
  const names: string[] = [];
  let table: 'none' | 'servers' | 'other' = 'none';
  const take = (match: RegExpMatchArray | null) => {
    const name = match?.slice(1).find(part => part !== undefined);
    if (name !== undefined) names.push(name);
  };
  for (const line of toml.split('\n')) {
    const head = TABLE.exec(line);
    if (head !== null) {
      take(head);
      table = head.slice(1).some(part => part !== undefined) ? 'other' : 'servers';
    } else if (/^\s*\[/.test(line)) table = 'other';
    else if (table === 'servers') take(KEY.exec(line));
    else if (table === 'none' && /^\s*mcp_servers\s*=/.test(line))
      for (const match of line.matchAll(INLINE)) take(match);
    else if (table === 'none') take(DOTTED.exec(line));
  }
  return names;
}
