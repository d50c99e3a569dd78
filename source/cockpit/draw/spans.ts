import type {Theme, Token} from '../theme.ts';
import {cut, width} from './cells.ts';

/** A piece of a line with its meaning; null: the terminal's own text colour. */
export type Span = readonly [token: Token | null, text: string];

export function spansWidth(spans: readonly Span[]): number {
  let total = 0;
  for (const [, text] of spans) total += width(text);
  return total;
}

/** The spans cut to `columns`, with an ellipsis where something is missing. */
export function cutSpans(spans: readonly Span[], columns: number, ellipsis = '…'): Span[] {
  if (spansWidth(spans) <= columns) return [...spans];
  const room = columns - width(ellipsis);
  if (room < 0) return [];
  const kept: Span[] = [];
  let used = 0;
  let last: Token | null = null;
  for (const [token, text] of spans) {
    const part = cut(text, room - used);
    last = token;
    if (part !== '') kept.push([token, part]);
    used += width(part);
    if (part.length < text.length) break;
  }
  kept.push([last, ellipsis]);
  return kept;
}

/** Exactly `columns` cells of painted text: what stands left, blanks, what stands right. The left side gives way. */
export function line(theme: Theme, columns: number, left: readonly Span[], right: readonly Span[] = []): string {
  const rightPart = cutSpans(right, columns, theme.shapes.ellipsis);
  const rightWidth = spansWidth(rightPart);
  const room = Math.max(0, columns - rightWidth - (rightWidth > 0 ? 1 : 0));
  const leftPart = cutSpans(left, room, theme.shapes.ellipsis);
  const gap = columns - spansWidth(leftPart) - rightWidth;
  return paint(theme, leftPart) + ' '.repeat(Math.max(0, gap)) + paint(theme, rightPart);
}

export function paint(theme: Theme, spans: readonly Span[]): string {
  let painted = '';
  for (const [token, text] of spans) painted += token === null ? text : theme.paint(token, text);
  return painted;
}

/** Rows to exactly `rows` lines, with blanks below or what is too much cut off. */
export function fill(lines: readonly string[], rows: number, columns: number): string[] {
  const filled = lines.slice(0, rows);
  while (filled.length < rows) filled.push(' '.repeat(columns));
  return filled;
}
