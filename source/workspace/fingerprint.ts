import {createHash} from 'node:crypto';
import {lstat, readdir, readFile, readlink} from 'node:fs/promises';
import {join} from 'node:path';

/** More than this is not hashed: files, and bytes in all. */
const FILES_MAX = 2000;
const BYTES_MAX = 64 << 20;

/** SHA-256 of a file, a link or a whole directory; null when it is too much, or cannot be read. */
export async function fingerprint(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  const left = {files: FILES_MAX, bytes: BYTES_MAX};
  try {
    return (await add(hash, {path, name: ''}, left)) ? hash.digest('hex') : null;
  } catch {
    return null;
  }
}

type Hash = ReturnType<typeof createHash>;
type Left = {files: number; bytes: number};

async function add(hash: Hash, {path, name}: {path: string; name: string}, left: Left): Promise<boolean> {
  const found = await lstat(path);
  left.files -= 1;
  if (left.files < 0) return false;
  if (found.isSymbolicLink()) {
    hash.update(`link ${name}\0${await readlink(path)}\0`);
    return true;
  }
  if (found.isDirectory()) {
    hash.update(`directory ${name}\0`);
    for (const each of (await readdir(path)).sort()) {
      if (!(await add(hash, {path: join(path, each), name: `${name}/${each}`}, left))) return false;
    }
    return true;
  }
  left.bytes -= found.size;
  if (!found.isFile() || left.bytes < 0) return false;
  hash.update(`file ${name}\0${found.size}\0`).update(await readFile(path));
  return true;
}
