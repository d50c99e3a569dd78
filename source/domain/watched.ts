import type {Evidence} from './evidence.ts';
import {cutMessage, type Session} from './session.ts';
import type {Compaction, Watch} from './watch.ts';

/** After a compaction, what a program says about the turn before it comes within this time, in ms. */
const STALE_MS = 3000;

/** A machine under load is so late in telling that Enter was pressed, in ms. */
const EARLY_MS = 3000;

type Of<Source> = Extract<Evidence, {source: Source}>;

/** What the typing of a message means for what the watchdog has begun. */
export function absorbDelivery(session: Session, {at, message, command, compacts}: Of<'delivery'>): Session {
  const {pause, compaction} = session.watch;
  if (compacts === true) {
    // Its agent may have been faster than the word that Enter was pressed.
    const isDone = session.watch.compacted?.ok === true && session.watch.compacted.at >= at - EARLY_MS;
    if (compaction?.step === 'done' || (compaction === null && isDone)) return session;
    const own: Compaction = compaction ?? {why: 'person', at, step: 'sent', message, cut: false, of: null, still: null};
    return changed(session, {compaction: {...own, at, step: 'sent', message, still: null}});
  }
  if (command === true || pause === null) return session;
  // What somebody sent meanwhile begins a new count.
  const tries = pause.step === 'open' ? pause.tries : 0;
  return changed(session, {pause: {...pause, tries, of: tries === 0 ? null : pause.of, step: 'tried'}});
}

/** Another model may have neither the limit nor the full context: what waited for one goes on. */
export function withOtherModel(watch: Session['watch']): Session['watch'] {
  const {pause, compacted} = watch;
  return {
    ...watch,
    pause: pause?.step === 'waits' ? {...pause, step: 'due'} : pause,
    compacted: compacted?.ok === false ? null : compacted,
  };
}

/** A compaction helped when a turn after it was over and the next message went in: a busy queue never rests. */
export function withRoom(session: Session, {signals, activity}: Session): Session {
  const {compacted} = session.watch;
  const {submitted} = signals;
  if (compacted?.ok !== true || !compacted.overflow || compacted.rested || activity === 'waiting') return session;
  if (submitted === null || submitted.command === true || submitted.at <= compacted.at) return session;
  return changed(session, {compacted: {...compacted, rested: true}});
}

export function absorbWatched(session: Session, evidence: Of<'compaction' | 'context' | 'limit'>): Session {
  const {pause, compaction, context} = session.watch;
  const {at} = evidence;
  switch (evidence.source) {
    case 'context':
      return changed(session, {context: evidence.percent === null ? null : {at, percent: evidence.percent}});
    case 'limit': {
      const {until, told} = evidence;
      const tries = Math.max(pause?.tries ?? 0, evidence.tries);
      // One that does not know yet what stopped it learns it from its own agent.
      if (pause?.rule !== 'limit' || pause.step === 'new' || pause.step === 'tried') return session;
      if ((pause.until ?? 0) >= until) return session;
      return changed(session, {pause: {...pause, until, told, tries, step: 'waits'}});
    }
    case 'compaction': {
      if (evidence.state === 'asked') {
        if (compaction !== null) return session;
        const due = {why: 'person' as const, at, step: 'due' as const, message: null, still: null};
        const own: Compaction = {...due, cut: isFull(session), of: cutMessage(session)};
        return changed(session, {compaction: own, compacted: null});
      }
      // A history that is read again tells of old ones.
      const since = Math.max(compaction?.step === 'sent' ? compaction.at - EARLY_MS : 0, session.run?.startedAt ?? 0);
      if (at < since || (compaction === null && at <= (session.watch.compacted?.at ?? 0))) return session;
      const cut = compaction?.cut === true;
      const overflow = compaction?.why === 'overflow';
      const inTurn = evidence.inTurn === true;
      const known = {percent: context?.percent ?? null, overflow, cut, inTurn};
      const compacted = {at, ok: true, ...known, rested: false, told: false};
      const done = compaction === null ? null : {...compaction, at, step: 'done' as const};
      const next = changed(session, {compaction: done, compacted});
      return inTurn ? next : forgetErrors(next, at);
    }
  }
}

/** It tells of an error that a compaction has healed. */
export function isAfterCompaction({signals, watch}: Session, at: number): boolean {
  const {compacted} = watch;
  if (compacted?.ok !== true || compacted.inTurn === true || at > compacted.at + STALE_MS) return false;
  return signals.submitted === null || signals.submitted.command === true || signals.submitted.at < compacted.at;
}

const isFull = ({waitingFor}: Session): boolean => waitingFor?.kind === 'context';

/** Words about the turn that overflowed. */
function forgetErrors(session: Session, at: number): Session {
  const {signals} = session;
  for (const source of ['program', 'stream', 'hook', 'file'] as const) {
    const word = signals[source];
    if (word?.state === 'error') signals[source] = {at, state: 'idle', kind: '', message: ''};
  }
  return session;
}

const changed = (session: Session, watch: Partial<Watch>): Session => {
  return {...session, watch: {...session.watch, ...watch}};
};
