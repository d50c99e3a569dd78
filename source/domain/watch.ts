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

/** What is done about a session whose processes take more than they may. */
export const envelopeActions = ['notify', 'stop', 'restart'] as const;

/** What rules are told besides their modes. Times in ms. */
export type WatchParameters = {
  context: {
    /** It is compacted at the next turn boundary when its context is so full. */
    percent: number;
    /** Its agent has so long to confirm that. */
    within: number;
  };
  /** Where its agent does not say when a limit ends: the first wait, doubled each time, and the longest. */
  limit: {first: number; most: number};
  /** The first wait before a failed turn is tried again, doubled each time, and how often it is tried. */
  error: {first: number; tries: number};
  stuck: {
    /** It is stuck after so long without any evidence of progress. */
    after: number;
    /** Its turn is interrupted then, once. */
    interrupt: boolean;
  };
  /** Null: no cap. */
  envelope: {
    /** Resident memory of its processes in all, in bytes. */
    memory: number | null;
    /** In percent of one core. */
    cpu: number | null;
    /** How many there may be. */
    processes: number | null;
    action: (typeof envelopeActions)[number];
    /** The system holds them to the caps from their launch on, where it can. */
    hard: boolean;
  };
  'stale-claim': {
    /** The card goes back to `todo`. */
    reset: boolean;
  };
};

/** What holds for one session: its own word, else its project's or the fleet's, else the default. */
export type WatchSettings = WatchParameters & {
  modes: Record<RuleName, RuleMode>;
  /** False: its agent has no command that compacts its conversation. */
  compacts?: boolean;
};

/** What a configuration says of it; for what it does not say, that below it holds. */
export type WatchWish = {
  /** Of rules that are not named. */
  otherwise: RuleMode | null;
  modes: Partial<Record<RuleName, RuleMode>>;
  parameters: {[R in keyof WatchParameters]?: Partial<WatchParameters[R]>};
};

