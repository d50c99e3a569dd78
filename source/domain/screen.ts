/**
 * What a terminal shows, as data. No escape sequence ever travels in these values: text is printable,
 * styles are fields, so that nothing an agent prints can reach the operator's terminal as a command.
 */

/** A palette index (0–255) or 24-bit colour (`#rrggbb`). */
export type Colour = number | `#${string}`;

export type Style = {
  fg?: Colour;
  bg?: Colour;
  bold?: true;
  dim?: true;
  italic?: true;
  underline?: true;
  inverse?: true;
  strike?: true;
};

/** Neighbouring cells of one style. `text` is printable, without control characters. */
export type Run = {text: string; style: Style};

/** One row, left to right; trailing blank cells without a background may be missing. */
export type Row = Run[];

export type Modes = {
  /** Full-screen program on the alternate buffer. */
  alternate: boolean;
  /** The program asked for bracketed paste (mode 2004); null where the backend cannot tell. */
  bracketedPaste: boolean | null;
  /** Arrow keys are sent as SS3 (`ESC O A`), mode 1 (DECCKM). */
  applicationCursor: boolean;
};

export type Screen = {
  /** Columns and rows of the terminal, in cells. */
  cols: number;
  rows: number;
  /** `rows` entries, top to bottom. */
  lines: Row[];
  /** Cell position from 0; null while the program hides it. */
  cursor: {x: number; y: number} | null;
  title: string;
  modes: Modes;
};

/** Scrollback and screen of a terminal, oldest row first, without blank ones at the end. */
export type Scrollback = {
  /** Columns of the terminal now; older rows may be longer. */
  cols: number;
  rows: Row[];
};

/** Runs in a scrollback at most: one whose every cell has a colour of its own is cut at its old end. */
export const SCROLLBACK_RUNS = 100_000;

/** The last of these rows: not more than `lines`, nor than `SCROLLBACK_RUNS` allows; blank ones at the end go. */
export function lastRows(rows: readonly Row[], lines: number): Row[] {
  let end = rows.length;
  while (end > 0 && rowText(rows[end - 1]!) === '') end--;
  let start = end;
  let runs = 0;
  while (start > 0 && end - start < lines) {
    runs += rows[start - 1]!.length;
    if (runs > SCROLLBACK_RUNS) break;
    start--;
  }
  return rows.slice(start, end);
}

export const plainRow = (text: string): Row => (text === '' ? [] : [{text: printable(text), style: {}}]);

export function rowText(row: Row): string {
  let text = '';
  for (const run of row) text += run.text;
  return text.trimEnd();
}

/** The screen as plain lines, without the blank ones at the end. */
export function screenText(screen: Screen): string[] {
  const lines = screen.lines.map(rowText);
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines;
}

/** The last line that holds more than box drawing and punctuation: what a card shows. */
export function lastMeaningfulLine(lines: readonly string[]): string {
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i]!.replace(/[─-╿▀-▟│┃]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    if (/[\p{L}\p{N}]/u.test(line)) return line;
  }
  return '';
}

/** Removes C0, C1 and bidirectional control characters from text that people or programs supply for display. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '');
}

export const emptyScreen = (cols: number, rows: number): Screen => ({
  cols,
  rows,
  lines: Array.from({length: rows}, () => []),
  cursor: null,
  title: '',
  modes: {alternate: false, bracketedPaste: null, applicationCursor: false},
});
