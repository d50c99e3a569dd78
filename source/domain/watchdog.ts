import {apiError} from './api-error.ts';
import {context} from './context.ts';
import {crash} from './crash.ts';
import {envelope} from './envelope.ts';
import {limit} from './limit.ts';
import type {Session} from './session.ts';
import {stuck} from './stuck.ts';
import type {Effect} from './transition.ts';
import {type Firing, modeOf, type RuleName, type WatchSettings} from './watch.ts';

/** What a rule looks at: a session before and after some evidence. `now` in ms since the epoch. */
export type Seen = {before: Session; session: Session; now: number; settings: WatchSettings};

/** What a rule found. */
export type Finding = {
  /** One word or two for what is done: `restart`, `failed`; null: it only notes something, which nobody is told. */
  verdict: string | null;
  reason: string;
  /** What becomes of the session, when the rule is on. */
  session?: Session;
  effects?: readonly Effect[];
  /** When to ask again, ms since the epoch. */
  wake?: number;
};

/** Pure: what acts is done by the supervisor, as effects. */
export type Rule = {
  name: RuleName;
  /** When it fires and what it does, in one sentence. */
  about: string;
  /** It does not fire again for the same session within this time, in ms. */
  coolDownMs: number;
  /** Null: it has nothing to say now. A number: not before then, in ms since the epoch. */
  when: (seen: Seen) => Finding | number | null;
  /** It knows by what it did that it did it: what it only reports it says once for each thing that its session does. */
  once?: true;
  /** It has begun something that is seen through in any mode. */
  isBegun?: (session: Session) => boolean;
  /** The session without what the rule holds, for when it does not act any more. */
  release?: (session: Session) => Session;
  /** What it will do, or what it counts, for `explain`. `at` in ms since the epoch; null: at no certain time. */
  next?: (seen: Omit<Seen, 'before'>) => {at: number | null; what: string} | null;
};

/** In the order in which they are asked; each sees what those before it changed. */
export const rules: readonly Rule[] = [crash, context, limit, apiError, stuck, envelope];

/** Those over the fleet, which are asked elsewhere: what they do, in one sentence. */
export const fleetRules: Partial<Record<RuleName, string>> = {
  'stale-claim': 'it holds a card in doing and was silent past the lease: told; the card goes back to todo if wanted',
  budget: 'tokens or cost near or over a cap: told; its queue is held',
  'mass-death': 'many sessions are gone at once: one alarm, restored in order',
};

export type Watched = {session: Session; firings: Firing[]; effects: Effect[]; wake: number | null};

/** Asks each rule. What it found is remembered in the session, done or only reported. */
export function watch({before, session: judged, now, settings}: Seen): Watched {
  let session = judged;
  const firings: Firing[] = [];
  const effects: Effect[] = [];
  let wake = Number.POSITIVE_INFINITY;
  for (const rule of rules) {
    const chosen = modeOf(rule.name, session, settings);
    const mode = rule.isBegun?.(session) === true ? 'on' : chosen;
    if (mode !== 'on') session = rule.release?.(session) ?? session;
    if (mode === 'off') continue;
    const last = session.watch.fired[rule.name];
    // What fired at a time that is yet to come did so by another clock.
    const rested = last === undefined || last.at > now ? now : last.at + rule.coolDownMs;
    const found = rule.when({before, session, now, settings});
    if (found === null) continue;
    if (typeof found === 'number' || now < rested) {
      wake = Math.min(wake, Math.max(rested, typeof found === 'number' ? found : 0));
      continue;
    }
    const dryRun = mode === 'report';
    if (found.verdict === null) {
      if (!dryRun) session = found.session ?? session;
      wake = Math.min(wake, found.wake ?? now);
      continue;
    }
    if (
      dryRun &&
      rule.once === true &&
      last?.dryRun === true &&
      last.verdict === found.verdict &&
      last.at >= sinceOf(before, session, now)
    )
      continue;
    wake = Math.min(wake, found.wake ?? Number.POSITIVE_INFINITY);
    const firing = {rule: rule.name, at: now, verdict: found.verdict, reason: found.reason, dryRun};
    firings.push(firing);
    const next = dryRun ? session : (found.session ?? session);
    session = {...next, watch: {...next.watch, fired: {...next.watch.fired, [rule.name]: firing}}};
    if (!dryRun) effects.push(...(found.effects ?? []));
  }
  return {session, firings, effects, wake: wake === Number.POSITIVE_INFINITY ? null : wake};
}

/** Since when it does what it does: what is only reported changes nothing, and is reported once for that. */
const sinceOf = (before: Session, {activity, activitySince}: Session, now: number): number =>
  before.activity === activity ? activitySince : now;
