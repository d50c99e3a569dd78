import type {Equipment, McpGiving} from './agent.ts';
import {record} from './fields.ts';

const CONTENT = 'OPENCODE_CONFIG_CONTENT';

/** A configuration in its environment lies over those in files. One that is there already is added to. */
export function giveOpencodeMcp({argv, env, server: {name, command, args}}: McpGiving): Equipment {
  const nothing = {argv: [...argv], env: {}, files: {}};
  let given: Record<string, unknown>;
  try {
    given = record(JSON.parse(env[CONTENT] || '{}'));
  } catch {
    return nothing; // Comments would be lost; what is wrong with it opencode will say.
  }
  const own = {type: 'local', command: [command, ...args], enabled: true};
  const content = {...given, mcp: {...record(given['mcp']), [name]: own}};
  return {...nothing, env: {[CONTENT]: JSON.stringify(content)}};
}
