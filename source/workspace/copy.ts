import {constants, existsSync, lstatSync, mkdirSync, realpathSync} from 'node:fs';
import {cp} from 'node:fs/promises';
import {dirname, isAbsolute, join, normalize, relative} from 'node:path';
import {type CopiedPath, isWithin} from '../domain/workspace.ts';
import {fingerprint} from './fingerprint.ts';

type Copying = {
  /** The main working tree. */
  from: string;
  /** The worktree. */
  to: string;
  /** As the project's configuration says them. */
  paths: readonly string[];
};

/**
 * Copies files and directories that git does not bring along. Nothing outside the two trees is read or written, also not
 * through links; what is there already stays. What could not be copied is a notice.
 */
export async function copyFiles({from, to, paths}: Copying): Promise<{copied: CopiedPath[]; notices: string[]}> {
  const copied: CopiedPath[] = [];
  const notices: string[] = [];
  const [source, target] = [realpathSync(from), realpathSync(to)];
  for (const given of paths) {
    const path = normalize(given).replace(/\/+$/, '');
    const [first] = path.split('/');
    if (isAbsolute(given) || first === '..' || first === '.' || first === '' || first === '.git' || first === '.amux') {
      notices.push(`not copied: ${given} is not a path inside the project`);
      continue;
    }
    try {
      if (lstatSync(join(source, path), {throwIfNoEntry: false}) === undefined) continue; // Nothing to copy (yet).
      await copyOne({source, target, path});
      copied.push({path, hash: await fingerprint(join(target, path))});
    } catch (error) {
      notices.push(`not copied: ${given}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return {copied, notices};
}

async function copyOne({source, target, path}: {source: string; target: string; path: string}): Promise<void> {
  const [from, to] = [join(source, path), join(target, path)];
  if (existsSync(to)) throw new Error('it is there already');
  if (!isWithin(realpathSync(from), source)) throw new Error('it leads out of the project');
  mkdirSync(dirname(to), {recursive: true});
  if (!isWithin(realpathSync(dirname(to)), target)) throw new Error('its place leads out of the workspace');
  await cp(from, to, {
    recursive: true,
    force: false,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: each => mayBeCopied(each, source),
  });
}

/** Sockets and pipes stay behind, and so do links out of the project. */
function mayBeCopied(path: string, source: string): boolean {
  const found = lstatSync(path);
  if (found.isDirectory()) return relative(source, path) !== '.git';
  if (!found.isSymbolicLink()) return found.isFile();
  try {
    return isWithin(realpathSync(path), source);
  } catch {
    return false; // It leads nowhere.
  }
}
