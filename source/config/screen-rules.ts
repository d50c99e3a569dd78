import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {inspectYaml, type Problem} from './yaml-file.ts';

/** More rules in one file are refused: each is looked for on every screen. */
const RULES_MAX = 100;
const PATTERN_MAX = 500;
const FILE = /^([a-z0-9][a-z0-9-]{0,31})\.(ya?ml|json)$/;
const RANGE = /^(\s*(>=|<=|>|<|=)?v?\d+(\.\d+)*(\.[x*])?\s*(\|\|)?)+$/;

const WAITING = ['permission', 'question', 'trust', 'login', 'limit', 'context', 'error', 'plan', 'mcp'] as const;

const rule = z
  .strictObject({
    rule: z.string().min(1).max(80),
    in: z.enum(['bottom', 'menu', 'status', 'footer', 'around', 'turn', 'input', 'screen']),
    pattern: z.string().min(1).max(PATTERN_MAX),
    flags: z
      .string()
      .regex(/^[imsu]{0,4}$/, 'flags are of i, m, s and u')
      .optional(),
    says: z.union([
      z.enum(['working', 'menu', 'list', 'skip']),
      z.strictObject({
        dialog: z.enum(WAITING),
        choose: z.enum(['digit', 'walk', 'row', 'none']).optional(),
        cancel: z.string().min(1).max(80).optional(),
      }),
      z.strictObject({waiting: z.enum(WAITING)}),
    ]),
    within: z.number().int().min(0).max(500).optional(),
    versions: z.string().max(100).regex(RANGE, 'a range is "2.1.x", ">=2.1.300", ">=1 <2" or "1.x || 2.x"').optional(),
    priority: z.number().int().min(-1000).max(1000).optional(),
  })
  .superRefine(({pattern, flags}, issues) => {
    try {
      new RegExp(pattern, flags);
    } catch (error) {
      issues.addIssue({code: 'custom', path: ['pattern'], message: (error as Error).message});
    }
  });

const file = z.preprocess(
  // An empty file is an empty mapping to the reader of YAML.
  data => (isEmpty(data) ? [] : data),
  z.array(rule).max(RULES_MAX),
);

export type HomeRule = z.infer<typeof rule>;

/** One file of rules; `agent` is its name without ending. */
export type RulesFile = {file: string; agent: string; rules: HomeRule[]; problems: Problem[]};

/** The screen rules of a home: `rules/AGENT.yaml` or `.json`. A file with a problem has no rules. */
export function readRules(dir: string): RulesFile[] {
  return namesIn(dir).map(name => {
    const path = join(dir, name);
    const agent = FILE.exec(name)![1]!;
    const {value, problems, notices} = inspectYaml(path, file);
    const wrong = [...problems, ...notices.map(why => ({line: 1, column: 1, why}))];
    return {file: path, agent, rules: problems.length > 0 ? [] : (value ?? []), problems: wrong};
  });
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter(name => FILE.test(name))
      .sort();
  } catch {
    return []; // A home without rules.
  }
}

const isEmpty = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && !Array.isArray(data) && Object.keys(data).length === 0;
