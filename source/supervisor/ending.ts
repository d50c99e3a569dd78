import {type ProcessRow, processTree, signalAll, survivors} from '../backends/process-tree.ts';

/** How long each step of a stop may take, in ms. */
const POLITE_MS = 2500;
const TERM_MS = 2000;
const KILL_MS = 2000;
const LOOK_EVERY_MS = 25;

/**
 * Ends a process and its whole tree: SIGTERM to the process itself, then SIGTERM and SIGHUP to what is
 * left (interactive shells ignore the first), then SIGKILL. Resolves with what could not be ended.
 */
export async function endProcessTree(pid: number, options: {force: boolean}): Promise<ProcessRow[]> {
  // Known before the first signal: children of a dead parent can no longer be found by their parent.
  const rows = processTree(pid);
  const [root] = rows;
  if (root === undefined) return [];
  const left = () => survivors(rows);
  if (!options.force) {
    signalAll([root], 'SIGTERM');
    if (await gone(left, POLITE_MS)) return [];
    signalAll(left(), 'SIGTERM');
    signalAll(left(), 'SIGHUP');
    if (await gone(left, TERM_MS)) return [];
  }
  // What was started meanwhile belongs to the tree as well.
  for (const row of processTree(pid)) if (!rows.some(known => known.pid === row.pid)) rows.push(row);
  signalAll(left(), 'SIGKILL');
  await gone(left, KILL_MS);
  return left();
}

/** SIGTERM, SIGHUP and, where they do not help, SIGKILL. Resolves with what could not be ended. */
export async function endProcesses(rows: readonly ProcessRow[]): Promise<ProcessRow[]> {
  const left = () => survivors(rows);
  signalAll(left(), 'SIGTERM');
  signalAll(left(), 'SIGHUP');
  if (await gone(left, TERM_MS)) return [];
  signalAll(left(), 'SIGKILL');
  await gone(left, KILL_MS);
  return left();
}

async function gone(left: () => ProcessRow[], boundMs: number): Promise<boolean> {
  for (let waited = 0; waited < boundMs; waited += LOOK_EVERY_MS) {
    if (left().length === 0) return true;
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return left().length === 0;
}
