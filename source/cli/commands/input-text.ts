import {AmuxError} from '../../domain/errors.ts';
import type {Context} from '../command.ts';

/** All of stdin without the line ends behind it, at most `max` bytes, which is `size` for people. Throws `input.invalid`. */
export async function readInput(
  {stdin}: Pick<Context, 'stdin'>,
  {max, size: most, next}: {max: number; size: string; next: string},
): Promise<string> {
  if (stdin.isTTY) throw new AmuxError('input.invalid', {why: 'no text was given', next});
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    size += (chunk as Buffer).length;
    if (size > max) break;
    chunks.push(chunk as Buffer);
  }
  if (size > max) {
    const why = `the text is longer than ${most}`;
    throw new AmuxError('input.invalid', {why, next: 'put it into a file and name the file'});
  }
  return Buffer.concat(chunks).toString().replace(/\n+$/, '');
}
