import {z} from 'zod';
import {parseDuration, parseSize} from '../domain/amounts.ts';
import {
  envelopeActions,
  type RuleName,
  ruleModes,
  ruleNames,
  type WatchParameters,
  type WatchWish,
} from '../domain/watch.ts';

const PROCESSES_MAX = 100_000;
const TRIES_MAX = 100;

const duration = z.string().regex(/^[1-9]\d{0,8}(s|m|h|d)$/, {
  message: 'expected a time such as "90s", "20m" or "2h"',
});
/** `none`: no cap, where what lies below has one. */
const size = z.string().regex(/^(none|[1-9]\d{0,8}(\.\d{1,3})? ?[KMGT](i?B)?)$/, {
  message: 'expected a size such as "512MB" or "4GB", or "none"',
});
const share = z.string().regex(/^(none|[1-9]\d{0,5}%)$/, {
  message: 'expected a share of one core such as "200%", or "none"',
});
const full = z.string().regex(/^([1-9]\d?|100)%$/, {message: 'expected a share of the context such as "80%"'});
const count = z.union([z.literal('none'), z.int().min(1).max(PROCESSES_MAX)], {
  error: `expected a number from 1 to ${PROCESSES_MAX}, or "none"`,
});

/** What may be said of a rule besides its mode: a record per rule, with the keys that `WatchParameters` has. */
type Told = {
  [R in RuleName]: {
    about: string;
    may: R extends keyof WatchParameters ? Record<keyof WatchParameters[R], z.ZodType> : Record<never, never>;
  };
};

const told: Told = {
  crash: {about: 'Its process is gone while it should run: started again with its conversation', may: {}},
  context: {
    about: 'Its context is nearly full: compacted',
    may: {
      percent: full.nullish().describe('It is nearly full from here on; default 80%'),
      within: duration.nullish().describe('Its agent has so long to confirm a compaction; default 10m'),
    },
  },
  limit: {
    about: 'A rate or usage limit: it waits until that ends',
    may: {
      first: duration
        .nullish()
        .describe('The first wait where its agent does not say until when, doubled each time; default 1m'),
      most: duration.nullish().describe('The longest of these waits; default 30m'),
    },
  },
  error: {
    about: 'An error of its API ended its turn: tried again',
    may: {
      first: duration.nullish().describe('The first wait, doubled each time; default 30s'),
      tries: z.int().min(0).max(TRIES_MAX).nullish().describe('How often in a row; default 5'),
    },
  },
  stuck: {
    about: 'It works without any evidence of progress: told',
    may: {
      after: duration.nullish().describe('Without any for so long; default 20m'),
      interrupt: z.boolean().nullish().describe('Its turn is interrupted then, once; default false'),
    },
  },
  envelope: {
    about: 'Its processes take more than they may: told',
    may: {
      memory: size.nullish().describe('Resident memory of its processes in all; default none'),
      cpu: share.nullish().describe('In percent of one core; default none'),
      processes: count.nullish().describe('How many it may have; default none'),
      action: z.enum(envelopeActions).nullish().describe('What is done at its next turn boundary; default notify'),
      hard: z
        .boolean()
        .nullish()
        .describe('The system holds it to the caps from its launch on (systemd-run); default false'),
    },
  },
  'stale-claim': {
    about: 'A card in doing whose holder is gone or silent: told',
    may: {reset: z.boolean().nullish().describe('The card goes back to todo; default false')},
  },
  budget: {about: 'Tokens or cost near or over a cap: told, and queues are held', may: {}},
  'mass-death': {about: 'Many sessions are gone at once: one alarm, restored in order', may: {}},
};

/** How amounts are read, by their keys; everything else is taken as it is written. */
const amounts: Record<string, (text: string) => number | null> = {
  after: parseDuration,
  within: parseDuration,
  first: parseDuration,
  most: parseDuration,
  percent: text => Number.parseInt(text, 10),
  memory: parseSize,
  cpu: text => Number.parseInt(text, 10),
};

const mode = z.enum(ruleModes).nullish();

/** A mapping for which one word may stand: the value of `key`. The word is told to editors by `configSchema`. */
const orWord = <Shape extends z.ZodRawShape>(key: string, shape: Shape) =>
  z
    .preprocess(given => (typeof given === 'string' ? {[key]: given} : given), z.strictObject(shape).nullish())
    .meta({word: [...ruleModes]});

const rules = Object.fromEntries(
  ruleNames.map(rule => {
    const {about, may} = told[rule];
    return [
      rule,
      orWord('mode', {mode: mode.describe('on, report (only says what it would do) or off'), ...may}).describe(about),
    ];
  }),
);

/** The rules of the watchdog. */
export const watchdogSchema = orWord('default', {
  default: mode.describe('Of the rules that are not named'),
  ...rules,
});

export type WatchdogConfig = z.output<typeof watchdogSchema>;

type Given = Record<string, unknown> | null | undefined;

/** What a configuration says, in numbers. */
export function wishOf(config: WatchdogConfig): WatchWish {
  const wish: WatchWish = {otherwise: config?.default ?? null, modes: {}, parameters: {}};
  for (const rule of ruleNames) {
    const {mode: own, ...given} = ((config as Given)?.[rule] ?? {}) as Record<string, unknown>;
    if (own != null) wish.modes[rule] = own as WatchWish['modes'][RuleName];
    const said = Object.entries(given).filter(([, value]) => value != null);
    if (said.length > 0) Object.assign(wish.parameters, {[rule]: Object.fromEntries(said.map(readAmount))});
  }
  return wish;
}

function readAmount([key, value]: [string, unknown]): [string, unknown] {
  if (value === 'none') return [key, null];
  return [key, typeof value === 'string' && key in amounts ? amounts[key]!(value) : value];
}
