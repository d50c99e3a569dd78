import {lstatSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {Equipment, McpGiving} from './agent.ts';
import {record} from './fields.ts';

const PATH = 'GEMINI_CLI_SYSTEM_SETTINGS_PATH';
/** What it reads where no variable says otherwise. */
const SYSTEM = '/etc/gemini-cli/settings.json';
const OTHERS_WRITE = 0o022;

/** Its system settings lie over the user's. Those that are there already stay: amux's server is added to them. */
export function giveGeminiMcp({argv, env, files, server: {name, command, args}}: McpGiving): Equipment {
  const file = join(files, 'gemini-settings.json');
  const given = settingsIn(env[PATH] ?? SYSTEM);
  // It takes no settings from a place where others may write, and would lose those that it has.
  if (given === null || !isPrivate(files)) return {argv: [...argv], env: {}, files: {}};
  const settings = {...given, mcpServers: {...record(given['mcpServers']), [name]: {command, args}}};
  return {argv: [...argv], env: {[PATH]: file}, files: {[file]: JSON.stringify(settings, null, 2)}};
}

/** Empty when there are none; null when they cannot be read, or have comments, which would be lost. */
function settingsIn(file: string): Record<string, unknown> | null {
  try {
    return record(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? {} : null;
  }
}

function isPrivate(dir: string): boolean {
  for (let at = dir; ; at = dirname(at)) {
    const found = lstatSync(at, {throwIfNoEntry: false});
    if (found !== undefined && !found.isSymbolicLink() && (found.mode & OTHERS_WRITE) !== 0) return false;
    if (at === dirname(at)) return true;
  }
}
