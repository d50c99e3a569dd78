import {readFileSync} from 'node:fs';
import {AmuxError} from '../domain/errors.ts';

/**
 * The environment with amux's own variables taken from a file instead: for a program that is started by one that
 * passes no environment on. Without a file it is as it is.
 */
export function givenEnvironment(around: NodeJS.ProcessEnv, file: string | undefined): NodeJS.ProcessEnv {
  if (file === undefined) return around;
  const own = Object.entries(around).filter(([name]) => !name.startsWith('AMUX_'));
  return {...Object.fromEntries(own), ...variablesIn(file)};
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
