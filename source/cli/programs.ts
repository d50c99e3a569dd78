import {execFile} from 'node:child_process';
import {accessSync, constants, statSync} from 'node:fs';
import {delimiter, join} from 'node:path';

/** An ended process that nobody has waited for yet does not live. */
export {isAlive as lives} from '../backends/process-tree.ts';

/** Ends a process with all that it started. */
export {endProcessTree as endTree} from '../supervisor/ending.ts';

/** How long a program may take to say its version, in ms. */
const VERSION_MS = 5000;
const LATE_MS = 200;

/** Where a program is on the PATH; null when it is not. */
export function onPath(program: string, path = process.env['PATH'] ?? ''): string | null {
  for (const dir of path.split(delimiter)) {
    const file = join(dir, program);
    try {
      accessSync(file, constants.X_OK);
      if (dir !== '' && statSync(file).isFile()) return file;
    } catch {
      // Not in this directory.
    }
  }
  return null;
}

/** The first line that it prints for its version flags; null when it says nothing in time. */
export function versionOf(file: string, flags: string[]): Promise<string | null> {
  return new Promise(resolve => {
    const child = execFile(
      file,
      flags,
      {timeout: VERSION_MS, killSignal: 'SIGKILL', encoding: 'utf8'},
      (error, stdout) => {
        const [line = ''] = stdout.trim().split('\n');
        clearTimeout(late);
        resolve(error === null && line !== '' ? line : null);
      },
    );
    // What it started may hold its output open although it is gone.
    const late = setTimeout(() => resolve(null), VERSION_MS + LATE_MS);
    late.unref();
    child.stdin?.end();
  });
}
