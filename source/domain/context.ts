import {CLEAR_MS, sinceOf} from './pause.ts';
import {cutMessage, isAtBoundary, isAtRest, isLive, type Session} from './session.ts';
import type {Compacted, Compaction, Watch} from './watch.ts';
import type {Finding, Rule, Seen} from './watchdog.ts';

/** After a compaction that made no room, the next one comes when so much more is full, in percent of all. */
const GROWTH = 5;
/** An agent at rest has not compacted when it has not said so after this time, in ms. */
const STILL_MS = 10_000;

/** Its context is full, or soon: it is compacted, and its queue waits for that. */
export const context: Rule = {
  name: 'context',
  about: 'its context is full or soon will be: it is compacted at a turn boundary, and its queue waits for that',
  coolDownMs: 0,
  once: true,
  when(seen) {
    const {session} = seen;
    const {compaction, pause, cut} = session.watch;
    if (!isLive(session) || !session.wanted) return null;
    if (compaction !== null) return underWay(seen, compaction);
    if (session.status !== 'running' || cut !== null || (pause !== null && !['new', 'tried'].includes(pause.step)))
      return null;
    return needed(seen) ?? roomAgain(seen);
  },
  next({session}) {
    const {compaction} = session.watch;
    if (compaction === null) return null;
    return {at: null, what: compaction.step === 'sent' ? 'its agent is to confirm it' : 'it is compacted next'};
  },
  // What a person asked for is seen through, whatever the mode.
  isBegun: ({watch}) => watch.compaction !== null,
};

function needed({session, now, settings}: Seen): Finding | null {
  const {compacted} = session.watch;
  const said = session.watch.context;
  // What was said before a compaction is about a context that is no more.
  const percent = said === null || (compacted?.ok === true && said.at <= compacted.at) ? null : said.percent;
  const overflow = session.activity === 'waiting' && session.waitingFor?.kind === 'context';
  const {percent: threshold} = settings.context;
  if (!overflow && (percent === null || percent < threshold || !isAtBoundary(session))) return null;
  const grown = !overflow && percent !== null && percent >= (compacted?.percent ?? 100) + GROWTH;
  const what = overflow ? 'its context is full' : `its context is ${percent}% full (of ${threshold}% that it may be)`;
  const left: Compacted = {at: now, ok: false, percent, overflow, cut: false, rested: false, told: true};
  if (settings.compacts === false) {
    if (compacted !== null && !grown && !compacted.rested) return null;
    const reason = `${what}, and it has no command to compact it: left to a person`;
    return {verdict: 'left', reason, session: changed(session, {compacted: left}, reason)};
  }
  if (compacted !== null && !compacted.rested && !grown) {
    if (!overflow || compacted.told) return null;
    const reason = `${what}, and its compaction did not help: left to a person`;
    return {verdict: 'left', reason, session: changed(session, {compacted: {...compacted, told: true}}, reason)};
  }
  const cut = overflow && session.signals.submitted?.command !== true;
  const why = overflow ? 'overflow' : 'threshold';
  const compaction: Compaction = {why, at: now, step: 'due', message: null, cut, of: cutMessage(session), still: null};
  return {verdict: 'compact', reason: what, session: changed(session, {compaction, compacted: null})};
}

/** Where a compaction helped, the next one may come. */
function roomAgain(seen: Seen): Finding | number | null {
  const {session, settings, now} = seen;
  const {compacted, context} = session.watch;
  if (compacted === null || compacted.rested) return null;
  const hasRoom = context !== null && context.at > compacted.at && context.percent < settings.context.percent;
  const ended = session.activity === 'idle' || session.activity === 'finished';
  const {submitted} = session.signals;
  const worked = ended && submitted !== null && submitted.command !== true && submitted.at > compacted.at;
  if (!hasRoom && !(compacted.overflow && worked)) return null;
  // Some are at rest for a moment before they tell that the turn failed.
  const clear = sinceOf(seen) + CLEAR_MS;
  if (!hasRoom && now < clear) return clear;
  return {verdict: null, reason: '', session: changed(session, {compacted: {...compacted, rested: true}})};
}

function underWay(seen: Seen, compaction: Compaction): Finding | number | null {
  const {session, now, settings} = seen;
  switch (compaction.step) {
    case 'due':
    case 'asked':
      return null;
    case 'done': {
      if (compaction.cut) return null;
      return {
        verdict: 'compacted',
        reason: 'its agent says that it compacted its conversation',
        session: changed(session, {compaction: null}),
      };
    }
    case 'sent': {
      const {within} = settings.context;
      const end = compaction.at + within;
      if (now >= end) return failed(seen, compaction, `no word of it within ${within / 60_000} minutes`);
      if (!isAtRest(session)) {
        if (compaction.still === null) return end;
        return {verdict: null, reason: '', session: changed(session, {compaction: {...compaction, still: null}})};
      }
      if (compaction.still === null)
        return {verdict: null, reason: '', session: changed(session, {compaction: {...compaction, still: now}})};
      const silent = compaction.still + STILL_MS;
      if (now < silent) return silent;
      const said =
        session.activity === 'waiting' ? `: ${session.waitingFor?.detail}` : ', and its agent did not confirm it';
      return failed(seen, compaction, `it came to an end${said}`);
    }
  }
}

/** It is not begun again by itself. Where there was still room the queue goes on; where there is none, nothing can. */
function failed({session, now}: Seen, {why, cut}: Compaction, reason: string): Finding {
  const kind = session.activity === 'waiting' ? session.waitingFor?.kind : null;
  // What stopped it will be over: then the turn that overflowed leads here again.
  const rested = why === 'overflow' && (kind === 'limit' || kind === 'error');
  const percent = session.watch.context?.percent ?? null;
  const overflow = why === 'overflow';
  const compacted: Compacted = {at: now, ok: false, percent, overflow, cut, rested, told: true};
  const text = `not compacted: ${reason}`;
  return {verdict: 'failed', reason: text, session: changed(session, {compaction: null, compacted}, text)};
}

function changed(session: Session, watch: Partial<Watch>, reason = session.reason): Session {
  return {...session, reason, watch: {...session.watch, ...watch}};
}
