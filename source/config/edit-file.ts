import {closeSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {AmuxError} from '../domain/errors.ts';

/** Another command that edits the same file at the same time makes this one wait and start over, this long at most, ms. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 10;
/** An unfinished file is there for moments; one that stays for this long was left by a command that was killed, ms. */
const LEFT_BEHIND_MS = 2000;

/** Which unfinished file of another command is in the way; empty when the file itself has changed meanwhile. */
type Busy = {with: string};

/**
 * Changes a file's text, whole or not at all. When another command changes it meanwhile, what that wrote is read and the
 * change is made again, so that neither is lost. Throws `store.write`. `mode`: its rights from now on; default: as they
 * are, for a new one 0644.
 */
export function editFile(
  file: string,
  {read, change, mode = null}: {read: () => string; change: (text: string) => string; mode?: number | null},
): void {
  const start = performance.now();
  let busy: (Busy & {since: number}) | null = null;
  for (;;) {
    const before = read();
    const text = change(before);
    if (text === before) return;
    const now = performance.now();
    const leftBehind: string | null = busy !== null && now - busy.since > LEFT_BEHIND_MS ? busy.with : null;
    const result: Busy | 'done' = replaceFile({file, before, text, mode, leftBehind});
    if (result === 'done') return;
    if (busy?.with !== result.with) busy = {...result, since: now};
    if (now - start > PATIENCE_MS) throw new AmuxError('store.write', {file, why: 'other commands keep changing it'});
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}

/**
 * Does nothing when the file is not as it was `before`, or another command is at it. Only one at a time can have the
 * unfinished file, and its renaming both gives it up and puts it in place.
 */
function replaceFile(of: {
  file: string;
  before: string;
  text: string;
  mode: number | null;
  /** An unfinished file that nobody works on any more. */
  leftBehind: string | null;
}): Busy | 'done' {
  const {file, before, text, leftBehind} = of;
  try {
    // A link keeps pointing at the file that it points at.
    const target = statSync(file, {throwIfNoEntry: false}) ? realpathSync(file) : file;
    const mode = of.mode ?? (statSync(target, {throwIfNoEntry: false})?.mode ?? 0o644) & 0o777;
    const unfinished = `${target}.new`;
    if (!began(unfinished, mode)) {
      const busyWith = markOf(unfinished);
      if (busyWith !== '' && busyWith === leftBehind) rmSync(unfinished, {force: true});
      return {with: busyWith};
    }
    try {
      if (current(target) !== before) {
        rmSync(unfinished);
        return {with: ''};
      }
      writeFileSync(unfinished, text, {flush: true});
      renameSync(unfinished, target);
      return 'done';
    } catch (error) {
      rmSync(unfinished, {force: true});
      throw error;
    }
  } catch (error) {
    throw new AmuxError('store.write', {file, why: (error as Error).message}, error);
  }
}

function began(unfinished: string, mode: number): boolean {
  try {
    closeSync(openSync(unfinished, 'wx', mode));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Tells one unfinished file from the next; empty when there is none any more. */
function markOf(file: string): string {
  const found = statSync(file, {throwIfNoEntry: false});
  return found === undefined ? '' : `${found.ino} ${found.mtimeMs} ${found.size}`;
}

function current(file: string): string {
  return statSync(file, {throwIfNoEntry: false}) ? readFileSync(file, 'utf8') : '';
}
