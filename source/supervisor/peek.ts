import type {Peek} from '../domain/fleet.ts';
import {emptyScreen, rowText, type Screen} from '../domain/screen.ts';
import {rowToAnsi} from '../terminal/sgr.ts';

/** The lower part of a screen as text. Blank rows at its end are left out. */
export function peekOf(name: string, screen: Screen | null, options: {lines?: number; ansi?: boolean}): Peek {
  const {cols, rows, lines, cursor} = screen ?? {...emptyScreen(0, 0)};
  let used = lines.length;
  while (used > 0 && rowText(lines[used - 1]!) === '') used--;
  const wanted = Math.max(0, options.lines ?? used);
  const shown = wanted === 0 ? [] : lines.slice(0, used).slice(-wanted);
  const output = shown.map(row => (options.ansi === true ? rowToAnsi(row) : rowText(row))).join('\n');
  return {name, output, lines: shown.length, cursor, cols, rows};
}
