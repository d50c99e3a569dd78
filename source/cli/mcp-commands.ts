import type {Command, FlagSpec} from './command.ts';

const servers = () => import('./commands/mcp-servers.ts');

const env = (about: string): FlagSpec => ({type: 'string', multiple: true, value: 'K=V', about});

/** The MCP servers that all sessions are given, and amux as one. */
export const mcpCommands: readonly Command[] = [
  {
    path: 'mcp list',
    aliases: ['mcp ls', 'mcp'],
    usage: '',
    summary: 'the MCP servers of the fleet, and which sessions have them',
    args: [0, 0],
    load: async () => (await servers()).list,
  },
  {
    path: 'mcp add',
    usage: 'NAME [--env K[=V]]… [--cwd DIR] [--replace] -- COMMAND… | NAME URL [--type http|sse] [--header K=V]…',
    summary: 'give all sessions an MCP server, from their next start on',
    flags: {
      env: env('for the server; K alone: the value that whoever starts a session has'),
      cwd: {
        type: 'string',
        value: 'DIR',
        completes: 'directories',
        about: 'where it is started; default the session’s directory',
      },
      type: {
        type: 'string',
        value: 'http|sse',
        completes: {words: ['http', 'sse']},
        about: 'how it answers at its URL; default http',
      },
      header: {type: 'string', multiple: true, value: 'K=V', about: 'sent with each request'},
      replace: {type: 'boolean', about: 'also in the place of one that is there'},
    },
    args: [1, 1000],
    load: async () => (await servers()).add,
  },
  {
    path: 'mcp remove',
    aliases: ['mcp rm'],
    usage: 'NAME',
    summary: 'take one away',
    args: [1, 1],
    load: async () => (await servers()).remove,
  },
  {
    path: 'mcp test',
    usage: 'NAME [--env K=V]…',
    summary: 'start one here, list its tools, and end it',
    flags: {env: env('instead of what is set here')},
    here: true,
    args: [1, 1],
    load: async () => (await import('./commands/mcp-test.ts')).test,
  },
  {
    path: 'mcp exec',
    usage: 'NAME [--file FILE]',
    summary: 'become one of them',
    flags: {file: {type: 'string', value: 'FILE', about: 'where it is written; default the home’s mcp.json'}},
    here: true,
    hidden: true,
    args: [1, 1],
    load: async () => (await import('./commands/mcp-exec.ts')).exec,
  },
  {
    path: 'mcp serve',
    usage: '[--environment FILE]',
    summary: 'the fleet as an MCP server on stdin and stdout',
    flags: {
      environment: {type: 'string', value: 'FILE', about: 'AMUX_ variables as JSON, instead of those around it'},
    },
    actor: 'mcp',
    args: [0, 0],
    load: async () => (await import('./commands/mcp.ts')).serve,
  },
];
