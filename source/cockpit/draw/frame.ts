import type {Theme, Token} from '../theme.ts';
import {cutSpans, line, paint, type Span, spansWidth} from './spans.ts';

export type Frame = {
  theme: Theme;
  columns: number;
  heavy: boolean;
  token: Token;
  /** Stands in the upper border, left and right. */
  left?: readonly Span[];
  right?: readonly Span[];
  /** Stands in the lower border, right. */
  foot?: readonly Span[];
};

/** The lines with a border around them. Each line is as wide as the inside: two columns less. */
export function framed(frame: Frame, lines: readonly string[]): string[] {
  const {theme, heavy, token} = frame;
  const box = heavy ? theme.shapes.heavy : theme.shapes.thin;
  const side = theme.paint(token, box.down);
  return [
    border(frame, {start: box.topLeft, end: box.topRight, left: frame.left ?? [], right: frame.right ?? []}),
    ...lines.map(text => side + text + side),
    border(frame, {start: box.bottomLeft, end: box.bottomRight, left: [], right: frame.foot ?? []}),
  ];
}

/** A line of text inside a frame: one blank at each side. */
export function inside({theme, columns}: Frame, left: readonly Span[], right: readonly Span[] = []): string {
  return ` ${line(theme, columns - 4, left, right)} `;
}

type Border = {start: string; end: string; left: readonly Span[]; right: readonly Span[]};

function border({theme, columns, heavy, token}: Frame, {start, end, left, right}: Border): string {
  const {across} = heavy ? theme.shapes.heavy : theme.shapes.thin;
  // Corner, one stroke, blank, title, blank, at least one stroke, blank, right title, blank, stroke, corner.
  const room = columns - 4;
  const leftPart = left.length === 0 ? [] : cutSpans(left, room - 3, theme.shapes.ellipsis);
  const leftWidth = leftPart.length === 0 ? 0 : spansWidth(leftPart) + 2;
  const rightRoom = room - leftWidth - 3;
  const rightPart = right.length === 0 || rightRoom < 3 ? [] : cutSpans(right, rightRoom, theme.shapes.ellipsis);
  const rightWidth = rightPart.length === 0 ? 0 : spansWidth(rightPart) + 2;
  const strokes = Math.max(0, room - leftWidth - rightWidth);
  const title = (part: readonly Span[]): string => (part.length === 0 ? '' : ` ${paint(theme, part)} `);
  return (
    theme.paint(token, start + across) +
    title(leftPart) +
    theme.paint(token, across.repeat(strokes)) +
    title(rightPart) +
    theme.paint(token, across + end)
  );
}
