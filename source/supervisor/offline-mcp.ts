import {hashOfMcp, readMcp} from '../config/mcp.ts';
import {pathsOf} from '../config/paths.ts';
import type {McpListing} from '../domain/mcp.ts';
import type {Session} from '../domain/session.ts';
import {mcpListing} from './mcp-listing.ts';

/** The fleet's MCP servers as their file has them. */
export function storedMcp({home, sessions}: {home: string; sessions: Iterable<Session>}): McpListing {
  const file = readMcp(pathsOf(home).mcp);
  const now = new Map(Object.entries(file.servers).map(([name, entry]) => [name, hashOfMcp(entry)]));
  return mcpListing({file, now, sessions, env: process.env});
}
