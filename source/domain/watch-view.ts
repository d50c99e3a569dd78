import {recentCrashes} from './crash.ts';
import {isLive, type Session} from './session.ts';
import {isStuck} from './stuck.ts';
import {type Firing, modeOf, type RuleMode, type RuleName, ruleNames, type WatchSettings} from './watch.ts';
import {fleetRules, rules} from './watchdog.ts';

/** A firing as it is shown; `at` in unix seconds. */
export type FiringView = Pick<Firing, 'rule' | 'verdict' | 'reason'> & {at: number; dry_run: boolean};

/** What the watchdog says of a session, in short. */
export type WatchdogView = {
  /** When its process is launched again, unix seconds; null: it is not. */
  comeback: number | null;
  /** When it goes on by itself after a limit or an error, unix seconds; null: it waits for neither, or for a person. */
  until: number | null;
  /** In the last ten minutes. */
  crashes: number;
  /** It works without any evidence of progress. */
  stuck: boolean;
  /** Its processes take more than they may. */
  over: boolean;
  /** What is done with it at its next turn boundary. */
  planned: 'stop' | 'restart' | null;
  /** The last firing of any rule. */
  fired: FiringView | null;
  /** Its own; for rules that are not here, the configuration holds. */
  modes: Partial<Record<RuleName, RuleMode>>;
};

/** One rule and a session, for `explain`. */
export type RuleView = {
  rule: RuleName;
  /** When it fires and what it does. */
  about: string;
  mode: RuleMode;
  fired: FiringView | null;
  /** What it does next, or what it counts; `at` in unix seconds, null: at no certain time. */
  next: {at: number | null; what: string} | null;
};

/** What the processes of a session take. */
export type Resources = {
  /** Resident, in bytes. */
  memory: number;
  /** In percent of one core over the last seconds; null: not known yet. */
  cpu: number | null;
  processes: number;
};

export function watchdogView(session: Session, now: number): WatchdogView {
  const {comeback, planned, fired, modes} = session.watch;
  const [last] = Object.values(fired).sort((a, b) => b.at - a.at);
  return {
    comeback: comeback === null ? null : seconds(comeback),
    until: untilOf(session),
    crashes: recentCrashes(session, now),
    stuck: isStuck(session),
    over: isOver(session),
    planned: planned?.do ?? null,
    fired: last === undefined ? null : firingView(last),
    modes,
  };
}

function untilOf({watch: {pause}}: Session): number | null {
  if (pause === null || pause.until === null || (pause.step !== 'waits' && pause.step !== 'due')) return null;
  return seconds(pause.until);
}

/** What a card should say of it; null: nothing. */
export function watchNotice(session: Session): string | null {
  const {fired, planned} = session.watch;
  if (isStuck(session)) return `stuck: ${fired.stuck?.reason}`;
  if (planned !== null) return `${planned.do} at its next turn boundary: ${planned.why}`;
  return isOver(session) ? `over its envelope: ${fired.envelope?.reason}` : null;
}

function isOver({watch, run}: Session): boolean {
  const last = watch.fired.envelope;
  return last !== undefined && last.verdict !== 'within' && !last.dryRun && last.at >= (run?.startedAt ?? 0);
}

export function resourcesOf(session: Session): Resources | null {
  const look = isLive(session) ? session.signals.usage?.looks.at(-1) : undefined;
  return look === undefined ? null : {memory: look.memory, cpu: look.cpu, processes: look.processes};
}

type Facts = {
  now: number;
  settings: WatchSettings;
  /** Why its queue is held for its budget; null: it is not. */
  held: string | null;
};

export function ruleViews(session: Session, {now, settings, held}: Facts): RuleView[] {
  return ruleNames.map(rule => {
    const record = rules.find(({name}) => name === rule);
    const mode = modeOf(rule, session, settings);
    const fired = session.watch.fired[rule];
    const next = mode === 'off' ? null : (record?.next?.({session, now, settings}) ?? null);
    return {
      rule,
      about: record?.about ?? fleetRules[rule] ?? '',
      mode,
      fired: fired === undefined ? null : firingView(fired),
      next: rule === 'budget' && held !== null ? {at: null, what: held} : next && {...next, at: secondsOrNull(next.at)},
    };
  });
}

const firingView = ({rule, at, verdict, reason, dryRun}: Firing): FiringView => ({
  rule,
  at: seconds(at),
  verdict,
  reason,
  dry_run: dryRun,
});

const seconds = (ms: number): number => Math.floor(ms / 1000);
const secondsOrNull = (ms: number | null): number | null => (ms === null ? null : seconds(ms));
