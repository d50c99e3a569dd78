import {fewOf} from '../../domain/spend-text.ts';
import {cut, plain, width} from '../draw/cells.ts';
import {line} from '../draw/spans.ts';
import type {Theme} from '../theme.ts';
import type {TokensRead} from '../tokens.ts';

export type TokenNotesProps = {
  theme: Theme;
  columns: number;
  rows: number;
  read: TokensRead;
  /** Names of sessions whose agents tell nothing of tokens. */
  silent: readonly string[];
};

/** What the numbers are not: several remarks in a line where they fit. */
export function tokenNotes({theme, columns, rows, read, silent}: TokenNotesProps): string[] {
  const between = `  ${theme.shapes.dot}  `;
  const lines: string[] = [];
  for (const remark of remarksOf(read, silent)) {
    const last = lines.at(-1);
    if (last !== undefined && width(last) + width(between) + width(remark) + 2 <= columns) {
      lines[lines.length - 1] = last + between + remark;
    } else lines.push(remark);
  }
  return lines.slice(0, rows).map(text => line(theme, columns, [['faint', ` ${cut(text, columns * 2)}`]]));
}

/** The most important first: on a phone only one has room. */
function remarksOf({table}: TokensRead, silent: readonly string[]): string[] {
  const {rows, unpriced, reading, prices} = table;
  const remarks: string[] = [];
  if (reading !== null) remarks.push('histories are still being read: sums are not complete');
  const reported = rows.some(row => row.reported !== null);
  if (rows.some(row => row.estimated !== null && row.cost !== row.reported)) {
    remarks.push(`~ estimated by prices of ${prices}${reported ? ', else reported' : ''}`);
  } else if (reported) remarks.push('costs are as the agents report');
  if (unpriced.length > 0) remarks.push(`* without ${fewOf(unpriced.map(plain))}: no price`);
  if (silent.length > 0) remarks.push(`no figures from ${silent.map(plain).join(', ')}`);
  return remarks;
}
