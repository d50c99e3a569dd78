import {type Row, rowText, type Style} from '../domain/screen.ts';

/** One line that can be chosen. */
export type Line = {
  label: string;
  /** The number in front of it; null: it has none. */
  number: number | null;
  /** Its key would choose it now. */
  marked: boolean;
  /** Whether it is ticked; null: it is not for ticking. */
  tick: boolean | null;
};

/** Rows that a label with its description may take. */
const OPTION_ROWS = 12;
/** In front of a line: a frame, the mark of the chosen one or an arrow where the list goes on. */
const NUMBERED = /^([\s│┃|]*)([❯›●>]?)([↑↓\s]*)(\d{1,2})\. {1,3}(?=\S)/;
const MARKED = /^([\s│┃|]*)[❯›●] +(?=\S)/;
/** How far right of its label a row of it may begin. */
const TICK_CELLS = 4;
const TICK = /^\[([ xX✔✓])\] ?/;
/** What may stand right of a label: a frame, or another column. */
const BESIDE = /(\s{2,}\S.*|\s*[│┃|]\s*)$/;
const RULE = /^[\s│┃]*[─╌╭╮╰╯┌┐└┘▔▁]+[\s│┃]*$/;

/** The list that holds the last marked line: with numbers, or else its neighbours in the same column. */
export function listOf(rows: readonly Row[]): Line[] {
  const texts = rows.map(rowText);
  const at = texts.findLastIndex(text => (NUMBERED.exec(text)?.[2] ?? '') !== '' || MARKED.test(text));
  // A mark that is only a colour: the numbers are enough where they choose.
  if (at === -1) {
    const last = texts.findLastIndex(text => NUMBERED.test(text));
    return last === -1 ? [] : numbered({rows, texts, at: last});
  }
  return NUMBERED.test(texts[at]!) ? numbered({rows, texts, at}) : plain({rows, texts, at});
}

type At = {rows: readonly Row[]; texts: readonly string[]; at: number};
type Option = {row: number; number: number; marked: boolean; start: number};

/** Up to number 1 and down as long as the numbers go on, whatever stands in between. */
function numbered({rows, texts, at}: At): Line[] {
  const first = option(texts[at]!, at)!;
  const found = [first];
  for (
    let row = at - 1, wanted = first.number - 1;
    row >= 0 && wanted >= 1 && at - row < OPTION_ROWS * wanted + at;
    row--
  ) {
    const above = option(texts[row]!, row);
    if (above === null || above.number !== wanted || !near(above, first)) continue;
    found.unshift(above);
    wanted--;
  }
  for (let row = at + 1, wanted = first.number + 1; row < texts.length; row++) {
    const below = option(texts[row]!, row);
    if (below === null || below.number !== wanted || !near(below, first)) continue;
    found.push(below);
    wanted++;
  }
  return found.map((each, i) => {
    const end = Math.min(found[i + 1]?.row ?? texts.length, each.row + OPTION_ROWS);
    const text = labelOf({rows, texts, at: each.row}, {start: each.start, end});
    return {...lineOf(text), number: each.number, marked: each.marked};
  });
}

function lineOf(text: string): Pick<Line, 'label' | 'tick'> {
  const tick = TICK.exec(text);
  return {label: text.replace(TICK, ''), tick: tick === null ? null : tick[1] !== ' '};
}

/** Options of one list stand in one column; the mark in front may shift it by its own width. */
const near = (a: Option, b: Option) => Math.abs(a.start - b.start) <= 1;

function option(text: string, row: number): Option | null {
  const match = NUMBERED.exec(text);
  if (match === null) return null;
  return {row, number: Number(match[4]), marked: match[2] !== '', start: match[0].length};
}

/** Lines without numbers: those right above and below that begin in the same column. */
function plain({rows, texts, at}: At): Line[] {
  const start = MARKED.exec(texts[at]!)![0].length;
  // What is done with the ticked lines stands under them, where their texts begin.
  const shift = TICK.test(texts[at]!.slice(start)) ? TICK_CELLS : 0;
  const belongs = (row: number) => {
    const text = texts[row] ?? '';
    const indent = text.slice(0, start).replace(/[│┃|]/g, ' ').trim() === '' ? text.slice(start).search(/\S/) : -1;
    return indent >= 0 && indent <= shift && !RULE.test(text);
  };
  let from = at;
  while (from > 0 && belongs(from - 1)) from--;
  let to = at;
  while (belongs(to + 1)) to++;
  return Array.from({length: to - from + 1}, (_, i) => {
    const row = from + i;
    const text = labelOf({rows, texts, at: row}, {start, end: row + 1});
    return {...lineOf(text), number: null, marked: row === at};
  });
}

/** A label may go on in the next rows, in its own colour; a description under it has another. */
function labelOf({rows, texts, at}: At, {start, end}: {start: number; end: number}): string {
  const parts = [texts[at]!.slice(start).trim().replace(BESIDE, '').trim()];
  const style = styleAt(rows[at]!, start + (TICK.exec(texts[at]!.slice(start))?.[0].length ?? 0));
  for (let row = at + 1; row < end; row++) {
    const text = texts[row]!;
    const indent = /^[\s│┃|]*/.exec(text)![0].length;
    if (text.trim() === '' || RULE.test(text) || indent < start || indent > start + TICK_CELLS) break;
    const own = styleAt(rows[row]!, indent);
    if (own.fg !== style.fg || own.dim !== style.dim) break;
    parts.push(text.slice(indent).replace(BESIDE, '').trim());
  }
  return parts.join(' ').trim();
}

function styleAt(row: Row, cell: number): Style {
  let at = 0;
  for (const {text, style} of row) {
    at += text.length;
    if (cell < at) return style;
  }
  return {};
}
