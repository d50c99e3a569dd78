import {z} from 'zod';
import {MCP_SERVERS_MAX, type McpEntry, type McpListing} from '../../domain/mcp.ts';
import {type Route, route} from '../route.ts';
import {line, shapeOf, text} from '../schemas/shape.ts';

const pairs = z.record(z.string().max(256), z.string().max(32_768));

/** What else is in a server is kept for the agents that understand it. */
const entry = z
  .looseObject({
    type: z.string().max(64).optional(),
    command: text.optional(),
    args: z.array(z.string().max(32_768)).max(1000).optional(),
    env: pairs.optional(),
    cwd: text.optional(),
    url: text.optional(),
    headers: pairs.optional(),
  })
  .meta({id: 'McpServer'});
const serverName = line.max(64);
const entries = z.record(serverName, entry);

const listing = shapeOf<McpListing>()(
  z
    .strictObject({
      file: z.string(),
      etag: z.string(),
      mcpServers: z.record(z.string(), entry as z.ZodType<McpEntry>).describe('As they are written, secrets masked'),
      servers: z.array(
        z.strictObject({
          name: z.string(),
          variables: z.array(z.strictObject({name: z.string(), set: z.boolean()})),
          given: z.array(z.string()).describe('Sessions that run with it as it is now'),
          left_out: z.array(z.strictObject({session: z.string(), why: z.string()})),
        }),
      ),
      problems: z.array(
        z.strictObject({
          server: z.string().nullable(),
          line: z.number().int(),
          column: z.number().int(),
          why: z.string(),
        }),
      ),
    })
    .meta({id: 'McpServers'}),
);

/** The fleet's MCP servers. Their settings hold secrets: they are for the admin alone. */
export const mcpRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/mcp',
    role: 'admin',
    summary: 'The MCP servers of the fleet, secrets masked, and which sessions have them',
    result: listing,
    handler: fleet => fleet.mcpServers(),
  }),
  route({
    method: 'PUT',
    url: '/api/mcp',
    role: 'admin',
    summary:
      'Replace the MCP servers of the fleet. A masked value stands for the one that is there; running sessions get them with their next start',
    body: z.strictObject({mcpServers: entries}),
    headers: {'If-Match': 'The etag of the list as it was read: refused when it was changed meanwhile'},
    result: listing,
    handler: (fleet, {body, headers}) => fleet.replaceMcpServers(body.mcpServers, guardOf(headers['if-match'])),
  }),
  route({
    method: 'POST',
    url: '/api/mcp',
    role: 'admin',
    summary: `Add an MCP server to the fleet, of at most ${MCP_SERVERS_MAX}; with \`replace\` also in the place of one that is there`,
    status: 201,
    body: z.strictObject({name: serverName, server: entry, replace: z.boolean().optional()}),
    result: listing,
    handler: (fleet, {body}) => fleet.addMcpServer(body),
  }),
  route({
    method: 'DELETE',
    url: '/api/mcp/:name',
    role: 'admin',
    summary: 'Take an MCP server away from the fleet',
    result: listing,
    handler: (fleet, {name}) => fleet.removeMcpServer(name),
  }),
];

const guardOf = (match: string | undefined): {etag?: string} => {
  const etag = match?.trim().replace(/^(?:W\/)?"(.*)"$/, '$1');
  return etag === undefined ? {} : {etag};
};
