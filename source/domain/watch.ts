/** The rules of the watchdog. Some are over one session and the clock (`watchdog.ts`), others over the fleet. */
export const ruleNames = [
  'crash',
  'context',
  'limit',
  'error',
  'stuck',
  'envelope',
  'stale-claim',
  'budget',
  'mass-death',
] as const;
export type RuleName = (typeof ruleNames)[number];

/** `report`: what it would do goes to the journal, and is not done. */
export const ruleModes = ['on', 'report', 'off'] as const;
export type RuleMode = (typeof ruleModes)[number];

/** What holds for one session: its own word, else its project's or the fleet's, else the default. */
export type WatchSettings = {
  modes: Record<RuleName, RuleMode>;
};

export const defaultWatch: WatchSettings = {
  modes: {
    crash: 'on',
    context: 'on',
    limit: 'on',
    error: 'on',
    stuck: 'on',
    envelope: 'on',
    'stale-claim': 'on',
    budget: 'on',
    'mass-death': 'on',
  },
};

/** One firing of a rule. `at` in ms since the epoch; `dryRun`: it was only reported. */
export type Firing = {rule: RuleName; at: number; verdict: string; reason: string; dryRun: boolean};

/** What a run was doing when it ended, until the next one has taken it up. Times in ms since the epoch. */
export type Cut = {
  run: string;
  startedAt: number;
  at: number;
  /** It worked, or waited for a person, as far as anyone saw. */
  busy: boolean;
  /** Since when it did. */
  since: number;
  /** Id of the message that was entered last; null: none was in this run. */
  message: string | null;
};

/** What the watchdog knows of one session. Times in ms since the epoch. */
export type Watch = {
  /** Its own modes; a missing one is the fleet's. */
  modes: Partial<Record<RuleName, RuleMode>>;
  /** Ends that nobody asked for, oldest first: none older than the last one before a time without any. */
  crashes: number[];
  /** When its process is launched again; null: it is not, or it was. */
  comeback: number | null;
  /** What is left to be taken up by the next process; null: nothing. */
  cut: Cut | null;
  /** The last firing of each rule. */
  fired: Partial<Record<RuleName, Firing>>;
};

export const newWatch = (): Watch => ({modes: {}, crashes: [], comeback: null, cut: null, fired: {}});
