import {z} from 'zod';
import {CARD_LIST_MAX, DESC_MAX, PRIORITY_MAX, TITLE_MAX} from '../../domain/board.ts';
import {COLUMN_NAME_MAX} from '../../domain/columns.ts';

export const column = z.string().min(1).max(COLUMN_NAME_MAX);
/** Of a session. */
export const sessionName = z.string().min(1).max(200);
export const words = (length: number) => z.array(z.string().min(1).max(length)).max(CARD_LIST_MAX);

/** What people and agents may change of a card. */
export const cardFields = {
  title: z.string().min(1).max(TITLE_MAX),
  desc: z.string().max(DESC_MAX),
  status: column,
  project: z.string().max(4096).nullable(),
  session: sessionName.nullable(),
  priority: z.number().int().min(0).max(PRIORITY_MAX),
  tags: words(64),
  position: z.number().min(-1e9).max(1e9),
  depends_on: words(40),
  links: words(2000),
};
