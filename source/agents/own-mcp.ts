import {closeSync, constants, existsSync, fstatSync, openSync, readFileSync, realpathSync} from 'node:fs';
import {dirname, join, sep} from 'node:path';
import {parse} from 'jsonc-parser/lib/esm/main.js';
import {record} from './fields.ts';

/** A configuration that is larger is none, in bytes. */
const OWN_MAX = 8 * 1024 * 1024;

/** The MCP servers of an agent's own configuration. */
export type OwnMcp = {
  /** Which file has them, by the server's name. */
  names: ReadonlyMap<string, string>;
  /** Those that only amux can tell it of, as they are written. */
  passedOn: Record<string, unknown>;
};

/** A file of the project, or of the user. */
export type OwnFile = {file: string; of: 'project' | 'user'};

/** The directory and all above it. */
export function upward(dir: string): string[] {
  const above = dirname(dir);
  return above === dir ? [dir] : [dir, ...upward(above)];
}

/** The names in all of them; of two with the same name the first one is told. */
export function namesOf(found: readonly (readonly [file: string, servers: unknown])[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const [file, servers] of found)
    for (const name of Object.keys(record(servers))) if (!names.has(name)) names.set(name, file);
  return names;
}

/** An object of JSON with comments; empty: there is none that could be read. */
export function jsonOf(from: OwnFile): Record<string, unknown> {
  try {
    return record(parse(textIn(from), [], {allowTrailingComma: true}));
  } catch {
    return {}; // Nested without end.
  }
}

/** Empty when there is none, or when it is no plain file. What a project links to lies in that project. */
export function textIn({file, of}: OwnFile): string {
  if (of === 'project' && !isWithin(file)) return '';
  let fd: number;
  try {
    // Not blocking: nobody may write into a named pipe for ever.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return '';
  }
  try {
    const found = fstatSync(fd);
    return found.isFile() && found.size <= OWN_MAX ? readFileSync(fd, 'utf8') : '';
  } catch {
    return '';
  } finally {
    closeSync(fd);
  }
}

function isWithin(file: string): boolean {
  const dir = dirname(file);
  const top = upward(dir).find(each => existsSync(join(each, '.git'))) ?? dir;
  try {
    return `${realpathSync(file)}${sep}`.startsWith(`${realpathSync(top)}${sep}`);
  } catch {
    return false;
  }
}
