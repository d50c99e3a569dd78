import headless, {type IBufferCell, type IBufferLine, type Terminal} from '@xterm/headless';
import {type Colour, lastRows, printable, type Row, type Screen, type Style, screenText} from '../domain/screen.ts';
import {InputModes} from './input-modes.ts';
import {type ProgramStatus, parseProgramStatus, STATUS_ANSWER, STATUS_QUERY} from './program-status.ts';
import {sameStyle} from './sgr.ts';
import {widths} from './widths.ts';

/** Lines kept above the screen. */
export const SCROLLBACK_LINES = 1000;
const TITLE_MAX = 200;

export type EmulatorOptions = {
  cols: number;
  rows: number;
  /** Answers to the program's questions (device attributes, cursor position, OSC 7501), to be written to it. */
  onReply?: (bytes: string) => void;
  /** Reports of OSC 7501, child records included. */
  onProgram?: (status: ProgramStatus) => void;
};

/** A terminal without a window: bytes in, screens out. Everything is parsed by the time `feed` returns. */
export class Emulator {
  readonly #terminal: Terminal;
  readonly #modes: InputModes;
  readonly #cell: IBufferCell;
  #title = '';
  #lastAlternate: Screen | null = null;

  constructor({cols, rows, onReply, onProgram}: EmulatorOptions) {
    const options = {cols, rows, scrollback: SCROLLBACK_LINES, allowProposedApi: true, logLevel: 'off' as const};
    const terminal = new headless.Terminal(options);
    this.#terminal = terminal;
    terminal.unicode.register(widths);
    terminal.unicode.activeVersion = widths.version;
    this.#cell = terminal.buffer.active.getNullCell();
    // The last frame of a full-screen program is gone once it has left the alternate buffer.
    this.#modes = new InputModes(terminal, {beforeLeavingAlternate: () => this.#keepFrame()});
    terminal.onTitleChange(title => {
      this.#title = printable(title).slice(0, TITLE_MAX);
    });
    if (onReply !== undefined) terminal.onData(onReply);
    terminal.parser.registerOscHandler(7501, payload => {
      // Claude asks this before `CSI c` and reports only when the answer comes before that of `CSI c`.
      if (payload === STATUS_QUERY) onReply?.(STATUS_ANSWER);
      const status = parseProgramStatus(payload);
      if (status !== null) onProgram?.(status);
      return true;
    });
  }

  feed(data: string | Uint8Array): void {
    // The public `write` parses later and tells by callback; the same terminal's synchronous form (private,
    // hence the pinned version) spares every reader a wait, and keeps replies in the order of the questions.
    (this.#terminal as unknown as {_core: {writeSync(data: string | Uint8Array): void}})._core.writeSync(data);
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows);
  }

  get title(): string {
    return this.#title;
  }

  /** Sequences that put a fresh terminal into the modes which the program asked for (mouse, keyboard, paste). */
  get inputModes(): string {
    return this.#modes.sequence();
  }

  /** The program is in the middle of a synchronised update (mode 2026): the screen is half a frame. */
  get midFrame(): boolean {
    return this.#terminal.modes.synchronizedOutputMode;
  }

  /** What stood on the alternate screen when the program last left it. */
  get lastAlternate(): Screen | null {
    return this.#lastAlternate;
  }

  snapshot(): Screen {
    const {cols, rows, modes, buffer} = this.#terminal;
    const {active} = buffer;
    const lines: Row[] = [];
    for (let y = 0; y < rows; y++) lines.push(this.#row(active.getLine(active.baseY + y), cols));
    const cursor = {x: Math.min(active.cursorX, cols - 1), y: Math.min(active.cursorY, rows - 1)};
    return {
      cols,
      rows,
      lines,
      cursor: this.#modes.cursorHidden ? null : cursor,
      title: this.#title,
      modes: {
        alternate: active.type === 'alternate',
        bracketedPaste: modes.bracketedPasteMode,
        applicationCursor: modes.applicationCursorKeysMode,
      },
    };
  }

  /** Scrollback and screen, oldest first, without the blank lines at the end; at most `lines` from the end. */
  history(lines: number): string[] {
    const {normal, active} = this.#terminal.buffer;
    const all: string[] = [];
    for (let y = 0; y < normal.baseY; y++) all.push(lineText(normal.getLine(y)));
    for (let y = active.baseY; y < active.length; y++) all.push(lineText(active.getLine(y)));
    while (all.at(-1) === '') all.pop();
    return lines > 0 ? all.slice(-lines) : [];
  }

  /** The same with styles; see `lastRows` for its bounds. */
  rows(lines: number): Row[] {
    const {normal, active} = this.#terminal.buffer;
    const {cols} = this.#terminal;
    const above = Math.min(normal.baseY, lines);
    const all: Row[] = [];
    for (let y = normal.baseY - above; y < normal.baseY; y++) all.push(this.#row(normal.getLine(y), cols));
    for (let y = active.baseY; y < active.length; y++) all.push(this.#row(active.getLine(y), cols));
    return lastRows(all, lines);
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  #keepFrame(): void {
    if (this.#terminal.buffer.active.type !== 'alternate') return;
    const screen = this.snapshot();
    // Some programs wipe the screen before they leave it; the frame before that was theirs too.
    if (screenText(screen).length > 0) this.#lastAlternate = screen;
  }

  #row(line: IBufferLine | undefined, cols: number): Row {
    const row: Row = [];
    if (line === undefined) return row;
    const cell = this.#cell;
    for (let x = 0; x < cols; x++) {
      if (line.getCell(x, cell) === undefined) break;
      // The second half of a wide character.
      if (cell.getWidth() === 0) continue;
      const style = cell.isAttributeDefault() ? PLAIN : styleOf(cell);
      const text = textOf(cell);
      const run = row.at(-1);
      if (run !== undefined && (run.style === style || sameStyle(run.style, style))) run.text += text;
      else row.push({text, style});
    }
    return withoutBlankEnd(row);
  }
}

const PLAIN: Style = {};

function textOf(cell: IBufferCell): string {
  const text = cell.isInvisible() ? '' : printable(cell.getChars());
  return text === '' ? ' '.repeat(cell.getWidth()) : text;
}

function styleOf(cell: IBufferCell): Style {
  const style: Style = {};
  if (!cell.isFgDefault()) style.fg = colour(cell.isFgRGB(), cell.getFgColor());
  if (!cell.isBgDefault()) style.bg = colour(cell.isBgRGB(), cell.getBgColor());
  if (cell.isBold()) style.bold = true;
  if (cell.isDim()) style.dim = true;
  if (cell.isItalic()) style.italic = true;
  if (cell.isUnderline()) style.underline = true;
  if (cell.isInverse()) style.inverse = true;
  if (cell.isStrikethrough()) style.strike = true;
  return style;
}

function colour(rgb: boolean, value: number): Colour {
  return rgb ? `#${value.toString(16).padStart(6, '0')}` : value;
}

/** Blank cells show only by background, inversion or a line through or under them. */
function withoutBlankEnd(row: Row): Row {
  for (;;) {
    const last = row.at(-1);
    if (last === undefined) return row;
    const {bg, inverse, underline, strike} = last.style;
    if (bg !== undefined || inverse || underline || strike) return row;
    const text = last.text.trimEnd();
    if (text === last.text) return row;
    if (text === '') row.pop();
    else {
      last.text = text;
      return row;
    }
  }
}

function lineText(line: IBufferLine | undefined): string {
  return line === undefined ? '' : printable(line.translateToString(true)).trimEnd();
}
