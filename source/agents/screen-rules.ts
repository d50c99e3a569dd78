import type {Reading, WaitingKind} from '../domain/evidence.ts';
import {type Row, rowText, type Screen} from '../domain/screen.ts';

/** Rows at the bottom that a dialog may fill. */
const BOTTOM_ROWS = 26;
/** Rows above the input line in which a program says what it is doing. */
const STATUS_ROWS = 7;
/** Longest text that says what is waited for, in characters. */
const DETAIL_MAX = 300;

/**
 * Where a rule looks. `bottom`: the end of the screen; only while no input line is there, as dialogs take its
 * place. `menu`: the same, and just above the input line. `status`: just above the input line. `footer`: below
 * it. `turn`: from the last prompt on. `input`: the text in it.
 */
export type Region = 'bottom' | 'menu' | 'status' | 'footer' | 'turn' | 'input';

/** One rule: when `pattern` is found in its region, the screen says `says`. Earlier rules win. */
export type ScreenRule = {
  rule: string;
  in: Region;
  pattern: RegExp;
  /** `menu`: opened by the person, so quiet, yet a key would move it. `dialog`: raised by the program. */
  says: 'working' | 'menu' | {dialog: WaitingKind} | {waiting: WaitingKind};
};

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
};

/** Makes a reader: earlier rules win; without one, a free input line means quiet. */
export function screenReader(layout: ScreenLayout, rules: readonly ScreenRule[]): (screen: Screen) => Reading {
  return screen => {
    const rows = screen.lines;
    const lines = rows.map(rowText);
    while (lines.at(-1) === '') lines.pop();
    const found = layout.input(lines);
    const regions = regionsOf(lines, {layout, found});
    const composer = found !== null && isFree(rows[found.at]!, layout);
    for (const {rule, in: region, pattern, says} of rules) {
      const match = pattern.exec(regions[region]);
      if (match === null) continue;
      if (says === 'working')
        return {activity: 'working', waitingFor: null, dialog: false, composer, rule, choices: []};
      if (says === 'menu')
        return {activity: 'idle', waitingFor: null, dialog: true, composer: false, rule, choices: []};
      const detail = detailOf(match);
      if ('dialog' in says) {
        const waitingFor = {kind: says.dialog, detail};
        return {activity: 'waiting', waitingFor, dialog: true, composer: false, rule, choices: []};
      }
      return {
        activity: 'waiting',
        waitingFor: {kind: says.waiting, detail},
        dialog: false,
        composer,
        rule,
        choices: [],
      };
    }
    if (found === null)
      return {activity: null, waitingFor: null, dialog: false, composer: false, rule: 'none', choices: []};
    return {activity: 'idle', waitingFor: null, dialog: false, composer, rule: 'input line', choices: []};
  };
}

/** What stands above the input line, without the lines that say nothing of the work. */
export function contentAbove(layout: ScreenLayout, noise: RegExp): (lines: readonly string[]) => readonly string[] {
  return lines => {
    const found = layout.input(lines);
    const above = found === null ? lines : lines.slice(0, found.above + 1);
    return above.filter(line => !noise.test(line));
  };
}

type Found = ReturnType<ScreenLayout['input']>;

function regionsOf(lines: string[], {layout, found}: {layout: ScreenLayout; found: Found}): Record<Region, string> {
  const above = found === null ? lines : lines.slice(0, found.above + 1);
  const shown = above.filter(line => line.trim() !== '');
  const start = above.findLastIndex(line => layout.prompt.test(line));
  const bottom = shown.slice(-BOTTOM_ROWS).join('\n');
  const status = shown.slice(-STATUS_ROWS).join('\n');
  return {
    bottom: found === null ? bottom : '',
    menu: found === null ? bottom : status,
    status,
    footer: found === null ? '' : lines.slice(found.at + 1).join('\n'),
    turn: above.slice(Math.max(0, start)).join('\n'),
    input: found === null ? '' : lines[found.at]!.replace(layout.marker, '').trim(),
  };
}

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
  const text = (match.groups?.['detail'] ?? match[0]).replace(/^\s*Tip: .*$/gm, '').replace(/[╭╮╰╯│┃─╌▄▀]+/g, ' ');
  return text.replace(/\s+/g, ' ').trim().slice(0, DETAIL_MAX);
}
