import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';

/** Whoever reads the file meanwhile gets all of the old one or of the new one. `contents`: bytes. */
export function writeWhole(file, contents) {
  mkdirSync(dirname(file), {recursive: true});
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, file);
}

/** The same, and nothing where the file says that already. */
export function writeChanged(file, contents) {
  try {
    if (readFileSync(file).equals(contents)) return;
  } catch {
    // It is not there yet.
  }
  writeWhole(file, contents);
}
