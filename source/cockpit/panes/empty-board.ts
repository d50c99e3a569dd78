import {fill, line, type Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type EmptyBoardProps = {
  theme: Theme;
  body: Size;
  keys: {new: string; help: string};
  /** Where a new card goes. */
  column: string;
};

const WIDEST = 52;

/** A board without a card: what it is for, and how to begin. */
export function emptyBoardLines({theme, body, keys, column}: EmptyBoardProps): string[] {
  const keyLine = (key: string, what: string): Span[] => [
    ['key', key.padEnd(16)],
    ['dim', what],
  ];
  const text: Span[][] = [
    [['strong', 'No cards yet']],
    [],
    [['dim', 'Tasks that agents claim, and you move.']],
    [],
    keyLine(keys.new, `makes a card in ${column}`),
    keyLine('amux board add', 'does so from a shell'),
    keyLine(keys.help, 'shows all keys'),
  ];
  const columns = Math.min(body.cols - 2, WIDEST);
  const indent = Math.max(1, Math.floor((body.cols - columns) / 2));
  const above = Math.max(1, Math.floor((body.rows - text.length) / 2) - 1);
  const lines = text.map(spans => ' '.repeat(indent) + line(theme, body.cols - indent, spans));
  const blank = Array.from({length: above}, () => ' '.repeat(body.cols));
  return fill([...blank, ...lines], body.rows, body.cols);
}
