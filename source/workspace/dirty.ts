import type {Dirty} from '../domain/workspace.ts';
import {boundedGit} from './git.ts';
import {parseStatus} from './porcelain.ts';

/** A look at a very large tree is given up after this, in ms, and its output is read to this length, bytes. */
const LOOK_MS = 60_000;
const OUTPUT_MAX = 4 << 20;
const CONTEXT = '.amux/context/';

/** Files of a working tree that differ from its HEAD, by one git process; null: git did not say. */
export async function countDirty(path: string): Promise<Dirty | null> {
  // What submodules hold would be asked by more processes.
  const args = ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--ignore-submodules=dirty', '--no-renames'];
  const {code, bytes, whole} = await boundedGit(['--no-optional-locks', ...args], {
    cwd: path,
    max: OUTPUT_MAX,
    timeoutMs: LOOK_MS,
  });
  // Of more than that, the number of those that were read tells enough.
  if (code !== 0 && (whole || bytes.length < OUTPUT_MAX)) return null;
  const {staged, changed, unmerged, untracked, submodules} = parseStatus(bytes.toString());
  const files = [
    ...staged,
    ...changed,
    ...unmerged,
    ...submodules,
    ...untracked.filter(each => !each.startsWith(CONTEXT)),
  ];
  return {files: new Set(files).size};
}
