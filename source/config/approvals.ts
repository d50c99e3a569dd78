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
      agent: glob,
      session: glob,
      tool: glob,
      pattern,
      path,
      decide: z.enum(['allow', 'deny', 'ask']),
      message: z.string().max(10_000).nullish(),
    }),
  )
  .max(RULES_MAX)
  .nullish()
  .transform(rules => rules ?? []);
