import type {Reading, WaitingKind} from '../domain/evidence.ts';
import {type Row, rowText, type Screen} from '../domain/screen.ts';
import {choicesOf, type Offer} from './choices.ts';
import {linesWithoutPanel, withoutPanel} from './side-panel.ts';

/** Rows at the bottom that a dialog may fill. */
const BOTTOM_ROWS = 60;
/** Rows above the input line in which a program says what it is doing. */
const STATUS_ROWS = 7;
/** Rows above what a rule has found that may belong to the same dialog. */
const ABOVE_MATCH = 2;
/** Longest text that says what is waited for, in characters. */
const DETAIL_MAX = 300;

/**
 * Where a rule looks. `bottom`: the end of the screen; only while no input line is there, as dialogs take its
 * place. `menu`: the same, and just above the input line. `status`: just above the input line. `footer`: below
 * it. `around`: `status`, the input line with its marker, and what follows. `turn`: from the last prompt on. `input`:
 * the text in it. `screen`: all of it.
 */
export type Region = (typeof REGIONS)[number];
export const REGIONS = ['bottom', 'menu', 'status', 'footer', 'around', 'turn', 'input', 'screen'] as const;

/** One rule: when `pattern` is found in its region, the screen says `says`. Earlier rules win. */
export type ScreenRule = {
  rule: string;
  in: Region;
  pattern: RegExp;
  /** What it finds must end so near to the end of its region, in rows. Dialogs: near, or they would be found in a text. */
  within?: number | undefined;
  says: Says;
  /** The versions of the program that it is for; without it: all. */
  versions?: string | undefined;
  /** Higher ones are looked at first; 0 without it. */
  priority?: number | undefined;
  /** Looks for the pattern in a way of its own. */
  search?: ((text: string, pattern: RegExp) => RegExpExecArray | null) | undefined;
};

/**
 * `menu`: opened by the person, so quiet, yet a key would move it. `list`: one that completes what stands in the input
 * line, whose Enter still submits. `skip`: it hides what the program does, so the reading before holds. `dialog`:
 * raised by the program.
 */
export type Says = 'working' | 'menu' | 'list' | 'skip' | Dialog | {waiting: WaitingKind};

/** A dialog, and how its lines are chosen: by their numbers unless said otherwise. */
type Dialog = {dialog: WaitingKind} & Partial<Omit<Offer, 'kind'>>;

/** How one program lays out its screen. */
export type ScreenLayout = {
  /** Index of the row of the input line and the last row that belongs above it; null: no input line is there. */
  input: (lines: readonly string[]) => {above: number; at: number} | null;
  /** The marker in front of the input line. */
  marker: RegExp;
  /** A prompt of the person as it is echoed: the last one begins the turn. */
  prompt: RegExp;
  /** What stands in an empty input line, apart from what is dim. */
  placeholder: RegExp;
  /** What always stands in the panel that it may draw beside the work; the panel begins where this does. */
  panel?: RegExp;
};

/** A dialog is what stands last: below what its rule finds come its other lines and a footer, in rows. */
const DIALOG_WITHIN = 16;

/** What an agent's record says of its screen: the layout, the rules, and the reader made of both. */
export function screens(layout: ScreenLayout, rules: readonly ScreenRule[]) {
  return {screens: {layout, rules}, read: screenReader(layout, rules)};
}

/** Makes a reader: earlier rules win; without one, a free input line means quiet. */
export function screenReader(layout: ScreenLayout, rules: readonly ScreenRule[]): (screen: Screen) => Reading {
  const prepared = rules.map(rule => ({...rule, all: new RegExp(rule.pattern.source, `${rule.pattern.flags}g`)}));
  return screen => {
    const rows = withoutPanel(screen.lines, layout.panel);
    const lines = rows.map(rowText);
    while (lines.at(-1) === '') lines.pop();
    const found = layout.input(lines);
    const regions = regionsOf(lines, {layout, found});
    const composer = found !== null && isFree(rows[found.at]!, layout);
    for (const {rule, in: region, all, says, within, search} of prepared) {
      const {text, at} = regions[region];
      const match = find(text, {all, within: within ?? (isDialog(says) ? DIALOG_WITHIN : null), search});
      if (match === null) continue;
      const first = at[lineOf(text, match.index)] ?? 0;
      const dialog = rows.slice(Math.max(0, first - ABOVE_MATCH), (at.at(-1) ?? 0) + 1);
      return {...reading(says, match, {dialog, composer}), rule};
    }
    if (found === null) return {...NOTHING, rule: 'none'};
    return {...NOTHING, activity: 'idle', composer, rule: 'input line'};
  };
}

