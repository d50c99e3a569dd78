import {z} from 'zod';
import {baseColumns, COLUMN_NAME, COLUMNS_MAX, withBase} from '../domain/columns.ts';

const CLAIMS_MAX = 1000;

const column = z.string().regex(COLUMN_NAME, {
  message: 'expected a short word in small letters such as "qa" or "in-test"',
});

export const boardSchema = z
  .strictObject({
    claimsPerSession: z.int().min(1).max(CLAIMS_MAX).default(1).describe('How many cards a session may hold at once'),
    columns: z
      .array(column)
      .max(COLUMNS_MAX)
      .refine(names => new Set(names).size === names.length, {message: 'each column once'})
      .refine(names => withBase(names).length <= COLUMNS_MAX, {
        message: `at most ${COLUMNS_MAX} with ${baseColumns.join(', ')}`,
      })
      .transform(withBase)
      .prefault([...baseColumns])
      .meta({uniqueItems: true})
      .describe('The columns from left to right; those that every board has need not be named'),
  })
  .prefault({});
