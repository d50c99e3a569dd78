import {spanText} from './amounts.ts';
import type {Evidence} from './evidence.ts';
import type {Session} from './session.ts';
import {isAtWork} from './usage.ts';
import {lastFiring} from './watch.ts';
import type {Rule} from './watchdog.ts';

/** A program that repaints and does nothing else is stuck after so many times the time of one that is silent. */
const REPAINTING = 2;

/**
 * Works, as far as anyone can see, and nothing comes of it. Evidence of progress is a word of it, text on its screen that
 * is new apart from spinners and numbers, a line in its history, CPU time of its tools.
 */
export const stuck: Rule = {
  name: 'stuck',
  about: 'works without any evidence of progress: told; its turn is interrupted once if wanted',
  coolDownMs: 0,
  when({before, session, now, settings}) {
    if (session.status !== 'running' || session.activity !== 'working') return null;
    const began = before.activity === session.activity ? session.activitySince : now;
    const progress = progressOf(session, began);
    const last = lastFiring('stuck', session, now);
    if (last?.verdict === 'stuck' && last.at >= began) {
      if (last.at >= progress.at) return null;
      if (!last.dryRun) return {verdict: 'over', reason: `it goes on: ${progress.by}`};
    }
    const {after, interrupt} = settings.stuck;
    const {due, silentSince} = dueOf(session, {progress, after});
    if (now < due) return due;
    const what = now - silentSince >= after ? 'nothing at all happened' : 'it only repaints its screen';
    const reason = `no evidence of progress for ${spanText(now - progress.at)}: ${what} since ${progress.by}`;
    return {verdict: 'stuck', reason, effects: interrupt ? [{do: 'interrupt'}] : []};
  },
  next({session, settings}) {
    if (session.status !== 'running' || session.activity !== 'working' || isStuck(session)) return null;
    const progress = progressOf(session, session.activitySince);
    const {due} = dueOf(session, {progress, after: settings.stuck.after});
    return {at: due, what: `stuck without progress; the last was ${progress.by}`};
  },
};

function dueOf({signals}: Session, {progress, after}: {progress: Progress; after: number}) {
  const silentSince = Math.max(progress.at, signals.output?.at ?? 0);
  return {silentSince, due: Math.min(silentSince + after, progress.at + REPAINTING * after)};
}

/** It was found to be stuck, and nothing came of it since. */
export function isStuck(session: Session): boolean {
  const {status, activity, activitySince, watch} = session;
  const last = watch.fired.stuck;
  if (status !== 'running' || activity !== 'working' || last?.verdict !== 'stuck' || last.dryRun) return false;
  return last.at >= activitySince && last.at >= progressOf(session, activitySince).at;
}

type Progress = {at: number; by: string};

function progressOf({signals, run}: Session, began: number): Progress {
  const {submitted, progress} = signals;
  const known: Progress[] = [
    {at: run?.startedAt ?? 0, by: 'its start'},
    {at: began, by: 'it began to work'},
    {at: submitted?.at ?? 0, by: 'its last message'},
    ...(progress === null ? [] : [progress]),
  ];
  return known.reduce((newest, each) => (each.at >= newest.at ? each : newest));
}

/** What tells that it gets on, besides the end of a turn. */
export function absorbProgress({signals, ...session}: Session, evidence: Evidence): Progress | null {
  switch (evidence.source) {
    case 'progress':
      return {at: evidence.at, by: evidence.by};
    case 'usage':
      return isAtWork(evidence.usage, session) ? {at: evidence.at, by: 'CPU time of its processes'} : signals.progress;
    case 'hook':
    case 'stream':
    case 'file':
      return {at: evidence.at, by: `its last word (${evidence.source})`};
    case 'program':
    case 'title': {
      // These may be repeated as often as the screen is drawn.
      const known = signals[evidence.source];
      const isNew =
        known?.state !== evidence.state || known.kind !== evidence.kind || known.message !== evidence.message;
      return isNew ? {at: evidence.at, by: `its last word (${evidence.source})`} : signals.progress;
    }
    default:
      return signals.progress;
  }
}
