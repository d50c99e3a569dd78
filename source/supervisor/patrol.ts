import {ProcessMeter} from '../backends/process-usage.ts';
import type {Roster} from './roster.ts';

/** Between two looks at the processes of all sessions, in ms. */
const LOOK_EVERY_MS = 10_000;

type Options = {
  roster: Roster;
  now: () => number;
  signal: AbortSignal;
  everyMs?: number | undefined;
  /** What else is looked at as often. */
  also: () => void;
};

/**
 * Looks at what the processes of the fleet take: one pass for all of them, and none while nothing runs. Each live session
 * hears of it as evidence, with which its rules are asked again: settings that changed hold from then on.
 */
export function patrol({roster, now, signal, everyMs = LOOK_EVERY_MS, also}: Options): void {
  const meter = new ProcessMeter();
  let timer: NodeJS.Timeout;
  const plan = (): void => {
    if (signal.aborted) return;
    timer = setTimeout(() => void look().finally(plan), everyMs);
    timer.unref();
  };
  const look = async (): Promise<void> => {
    also();
    const live = roster.liveOnes.filter(({session: {run}}) => run?.pid != null && run.endedAt === null);
    if (live.length === 0) return;
    const roots = new Map(live.map(({session}) => [session.id, session.run!.pid!]));
    const found = await meter.measure(roots, performance.now());
    for (const {session} of live) {
      const runner = roster.runners.get(session.id);
      const usage = found.get(session.id);
      // Its process may be another by now.
      if (usage === undefined || runner?.session.run?.id !== session.run?.id) continue;
      runner?.observe({source: 'usage', at: now(), usage});
    }
  };
  signal.addEventListener('abort', () => clearTimeout(timer));
  plan();
}
