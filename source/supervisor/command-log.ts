import type {ChildProcess} from 'node:child_process';
import {subscribe, unsubscribe} from 'node:diagnostics_channel';
import {type EventEmitter, errorMonitor} from 'node:events';
import {type ExternalCommand, shownArgv} from '../domain/external-command.ts';

/** Commands that are kept. */
const KEPT = 300;

export type CommandLog = {
  /** Oldest first; those that run have no end yet. */
  list: () => ExternalCommand[];
  [Symbol.dispose](): void;
};

/**
 * The last processes that this one started, whoever in it did: Node tells of each. In memory alone. Agents are not among
 * them, nor what is asked over the connection to tmux.
 */
export function commandLog(now: () => number): CommandLog {
  const kept: ExternalCommand[] = [];
  const places = new WeakMap<object, string>();
  let id = 0;

  const add = (child: ChildProcess): void => {
    const {spawnargs = [], spawnfile = ''} = child;
    const at = now();
    const argv = shownArgv([spawnfile, ...spawnargs.slice(1)]);
    const cwd = places.get(child) ?? null;
    const command: ExternalCommand = {
      id: ++id,
      at: at / 1000,
      argv,
      cwd,
      ms: null,
      code: null,
      signal: null,
      error: null,
    };
    kept.push(command);
    if (kept.length > KEPT) kept.shift();
    child.once('exit', (code, signal) => Object.assign(command, {ms: now() - at, code, signal}));
    // Watched only: an error that nobody else listens for stays one.
    (child as EventEmitter).once(errorMonitor, (error: Error) =>
      Object.assign(command, {ms: now() - at, error: error.message}),
    );
  };

  const onSpawn = (message: unknown): void => {
    const {process: child, options} = message as {process: object; options?: {cwd?: unknown}};
    // Newer versions of Node only.
    places.set(child, typeof options?.cwd === 'string' ? options.cwd : process.cwd());
  };
  // It is told before it was begun: by then nothing is known of it.
  const onProcess = (message: unknown): void => {
    queueMicrotask(() => add((message as {process: ChildProcess}).process));
  };
  subscribe(SPAWNED, onSpawn);
  subscribe(MADE, onProcess);
  return {
    list: () => kept.map(command => ({...command})),
    [Symbol.dispose]() {
      unsubscribe(SPAWNED, onSpawn);
      unsubscribe(MADE, onProcess);
    },
  };
}

const MADE = 'child_process';
const SPAWNED = 'tracing:child_process.spawn:start';
