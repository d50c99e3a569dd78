import {printable} from '../../domain/screen.ts';
import {textWidth} from './width.ts';

const ASCII = /^[ -~]*$/;
const graphemes = new Intl.Segmenter(undefined, {granularity: 'grapheme'});
// Terminals disagree about joined emoji and variation selectors. Without the joiners every terminal,
// tmux and string-width count the same cells.
const JOINERS = /[\u200b-\u200f\u2060\ufeff]|\p{Variation_Selector}|\p{Emoji_Modifier}/gu;

/** Text that is safe to show and that every terminal measures alike, on one line. */
export function plain(text: string): string {
  if (ASCII.test(text)) return text;
  return printable(text.replace(/[\t\r\n]+/g, ' ')).replace(JOINERS, '');
}

/** Text of an agent's screen: joiners go, and a skin tone becomes the two blanks that its terminal counted. */
export function cellText(text: string): string {
  if (ASCII.test(text)) return text;
  return printable(text.replace(/\p{Emoji_Modifier}/gu, '  ')).replace(JOINERS, '');
}

/** Columns that the text takes. */
export function width(text: string): number {
  return textWidth(text);
}

/** The longest beginning that fits; never splits a wide character. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (ASCII.test(text)) return text.slice(0, columns);
  let taken = '';
  let used = 0;
  for (const {segment} of graphemes.segment(text)) {
    const cells = width(segment);
    if (used + cells > columns) break;
    taken += segment;
    used += cells;
  }
  return taken;
}

/** The text without its first `columns` cells; half a wide character becomes a blank. */
export function skip(text: string, columns: number): string {
  if (columns <= 0) return text;
  if (ASCII.test(text)) return text.slice(columns);
  let used = 0;
  let rest = '';
  for (const {segment} of graphemes.segment(text)) {
    const cells = width(segment);
    if (used >= columns) rest += segment;
    else if (used + cells > columns) rest += ' '.repeat(used + cells - columns);
    used += cells;
  }
  return rest;
}

/** Exactly `columns` wide: cut with an ellipsis, or filled with blanks. */
export function fit(text: string, columns: number, ellipsis = '…'): string {
  const cells = width(text);
  if (cells <= columns) return text + ' '.repeat(columns - cells);
  const kept = cut(text, columns - width(ellipsis)) + ellipsis;
  const taken = width(kept);
  return taken > columns ? cut(kept, columns) : kept + ' '.repeat(columns - taken);
}

/** Splits into user-perceived characters. */
export function characters(text: string): string[] {
  return ASCII.test(text) ? [...text] : Array.from(graphemes.segment(text), part => part.segment);
}

/** Wraps words into lines of at most `columns`; words that are longer are broken. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(/\s+/)) {
    if (line !== '' && width(line) + 1 + width(word) <= columns) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (width(word) > columns) {
      const head = cut(word, columns);
      if (head === '') break;
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  if (line !== '') lines.push(line);
  return lines;
}
