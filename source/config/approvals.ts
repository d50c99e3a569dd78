import {homedir} from 'node:os';
import {z} from 'zod';
import {expressionOf} from '../domain/policy.ts';

const RULES_MAX = 200;

const glob = z.string().min(1).max(1000).nullish();

const pattern = glob.refine(
  text => {
    try {
      expressionOf(text ?? '');
      return true;
    } catch {
      return false;
    }
  },
  {message: 'expected a glob, or a regular expression between two slashes'},
);

/** `~` is the user's home directory. */
const path = glob.transform(text => text?.replace(/^~(?=\/|$)/, () => homedir()));

/** What is decided without asking a person: the first rule that matches counts. */
export const approvalsSchema = z
  .array(
    z.strictObject({
      agent: glob.describe('A glob over the id of its profile'),
      session: glob.describe('A glob over its name'),
      tool: glob.describe('A glob over the tool that asks'),
      pattern: pattern.describe('A glob over its input, or a regular expression between two slashes'),
      path: path.describe('A glob over the files that it is about; ~ is the home directory of the user'),
      decide: z.enum(['allow', 'deny', 'ask']).describe('What becomes of a request that matches'),
      message: z.string().max(10_000).nullish().describe('What the agent is told with a denial'),
    }),
  )
  .max(RULES_MAX)
  .nullish()
  .transform(rules => rules ?? []);
