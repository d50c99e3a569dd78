import {ProcessMeter} from '../backends/process-usage.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';

/** Between two looks at the processes of all sessions, in ms. */
const LOOK_EVERY_MS = 10_000;
/** One that has just started is looked at for the first time so soon, in ms. */
const FIRST_LOOK_MS = 2000;

type Options = {
  roster: Roster;
  home: string;
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
export function patrol({roster, home, now, signal, everyMs = LOOK_EVERY_MS, also}: Options): void {
  const meter = new ProcessMeter(home);
  let timer: NodeJS.Timeout;
  let last = performance.now();
  const plan = (): void => {
    if (signal.aborted) return;
    timer = setTimeout(() => void look().finally(plan), Math.min(everyMs, FIRST_LOOK_MS));
    timer.unref();
  };
  const look = async (): Promise<void> => {
    const live = roster.liveOnes.filter(({session: {run}}) => run?.pid != null && run.endedAt === null);
    const isDue = performance.now() - last >= everyMs;
    if (isDue) {
      last = performance.now();
      also();
    }
    // Between two rounds only those are told that nobody has looked at yet.
    const meant = isDue ? live : live.filter(({session}) => session.signals.usage === null);
    if (meant.length > 0) await measure(live, meant);
  };
  const measure = async (live: Runner[], meant: Runner[]): Promise<void> => {
    const runs = new Map(meant.map(runner => [runner, runner.session.run!.id]));
    const roots = new Map(live.map(({session}) => [session.id, session.run!.pid!]));
    const found = await meter.measure(roots, performance.now());
    for (const [runner, run] of runs) {
      const usage = found.get(runner.session.id);
      // Its process may be another by now.
      if (usage !== undefined && runner.session.run?.id === run) runner.observe({source: 'usage', at: now(), usage});
    }
  };
  signal.addEventListener('abort', () => clearTimeout(timer));
  plan();
}
