import {type Row, rowText} from '../domain/screen.ts';
import type {Line} from './dialog-list.ts';

/** What stands behind the buttons: other keys and what they do. */
const HINTS = /\s{2,}(ctrl\+|⇆|↑|←|esc\b|enter\b|tab\b).*$/;
/** Characters of a frame. */
const FRAME = /[│┃|]/g;

/** The last row of buttons: the marked one stands on a background of its own. */
export function buttonsOf(rows: readonly Row[]): Line[] {
  for (const row of [...rows].reverse()) {
    const labels = rowText(row)
      .replace(FRAME, ' ')
      .replace(HINTS, '')
      .trim()
      .split(/\s{2,}/)
      .filter(label => label !== '');
    const marked = markedIn(row, labels);
    if (labels.length > 1 && marked !== -1) {
      return labels.map((label, i) => ({label, number: null, marked: i === marked, tick: null}));
    }
  }
  return [];
}

function markedIn(row: Row, labels: readonly string[]): number {
  const usual = usualBackground(row);
  const run = row.find(({text, style}) => labels.includes(text.trim()) && style.bg !== undefined && style.bg !== usual);
  return run === undefined ? -1 : labels.indexOf(run.text.trim());
}

/** The background of most cells of the row. */
function usualBackground(row: Row): string | number | undefined {
  const cells = new Map<string | number | undefined, number>();
  for (const {text, style} of row) cells.set(style.bg, (cells.get(style.bg) ?? 0) + text.length);
  return [...cells].sort((a, b) => b[1] - a[1])[0]?.[0];
}
