import {type FSWatcher, readFileSync, watch} from 'node:fs';
import {join} from 'node:path';
import type {StateFile} from '../agents/agent.ts';
import {lineage, type ProcessRow} from '../backends/process-tree.ts';
import type {AgentEvent} from '../domain/agent-event.ts';

/** A file that is just being written is read again after this, in ms. */
const AGAIN_MS = 25;

type Listener = {
  stateFile: StateFile;
  /** The first process of the session. */
  pid: number;
  tell: (events: AgentEvent[], at: number | null) => void;
};

/** The directories in which agents keep a file per process: one watcher each, however many sessions there are. */
export class StateFiles {
  readonly #dirs = new Map<string, {watcher: FSWatcher; listeners: Set<Listener>}>();

  /** Tells what the files of this process and those below it say from now on; null: the directory is not there (yet). */
  follow(dir: string, listener: Listener): (() => void) | null {
    const known = this.#dirs.get(dir) ?? this.#watch(dir);
    if (known === null) return null;
    known.listeners.add(listener);
    return () => {
      known.listeners.delete(listener);
      if (known.listeners.size > 0) return;
      known.watcher.close();
      if (this.#dirs.get(dir) === known) this.#dirs.delete(dir);
    };
  }

  /** What the file of a process says now. */
  read(dir: string, {stateFile, tell}: Pick<Listener, 'stateFile' | 'tell'>, process: ProcessRow, again = true): void {
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(join(dir, stateFile.name(process.pid)), 'utf8'));
    } catch (error) {
      const half = error instanceof SyntaxError;
      if (half && again) setTimeout(() => this.read(dir, {stateFile, tell}, process, false), AGAIN_MS);
      return;
    }
    const said = stateFile.read(content, process);
    if (said !== null) tell(said.events, said.at);
  }

  #watch(dir: string) {
    try {
      const listeners = new Set<Listener>();
      const watcher = watch(dir, {persistent: false}, (_, name) => {
        if (name !== null) this.#changed(dir, name, listeners);
      });
      const entry = {watcher, listeners};
      watcher.on('error', () => this.#dirs.delete(dir));
      this.#dirs.set(dir, entry);
      return entry;
    } catch {
      return null;
    }
  }

  #changed(dir: string, name: string, listeners: ReadonlySet<Listener>): void {
    const [first] = listeners;
    const pid = first?.stateFile.pidOf(name) ?? null;
    if (pid === null) return;
    const above = lineage(pid);
    const [own] = above;
    if (own === undefined) return;
    for (const listener of listeners) {
      if (above.some(row => row.pid === listener.pid)) this.read(dir, listener, own);
    }
  }
}
