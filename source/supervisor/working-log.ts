import type {Entry} from '../domain/events.ts';
import type {Session} from '../domain/session.ts';
import type {Store} from '../store/store.ts';
import {appendToLog} from '../workspace/context-files.ts';

type Options = {store: Pick<Store, 'onEntry'>; note: (why: string) => void};

/** Start and end of each session stand in the working log of its workspace, where there is one. */
export function keepWorkingLogs({store, note}: Options): () => void {
  const running = new Set<string>();
  /** Told once each: a log that cannot be written stays so. */
  const failing = new Set<string>();
  return store.onEntry(entry => {
    const session = changedStatus(entry);
    if (session === null) return;
    const text = lineFor(session, running);
    if (text === null) return;
    const {path} = session.workspace;
    try {
      appendToLog(path, {text, at: new Date(entry.at)});
    } catch (error) {
      if (failing.has(path)) return;
      failing.add(path);
      // The journal is telling of this entry now: it takes the next one afterwards.
      queueMicrotask(() => note(`the working log in ${path} was not written: ${(error as Error).message}`));
    }
  });
}

function changedStatus({type, changes}: Entry): Session | null {
  if (type !== 'session.status') return null;
  for (const change of changes) if (change.kind === 'session.put') return change.session;
  return null;
}

function lineFor({id, name, agent, status, reason}: Session, running: Set<string>): string | null {
  const who = `session ${name} (${agent}, ${id})`;
  switch (status) {
    case 'starting':
      return null;
    case 'running':
      if (running.has(id)) return null;
      running.add(id);
      return `${who} started`;
    case 'stopped':
    case 'completed':
    case 'failed':
    case 'orphaned':
      running.delete(id);
      return `${who} ended, ${status}: ${reason.replace(/\s+/g, ' ').slice(0, 200)}`;
  }
}
