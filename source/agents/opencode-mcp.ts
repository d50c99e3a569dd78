import {join} from 'node:path';
import {kindOf} from '../domain/mcp.ts';
import type {McpEquipment, McpGiving} from './agent.ts';
import {record} from './fields.ts';
import {eachExpanded, expanded, type GivenServer} from './mcp-servers.ts';
import {jsonOf, namesOf, type OwnFile, type OwnMcp, upward} from './own-mcp.ts';

const CONTENT = 'OPENCODE_CONFIG_CONTENT';
const NAMES = ['opencode.jsonc', 'opencode.json'];

/** A configuration in its environment lies over those in files. One that is there already is added to. */
export function giveOpencodeMcp({argv, env, servers}: McpGiving): McpEquipment {
  const nothing = {argv: [...argv], env: {}, files: {}, lacks: {}};
  const given = contentIn(env);
  if (given === null) {
    // Comments would be lost; what is wrong with it opencode will say.
    const lack = `its ${CONTENT} is not plain JSON`;
    return {...nothing, lacks: Object.fromEntries(servers.map(({name}) => [name, lack]))};
  }
  const ours = Object.fromEntries(servers.map(server => [server.name, entryOf(server, env)]));
  const content = {...given, mcp: {...record(given['mcp']), ...ours}};
  return {...nothing, env: {[CONTENT]: JSON.stringify(content)}};
}

/** Expanded here: it puts values in before it reads the text as JSON, so that a quote in one would break that. */
function entryOf({entry, launcher}: GivenServer, env: McpGiving['env']): unknown {
  const {url = '', headers = {}, command = '', args = []} = entry;
  const enabled = true;
  if (kindOf(entry) !== 'stdio')
    return {type: 'remote', url: expanded(url, env), headers: eachExpanded(headers, env), enabled};
  if (entry.cwd !== undefined && launcher !== null)
    return {type: 'local', command: [launcher.command, ...launcher.args], enabled};
  const words = [command, ...args].map(word => expanded(word, env));
  const environment = entry.env === undefined ? {} : {environment: eachExpanded(entry.env, env)};
  return {type: 'local', command: words, ...environment, enabled};
}

/** It mixes what it is told with what its files say of the same name. */
export function ownOpencodeMcp({dir, env}: Pick<McpGiving, 'dir' | 'env'>): OwnMcp {
  const user = join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || '', '.config'), 'opencode');
  const files: OwnFile[] = [
    ...upward(dir).flatMap(each =>
      [each, join(each, '.opencode')].flatMap(at =>
        NAMES.map(name => ({file: join(at, name), of: 'project' as const})),
      ),
    ),
    ...[user, env['OPENCODE_CONFIG_DIR'] ?? ''].flatMap(at =>
      at === '' ? [] : [...NAMES, 'config.json'].map(name => ({file: join(at, name), of: 'user' as const})),
    ),
    ...(env['OPENCODE_CONFIG'] ? [{file: env['OPENCODE_CONFIG'], of: 'user' as const}] : []),
  ];
  const found = files.map(each => [each.file, jsonOf(each)['mcp']] as const);
  return {names: namesOf([[CONTENT, contentIn(env)?.['mcp']], ...found]), passedOn: {}};
}

function contentIn(env: McpGiving['env']): Record<string, unknown> | null {
  try {
    return record(JSON.parse(env[CONTENT] || '{}'));
  } catch {
    return null;
  }
}
