import {type Row, rowText} from '../domain/screen.ts';
import {widths} from '../terminal/widths.ts';

/** Rows at the end of a screen in which a panel beside the work shows itself. */
const LAST_ROWS = 6;

/** Where a panel beside the work begins, by what always stands in it; in columns, null: there is none. */
export function panelStart(lines: readonly string[], sign: RegExp | undefined): number | null {
  if (sign === undefined) return null;
  for (const line of lines.slice(-LAST_ROWS)) {
    const index = line.search(sign);
    if (index > 0) return columns(line.slice(0, index));
  }
  return null;
}

/** The screen without the panel beside the work, whose lines would run into those of the work. */
export function withoutPanel(rows: readonly Row[], sign: RegExp | undefined): readonly Row[] {
  const lines = sign === undefined ? [] : rows.map(rowText).filter(line => line !== '');
  const start = panelStart(lines, sign);
  return start === null ? rows : rows.map(row => cutRow(row, start));
}

/** The same for lines of text. */
export function linesWithoutPanel(lines: readonly string[], sign: RegExp | undefined): readonly string[] {
  const start = panelStart(
    lines.filter(line => line !== ''),
    sign,
  );
  return start === null ? lines : lines.map(line => cut(line, start).trimEnd());
}

function cutRow(row: Row, start: number): Row {
  const kept: Row = [];
  let at = 0;
  for (const {text, style} of row) {
    if (at >= start) break;
    kept.push({text: cut(text, start - at), style});
    at += columns(text);
  }
  return kept;
}

function cut(text: string, wanted: number): string {
  let at = 0;
  let kept = '';
  for (const character of text) {
    at += widths.wcwidth(character.codePointAt(0)!);
    if (at > wanted) break;
    kept += character;
  }
  return kept;
}

const columns = (text: string): number => {
  let sum = 0;
  for (const character of text) sum += widths.wcwidth(character.codePointAt(0)!);
  return sum;
};
