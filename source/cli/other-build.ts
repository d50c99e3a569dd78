import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {AmuxError, asAmuxError, type ErrorCode} from '../domain/errors.ts';
import {readSupervisorFile, supervisorAlive} from '../store/supervisor-file.ts';
import {packageRoot, version} from './self.ts';

/** What a command says that does not understand its supervisor, or that this one does not understand. */
const MISUNDERSTOOD: readonly ErrorCode[] = ['unexpected', 'route.unknown', 'route.method'];

/** What tells two builds of one version apart: the names of its parts are made of what they hold. */
export function buildOf(): string {
  try {
    const main = readFileSync(join(packageRoot, 'dist', 'main.js'));
    return process.getBuiltinModule('node:crypto').createHash('sha256').update(main).digest('hex').slice(0, 12);
  } catch {
    return 'source'; // Nothing is built here.
  }
}

/** The version of the home's supervisor where it is of another build than this command; null: it is not. */
export function otherBuild(paths: {supervisor: string}): string | null {
  const file = readSupervisorFile(paths);
  if (file === null || !supervisorAlive(file) || file.build === buildOf()) return null;
  return file.version === version ? `${version}, another build` : file.version;
}

/** A fault between two builds, as that; any other as it is. */
export function faultBetween(error: unknown, paths: {supervisor: string}): unknown {
  const known = asAmuxError(error);
  const theirs = MISUNDERSTOOD.includes(known.code) ? otherBuild(paths) : null;
  return theirs === null
    ? error
    : new AmuxError('supervisor.other', {theirs, ours: version, why: known.message}, error);
}