const isDialog = (says: Says): says is Dialog => typeof says === 'object' && 'dialog' in says;

/** The first match that ends near enough to the end of the text. */
function find(text: string, {all, within, search}: Search): RegExpExecArray | null {
  all.lastIndex = 0;
  for (let from = 0; from <= text.length; ) {
    const match = search === undefined ? all.exec(text) : search(text, all);
    if (match === null) return null;
    const end = match.index + match[0].length;
    if (within === null || lineOf(text.slice(end), Number.POSITIVE_INFINITY) <= within) return match;
    from = Math.max(all.lastIndex, end + (match[0] === '' ? 1 : 0));
    all.lastIndex = from;
  }
  return null;
}

type Search = {all: RegExp; within: number | null} & Pick<ScreenRule, 'search'>;

const NOTHING = {activity: null, waitingFor: null, dialog: false, composer: false, choices: []} satisfies Omit<
  Reading,
  'rule'
>;

/** `dialog`: the rows of it. */
type Seen = {dialog: readonly Row[]; composer: boolean};

function reading(says: Says, match: RegExpExecArray, {dialog, composer}: Seen): Omit<Reading, 'rule'> {
  if (says === 'working') return {...NOTHING, activity: 'working', composer};
  if (says === 'menu') return {...NOTHING, activity: 'idle', dialog: true};
  if (says === 'list') return {...NOTHING, activity: 'idle', dialog: true, layer: 'list'};
  if (says === 'skip') return {...NOTHING, dialog: true, layer: 'overlay'};
  const detail = detailOf(match);
  if ('waiting' in says) {
    return {...NOTHING, activity: 'waiting', waitingFor: {kind: says.waiting, detail}, composer};
  }
  const {dialog: kind, choose = 'digit', ...offer} = says;
  const choices = choicesOf(dialog, {...offer, kind, choose});
  return {...NOTHING, activity: 'waiting', waitingFor: {kind, detail}, dialog: true, choices};
}

/** What stands above the input line, without the lines that say nothing of the work. */
export function contentAbove(layout: ScreenLayout, noise: RegExp): (lines: readonly string[]) => readonly string[] {
  return screen => {
    const lines = linesWithoutPanel(screen, layout.panel);
    const found = layout.input(lines);
    const above = found === null ? lines : lines.slice(0, found.above + 1);
    return above.filter(line => !noise.test(line));
  };
}

type Found = ReturnType<ScreenLayout['input']>;

/** Some lines of the screen as one text, and which rows they are. */
type Part = {text: string; at: number[]};

function regionsOf(lines: string[], {layout, found}: {layout: ScreenLayout; found: Found}): Record<Region, Part> {
  const all = lines.map((_, row) => row);
  const above = found === null ? all : all.slice(0, found.above + 1);
  const shown = above.filter(row => lines[row]!.trim() !== '');
  const start = above.findLastIndex(row => layout.prompt.test(lines[row]!));
  const part = (at: number[]): Part => ({text: at.map(row => lines[row]).join('\n'), at});
  const nothing = part([]);
  const bottom = found === null ? part(shown.slice(-BOTTOM_ROWS)) : nothing;
  const status = part(shown.slice(-STATUS_ROWS));
  return {
    bottom,
    menu: found === null ? bottom : status,
    status,
    footer: found === null ? nothing : part(all.slice(found.at + 1)),
    around: found === null ? nothing : part([...status.at, ...all.slice(found.at)]),
    turn: part(above.slice(Math.max(0, start))),
    screen: part(all),
    input: found === null ? nothing : {text: lines[found.at]!.replace(layout.marker, '').trim(), at: [found.at]},
  };
}

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length - 1;

/** Nothing is typed there: it is empty, or what stands there is a hint. */
function isFree(row: Row, {marker, placeholder}: ScreenLayout): boolean {
  const text = rowText(row).replace(marker, '').trim();
  if (text === '' || placeholder.test(text)) return true;
  const typed = row.filter(({text: part, style}) => part.trim() !== '' && style.dim !== true && !style.inverse);
  return (
    typed
      .map(({text: part}) => part)
      .join('')
      .replace(marker, '')
      .trim() === ''
  );
}

/** The named group `detail`, else all that matched, on one line and without tips and frames. */
function detailOf(match: RegExpExecArray): string {
  const text = (match.groups?.['detail'] ?? match.groups?.['line'] ?? match[0])
    .replace(/^\s*Tip: .*$/gm, '')
    .replace(/[╭╮╰╯│┃─╌▄▀]+/g, ' ');
  return text.replace(/\s+/g, ' ').trim().slice(0, DETAIL_MAX);
}
