import {execFileSync} from 'node:child_process';
import {closeSync, cpSync, openSync, rmSync, statfsSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import type {Stage} from './stage.ts';

/** What one write fills, in bytes. */
const PIECE = 64 * 1024;

/** A disk of a home that can be filled and freed. */
export type SmallDisk = {
  /** Leaves about so many bytes free; resolves with how many there are. */
  fill: (leave: number) => number;
  free: () => void;
};

/** A tmpfs over the home of a stage that has not started yet. Needs root. */
export function smallDisk({home}: Stage, megabytes: number): SmallDisk {
  const kept = join(home.dir, 'kept');
  cpSync(home.path, kept, {recursive: true});
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'amux-chaos', home.path]);
  home.atEnd.push(() => void execFileSync('umount', [home.path]));
  cpSync(kept, home.path, {recursive: true});
  const ballast = join(home.path, 'ballast');
  const left = (): number => {
    const {bavail, bsize} = statfsSync(home.path);
    return bavail * bsize;
  };
  return {
    fill(leave) {
      const fd = openSync(ballast, 'a', 0o600);
      try {
        for (let size = PIECE; size >= 1; ) {
          if (left() - size < leave && size > 1) size = Math.floor(size / 2);
          else if (left() <= leave) break;
          else if (!fits(fd, size)) size = Math.floor(size / 2);
        }
      } finally {
        closeSync(fd);
      }
      return left();
    },
    free: () => rmSync(ballast, {force: true}),
  };
}

function fits(fd: number, size: number): boolean {
  try {
    writeSync(fd, Buffer.alloc(size));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
