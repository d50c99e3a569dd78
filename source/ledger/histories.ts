import {type Dirent, readdirSync, realpathSync, type Stats, statSync} from 'node:fs';
import {join} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import type {FileSource} from './ledger.ts';

/** Work goes on for so long before others have their turn, in ms. */
const SLICE_MS = 8;
/** Deeper, nobody keeps histories. */
const DEPTH_MAX = 8;

export type Stat = Pick<Stats, 'size' | 'mtimeMs' | 'birthtimeMs'>;

type Options = {
  /** Waited for after each directory. */
  rest: () => Promise<void>;
  /** A directory that cannot be listed. */
  refused: (path: string, error: NodeJS.ErrnoException) => void;
};

type Histories = {root: string; histories: {path: string; stat: Stat}[]};

/** All histories of an agent that are there now, by directory. */
export async function* historiesOf(
  {roots, isHistory}: FileSource,
  {rest, refused}: Options,
): AsyncGenerator<Histories> {
  for (const root of roots) {
    const left = [{directory: root, depth: DEPTH_MAX}];
    const linked = new Set<string>();
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const {directory, depth} = next;
      const histories: Histories['histories'] = [];
      for (const entry of entriesOf(directory, refused)) {
        const path = join(directory, entry.name);
        const isLink = entry.isSymbolicLink();
        const to = isLink ? statOf(path) : entry;
        if (to?.isDirectory() && depth > 0 && !(isLink && isKnown(linked, path))) {
          left.push({directory: path, depth: depth - 1});
        }
        if (!to?.isFile() || !isHistory(path.slice(root.length + 1))) continue;
        const stat = statOf(path);
        // Null: it is gone since it was listed.
        if (stat !== null) histories.push({path, stat});
      }
      yield {root, histories};
      await rest();
    }
  }
}

/** Waits for the turns of others when a slice of time is used up. */
export function slices(signal?: AbortSignal): () => Promise<void> {
  let until = performance.now() + SLICE_MS;
  return async () => {
    if (performance.now() < until || signal?.aborted === true) return;
    await setImmediate();
    until = performance.now() + SLICE_MS;
  };
}

function entriesOf(directory: string, refused: Options['refused']): Dirent[] {
  try {
    return readdirSync(directory, {withFileTypes: true});
  } catch (error) {
    refused(directory, error as NodeJS.ErrnoException);
    return [];
  }
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** Where a link leads is looked at once. */
function isKnown(linked: Set<string>, path: string): boolean {
  const target = realpathSync(path);
  if (linked.has(target)) return true;
  linked.add(target);
  return false;
}
