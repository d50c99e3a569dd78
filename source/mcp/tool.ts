import type {z} from 'zod';
import {AmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';

/** Who speaks through a server, and what it remembers of them. */
export type Speaker = {
  /** The session that it runs in, by id or name; null: it runs for a person. */
  session: string | null;
  /** Fencing numbers of the claims that were made through it: what comes too late is refused. */
  fences: Map<string, number>;
};

/** One tool: declared here, described, checked and run from this record alone. */
export type Tool = {
  name: string;
  description: string;
  input: z.ZodObject;
  handler: (fleet: Fleet, about: {input: unknown; speaker: Speaker; signal: AbortSignal}) => Promise<unknown>;
};

type Declared<Input extends z.ZodObject> = Pick<Tool, 'name' | 'description'> & {
  input: Input;
  handler: (fleet: Fleet, about: {input: z.infer<Input>; speaker: Speaker; signal: AbortSignal}) => Promise<unknown>;
};

/** Ties the handler's types to its schema. */
export const tool = <Input extends z.ZodObject>({handler, ...declared}: Declared<Input>): Tool => ({
  ...declared,
  // The server parses with the same schema before it calls.
  handler: handler as Tool['handler'],
});

/** The session that is meant: the one that was named, else the speaker's own. Throws `input.invalid`. */
export function sessionOr(given: string | undefined, {session}: Speaker): string {
  const meant = given ?? session;
  if (meant !== null) return meant;
  const why = 'session: which one? This server runs in none';
  throw new AmuxError('input.invalid', {why, next: '{"session":"NAME"}, as list_sessions has it'});
}
