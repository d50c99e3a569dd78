import type {Run} from '../../domain/screen.ts';
import type {Theme, Token} from '../theme.ts';
import {cellText, cut, skip, width} from './cells.ts';

/** A run; `token`: this cockpit's own colour instead of the agent's. */
export type Painted = Run & {token?: Token};

type Crop = {from: number; columns: number; cursor: number | null; faded: boolean};

/** One row of the agent's screen as exactly `columns` painted cells; the cursor is an inverse cell. */
export function paintRow(theme: Theme, row: readonly Painted[], {from, columns, cursor, faded}: Crop): string {
  let painted = '';
  let x = -from;
  for (const run of row) {
    if (x >= columns) break;
    const text = cellText(run.text);
    const cells = width(text);
    const end = x + cells;
    if (end > 0) {
      const visible = x < 0 ? skip(text, -x) : text;
      const start = Math.max(0, x);
      const kept = cut(visible, columns - start);
      // Half of a wide character at the edge is a blank.
      const lack = Math.min(end, columns) - start - width(kept);
      const padded = lack > 0 ? kept + ' '.repeat(lack) : kept;
      const {style, token} = run;
      const paint = (part: string) =>
        token === undefined ? theme.cells(style, part, faded) : theme.paint(token, part);
      painted += withCursor(theme, {text: padded, start, cursor, paint});
    }
    x = end;
  }
  const start = Math.max(0, x);
  if (start >= columns) return painted;
  const blank = ' '.repeat(columns - start);
  return painted + withCursor(theme, {text: blank, start, cursor, paint: part => part});
}

type Piece = {text: string; start: number; cursor: number | null; paint: (text: string) => string};

function withCursor(theme: Theme, {text, start, cursor, paint}: Piece): string {
  if (cursor === null || cursor < start || cursor >= start + width(text)) return paint(text);
  const before = cut(text, cursor - start);
  const rest = text.slice(before.length);
  const cell = cut(rest, 1) || cut(rest, 2);
  return paint(before) + theme.paint('cursor', cell) + paint(rest.slice(cell.length));
}
