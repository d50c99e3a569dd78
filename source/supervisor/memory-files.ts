import {randomBytes} from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import {MEMORY_FILES_MAX, MEMORY_MAX_BYTES, type MemoryFile} from '../domain/knowledge.ts';
import {oneLine} from '../domain/names.ts';

/** Cannot leave the directory, and cannot be hidden in it. */
const NAME = /^[A-Za-z0-9][\w.-]{0,99}\.md$/;

/** Plain files only: a link could lead out of the home. */
export function listMemory(dir: string): MemoryFile[] {
  if (!isOwnDirectory(dir)) return [];
  const files = readdirSync(dir)
    .filter(file => NAME.test(file))
    .sort();
  return files.flatMap(file => {
    const found = lstatSync(join(dir, file), {throwIfNoEntry: false});
    return found?.isFile() ? [described(file, found)] : [];
  });
}

export function readMemory(dir: string, file: string): MemoryFile & {text: string} {
  checkName(file);
  if (!isOwnDirectory(dir)) throw new AmuxError('memory.unknown', {file});
  const fd = open(dir, file);
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw new AmuxError('memory.strange', {file});
    if (found.size > MEMORY_MAX_BYTES) throw tooLarge(file, found.size);
    return {...described(file, found), text: readFileSync(fd, 'utf8')};
  } finally {
    closeSync(fd);
  }
}

/** The file appears whole, for its owner only. */
export function writeMemory(dir: string, file: string, text: string): MemoryFile & {text: string} {
  checkName(file);
  const size = Buffer.byteLength(text);
  if (size > MEMORY_MAX_BYTES) throw tooLarge(file, size);
  const target = join(dir, file);
  const unfinished = join(dir, `.${file}.${randomBytes(6).toString('hex')}.new`);
  try {
    mkdirSync(dir, {recursive: true, mode: 0o700});
    if (!isOwnDirectory(dir)) throw new AmuxError('memory.strange', {file: 'the directory'});
    const found = lstatSync(target, {throwIfNoEntry: false});
    if (found !== undefined && !found.isFile()) throw new AmuxError('memory.strange', {file});
    if (found === undefined && listMemory(dir).length >= MEMORY_FILES_MAX) {
      throw new AmuxError('memory.full', {count: MEMORY_FILES_MAX});
    }
    writeFileSync(unfinished, text, {mode: 0o600, flag: 'wx', flush: true});
    renameSync(unfinished, target);
  } catch (error) {
    if (error instanceof AmuxError) throw error;
    rmSync(unfinished, {force: true});
    throw new AmuxError('store.write', {file: target, why: (error as Error).message}, error);
  }
  return readMemory(dir, file);
}

function checkName(file: string): void {
  if (!NAME.test(file)) throw new AmuxError('memory.name', {file: oneLine(file).slice(0, 120)});
}

function isOwnDirectory(dir: string): boolean {
  return lstatSync(dir, {throwIfNoEntry: false})?.isDirectory() === true;
}

function open(dir: string, file: string): number {
  try {
    // Not blocking: nobody may write into a named pipe for ever.
    return openSync(join(dir, file), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new AmuxError('memory.unknown', {file});
    throw new AmuxError('memory.strange', {file}, error);
  }
}

const described = (file: string, found: Stats): MemoryFile => ({
  file,
  size: found.size,
  updated_at: Math.floor(found.mtimeMs / 1000),
});

const tooLarge = (file: string, size: number): AmuxError =>
  new AmuxError('memory.large', {file, size, most: MEMORY_MAX_BYTES});
