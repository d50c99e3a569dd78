import {namesIn, replaceReferences} from './references.ts';

/** The server through which sessions speak to their own fleet. */
export const OWN_MCP_SERVER = 'amux';
/** Servers of one fleet, at most. */
export const MCP_SERVERS_MAX = 100;

/** Can stand in the name of a tool, in a TOML key and on a command line. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TYPES = ['stdio', 'http', 'streamable-http', 'sse'];

/** An MCP server as it is written: what amux knows of it, checked, and whatever else agents understand. */
export type McpEntry = {
  /** Default: `stdio` with a command, `http` with a URL. */
  type?: string;
  command?: string;
  args?: string[];
  /** As written, unexpanded; like `headers`, `args`, `url` and the others. */
  env?: Record<string, string>;
  cwd?: string;
  url?: string;
  headers?: Record<string, string>;
  [more: string]: unknown;
};
export type McpEntries = Record<string, McpEntry>;

/** What is wrong, and where: below the server, from 1 in its file. `server`: null when all of the file is of no use. */
export type McpProblem = {server: string | null; line: number; column: number; why: string};

/** One server, as `amux mcp list` shows it. */
export type McpServerView = {
  name: string;
  /** Variables that it refers to; `set`: in the supervisor's own environment, or there is something else to take. */
  variables: {name: string; set: boolean}[];
  /** Names of the sessions that run with it as it is now. */
  given: string[];
  /** Of those that run without it, or with what it was before. */
  left_out: {session: string; why: string}[];
};

/** The servers of a fleet. Secrets in them are masked. */
export type McpListing = {
  /** Path of `mcp.json`. */
  file: string;
  etag: string;
  mcpServers: McpEntries;
  servers: McpServerView[];
  problems: McpProblem[];
};

/** `etag`: of the listing that was seen; refused when the file was changed meanwhile. */
export type McpGuard = {etag?: string};

/** The MCP servers that all sessions of a home are given. */
export interface McpServers {
  mcpServers(): Promise<McpListing>;
  /** `replace`: also one that is there. Throws `mcp.exists` and `mcp.invalid`. */
  addMcpServer(input: {name: string; server: McpEntry; replace?: boolean}): Promise<McpListing>;
  /** Throws `mcp.unknown`. */
  removeMcpServer(name: string): Promise<McpListing>;
  /** All of them; a masked value stands for the one that is there. Throws `mcp.invalid` and `mcp.changed`. */
  replaceMcpServers(servers: Record<string, unknown>, guard?: McpGuard): Promise<McpListing>;
}

export type McpKind = 'stdio' | 'http' | 'sse';

export const kindOf = ({type, url}: McpEntry): McpKind => {
  if (type === 'sse') return 'sse';
  return type === 'http' || type === 'streamable-http' || (type === undefined && url !== undefined) ? 'http' : 'stdio';
};

/** Whatever of it may refer to variables. */
export const textsOf = ({command, args = [], env = {}, cwd, url, headers = {}}: McpEntry): string[] =>
  [command, ...args, ...Object.values(env), cwd, url, ...Object.values(headers)].filter(text => text !== undefined);

export const variablesOfMcp = (entries: McpEntries): string[] => namesIn(Object.values(entries).flatMap(textsOf));

/** What is wrong with a server; `path`: where, below it. */
export function mcpFaults(name: string, entry: unknown): {path: string[]; why: string}[] {
  const fault = (why: string, ...path: string[]) => ({path, why});
  if (!NAME.test(name)) {
    const why = 'its name has to be letters, digits, dash and underscore, a letter or digit first, at most 64';
    return [fault(why)];
  }
  if (name === OWN_MCP_SERVER) return [fault('this is the name of amux’s own server: it needs another one')];
  if (!isRecord(entry)) return [fault('expected an object with a command or a url')];
  const {type, command, args, env, cwd, url, headers} = entry;
  if (type !== undefined && !TYPES.includes(type as string))
    return [fault(`type: expected ${TYPES.join(', ')}`, 'type')];
  const kind = kindOf(entry as McpEntry);
  const faults: ReturnType<typeof fault>[] = [];
  if (command !== undefined && url !== undefined) faults.push(fault('it has both a command and a url', 'url'));
  if (kind === 'stdio' && (!isText(command) || command.trim() === ''))
    faults.push(
      fault(type === undefined ? 'it has neither a command nor a url' : 'command: expected a text', 'command'),
    );
  if (kind !== 'stdio' && !isUrl(url)) faults.push(fault('url: expected https://… or http://…', 'url'));
  if (args !== undefined && !(Array.isArray(args) && args.every(isText)))
    faults.push(fault('args: expected a list of texts', 'args'));
  if (cwd !== undefined && !isText(cwd)) faults.push(fault('cwd: expected a directory', 'cwd'));
  faults.push(...pairFaults('env', env, VARIABLE), ...pairFaults('headers', headers, HEADER));
  return faults;
}

function pairFaults(key: string, pairs: unknown, names: RegExp): {path: string[]; why: string}[] {
  if (pairs === undefined) return [];
  if (!isRecord(pairs)) return [{path: [key], why: `${key}: expected an object of texts`}];
  return Object.entries(pairs).flatMap(([name, value]) => {
    if (!names.test(name)) return [{path: [key, name], why: `${key}: "${name.slice(0, 60)}" cannot be such a name`}];
    if (!isText(value)) return [{path: [key, name], why: `${key}.${name}: expected a text`}];
    return key === 'headers' && /[\r\n]/.test(value) ? [{path: [key, name], why: `${key}.${name}: one line`}] : [];
  });
}

/** An address that begins with a reference is known only where that is expanded. */
function isUrl(url: unknown): boolean {
  if (!isText(url)) return false;
  if (url.startsWith('${')) return true;
  const plain = replaceReferences(url, ({fallback}) => fallback ?? '1');
  return /^https?:\/\//.test(plain) && URL.canParse(plain);
}

const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
