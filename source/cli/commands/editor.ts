import {spawn} from 'node:child_process';
import {parseCommandLine} from '../../config/command-line.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Context} from '../command.ts';

/** Opens a file in `$VISUAL`, `$EDITOR` or vi; resolves with the editor's exit code. */
export async function openEditor({env}: Pick<Context, 'env'>, file: string): Promise<number> {
  const [program, ...args] = parseCommandLine(env['VISUAL'] || env['EDITOR'] || 'vi');
  return new Promise<number>((done, failed) => {
    const child = spawn(program!, [...args, file], {stdio: 'inherit'});
    child.once('error', cause => {
      const next = 'set EDITOR to an editor that is installed';
      failed(new AmuxError('input.invalid', {why: `the editor ${program} does not start`, next}, cause));
    });
    child.once('close', status => done(status ?? 1));
  });
}
