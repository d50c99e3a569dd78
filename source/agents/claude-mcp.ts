import {join} from 'node:path';
import {withArguments} from '../domain/argv.ts';
import {kindOf, type McpEntry, mcpFaults} from '../domain/mcp.ts';
import type {McpEquipment, McpGiving} from './agent.ts';
import {record} from './fields.ts';
import type {GivenServer} from './mcp-servers.ts';
import {jsonOf, namesOf, type OwnMcp, upward} from './own-mcp.ts';

const KEY = 'mcpServers';

/**
 * A second `--mcp-config` adds to the first. With `=` it takes one file, and not the words behind it as well. It expands
 * references itself, and starts none of them before the directory is trusted.
 */
export function giveClaudeMcp({argv, files, servers, passedOn}: McpGiving): McpEquipment {
  const file = join(files, 'claude-mcp.json');
  const given = Object.fromEntries(servers.map(server => [server.name, entryOf(server)]));
  return {
    argv: withArguments(argv, [`--mcp-config=${file}`]),
    env: {},
    files: {[file]: JSON.stringify({[KEY]: {...passedOn, ...given}}, null, 2)},
    lacks: {},
  };
}

/** It has no directory of their own for them. */
function entryOf({entry, launcher}: GivenServer): McpEntry {
  if (entry.cwd === undefined || launcher === null) return {...entry, type: kindOf(entry)};
  const {cwd: _, env: __, ...rest} = entry;
  return {...rest, type: 'stdio', command: launcher.command, args: [...launcher.args]};
}

/** It looks for `.mcp.json` in all directories above, and not for servers in its settings: those amux passes on. */
export function ownClaudeMcp({dir, env}: Pick<McpGiving, 'dir' | 'env'>): OwnMcp {
  const shared = upward(dir).map(each => join(each, '.mcp.json'));
  const settings = ['settings.local.json', 'settings.json'].map(name => join(dir, '.claude', name));
  const home = join(env['CLAUDE_CONFIG_DIR'] || env['HOME'] || '', '.claude.json');
  const user = jsonOf({file: home, of: 'user'});
  const inProject = (file: string) => [file, jsonOf({file, of: 'project'})[KEY]] as const;
  const inSettings = settings.map(inProject);
  const known = namesOf([
    ...shared.map(inProject),
    [home, record(record(user['projects'])[dir])[KEY]],
    [home, user[KEY]],
  ]);
  // Another's mistake shall not keep it from starting.
  const passedOn = inSettings
    .toReversed()
    .flatMap(([, servers]) => Object.entries(record(servers)))
    .filter(([name, entry]) => mcpFaults(name, entry).length === 0 && !known.has(name));
  return {names: new Map([...namesOf(inSettings), ...known]), passedOn: Object.fromEntries(passedOn)};
}
