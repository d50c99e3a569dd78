import {copyFileSync, existsSync, statSync, utimesSync} from 'node:fs';

/**
 * A copy of git's index, to ask about and to change. Its time is no later than the original's: a file that was changed in
 * the moment in which git wrote its index is known only by that.
 */
export function copyIndex(index: string, copy: string): void {
  if (!existsSync(index)) return; // It comes into being with the first file; git takes a missing one for an empty one.
  copyFileSync(index, copy);
  const at = Math.floor(statSync(index).mtimeMs / 1000);
  utimesSync(copy, at, at);
}
