import {isLive} from './session.ts';
import {isWithin, overText, usageText} from './usage.ts';
import {lastFiring} from './watch.ts';
import type {Rule} from './watchdog.ts';

/** It is not told again so soon after it was within its caps, or where it is only reported, in ms. */
const AGAIN_MS = 300_000;

/** Its processes take more than they may: told, and ended or started again at its next turn boundary. */
export const envelope: Rule = {
  name: 'envelope',
  about: 'memory, CPU or number of its processes over a cap: told; stopped or restarted at its turn boundary if wanted',
  coolDownMs: 0,
  when({session, now, settings: {envelope}}) {
    const {usage} = session.signals;
    if (!isLive(session) || usage === null) return null;
    const {watch} = session;
    const last = lastFiring('envelope', session, now);
    const isOpen = last !== undefined && last.verdict !== 'within' && last.at >= (session.run?.startedAt ?? 0);
    if (isOpen && !last.dryRun) {
      if (!isWithin(usage, envelope)) return null;
      // One that is being ended for it already is not kept.
      const planned = watch.planned?.of === undefined ? null : watch.planned;
      return {verdict: 'within', reason: 'below its caps again', session: {...session, watch: {...watch, planned}}};
    }
    const over = overText(usage, envelope);
    if (over === null) return null;
    if (last !== undefined && now < last.at + AGAIN_MS) return last.at + AGAIN_MS;
    const {action} = envelope;
    if (action === 'notify') return {verdict: 'over', reason: over};
    if (action === 'restart' && session.kind === 'one-shot') {
      return {verdict: 'over', reason: `${over}; a one-shot session is not restarted`};
    }
    const planned = {do: action, why: `over its envelope: ${over}`};
    const reason = `${over}; at its next turn boundary`;
    return {verdict: action, reason, session: {...session, watch: {...watch, planned}}};
  },
  next({session, settings: {envelope}}) {
    const {planned} = session.watch;
    if (planned !== null) return {at: null, what: `${planned.do} at its next turn boundary`};
    const look = session.signals.usage?.looks.at(-1);
    return look === undefined || !isLive(session) ? null : {at: null, what: usageText(look, envelope)};
  },
};
