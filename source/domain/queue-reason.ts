import {isAtRest, isAway, isLive, mayDeliver, type Session} from './session.ts';
import type {Message} from './steering.ts';

/** Why a message for this session is not typed at once. */
export function whyItWaits(session: Session): string {
  const {name, kind, run, activity, reason, waitingFor, signals} = session;
  if (isAway(session)) return `waits: ${name} crashed and starts again`;
  if (isLive(session)) {
    if (activity === 'unknown') return `waits: ${reason}`;
    // It is at rest, and yet nothing can be typed: whoever opened it has to close it.
    const reading = activity === 'waiting' || activity === 'working' ? undefined : signals.screen?.reading;
    if (reading?.layer === 'overlay') return 'waits: a view that hides its input line stands open in its terminal';
    if (reading?.dialog === true) return 'waits: a menu stands open in its terminal';
    if (activity !== 'waiting' || mayDeliver(session)) return 'waits for the next turn boundary';
    return isAtRest(session) ? `waits: ${reason}` : `waits for a person: ${waitingFor?.detail || 'a dialog'}`;
  }
  if (kind === 'one-shot' && run !== null) return `waits in vain: ${name} has ended, and does not start again`;
  return `waits: ${name} does not run`;
}

type Told = Pick<Message, 'state' | 'reason' | 'createdAt' | 'changedAt'>;

/**
 * Why a message stands in the queue: what has become of its session since it was queued counts, until a try says more.
 * `held`: why the whole queue is.
 */
export function reasonNow(message: Told, session: Session, held: string | null = null): string {
  const {state, reason, createdAt, changedAt} = message;
  const isOld = createdAt === changedAt || !isLive(session);
  if (state !== 'queued' || !/^(?:waits|held)\b/.test(reason)) return reason;
  return held ?? (isOld ? whyItWaits(session) : reason);
}
