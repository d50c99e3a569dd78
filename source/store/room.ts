import {statfsSync} from 'node:fs';

/**
 * What stays free on a home's disk for what cannot be refused, in bytes: with less than this nothing new is taken, so
 * that what is under way can be written to its end.
 */
export const ROOM_BYTES = 4 << 20;

/** Bytes that this user may still write there; null where the file system does not say. */
export function roomLeft(directory: string): number | null {
  try {
    const {bavail, bsize, blocks} = statfsSync(directory);
    return blocks === 0 ? null : bavail * bsize;
  } catch {
    return null; // Whoever writes there hears why.
  }
}
