import {isLive, type Session} from './session.ts';
import {noActivity} from './session-life.ts';
import type {Cut} from './watch.ts';
import type {Rule, Seen} from './watchdog.ts';

/** So many crashes within this time are the last, in ms. */
const CRASHES = 5;
const WITHIN_MS = 600_000;
/** Before the first launch again, doubled for each crash after that, in ms; at most so long. */
const FIRST_MS = 1000;
export const COMEBACK_MOST_MS = 60_000;
const KEPT = 20;

/** Its process is gone while it should run: it is launched again, with the same conversation. */
export const crash: Rule = {
  name: 'crash',
  about: 'its process is gone while it should run: restart with the same conversation, take up the interrupted message',
  coolDownMs: 0,
  when({before, session, now}) {
    if (!isCrash({before, session})) return null;
    const crashes = [...recent(before.watch.crashes, now), now].slice(-KEPT);
    const within = crashes.filter(at => at > now - WITHIN_MS).length;
    const watch = {...session.watch, crashes};
    if (within >= CRASHES) {
      const reason = `${session.reason}; not started again after ${within} crashes in ${WITHIN_MS / 60_000} minutes`;
      return {verdict: 'failed', reason, session: {...session, reason, watch}};
    }
    const delay = Math.min(COMEBACK_MOST_MS, FIRST_MS * 2 ** (crashes.length - 1));
    const comeback = now + delay;
    const reason = `${session.reason}; starts again in ${delay / 1000} s (crash ${within}, the ${CRASHES}th in ${WITHIN_MS / 60_000} minutes is the last)`;
    const cut = before.watch.cut ?? cutOf(before, {at: now, why: session.reason});
    const back: Session = {...session, ...noActivity, unseen: before.unseen, status: 'starting', wanted: true, reason};
    return {verdict: 'restart', reason, session: {...back, watch: {...watch, comeback, cut}}};
  },
  next({session, now}) {
    const {comeback, cut} = session.watch;
    const count = recentCrashes(session, now);
    const counted = `${count} of ${CRASHES} crashes in ${WITHIN_MS / 60_000} minutes`;
    if (!isLive(session)) return count === 0 ? null : {at: null, what: counted};
    if (comeback !== null) return {at: comeback, what: `starts again (${counted})`};
    if (cut !== null) return {at: null, what: `its cut-off turn is taken up at its turn boundary (${counted})`};
    return count === 0 ? null : {at: null, what: counted};
  },
};

/** Within the time that counts. */
export const recentCrashes = ({watch}: Session, now: number): number =>
  watch.crashes.filter(at => at > now - WITHIN_MS).length;

/** Ends long before the last one are forgotten: it ran well since. So are those of a clock that was set back. */
function recent(crashes: readonly number[], now: number): number[] {
  const kept: number[] = [];
  let next = now;
  for (const at of crashes.filter(each => each <= now).reverse()) {
    if (next - at >= WITHIN_MS) break;
    kept.unshift(at);
    next = at;
  }
  return kept;
}

function isCrash({before, session}: Pick<Seen, 'before' | 'session'>): boolean {
  if (!isLive(before) || isLive(session) || !before.wanted || session.restart === 'never') return false;
  if (session.status === 'stopped' || (session.status === 'completed' && session.restart !== 'always')) return false;
  const {exit, pid} = session.run ?? {exit: null, pid: null};
  const byItself = exit === null ? pid === null : exit.code !== null;
  // What a person has just started says at once why it cannot; what he left at its first question is not called back.
  if (byItself && before.status === 'starting' && before.watch.crashes.length === 0) return false;
  return !(byItself && before.waitingFor?.kind === 'trust');
}

type End = Required<Pick<Cut, 'at' | 'why'>>;

function cutOf({run, status, activity, activitySince, signals}: Session, {at, why}: End): Cut | null {
  if (run === null) return null;
  const busy = status === 'running' && (activity === 'working' || activity === 'waiting');
  const {id, startedAt} = run;
  return {run: id, startedAt, at, why, busy, since: activitySince, message: signals.submitted?.message ?? null};
}
