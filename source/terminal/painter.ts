import stringWidth from 'string-width';
import type {Row, Screen} from '../domain/screen.ts';
import {INPUT_MODES_OFF} from './input-modes.ts';
import {rowToAnsi} from './sgr.ts';

/** What is painted: a screen and the input modes (`Emulator.inputModes`) that its program asked for. */
export type Frame = {screen: Screen; inputModes: string};
export type Size = {cols: number; rows: number};

/** Written before the first frame: an alternate screen without line wrap, so that a row cannot spill over. */
export const PAINT_START = '\u001b[?1049h\u001b[?7l\u001b[0m\u001b[2J\u001b[H';
/** Gives the terminal back as a shell expects it, whatever a program had switched on. Harmless twice. */
export const PAINT_END = `${INPUT_MODES_OFF}\u001b[0m\u001b[?7h\u001b[?25h\u001b[?2026l\u001b[?1049l`;

export type Painter = {
  /** The bytes that turn what was painted before into this frame; '' when nothing changed. */
  paint(frame: Frame, size: Size): string;
};

/**
 * Brings screens onto a person's terminal. It writes text, styles, the cursor and the input modes, nothing
 * else: no title, no clipboard, no question of the program reaches that terminal.
 */
export function createPainter(): Painter {
  let painted: {rows: string[]; cols: number; modes: string; cursor: string} | null = null;
  return {
    paint({screen, inputModes}, size) {
      if (painted !== null && (painted.rows.length !== size.rows || painted.cols !== size.cols)) painted = null;
      const top = firstRow(screen, size);
      const rows: string[] = [];
      let out = painted === null ? '\u001b[2J' : '';
      for (let y = 0; y < size.rows; y++) {
        const text = rowToAnsi(cropRow(screen.lines[top + y] ?? [], size.cols, screen.cols));
        rows.push(text);
        const before = painted === null ? '' : painted.rows[y];
        if (text !== before) out += `\u001b[${y + 1};1H\u001b[K${text}`;
      }
      const modes = inputModes;
      if (modes !== (painted?.modes ?? '')) out += INPUT_MODES_OFF + modes;
      const cursor = cursorSequence(screen, top, size);
      if (out === '' && cursor === painted?.cursor) return '';
      painted = {rows, cols: size.cols, modes, cursor};
      return `\u001b[?2026h\u001b[?25l${out}${cursor}\u001b[?2026l`;
    },
  };
}

/** A terminal with fewer rows shows the part that holds the cursor. */
function firstRow(screen: Screen, size: Size): number {
  const bottom = screen.cursor?.y ?? 0;
  return Math.max(0, Math.min(bottom - size.rows + 1, screen.rows - size.rows));
}

function cursorSequence(screen: Screen, top: number, size: Size): string {
  const {cursor} = screen;
  if (cursor === null || cursor.x >= size.cols || cursor.y - top >= size.rows) return '';
  return `\u001b[${cursor.y - top + 1};${cursor.x + 1}H\u001b[?25h`;
}

const graphemes = new Intl.Segmenter();

/** The row's first columns; a wide character that does not fit whole is left out. */
function cropRow(row: Row, cols: number, width: number): Row {
  if (width <= cols) return row;
  const cropped: Row = [];
  let room = cols;
  for (const run of row) {
    let text = '';
    for (const {segment} of graphemes.segment(run.text)) {
      room -= stringWidth(segment);
      if (room < 0) break;
      text += segment;
    }
    cropped.push({text, style: run.style});
    if (room <= 0) break;
  }
  return cropped;
}
