import {AmuxError} from './errors.ts';
import type {Fleet, SessionView} from './fleet.ts';

/** What one may wait for. */
export const goals = ['idle', 'waiting', 'finished', 'exited'] as const;
export type Goal = (typeof goals)[number];

type Reaching = {fleet: Fleet; first: SessionView; until: Goal; signal: AbortSignal};

/**
 * The session once it is there; null when the signal came first. Throws `session.not-running` when it does not run,
 * and `wait.over` when it ended before.
 */
export async function reach({fleet, first, until, signal}: Reaching): Promise<SessionView | null> {
  // A turn that ended before this began, and that somebody looked at since, is idle by now: it is over all the same.
  // The stream begins here, before the first look: over a URL it is open later than that is answered.
  const [{evidence}, {cursor: since}] = await Promise.all([fleet.explain(first.id), fleet.health()]);
  let worked = first.activity === 'working' || first.queue > 0 || evidence.some(({source}) => source === 'submitted');
  const holds = (session: SessionView): boolean => {
    if (session.activity === 'working') worked = true;
    if (until === 'exited') return !session.running;
    if ((until === 'idle' || until === 'finished') && isDone(session)) return true;
    // A queued message is work to come: its session is not idle yet.
    if (until === 'idle')
      return (session.activity === 'idle' || session.activity === 'finished') && session.queue === 0;
    if (until === 'waiting') return session.activity === 'waiting';
    return session.activity === 'finished' || (worked && session.activity === 'idle' && session.queue === 0);
  };
  let session = await fleet.session(first.id);
  if (holds(session)) return session;
  if (isOver(session)) throw isUnstarted(session) ? notRunning(session) : endedBefore(session, until);
  for await (const event of fleet.events({since, signal})) {
    if (event.session?.id !== first.id) continue;
    session = await fleet.session(first.id);
    if (holds(session)) return session;
    if (isOver(session)) throw endedBefore(session, until);
  }
  return null;
}

/** One that the watchdog starts again may still come. */
const isOver = ({running, watchdog}: SessionView): boolean => !running && watchdog.comeback === null;

/** Nobody started it, or somebody stopped it: a start is what it waits for. */
const isUnstarted = ({kind, status}: SessionView): boolean => kind === 'durable' && status === 'stopped';

/** All that it was there for is done: whoever asks then has missed nothing. */
const isDone = ({kind, running, status, queue}: SessionView): boolean =>
  kind === 'one-shot' && !running && status === 'completed' && queue === 0;

const notRunning = ({name}: SessionView): AmuxError => new AmuxError('session.not-running', {name});

function endedBefore({name, status, reason, queue}: SessionView, until: Goal): AmuxError {
  const left = queue === 0 ? '' : `, ${queue === 1 ? 'one message' : `${queue} messages`} not delivered`;
  return new AmuxError('wait.over', {name, until, status, reason: `${reason}${left}`});
}
