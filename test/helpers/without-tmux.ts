import {mkdirSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {onPath} from '../../source/cli/programs.ts';

const programs = ['bash', 'cat', 'env', 'git', 'grep', 'head', 'ls', 'ps', 'sed', 'setsid', 'sh', 'sleep', 'stty'];

/** A PATH that has what sessions need, but no tmux: one directory of links. */
export function pathWithoutTmux(dir: string): string {
  const bin = join(dir, 'without-tmux');
  mkdirSync(bin, {recursive: true});
  symlinkSync(process.execPath, join(bin, 'node'));
  for (const program of programs) {
    const file = onPath(program);
    if (file !== null) symlinkSync(file, join(bin, program));
  }
  return bin;
}
