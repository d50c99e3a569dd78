import {characters} from './cells.ts';
import {Recent} from './recent.ts';
import {isSimple, textWidth} from './width.ts';

/** One column of a line. `text` is empty in the second column of a wide character. `style`: SGR parameters, empty: none. */
type Cell = {text: string; style: string};

const ASCII = /^[ -~]*$/;
const PIECE = /\x1b\[([\d;]*)m|[^\x1b]+|\x1b/g;
const BLANK: Cell = {text: ' ', style: ''};
/** Cells that have not changed are written again where there are fewer of them between two that have: a move costs as much. */
const GAP = 6;
/** Lines that are kept as cells: those of two frames are needed. */
const KEPT = 60;

/**
 * What makes one line of the other on the screen: the cells that differ, each run at its column. Both are text and SGR,
 * begin and end without a style, and reach to `columns` at most; behind their end is nothing.
 */
export function lineDiff(previous: string, next: string, columns: number): string {
  const [from, to] = [cellsOf(previous), cellsOf(next)];
  if (from === null || to === null || to.length > columns) return `\x1b[1G\x1b[K${next}`;
  let out = '';
  let style = '';
  let at = 0;
  while (at < to.length) {
    if (same(from[at] ?? BLANK, to[at]!)) {
      at++;
      continue;
    }
    // The second half of a wide character is written with the first.
    while (at > 0 && to[at]!.text === '') at--;
    const end = endOfRun(from, to, at);
    out += `\x1b[${at + 1}G`;
    for (; at < end; at++) {
      const cell = to[at]!;
      if (cell.text !== '' && cell.style !== style) {
        out += cell.style === '' ? '\x1b[0m' : `\x1b[0;${cell.style}m`;
        style = cell.style;
      }
      out += cell.text;
    }
  }
  if (style !== '') out += '\x1b[0m';
  const isLonger = from.slice(to.length).some(cell => !same(cell, BLANK));
  return isLonger ? `${out}\x1b[${to.length + 1}G\x1b[K` : out;
}

/** Behind the last changed cell that is near enough to be written in one go. */
function endOfRun(from: readonly Cell[], to: readonly Cell[], begin: number): number {
  let end = begin + 1;
  for (let at = begin + 1; at < to.length && at - end < GAP; at++) {
    if (!same(from[at] ?? BLANK, to[at]!)) end = at + 1;
  }
  while (end < to.length && to[end]!.text === '') end++;
  return end;
}

const same = (a: Cell, b: Cell): boolean => a === b || (a.text === b.text && a.style === b.style);

const kept = new Recent<Cell[] | 'none'>(KEPT);

function cellsOf(line: string): Cell[] | null {
  let cells = kept.get(line);
  if (cells === undefined) {
    cells = parse(line) ?? 'none';
    kept.set(line, cells);
  }
  return cells === 'none' ? null : cells;
}

/** Null: there is something in it whose effect is not known here. */
function parse(line: string): Cell[] | null {
  const cells: Cell[] = [];
  let style = NO_STYLE;
  for (const [piece, codes] of line.matchAll(PIECE)) {
    if (codes !== undefined) {
      const changed = styleBehind(style, codes);
      if (changed === null) return null;
      style = changed;
    } else if (piece === '\x1b') return null;
    else if (ASCII.test(piece)) for (const text of piece) cells.push({text, style: style.text});
    else {
      for (const text of isSimple(piece) ? piece : characters(piece)) {
        const width = textWidth(text);
        // What has no width belongs to what stands before it.
        if (width === 0) return null;
        cells.push({text, style: style.text});
        for (let i = 1; i < width; i++) cells.push({text: '', style: style.text});
      }
    }
  }
  return cells;
}

/** Styles that are on, and the sequences that were seen behind them. `text`: the SGR parameters that switch them on. */
type Styles = {open: ReadonlyMap<string, string>; text: string; behind: Map<string, Styles | null>};

const NO_STYLE: Styles = {open: new Map(), text: '', behind: new Map()};
/** Colours of an agent have no end: what was seen is forgotten together. */
const SEEN_MAX = 500;
let seen = 0;

function styleBehind(styles: Styles, codes: string): Styles | null {
  const known = styles.behind.get(codes);
  if (known !== undefined) return known;
  const open = restyled(styles.open, codes);
  const next =
    open === null ? null : open.size === 0 ? NO_STYLE : {open, text: [...open.values()].join(';'), behind: new Map()};
  if (seen++ > SEEN_MAX) {
    NO_STYLE.behind.clear();
    seen = 0;
  }
  styles.behind.set(codes, next);
  return next;
}

/** What each closing code closes. */
const CLOSES: Record<string, readonly string[]> = {
  22: ['1', '2'],
  23: ['3'],
  24: ['4'],
  27: ['7'],
  29: ['9'],
  39: ['fg'],
  49: ['bg'],
};

/** The styles that are on behind these codes, by what they are about; null: a code is not known. */
function restyled(open: ReadonlyMap<string, string>, codes: string): Map<string, string> | null {
  const next = new Map(open);
  const parts = codes.split(';');
  for (let i = 0; i < parts.length; i++) {
    const code = parts[i]!;
    if (code === '' || code === '0') next.clear();
    else if (CLOSES[code] !== undefined) for (const closed of CLOSES[code]) next.delete(closed);
    else if (/^[123479]$/.test(code)) next.set(code, code);
    else if (/^(?:3|9)[0-7]$/.test(code)) next.set('fg', code);
    else if (/^(?:4|10)[0-7]$/.test(code)) next.set('bg', code);
    else if (code === '38' || code === '48') {
      const length = parts[i + 1] === '5' ? 3 : parts[i + 1] === '2' ? 5 : 0;
      if (length === 0 || i + length > parts.length) return null;
      next.set(code === '38' ? 'fg' : 'bg', parts.slice(i, i + length).join(';'));
      i += length - 1;
    } else return null;
  }
  return next;
}
