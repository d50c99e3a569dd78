import {type Row, rowText, type Screen} from '../domain/screen.ts';
import {parseSgrScreen} from '../terminal/sgr.ts';

/** Narrower than this no terminal was that a screen was captured from, in cells. */
const COLS_MIN = 80;

/** A screen from its text, as `tmux capture-pane -p -e` prints it, or without styles. */
export function capturedScreen(text: string): Screen {
  const lines: Row[] = parseSgrScreen(text.replace(/\r/g, '').replace(/\n$/, ''));
  const cols = Math.max(COLS_MIN, ...lines.map(row => rowText(row).length));
  const modes = {alternate: false, bracketedPaste: null, applicationCursor: false};
  return {cols, rows: lines.length, lines, cursor: null, title: '', modes};
}