export const defaultWatch: WatchSettings = {
  context: {percent: 80, within: 600_000},
  limit: {first: 60_000, most: 1_800_000},
  error: {first: 30_000, tries: 5},
  stuck: {after: 1_200_000, interrupt: false},
  envelope: {memory: null, cpu: null, processes: null, action: 'notify', hard: false},
  'stale-claim': {reset: false},
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

/** The default with what each of `wishes` says, the later ones over those before. */
export function watchSettings(...wishes: readonly WatchWish[]): WatchSettings {
  const settings = structuredClone(defaultWatch);
  for (const {otherwise, modes, parameters} of wishes) {
    for (const rule of ruleNames) settings.modes[rule] = modes[rule] ?? otherwise ?? settings.modes[rule];
    for (const [rule, given] of Object.entries(parameters))
      Object.assign(settings[rule as keyof WatchParameters], given);
  }
  return settings;
}

/** Of one session: its own, else the one that holds where it works. */
export const modeOf = (rule: RuleName, {watch}: {watch: Pick<Watch, 'modes'>}, settings: WatchSettings): RuleMode =>
  watch.modes[rule] ?? settings.modes[rule];

/** One firing of a rule. `at` in ms since the epoch; `dryRun`: it was only reported. */
export type Firing = {rule: RuleName; at: number; verdict: string; reason: string; dryRun: boolean};

/** What a rule said last; what fired at a time that is yet to come did so by another clock, and does not count. */
export function lastFiring(rule: RuleName, {watch}: {watch: Pick<Watch, 'fired'>}, now: number): Firing | undefined {
  const last = watch.fired[rule];
  return last !== undefined && last.at <= now ? last : undefined;
}

/** As the journal tells it: `rule: verdict; why`. */
export const firingText = ({rule, verdict, reason, dryRun}: Omit<Firing, 'at'>): string =>
  `${rule}: ${dryRun ? 'would be ' : ''}${verdict}; ${reason}`;

/** What a run was doing when it ended, until the next one has taken it up. Times in ms since the epoch. */
export type Cut = {
  run: string;
  startedAt: number;
  at: number;
  /** How it ended, as a person reads it; missing in older records. */
  why?: string;
  /** It worked, or waited for a person, as far as anyone saw. */
  busy: boolean;
  /** Since when it did. */
  since: number;
  /** Id of the message that was entered last; null: none was in this run. */
  message: string | null;
};

/** A turn ended badly: nothing is sent until it may go on. Times in ms since the epoch. */
export type Pause = {
  rule: 'limit' | 'error';
  /** The run in which it began, or goes on. */
  run: string;
  since: number;
  /** When it goes on; null: that is left to a person. */
  until: number | null;
  /** Its agent said until when; else that is a guess. */
  told: boolean;
  /** The how manieth failure in a row. */
  tries: number;
  /** A turn was cut off: it is asked to continue. */
  cut: boolean;
  /** Id of the message that had begun that turn; null: not known. */
  of: string | null;
  /** `new`: what exactly failed is not clear yet. `due`: its time has come. `open`: what waits is delivered. `tried`: something was, or a person went on by himself. */
  step: 'new' | 'waits' | 'due' | 'open' | 'tried';
};

/** A compaction that is to come or under way. Times in ms since the epoch. */
export type Compaction = {
  why: 'threshold' | 'overflow' | 'person';
  /** Since when it is in this step. */
  at: number;
  /** `due`: at the next turn boundary. `asked`: its command is in the queue. `sent`: typed. `done`: its agent confirmed it. */
  step: 'due' | 'asked' | 'sent' | 'done';
  /** Id of the message that is its command; null: there is none yet. */
  message: string | null;
  /** The turn that overflowed is asked to continue afterwards. */
  cut: boolean;
  /** As in `Pause`. */
  of: string | null;
  /** Since when its agent is at rest without having confirmed it; null: it is not. */
  still: number | null;
};

/** The last compaction. */
export type Compacted = {
  at: number;
  ok: boolean;
  /** How full the context was when it began; null: not known. */
  percent: number | null;
  overflow: boolean;
  /** The turn that overflowed still waits to be continued. */
  cut: boolean;
  /** The next one may come: the context had room since. */
  rested: boolean;
  /** People were told that it did not help. */
  told: boolean;
  /** Its agent did it by itself, in a turn that went on: an error after it is about what came since. */
  inTurn?: boolean;
};

/** What the watchdog knows of one session. Times in ms since the epoch. */
export type Watch = {
  /** Its own modes; a missing one is the fleet's. */
  modes: Partial<Record<RuleName, RuleMode>>;
  /** Ends that nobody asked for, oldest first: none older than the last one before a time without any. */
  crashes: number[];
  /**
   * A start was asked for, and its process is not there yet: with this conversation (null: none, or a new one). Who finds
   * it like that goes on with the start.
   */
  starting: {conversation: {id: string; fork: boolean} | null} | null;
  /** When its process is launched again; null: it is not, or it was. */
  comeback: number | null;
  /** What is to be done with it at its next turn boundary; null: nothing. `of`: the run that is being ended for it. */
  planned: {do: 'stop' | 'restart'; why: string; of?: string} | null;
  /** What is left to be taken up by the next process; null: nothing. */
  cut: Cut | null;
  /** Until when nothing is sent; null: it may be. */
  pause: Pause | null;
  compaction: Compaction | null;
  compacted: Compacted | null;
  /** How full its context is, in percent, and since when that is known; null: not known. */
  context: {at: number; percent: number} | null;
  /** The last firing of each rule. */
  fired: Partial<Record<RuleName, Firing>>;
};

/** Nothing waits for a better time. */
export const unpaused = {pause: null, compaction: null, compacted: null};

export const newWatch = (): Watch => ({
  modes: {},
  crashes: [],
  starting: null,
  comeback: null,
  planned: null,
  cut: null,
  ...unpaused,
  context: null,
  fired: {},
});
