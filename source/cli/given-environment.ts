import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {homeOf, MCP_ENVIRONMENT, pathsOf} from '../config/paths.ts';
import {AmuxError} from '../domain/errors.ts';

/**
 * The environment with amux's own variables taken from a file instead: for a program that is started by one that
 * passes no environment on. One that passes on which session it is, and keeps the URL with its token back, as some do
 * with what looks like a secret, gets the file of that session: the home's socket would give it more than its token.
 */
export function givenEnvironment(around: NodeJS.ProcessEnv, given: string | undefined): NodeJS.ProcessEnv {
  const file = given ?? ownFile(around);
  if (file === null) return around;
  const own = Object.entries(around).filter(([name]) => !name.startsWith('AMUX_'));
  return {...Object.fromEntries(own), ...variablesIn(file)};
}

function ownFile(around: NodeJS.ProcessEnv): string | null {
  const session = around['AMUX_SESSION_ID'] ?? '';
  if (around['AMUX_URL'] || !/^[\w-]+$/.test(session)) return null;
  const file = join(pathsOf(homeOf(around)).sessions, session, MCP_ENVIRONMENT);
  return existsSync(file) ? file : null;
}

function variablesIn(file: string): Record<string, string> {
  try {
    const given: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const pairs = Object.entries(typeof given === 'object' && given !== null ? given : {});
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  } catch (error) {
    // Not the text itself: there is a token in it.
    const why = `--environment: ${file} cannot be read as JSON`;
    throw new AmuxError('input.invalid', {why, next: 'amux writes it for each session that starts'}, error);
  }
}
