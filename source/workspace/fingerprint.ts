import {createHash} from 'node:crypto';
import {lstatSync, readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';

/** More than this is not hashed: files, and bytes in all. */
const FILES_MAX = 2000;
const BYTES_MAX = 64 << 20;

/** SHA-256 of a file, a link or a whole directory; null when it is too much, or cannot be read. */
export function fingerprint(path: string): string | null {
  const hash = createHash('sha256');
  const left = {files: FILES_MAX, bytes: BYTES_MAX};
  try {
    return add(hash, {path, name: ''}, left) ? hash.digest('hex') : null;
  } catch {
    return null;
  }
}

type Hash = ReturnType<typeof createHash>;

function add(hash: Hash, {path, name}: {path: string; name: string}, left: {files: number; bytes: number}): boolean {
  const found = lstatSync(path);
  left.files -= 1;
  if (left.files < 0) return false;
  if (found.isSymbolicLink()) {
    hash.update(`link ${name}\0${readlinkSync(path)}\0`);
    return true;
  }
  if (found.isDirectory()) {
    hash.update(`directory ${name}\0`);
    return readdirSync(path)
      .sort()
      .every(each => add(hash, {path: join(path, each), name: `${name}/${each}`}, left));
  }
  left.bytes -= found.size;
  if (!found.isFile() || left.bytes < 0) return false;
  hash.update(`file ${name}\0${found.size}\0`).update(readFileSync(path));
  return true;
}
