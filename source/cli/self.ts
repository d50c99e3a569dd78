import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** The directory that holds package.json, bin and themes: two above both `source/cli` and `dist`'s chunks. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

export const version: string = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {version: string}
).version;

/** The argv that runs this same amux with this same Node. */
export function selfArgv(): string[] {
  return [process.execPath, join(packageRoot, 'bin', 'amux.js')];
}

function findRoot(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    try {
      readFileSync(join(dir, 'package.json'));
      return dir;
    } catch (error) {
      if (dir === dirname(dir)) throw error;
    }
  }
}
