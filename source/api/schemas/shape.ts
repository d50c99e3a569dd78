import {z} from 'zod';

type Exactly<Found, Wanted> = [Found] extends [Wanted] ? ([Wanted] extends [Found] ? unknown : never) : never;

/** A schema that says exactly what the type says: a field more or less is a compiler's error. */
export const shapeOf =
  <T>() =>
  <S extends z.ZodType>(schema: S & Exactly<z.output<S>, T>): S =>
    schema;

export const seconds = z.number().int().min(0);
export const secondsOrNull = seconds.nullable();

/** A text that can be an argument or a path. */
const withoutNul = /^[^\0]*$/;
export const text = z.string().max(4096).regex(withoutNul, 'no NUL character can stand here');
/** A path from the root: a supervisor stands wherever it was started, which nobody who calls can know. */
export const directory = z
  .string()
  .max(4096)
  .regex(/^\/[^\0]*$/, 'a path from the root, as /home/ada/project');
export const longText = z.string().max(1_000_000);
export const prompt = longText.regex(withoutNul, 'no NUL character can stand here');
/** One line without control characters. */
export const line = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'one line without control characters');
export const tag = line.max(64);
export const environment = z.record(
  z
    .string()
    .max(256)
    .regex(/^[^=\0]+$/, 'a name of a variable'),
  z.string().max(32_768).regex(withoutNul, 'no NUL character can stand here'),
);
/** Of a message, as its sender chose it: it makes a repeat harmless. */
export const messageId = z.string().regex(/^[\w.:@/+=-]{1,128}$/, 'letters, digits and . : @ / + = - _, at most 128');

/** In a query: everything there is text. */
export const flag = z.enum(['0', '1', 'true', 'false']).transform(value => value === '1' || value === 'true');
export const count = (max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'a number from 0')
    .transform(Number)
    .pipe(z.number().max(max))
    .meta({type: 'integer', minimum: 0, maximum: max});

export const trust = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal digits')
  .describe('Hash of the commands that the caller has read, as "workspace.untrusted" told it');
