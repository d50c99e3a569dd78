import {type Evidence, noSignals} from './evidence.ts';
import type {Exit} from './run.ts';
import {describeExit, isAway, isLive, type Session, type SessionStatus} from './session.ts';
import {type Compaction, unpaused, type Watch} from './watch.ts';

/** Of a session without a process. */
export const noActivity = {
  requests: [],
  activity: 'unknown' as const,
  waitingFor: null,
  unseen: false,
  decidedBy: 'process' as const,
};

/** What the start or the end of its process makes of a session. */
export function absorbProcess(session: Session, evidence: Extract<Evidence, {source: 'process'}>): Session {
  switch (evidence.state) {
    case 'started':
      return {
        ...session,
        ...noActivity,
        unseen: session.unseen,
        ready: !session.hasScreenRules,
        rested: !session.hasScreenRules,
        status: 'starting',
        run: evidence.run,
        signals: noSignals(),
        reason: 'process started',
        watch: {
          ...session.watch,
          starting: null,
          comeback: null,
          planned: null,
          compaction: begunAgain(session.watch.compaction),
        },
      };
    case 'exited': {
      // A supervisor that was away looks for the process that is still to come.
      if (!isLive(session) || isAway(session)) return session;
      const {exit} = evidence;
      if (session.watch.starting !== null && session.run?.endedAt !== null) return notBegun(session, evidence.at);
      if (goesOn(session)) return between(session, {exit, at: evidence.at});
      const {planned} = session.watch;
      if (planned?.of !== undefined && planned.of === session.run?.id)
        return asPlanned(session, {...evidence, planned});
      const status = session.wanted ? (exit.code === 0 ? 'completed' : 'failed') : 'stopped';
      const why = session.wanted ? describeExit(exit) : `stopped on request, ${describeExit(exit)}`;
      return ended(session, {status, exit, why, at: evidence.at});
    }
    case 'refused':
      if (goesOn({...session, run: evidence.run})) {
        return between({...session, run: evidence.run}, {exit: evidence.run.exit, at: evidence.at});
      }
      // A run of its own: the end of the one before stays as it was.
      return ended(
        {...session, run: evidence.run},
        {status: 'failed', exit: evidence.run.exit, why: evidence.why, at: evidence.at},
      );
  }
}

/** Its supervisor ended between the request and the process. What a one-shot session was given went with it. */
function notBegun(session: Session, at: number): Session {
  const why = 'its supervisor ended before its process began';
  const {run} = session;
  const watch = {...session.watch, comeback: at};
  if (session.kind === 'durable') return {...session, ...noActivity, status: 'starting', reason: why, watch};
  return {...ended(session, {status: 'failed', exit: null, why, at}), run};
}

type PlannedEnd = {planned: NonNullable<Watch['planned']>; exit: Exit; at: number};

/** The watchdog ended its process. What waits for a better time goes on waiting in the next one. */
function asPlanned(session: Session, {planned, exit, at}: PlannedEnd): Session {
  const why = `by the watchdog: ${planned.why}`;
  if (planned.do === 'stop') {
    const over = {...session, watch: {...session.watch, planned: null, ...unpaused}};
    return ended(over, {status: 'stopped', exit, why: `stopped ${why}`, at});
  }
  const watch = {...session.watch, planned: null, comeback: at};
  return {...between(session, {exit, at}), watch, reason: `started again ${why}`};
}

/** What its process was compacting when it died is to be done again. */
function begunAgain(compaction: Compaction | null): Compaction | null {
  return compaction?.step === 'sent' ? {...compaction, step: 'due', message: null, still: null} : compaction;
}

/** An end that belongs to an exchange is none: the next process is on its way. That of the last try is one. */
function goesOn({exchange, wanted, run}: Session): boolean {
  return exchange !== null && wanted && (!exchange.back || run?.id === exchange.run);
}

function between(session: Session, {exit, at}: {exit: Exit | null; at: number}): Session {
  const run = session.run === null ? null : {...session.run, endedAt: at, exit};
  return {...session, ...noActivity, unseen: session.unseen, status: 'starting', run, signals: noSignals()};
}

export function ended(
  session: Session,
  end: {status: SessionStatus; exit: Exit | null; why: string; at: number},
): Session {
  const run = session.run === null ? null : {...session.run, endedAt: end.at, exit: end.exit};
  return {
    ...session,
    ...noActivity,
    status: end.status,
    wanted: false,
    exchange: null,
    reason: end.why,
    run,
    signals: noSignals(),
  };
}
