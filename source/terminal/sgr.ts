import {type Colour, printable, type Row, type Style} from '../domain/screen.ts';

/** Text with SGR, as `tmux capture-pane -e` prints it, one line at a time. */
export type SgrParser = {line(text: string): Row};

/** tmux writes a style once and lets it run on over line ends: rows of one capture share a parser. */
export function createSgrParser(): SgrParser {
  let state: State = {style: {}, hidden: false, graphics: false};
  return {
    line(text) {
      const read = parse(text, state);
      state = read.state;
      return read.row;
    },
  };
}

export function parseSgrScreen(text: string): Row[] {
  const parser = createSgrParser();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(line => parser.line(line));
}

/** A line that stands alone. */
export function parseSgrLine(line: string): Row {
  return createSgrParser().line(line);
}

/** The row as text with as few SGR sequences as it takes; the style is reset at its end. */
export function rowToAnsi(row: Row): string {
  let out = '';
  let current: Style = {};
  for (const run of row) {
    out += change(current, run.style) + printable(run.text);
    current = run.style;
  }
  return out + change(current, {});
}

export function sameStyle(a: Style, b: Style): boolean {
  return a.fg === b.fg && a.bg === b.bg && FLAGS.every(({name}) => a[name] === b[name]);
}

type Flag = 'bold' | 'dim' | 'italic' | 'underline' | 'inverse' | 'strike';
const FLAGS: readonly {name: Flag; on: number}[] = [
  {name: 'bold', on: 1},
  {name: 'dim', on: 2},
  {name: 'italic', on: 3},
  {name: 'underline', on: 4},
  {name: 'inverse', on: 7},
  {name: 'strike', on: 9},
];

type State = {style: Style; hidden: boolean; graphics: boolean};

