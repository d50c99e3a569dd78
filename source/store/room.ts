import {statfsSync} from 'node:fs';
import {AmuxError} from '../domain/errors.ts';

/**
 * What stays free on a home's disk for what cannot be refused, in bytes: with less than this nothing new is taken, so
 * that what is under way can be written to its end.
 */
export const ROOM_BYTES = 4 << 20;

/** Without so much no database can be opened for writing, in bytes. */
export const OPEN_BYTES = 256 << 10;

export const tooLittle = (directory: string, left: number): AmuxError =>
  new AmuxError('store.full', {home: directory, left: `${(left / (1 << 20)).toFixed(1)} MB`});

/** Bytes that this user may still write there; null where the file system does not say. */
export function roomLeft(directory: string): number | null {
  try {
    const {bavail, bsize, blocks} = statfsSync(directory);
    return blocks === 0 ? null : bavail * bsize;
  } catch {
    return null; // Whoever writes there hears why.
  }
}
