import {join} from 'node:path';
import {withArguments} from '../domain/argv.ts';
import type {Equipment, McpGiving} from './agent.ts';

/** A second `--mcp-config` adds to the first. With `=` it takes one file, and not the words behind it as well. */
export function giveClaudeMcp({argv, files, server: {name, command, args}}: McpGiving): Equipment {
  const file = join(files, 'claude-mcp.json');
  return {
    argv: withArguments(argv, [`--mcp-config=${file}`]),
    env: {},
    files: {[file]: JSON.stringify({mcpServers: {[name]: {type: 'stdio', command, args}}}, null, 2)},
  };
}
