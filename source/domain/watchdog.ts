import {crash} from './crash.ts';
import {envelope} from './envelope.ts';
import type {Session} from './session.ts';
import {stuck} from './stuck.ts';
import type {Effect} from './transition.ts';
import {type Firing, modeOf, type RuleName, type WatchSettings} from './watch.ts';

/** What a rule looks at: a session before and after some evidence. `now` in ms since the epoch. */
export type Seen = {before: Session; session: Session; now: number; settings: WatchSettings};

/** What a rule found. */
export type Finding = {
  /** One word or two for what is done: `restart`, `failed`. */
  verdict: string;
  reason: string;
  /** What becomes of the session, when the rule is on. */
  session?: Session;
  effects?: readonly Effect[];
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
  /** What it will do, or what it counts, for `explain`. `at` in ms since the epoch; null: at no certain time. */
  next?: (seen: Omit<Seen, 'before'>) => {at: number | null; what: string} | null;
};

/** In the order in which they are asked; each sees what those before it changed. */
export const rules: readonly Rule[] = [crash, stuck, envelope];

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
    const mode = modeOf(rule.name, session, settings);
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
    const firing = {rule: rule.name, at: now, verdict: found.verdict, reason: found.reason, dryRun};
    firings.push(firing);
    const next = dryRun ? session : (found.session ?? session);
    session = {...next, watch: {...next.watch, fired: {...next.watch.fired, [rule.name]: firing}}};
    if (!dryRun) effects.push(...(found.effects ?? []));
  }
  return {session, firings, effects, wake: wake === Number.POSITIVE_INFINITY ? null : wake};
}
