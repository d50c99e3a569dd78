import stringWidth from 'string-width';
import type {Colour, Row, Style} from '../source/domain/screen.ts';

/** Size of one cell and of its letters, in pixels. */
const CELL = {width: 8.4, height: 18, font: 14, baseline: 13.6};
const MARGIN = 14;
/** Of a terminal: its own colours, where a program names none. */
export type Ground = {background: string; foreground: string};
export const darkGround: Ground = {background: '#16181d', foreground: '#c5c9d1'};
export const lightGround: Ground = {background: '#ffffff', foreground: '#1d2129'};
const PALETTE = [
  ...['#2b2f38', '#e5786d', '#7ecb8f', '#e2c06c', '#7fb2f0', '#c79bf0', '#79c9cf', '#c5c9d1'],
  ...['#5c626e', '#ef8f85', '#98dba6', '#f0d38b', '#9cc5f5', '#d6b5f5', '#97dade', '#f2f4f8'],
];
const FONTS = "ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', 'Noto Sans Mono CJK JP', Consolas, monospace";

type Cell = {x: number; width: number; text: string; style: Style};

type Picture = {lines: readonly Row[]; cols: number; title: string; ground?: Ground};

/** A terminal's rows as an image: every character stands in its cell, whatever font the viewer has. */
export function screenToSvg({lines, cols, title, ground = darkGround}: Picture): string {
  const width = round(cols * CELL.width + 2 * MARGIN);
  const height = round(lines.length * CELL.height + 2 * MARGIN);
  const rows = lines
    .map((row, y) => rowToSvg(cellsOf(row), {top: round(MARGIN + y * CELL.height), ground}))
    .filter(row => row !== '');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${FONTS}" font-size="${CELL.font}" xml:space="preserve" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${ground.background}"/>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

/** One entry per character as people see it; a wide one takes two cells. */
function cellsOf(row: Row): Cell[] {
  const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});
  const cells: Cell[] = [];
  let x = 0;
  for (const {text, style} of row) {
    for (const {segment} of segmenter.segment(text)) {
      const width = stringWidth(segment);
      cells.push({x, width, text: segment, style});
      x += width;
    }
  }
  return cells;
}

function rowToSvg(cells: Cell[], {top, ground}: {top: number; ground: Ground}): string {
  const out: string[] = [];
  for (const run of runsOf(cells)) {
    const {fill, back} = coloursOf(run.style, ground);
    const left = round(MARGIN + run.x * CELL.width);
    if (back !== null) {
      out.push(
        `<rect x="${left}" y="${top}" width="${round(run.width * CELL.width)}" height="${CELL.height}" fill="${back}"/>`,
      );
    }
    const lines = run.box ? boxPath(run, top) : null;
    if (lines !== null)
      out.push(`<path d="${lines}" stroke="${fill}" fill="none" stroke-width="${isHeavy(run.text) ? 2.4 : 1.2}"/>`);
    else if (run.text.trim() !== '') out.push(textToSvg(run, {left, top, fill}));
  }
  return out.join('');
}

function textToSvg(run: Run, {left, top, fill}: {left: number; top: number; fill: string}): string {
  const {style, text, width} = run;
  const attributes = [`x="${left}"`, `y="${round(top + CELL.baseline)}"`, `fill="${fill}"`];
  // Fixes the grid where the viewer's font is wider or narrower; a single wide character keeps its shape.
  if (text.length > 1 && !run.alone) attributes.push(`textLength="${round(width * CELL.width)}"`);
  if (style.bold) attributes.push('font-weight="bold"');
  if (style.italic) attributes.push('font-style="italic"');
  const decoration = [style.underline && 'underline', style.strike && 'line-through'].filter(Boolean).join(' ');
  if (decoration !== '') attributes.push(`text-decoration="${decoration}"`);
  return `<text ${attributes.join(' ')}>${escapeXml(text)}</text>`;
}

type Run = Cell & {box: boolean; alone: boolean};

