import {lstatSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {Equipment, McpGiving} from './agent.ts';
import {record} from './fields.ts';

const SETTINGS = 'GEMINI_CLI_SYSTEM_SETTINGS_PATH';
const DEFAULTS = 'GEMINI_CLI_SYSTEM_DEFAULTS_PATH';
/** What it reads where no variable says otherwise. */
const SYSTEM =
  process.platform === 'darwin'
    ? '/Library/Application Support/GeminiCli/settings.json'
    : '/etc/gemini-cli/settings.json';
const OTHERS_WRITE = 0o022;

/**
 * Its system settings lie over the user's. Those that are there already stay: amux's server is added to them. It takes
 * them from root alone, so that only a fleet of root's can give it the server this way.
 */
export function giveGeminiMcp({argv, env, files, server: {name, command, args}}: McpGiving): Equipment {
  const file = join(files, 'gemini-settings.json');
  const system = env[SETTINGS] ?? SYSTEM;
  const given = settingsIn(system);
  // What it refuses would take the place of the system's own settings.
  if (given === null || !isRootsOwn(files)) return {argv: [...argv], env: {}, files: {}};
  const settings = {...given, mcpServers: {...record(given['mcpServers']), [name]: {command, args}}};
  return {
    argv: [...argv],
    // It looks for the defaults beside the settings.
    env: {[SETTINGS]: file, [DEFAULTS]: env[DEFAULTS] ?? join(dirname(system), 'system-defaults.json')},
    files: {[file]: JSON.stringify(settings, null, 2)},
  };
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
