import {z} from 'zod';
import {baseColumns, COLUMN_NAME, COLUMNS_MAX, withBase} from '../domain/columns.ts';

const column = z.string().regex(COLUMN_NAME, {
  message: 'expected a short word in small letters such as "qa" or "in-test"',
});

/** The columns of the board from left to right; those that every board has need not be named. */
export const boardSchema = z
  .strictObject({
    columns: z
      .array(column)
      .max(COLUMNS_MAX)
      .refine(names => new Set(names).size === names.length, {message: 'each column once'})
      .refine(names => withBase(names).length <= COLUMNS_MAX, {
        message: `at most ${COLUMNS_MAX} with ${baseColumns.join(', ')}`,
      })
      .transform(withBase)
      .prefault([...baseColumns]),
  })
  .prefault({});