/** CSI, OSC (hyperlinks and others, also unfinished), other escape sequences, SO and SI; the rest is text. */
const SEQUENCE =
  /\u001b\[([0-?]*)([ -/]*[@-~])?|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?|[\u000e\u000f]/g;

function parse(text: string, before: State): {row: Row; state: State} {
  let {style, hidden, graphics} = before;
  const row: Row = [];
  const add = (raw: string) => {
    let clean = printable(graphics ? raw.replace(/[`-~]/g, letter => GRAPHICS[letter] ?? letter) : raw);
    // Concealed text takes its room and shows nothing.
    if (hidden) clean = ' '.repeat(clean.length);
    if (clean === '') return;
    const last = row.at(-1);
    if (last !== undefined && sameStyle(last.style, style)) last.text += clean;
    else row.push({text: clean, style});
  };
  let at = 0;
  for (const match of text.matchAll(SEQUENCE)) {
    add(text.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[0] === '\u000e') graphics = true;
    else if (match[0] === '\u000f') graphics = false;
    else if (match[2] === 'm') ({style, hidden} = applySgr(match[1]!, style, hidden));
  }
  add(text.slice(at));
  return {row, state: {style, hidden, graphics}};
}

function applySgr(params: string, before: Style, wasHidden: boolean): {style: Style; hidden: boolean} {
  let style = {...before};
  let hidden = wasHidden;
  const list = params.split(';');
  for (let i = 0; i < list.length; i++) {
    const parts = list[i]!.split(':');
    const code = Number(parts[0] || 0);
    if (code === 38 || code === 48 || code === 58) {
      const read = parts.length > 1 ? colourOfParts(parts.slice(1)) : colourOfList(list, i + 1);
      i += read.used;
      if (code === 58 || read.colour === null) continue;
      style[code === 38 ? 'fg' : 'bg'] = read.colour;
    } else if (code === 0) {
      style = {};
      hidden = false;
    } else if (code === 4 && parts[1] === '0') delete style.underline;
    else if (code === 8 || code === 28) hidden = code === 8;
    else applyCode(code, style);
  }
  return {style, hidden};
}

function applyCode(code: number, style: Style): void {
  const flag = FLAGS.find(({on}) => on === code);
  if (flag !== undefined) style[flag.name] = true;
  else if (code === 21) style.underline = true;
  else if (code === 22) {
    delete style.bold;
    delete style.dim;
  } else if (code === 23) delete style.italic;
  else if (code === 24) delete style.underline;
  else if (code === 27) delete style.inverse;
  else if (code === 29) delete style.strike;
  else if (code >= 30 && code <= 37) style.fg = code - 30;
  else if (code === 39) delete style.fg;
  else if (code >= 40 && code <= 47) style.bg = code - 40;
  else if (code === 49) delete style.bg;
  else if (code >= 90 && code <= 97) style.fg = code - 82;
  else if (code >= 100 && code <= 107) style.bg = code - 92;
}

type ReadColour = {colour: Colour | null; used: number};

/** `38:5:n`, `38:2:r:g:b` and, with a colour space, `38:2::r:g:b`. */
function colourOfParts(parts: string[]): ReadColour {
  if (parts[0] === '5') return {colour: palette(parts[1]), used: 0};
  if (parts[0] !== '2') return {colour: null, used: 0};
  return {colour: rgb(parts.length >= 5 ? parts.slice(2, 5) : parts.slice(1, 4)), used: 0};
}

/** `38;5;n` and `38;2;r;g;b`. */
function colourOfList(list: string[], at: number): ReadColour {
  if (list[at] === '5') return {colour: palette(list[at + 1]), used: 2};
  if (list[at] === '2') return {colour: rgb(list.slice(at + 1, at + 4)), used: 4};
  return {colour: null, used: 0};
}

function palette(text: string | undefined): Colour | null {
  const index = Number(text || 0);
  return Number.isInteger(index) && index <= 255 ? index : null;
}

function rgb(parts: string[]): Colour | null {
  const values = parts.map(part => Number(part || 0));
  if (values.length !== 3 || values.some(value => !Number.isInteger(value) || value > 255)) return null;
  return `#${values.map(value => value.toString(16).padStart(2, '0')).join('')}`;
}

function change(from: Style, to: Style): string {
  if (sameStyle(from, to)) return '';
  const drops = FLAGS.some(({name}) => from[name] && !to[name]);
  const base: Style = drops ? {} : from;
  const codes: (string | number)[] = drops ? [0] : [];
  for (const {name, on} of FLAGS) if (to[name] && !base[name]) codes.push(on);
  if (to.fg !== base.fg) codes.push(colourCode(to.fg, 30));
  if (to.bg !== base.bg) codes.push(colourCode(to.bg, 40));
  return sameStyle(to, {}) ? '\u001b[0m' : `\u001b[${codes.join(';')}m`;
}

function colourCode(colour: Colour | undefined, base: 30 | 40): string {
  if (colour === undefined) return String(base + 9);
  if (typeof colour === 'string') {
    const value = Number.parseInt(colour.slice(1), 16);
    return `${base + 8};2;${value >> 16};${(value >> 8) & 255};${value & 255}`;
  }
  if (colour < 8) return String(base + colour);
  return colour < 16 ? String(base + 52 + colour) : `${base + 8};5;${colour}`;
}

/** DEC Special Graphics, which tmux selects with SO: line drawing. */
const GRAPHICS: Record<string, string> = {
  '`': '◆',
  a: '▒',
  b: '␉',
  c: '␌',
  d: '␍',
  e: '␊',
  f: '°',
  g: '±',
  h: '␤',
  i: '␋',
  j: '┘',
  k: '┐',
  l: '┌',
  m: '└',
  n: '┼',
  o: '⎺',
  p: '⎻',
  q: '─',
  r: '⎼',
  s: '⎽',
  t: '├',
  u: '┤',
  v: '┴',
  w: '┬',
  x: '│',
  y: '≤',
  z: '≥',
  '{': 'π',
  '|': '≠',
  '}': '£',
  '~': '·',
};
