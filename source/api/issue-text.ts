import type {z} from 'zod';

/** Longest text of one, in characters. */
const TEXT_MAX = 500;

/** What is wrong with a value, as a person would say it. */
export function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big') return tooBig(issue);
  return issue.message.replace(/^Invalid (input|option): /, '').slice(0, TEXT_MAX);
}

function tooBig({origin, maximum, inclusive, message}: z.core.$ZodIssueTooBig): string {
  if (inclusive === false) return message;
  if (origin === 'string') return `longer than ${maximum} characters`;
  if (origin === 'array') return `more than ${maximum} of them`;
  return origin === 'number' || origin === 'int' ? `more than ${maximum}` : message;
}
