import type {Backend, TerminalInfo} from '../backends/backend.ts';
import {isLive, type Session} from '../domain/session.ts';
import {transition} from '../domain/transition.ts';
import type {Store} from '../store/store.ts';

type Options = {
  store: Store;
  /** Those whose terminals may live. */
  backends: readonly Backend[];
  /** There are terminals that may not be looked at: of a session that is in none of the others nothing is known. */
  hidden?: boolean;
  /** ms since the epoch. */
  now: () => number;
};

/** Sessions while nobody supervises: what the store calls running is only running if its terminal says so. */
export async function unattendedSessions({store, backends, hidden = false, now}: Options): Promise<Session[]> {
  const found = new Map<string, TerminalInfo>();
  for (const backend of backends) {
    if (!(await backend.open())) continue;
    for (const info of await backend.list()) found.set(info.run, info);
  }
  return [...store.state.sessions.values()].map(session => {
    const info = session.run === null ? undefined : found.get(session.run.id);
    if (hidden && info === undefined) return session;
    if (!isLive(session) || (info !== undefined && info.exit === null)) return live(session, info);
    const exit = info?.exit ?? {code: null, signal: null, at: now()};
    // Nobody is there to start it again: what it is now is told, not what a supervisor would do.
    const left: Session = {...session, restart: 'never'};
    const {session: ended} = transition(left, {source: 'process', at: exit.at, state: 'exited', exit}, now());
    return {...unattended(ended), restart: session.restart};
  });
}

/** It lives, and nobody watches its screen: what was known of its activity no longer counts. */
function live(session: Session, info: TerminalInfo | undefined): Session {
  if (info === undefined || session.run === null || !isLive(session)) return session;
  const reason = 'no supervisor watches it';
  return {
    ...session,
    status: 'running',
    run: {...session.run, pid: info.pid},
    activity: 'unknown',
    waitingFor: null,
    reason,
  };
}

/** One that was to be started, or is to come back, has no process until somebody supervises again. */
function unattended(session: Session): Session {
  if (!isLive(session)) return session;
  return {...session, status: 'failed', reason: `${session.reason}; it goes on with the next supervisor`};
}
