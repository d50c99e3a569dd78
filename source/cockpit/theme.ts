import {AmuxError} from '../domain/errors.ts';
import type {Colour, Style} from '../domain/screen.ts';
import {type Colours, coloursOf, sgr} from './draw/sgr.ts';
import {asciiShapes, type Shapes, spokenShapes, unicodeShapes} from './draw/shapes.ts';

/** What colours mean here. Nothing outside this file and `themes/` names a colour. */
export const tokens = [
  'strong',
  'dim',
  'faint',
  'border',
  'selected',
  'attention',
  'working',
  'finished',
  'idle',
  'failed',
  'stopped',
  'starting',
  'mark',
  'yolo',
  'brand',
  'tab',
  'key',
  'chip',
  'chipTyping',
  'error',
  'notice',
  'input',
  'cursor',
  'choice',
  'ended',
  'added',
  'removed',
  'hunk',
  'match',
] as const;
export type Token = (typeof tokens)[number];

export type Theme = {
  name: string;
  shapes: Shapes;
  paint(token: Token, text: string): string;
  /** A cell run of an agent's screen. `faded`: the screen of something that ended. */
  cells(style: Style, text: string, faded: boolean): string;
};

type Palette = Record<Token, Style>;
/** Without colours, weight alone repeats what the shapes say. */
const weights: Partial<Palette> = {
  strong: {bold: true},
  dim: {dim: true},
  faint: {dim: true},
  border: {dim: true},
  selected: {bold: true},
  attention: {bold: true},
  failed: {bold: true},
  mark: {bold: true},
  brand: {bold: true},
  tab: {bold: true},
  key: {bold: true},
  chip: {inverse: true},
  chipTyping: {inverse: true, bold: true},
  error: {bold: true},
  cursor: {inverse: true},
  choice: {inverse: true},
  ended: {dim: true},
  added: {bold: true},
  removed: {dim: true},
  hunk: {dim: true},
  match: {inverse: true, bold: true},
};

export type Environment = Record<string, string | undefined>;

/** A theme from the content of a file in `themes/`, as this terminal can show it. */
export function themeOf(source: Record<string, unknown>, env: Environment): Theme {
  const name = String(source['name'] ?? 'without a name');
  return makeTheme({name, palette: checkPalette(source), env});
}

/** For a screen reader: no colours, no weights, nothing drawn. A line that only its colour marks gets a sign. */
export const spokenTheme: Theme = {
  name: 'spoken',
  shapes: spokenShapes,
  paint: (token, text) => (token === 'choice' ? `> ${text.trim()}` : text),
  cells: (_style, text) => text,
};

function makeTheme({name, palette, env}: {name: string; palette: Palette; env: Environment}): Theme {
  const colours = coloursOf(env);
  const opened = new Map<Token, string>();
  const styles = colours === 'none' ? weights : palette;
  for (const token of tokens) opened.set(token, sgr(styles[token] ?? {}, colours));
  return {
    name,
    shapes: isUtf8(env) ? unicodeShapes : asciiShapes,
    paint: (token, text) => wrapped(opened.get(token)!, text),
    cells: (style, text, faded) => wrapped(cellSgr(style, {colours, faded}), text),
  };
}

function wrapped(open: string, text: string): string {
  return open === '' || text === '' ? text : `${open}${text}\x1b[0m`;
}

const cellCodes = new WeakMap<Style, Map<string, string>>();

/** Screens share few style objects between frames, but many between runs: remembered per object. */
function cellSgr(style: Style, {colours, faded}: {colours: Colours; faded: boolean}): string {
  const key = `${colours}${faded}`;
  const known = cellCodes.get(style) ?? new Map<string, string>();
  let code = known.get(key);
  if (code === undefined) {
    code = sgr(faded ? {dim: true, ...(style.inverse ? {inverse: true} : {})} : style, colours);
    known.set(key, code);
    cellCodes.set(style, known);
  }
  return code;
}

/** Tokens that a palette leaves out are drawn plainly. */
function checkPalette(source: Record<string, unknown>): Palette {
  const stray = Object.keys(source).find(key => !KEYS.includes(key));
  if (stray !== undefined) throw invalid(`"${stray}" means nothing`);
  const given = source['tokens'];
  if (typeof given !== 'object' || given === null) throw invalid('it has no "tokens"');
  const unknown = Object.keys(given).find(token => !(tokens as readonly string[]).includes(token));
  if (unknown !== undefined) throw invalid(`there is no token "${unknown}"`);
  const palette = {} as Palette;
  for (const token of tokens) palette[token] = checkStyle((given as Record<string, unknown>)[token] ?? {});
  return palette;
}

const KEYS = ['$schema', 'name', 'about', 'backgrounds', 'tokens'];

function checkStyle(value: unknown): Style {
  if (typeof value !== 'object' || value === null) throw invalid('each token is an object');
  const style: Style = {};
  for (const [key, setting] of Object.entries(value)) {
    if (key === 'fg' || key === 'bg') {
      if (!isColour(setting)) throw invalid(`${JSON.stringify(setting)} is no colour`);
      style[key] = setting;
    } else if (key === 'bold' || key === 'dim' || key === 'italic' || key === 'underline' || key === 'inverse') {
      if (typeof setting !== 'boolean') throw invalid(`"${key}" is true or false`);
      if (setting) style[key] = true;
    } else throw invalid(`"${key}" is no style`);
  }
  return style;
}

function isColour(value: unknown): value is Colour {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= 255;
  return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value);
}

const invalid = (why: string): AmuxError =>
  new AmuxError('input.invalid', {why, next: 'docs/theme.schema.json says what a theme holds'});

function isUtf8(env: Environment): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale);
}
