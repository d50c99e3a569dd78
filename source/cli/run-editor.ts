import {spawn} from 'node:child_process';
import {parseCommandLine} from '../config/command-line.ts';
import {AmuxError} from '../domain/errors.ts';

/** What a person edits with, as a command line. */
export const editorOf = (env: NodeJS.ProcessEnv): string => env['VISUAL'] || env['EDITOR'] || 'vi';

/** Opens a file in this terminal; resolves with the editor's exit code. The signal ends it. */
export function runEditor(command: string, file: string, signal?: AbortSignal): Promise<number> {
  const [program, ...args] = parseCommandLine(command);
  return new Promise((done, failed) => {
    const child = spawn(program!, [...args, file], {stdio: 'inherit'});
    signal?.addEventListener('abort', () => child.kill());
    child.once('error', cause => {
      const next = 'set EDITOR to an editor that is installed';
      failed(new AmuxError('input.invalid', {why: `the editor ${program} does not start`, next}, cause));
    });
    child.once('close', status => done(status ?? 1));
  });
}