/** Neighbours that are drawn as one: letters of one style, or lines of one style. Wide characters stand alone. */
function runsOf(cells: Cell[]): Run[] {
  const runs: Run[] = [];
  for (const cell of cells) {
    const box = cell.text in BOX;
    const alone = !box && !/^[\u0020-\u024f]$/.test(cell.text);
    const last = runs.at(-1);
    const joins = last?.box === box && !alone && !last.alone && (!box || isHeavy(last.text) === isHeavy(cell.text));
    if (joins && sameLook(last.style, cell.style)) {
      last.text += cell.text;
      last.width += cell.width;
    } else runs.push({...cell, box, alone});
  }
  return runs;
}

/** Strokes of box drawing characters as [up, right, down, left]: 0 none, 1 light, 2 heavy; `r`: a rounded corner. */
const BOX: Record<string, readonly [number, number, number, number, 'r'?]> = {
  '─': [0, 1, 0, 1],
  '│': [1, 0, 1, 0],
  '━': [0, 2, 0, 2],
  '┃': [2, 0, 2, 0],
  '┌': [0, 1, 1, 0],
  '┐': [0, 0, 1, 1],
  '└': [1, 1, 0, 0],
  '┘': [1, 0, 0, 1],
  '╭': [0, 1, 1, 0, 'r'],
  '╮': [0, 0, 1, 1, 'r'],
  '╰': [1, 1, 0, 0, 'r'],
  '╯': [1, 0, 0, 1, 'r'],
  '┏': [0, 2, 2, 0],
  '┓': [0, 0, 2, 2],
  '┗': [2, 2, 0, 0],
  '┛': [2, 0, 0, 2],
  '├': [1, 1, 1, 0],
  '┤': [1, 0, 1, 1],
  '┬': [0, 1, 1, 1],
  '┴': [1, 1, 0, 1],
  '┼': [1, 1, 1, 1],
};

const isHeavy = (text: string): boolean => BOX[text[0]!]!.includes(2);

/** Lines meet in the middle of their cells, so that frames close. */
function boxPath({text, x}: Run, top: number): string {
  let path = '';
  let at = MARGIN + x * CELL.width;
  for (const character of text) {
    const [up, right, down, left, rounded] = BOX[character]!;
    const middle = {x: round(at + CELL.width / 2), y: round(top + CELL.height / 2)};
    const ends = [
      up > 0 ? `${middle.x} ${top}` : null,
      right > 0 ? `${round(at + CELL.width)} ${middle.y}` : null,
      down > 0 ? `${middle.x} ${round(top + CELL.height)}` : null,
      left > 0 ? `${round(at)} ${middle.y}` : null,
    ].filter(end => end !== null);
    if (rounded === 'r') path += `M${ends[0]}Q${middle.x} ${middle.y} ${ends[1]}`;
    else for (const end of ends) path += `M${middle.x} ${middle.y}L${end}`;
    at += CELL.width;
  }
  return path;
}

function coloursOf(style: Style, {background, foreground}: Ground): {fill: string; back: string | null} {
  const fg = style.fg === undefined ? foreground : hex(style.fg);
  const bg = style.bg === undefined ? null : hex(style.bg);
  const [fill, back] = style.inverse === true ? [bg ?? background, fg] : [fg, bg];
  return {fill: style.dim === true ? mixed(fill, back ?? background) : fill, back};
}

function hex(colour: Colour): string {
  if (typeof colour === 'string') return colour;
  if (colour < 16) return PALETTE[colour]!;
  if (colour >= 232) return rgb(Array.from({length: 3}, () => 8 + (colour - 232) * 10));
  const level = (part: number) => (part === 0 ? 0 : 55 + part * 40);
  const index = colour - 16;
  return rgb([level(Math.floor(index / 36)), level(Math.floor(index / 6) % 6), level(index % 6)]);
}

/** Faint text: the colour, drawn a good half over what is behind it. */
function mixed(front: string, back: string): string {
  const parts = (colour: string) => [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16));
  const behind = parts(back);
  return rgb(parts(front).map((part, i) => part * 0.6 + behind[i]! * 0.4));
}

const rgb = (parts: number[]): string =>
  `#${parts.map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

const sameLook = (a: Style, b: Style): boolean => JSON.stringify(a) === JSON.stringify(b);

const round = (value: number): number => Math.round(value * 100) / 100;

const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, found => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[found]!);
