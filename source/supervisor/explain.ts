import type {Explanation} from '../domain/fleet.ts';
import {describeExit, isLive, type Session} from '../domain/session.ts';

/** The evidence behind a session's state, the winner first. Ages are in seconds. */
export function explain(session: Session, now: number): Explanation {
  const {signals, run} = session;
  const live = isLive(session);
  const seconds = (at: number) => Math.max(0, Math.round((now - at) / 100) / 10);
  const evidence: Explanation['evidence'] = [];
  if (signals.program !== null) {
    const {at, state, kind, message} = signals.program;
    evidence.push({
      source: 'program',
      age: seconds(at),
      says: [state, kind, message].filter(Boolean).join(', '),
      wins: false,
    });
  }
  if (signals.screen !== null) {
    const {at, reading} = signals.screen;
    evidence.push({
      source: 'screen',
      age: seconds(at),
      says: `rule ${reading.rule}: ${reading.activity ?? 'nothing'}`,
      wins: false,
    });
  }
  if (signals.output !== null) {
    evidence.push({source: 'output', age: seconds(signals.output.at), says: 'last terminal output', wins: false});
  }
  if (signals.submitted !== null) {
    evidence.push({
      source: 'submitted',
      age: seconds(signals.submitted.at),
      says: `message ${signals.submitted.message}`,
      wins: false,
    });
  }
  const life = live ? `pid ${run?.pid ?? '?'} runs` : run === null ? 'never started' : describeExit(run.exit);
  evidence.push({
    source: 'process',
    age: run === null ? null : seconds(run.endedAt ?? run.startedAt),
    says: life,
    wins: !live,
  });
  const [first] = evidence;
  if (live && first !== undefined) first.wins = true;
  return {
    name: session.name,
    status: session.status,
    activity: live ? session.activity : null,
    reason: session.reason,
    since: Math.floor((live ? session.activitySince : session.updatedAt) / 1000),
    evidence,
  };
}
