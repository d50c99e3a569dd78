import {lstatSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {kindOf, textsOf} from '../domain/mcp.ts';
import type {McpEquipment, McpGiving} from './agent.ts';
import {record} from './fields.ts';
import {type GivenServer, neededBy} from './mcp-servers.ts';
import {jsonOf, namesOf, type OwnFile, type OwnMcp} from './own-mcp.ts';

const SETTINGS = 'GEMINI_CLI_SYSTEM_SETTINGS_PATH';
const DEFAULTS = 'GEMINI_CLI_SYSTEM_DEFAULTS_PATH';
/** What it reads where no variable says otherwise. */
const SYSTEM =
  process.platform === 'darwin'
    ? '/Library/Application Support/GeminiCli/settings.json'
    : '/etc/gemini-cli/settings.json';
const OTHERS_WRITE = 0o022;

const KEY = 'mcpServers';

/**
 * Its system settings lie over the user's. Those that are there already stay: these servers are added to them. It takes
 * them from root alone, so that only a fleet of root's can give it any this way. It expands references itself.
 */
export function giveGeminiMcp({argv, env, files, servers}: McpGiving): McpEquipment {
  const file = join(files, 'gemini-settings.json');
  const system = systemFile(env);
  const given = settingsIn(system);
  const lack = !isRootsOwn(files)
    ? 'Gemini takes servers of amux from root alone'
    : given === null
      ? `${system} is not plain JSON`
      : null;
  // What it refuses would take the place of the system's own settings.
  if (lack !== null) {
    return {argv: [...argv], env: {}, files: {}, lacks: Object.fromEntries(servers.map(({name}) => [name, lack]))};
  }
  const ours = Object.fromEntries(servers.map(server => [server.name, entryOf(server)]));
  const settings = {...given, [KEY]: {...record(given?.[KEY]), ...ours}};
  return {
    argv: [...argv],
    // It looks for the defaults beside the settings.
    env: {[SETTINGS]: file, [DEFAULTS]: env[DEFAULTS] ?? join(dirname(system), 'system-defaults.json')},
    files: {[file]: JSON.stringify(settings, null, 2)},
    lacks: {},
  };
}

const systemFile = (env: McpGiving['env']): string => env[SETTINGS] ?? SYSTEM;

/** It expands `$NAME` as well, and passes on no variable that looks like a secret unless it is told to. */
function entryOf(server: GivenServer): unknown {
  const {entry, launcher} = server;
  const {command, args = [], env, cwd, url, headers} = entry;
  const kind = kindOf(entry);
  if (kind !== 'stdio') return {[kind === 'http' ? 'httpUrl' : 'url']: url, headers};
  if (launcher === null || !textsOf(entry).some(text => /\$(?!\{)/.test(text))) return {command, args, env, cwd};
  const needed = Object.fromEntries(neededBy(server).map(name => [name, `\${${name}:-}`]));
  return {command: launcher.command, args: launcher.args, env: needed};
}

export function ownGeminiMcp({dir, env}: Pick<McpGiving, 'dir' | 'env'>): OwnMcp {
  const system = systemFile(env);
  const files: OwnFile[] = [
    {file: join(dir, '.gemini', 'settings.json'), of: 'project'},
    {file: join(env['GEMINI_CLI_HOME'] || env['HOME'] || '', '.gemini', 'settings.json'), of: 'user'},
    {file: system, of: 'user'},
  ];
  return {names: namesOf(files.map(each => [each.file, jsonOf(each)[KEY]])), passedOn: {}};
}

/** Empty when there are none; null when they cannot be read, or have comments, which would be lost. */
function settingsIn(file: string): Record<string, unknown> | null {
  try {
    return record(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? {} : null;
  }
}

/** A directory that is root's with all above it, and nobody else may write to any; one that is missing will be ours. */
function isRootsOwn(dir: string): boolean {
  if (process.getuid?.() !== 0) return false;
  for (let at = dir; ; at = dirname(at)) {
    const found = lstatSync(at, {throwIfNoEntry: false});
    if (found !== undefined && (found.uid !== 0 || (!found.isSymbolicLink() && (found.mode & OTHERS_WRITE) !== 0)))
      return false;
    if (at === dirname(at)) return true;
  }
}
