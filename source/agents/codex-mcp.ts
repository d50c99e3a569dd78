import {withArguments} from '../domain/argv.ts';
import type {Equipment, McpGiving} from './agent.ts';

/** Values are TOML, which reads strings and lists as JSON writes them. */
export function giveCodexMcp({argv, server: {name, command, args}}: McpGiving): Equipment {
  const key = `mcp_servers.${name}`;
  const values = [`${key}.command=${JSON.stringify(command)}`, `${key}.args=${JSON.stringify(args)}`];
  return {
    argv: withArguments(
      argv,
      values.flatMap(value => ['-c', value]),
    ),
    env: {},
    files: {},
  };
}
