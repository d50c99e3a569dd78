import {editMcp, hashOfMcp, type McpFile} from '../config/mcp.ts';
import {unmaskMcp} from '../config/mcp-mask.ts';
import {AmuxError} from '../domain/errors.ts';
import {MCP_SERVERS_MAX, type McpEntries, type McpListing, type McpServers, mcpFaults} from '../domain/mcp.ts';
import type {Store} from '../store/store.ts';
import {differences, type FleetMcpFile} from './mcp-file.ts';
import {mcpListing} from './mcp-listing.ts';
import type {Roster} from './roster.ts';

type Options = {file: FleetMcpFile; path: string; roster: Roster; store: Store; now: () => number};
type Change = (before: McpFile & {all: Record<string, unknown>}) => Record<string, unknown>;

/** The servers of `mcp.json`, which people and programs may also edit by themselves. */
export function mcpServers({file, path, roster, store, now}: Options): {as: (actor: string) => McpServers} {
  const listing = (): McpListing => {
    const sessions = roster.all.map(({session}) => session);
    return mcpListing({file: file.current, now: file.now, sessions, env: process.env});
  };

  const as = (actor: string): McpServers => {
    const edit = (change: Change): McpListing => {
      let before: Pick<McpFile, 'servers' | 'etag'> = {servers: {}, etag: ''};
      const after = editMcp(path, present => {
        before = present;
        return change(present);
      });
      if (after.etag === before.etag) return listing();
      file.written();
      const what = differences(hashesOf(before.servers), hashesOf(after.servers));
      const reason = `MCP servers: ${what}`.slice(0, 500);
      store.append({type: 'mcp.changed', actor, at: now(), session: null, reason, changes: []});
      return listing();
    };

    return {
      async mcpServers() {
        return listing();
      },

      async addMcpServer({name, server, replace = false}) {
        return edit(({all}) => {
          const present = Object.hasOwn(all, name);
          if (present && !replace) throw new AmuxError('mcp.exists', {name});
          const {servers, lost} = unmaskMcp({[name]: server}, all);
          const after = {...all, ...servers};
          check(servers, {lost, count: Object.keys(after).length});
          return after;
        });
      },

      async removeMcpServer(name) {
        return edit(({all}) => {
          if (!Object.hasOwn(all, name)) throw new AmuxError('mcp.unknown', {name: name.slice(0, 80)});
          return Object.fromEntries(Object.entries(all).filter(([each]) => each !== name));
        });
      },

      async replaceMcpServers(given, {etag} = {}) {
        return edit(present => {
          if (etag !== undefined && etag !== present.etag) throw new AmuxError('mcp.changed');
          const {servers, lost} = unmaskMcp(given, present.all);
          check(servers, {lost, count: Object.keys(servers).length});
          return servers;
        });
      },
    };
  };
  return {as};
}

/** Throws `mcp.invalid` with the first thing that is wrong. */
function check(servers: Record<string, unknown>, {lost, count}: {lost: string[]; count: number}): void {
  const invalid = (why: string, next: string) => new AmuxError('mcp.invalid', {why, next});
  const [path] = lost;
  if (path !== undefined)
    throw invalid(`${path} is the mask of a secret that is not there`, 'give the value, or a reference to a variable');
  if (count > MCP_SERVERS_MAX) throw invalid(`${count} servers are more than ${MCP_SERVERS_MAX}`, 'take some away');
  for (const [name, entry] of Object.entries(servers)) {
    const [fault] = mcpFaults(name, entry);
    if (fault !== undefined)
      throw invalid(
        `${name.slice(0, 80)}: ${fault.why}`,
        'write it as {"command":"…","args":["…"]} or {"url":"https://…"}',
      );
  }
}

const hashesOf = (servers: McpEntries): ReadonlyMap<string, string> =>
  new Map(Object.entries(servers).map(([name, entry]) => [name, hashOfMcp(entry)]));
