import {processesOf} from '../backends/process-owner.ts';
import {type ProcessRow, processTree, survivors} from '../backends/process-tree.ts';
import {endProcesses} from './ending.ts';

/** Between two looks at the processes of one session, in ms: each goes through the whole process table. */
const LOOK_EVERY_MS = 5000;
/** So many processes of one session are remembered. */
const KEPT = 500;

/**
 * What a session has started, known before its own process ends: children of a dead parent cannot be found by it, and
 * some leave its terminal session as well.
 */
export class Descendants {
  readonly #session: string;
  readonly #home: string;
  readonly #now: () => number;
  #known = new Map<number, ProcessRow>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor({session, home, now}: {session: string; home: string; now: () => number}) {
    this.#session = session;
    this.#home = home;
    this.#now = now;
  }

  /** A moment at which something may have been started; cheap when the last look was a moment ago. */
  look(root: number): void {
    const at = this.#now();
    if (at - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = at;
    const alive = survivors([...this.#known.values()]);
    this.#known = new Map(alive.map(row => [row.pid, row]));
    for (const row of processTree(root)) if (row.pid !== root && this.#known.size < KEPT) this.#known.set(row.pid, row);
  }

  /** What still lives of a run whose own process has ended. The next run's processes must not be there yet. */
  left(): ProcessRow[] {
    const rows = new Map(survivors([...this.#known.values()]).map(row => [row.pid, row]));
    this.#known.clear();
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    for (const row of processesOf(this.#session, this.#home)) rows.set(row.pid, row);
    return [...rows.values()];
  }
}

/** Ends what a process had started and left behind; resolves with what there is to say about it, null: nothing. */
export async function endOrphans(orphans: readonly ProcessRow[]): Promise<string | null> {
  if (orphans.length === 0) return null;
  const left = await endProcesses(orphans);
  const resists = left.length === 0 ? '' : `; ${left.length} of them could not be ended`;
  return `${orphans.length === 1 ? 'a process' : `${orphans.length} processes`} had outlived it and ended with it${resists}`;
}
