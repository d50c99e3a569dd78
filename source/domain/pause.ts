import {clock} from './clock.ts';
import {cutMessage, isBetween, type Session} from './session.ts';
import type {Pause} from './watch.ts';
import type {Finding, Rule, Seen} from './watchdog.ts';

/** What is delivered needs so long to be taken up: until then its screen still shows the failure before, in ms. */
const TAKEN_UP_MS = 2000;
/** The sources that tell of a failure do so one after the other, and not the one that knows it best first, in ms. */
export const CLEAR_MS = 1500;
/** Clocks are set back by more than this, in ms. */
const BACK_MS = 60_000;
/** Sessions with the same wait do not go on in the same moment: by so much of it, at most. */
const SPREAD = 0.1;

/**
 * What becomes of a failed turn. `until` in ms since the epoch; null: it is left to a person. `open`: nothing is tried
 * again, and the next message is not held.
 */
export type Plan = {until: number | null; told?: boolean; open?: boolean; verdict: string; reason: string};

type Options = {
  name: Pause['rule'];
  about: string;
  /** `tries`: the how manieth failure in a row; `detail`: what its agent says. */
  plan: (seen: Seen, failure: {tries: number; detail: string}) => Plan;
};

/** A rule for turns that fail: it waits, then goes on by itself. */
export function pausing({name, about, plan}: Options): Rule {
  const begin = (seen: Seen, last: Pause | null): Finding => {
    const {session, now} = seen;
    const clear = sinceOf(seen) + CLEAR_MS;
    if (now < clear) return {...silently(withPause(session, unclear(name, {seen, last}))), wake: clear};
    const {submitted} = session.signals;
    const {compacted} = session.watch;
    const tries = (last?.tries ?? 0) + 1;
    const {until, told = false, open = false, verdict, reason} = plan(seen, {tries, detail: detailOf(session)});
    const overflowed = compacted?.ok === false && compacted.cut;
    const cut = !open && (last?.cut === true || overflowed || submitted?.command !== true);
    const run = session.run?.id ?? '';
    const of = last?.of ?? cutMessage(session);
    const pause: Pause = {rule: name, run, since: now, until, told, tries, cut, of, step: open ? 'open' : 'waits'};
    const wake = until ?? Number.POSITIVE_INFINITY;
    return {verdict, reason, wake, session: {...session, reason, watch: {...session.watch, pause}}};
  };
  return {
    name,
    about,
    coolDownMs: 0,
    once: true,
    when(seen) {
      const {session, now} = seen;
      const {pause, compaction} = session.watch;
      const own = pause?.rule === name ? pause : null;
      if (!session.wanted) return null;
      if (session.status !== 'running') return own === null ? null : asleep(session, own);
      if (session.activity === 'waiting' && session.waitingFor?.kind === name) {
        // That a compaction fails is told by the rule for it.
        if (compaction?.step === 'sent') return null;
        const settled = (session.signals.submitted?.at ?? 0) + TAKEN_UP_MS;
        if (own === null) return begin(seen, pause?.step === 'tried' ? {...pause, tries: 0} : null);
        if (own.step === 'new') return begin(seen, own);
        if (own.step === 'tried') return now < settled ? settled : begin(seen, own);
      }
      return own === null ? null : goesOn(seen, own);
    },
    next({session}) {
      const {pause} = session.watch;
      if (pause?.rule !== name || !['waits', 'due'].includes(pause.step)) return null;
      if (pause.until === null) return {at: null, what: 'it is left to a person: a message with --now goes at once'};
      return {at: pause.until, what: pause.cut ? 'its turn is asked to continue' : 'its queue goes on'};
    },
    release: session => (session.watch.pause?.rule === name ? withPause(session, null) : session),
  };
}

function goesOn(seen: Seen, pause: Pause): Finding | number | null {
  const {session, now} = seen;
  const {activity, run} = session;
  if (pause.step === 'new') return silently(withPause(session, pause.tries > 0 ? {...pause, step: 'tried'} : null));
  if (pause.step === 'tried') {
    // What stands in the way now is another thing, which has a rule of its own.
    if (activity === 'waiting' && session.waitingFor?.kind === 'context') return silently(withPause(session, null));
    if (activity !== 'idle' && activity !== 'finished') return null;
    const clear = sinceOf(seen) + CLEAR_MS;
    if (now < clear) return clear;
    return {verdict: 'over', reason: 'its turn ended well', session: withPause(session, null)};
  }
  // Somebody went on with it by hand.
  if (activity === 'working' && run?.id === pause.run) return silently(withPause(session, {...pause, step: 'tried'}));
  if (pause.step !== 'waits' || pause.until === null) return null;
  // A clock that was set back does not make a guess longer.
  if (!pause.told && now < pause.since - BACK_MS) return silently(withPause(session, {...pause, step: 'due'}));
  return now < pause.until ? pause.until : silently(withPause(session, {...pause, step: 'due'}));
}

/** Nothing is sent until it is clear what failed. */
function unclear(rule: Pause['rule'], {seen: {session, now}, last}: {seen: Seen; last: Pause | null}): Pause {
  const none: Pause = {
    rule,
    run: session.run?.id ?? '',
    since: now,
    until: null,
    told: false,
    tries: 0,
    cut: false,
    of: null,
    step: 'new',
  };
  return {...(last ?? none), rule, until: null, step: 'new'};
}

/** Since when it does what it does, in ms since the epoch. */
export const sinceOf = ({before, session, now}: Seen): number =>
  before.activity === session.activity ? session.activitySince : now;

/** A process that died meanwhile is not launched into a limit, unless somebody wants it now: that forgets its crashes. */
function asleep(session: Session, {rule, until}: Pause): Finding | null {
  const {comeback, crashes} = session.watch;
  if (crashes.length === 0) return null;
  if (rule !== 'limit' || !isBetween(session) || comeback === null || until === null || until <= comeback) return null;
  const reason = `${session.reason}; not before ${clock(until)}, when its limit ends`;
  return silently({...session, reason, watch: {...session.watch, comeback: until}});
}

const silently = (session: Session): Finding => ({verdict: null, reason: '', session});

const withPause = (session: Session, pause: Pause | null): Session => ({...session, watch: {...session.watch, pause}});

const detailOf = ({waitingFor}: Session): string => waitingFor?.detail ?? '';

/** A wait that grows, a little different for each session. */
export function backOff({id}: Session, {tries, first, most}: {tries: number; first: number; most: number}): number {
  const wait = Math.min(most, first * 2 ** (tries - 1));
  return Math.round(wait * (1 + SPREAD * share(id)));
}

/** Of a session: from 0 to 1, always the same. */
export function share(id: string): number {
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  return ((hash >>> 0) % 1000) / 1000;
}

/** Until when a session sleeps and why, as a person reads it; null: it does not. */
export function pauseText({watch: {pause}}: Pick<Session, 'watch'>): string | null {
  if (pause === null || ['new', 'tried', 'open'].includes(pause.step)) return null;
  const {rule, since, until, step} = pause;
  if (until === null) return 'left to a person';
  if (step === 'due') return 'goes on in a moment';
  return `${rule === 'limit' ? 'sleeps until' : 'next try at'} ${clock(until, since)}`;
}
