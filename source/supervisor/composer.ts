import type {Agent} from '../agents/agent.ts';
import type {Reading} from '../domain/evidence.ts';
import {rowText, type Screen} from '../domain/screen.ts';
import {type Composer, plain} from '../domain/steering.ts';

/** Cells of the text's end that are looked for where no input line can be told. */
const TAIL = 24;
/** A row of an input line that scrolls begins anywhere in the text: it has to be so long to be known by. */
const ROW_MIN = 10;
/** Programs show a long text as a remark. */
const FOLDED = /\[Pasted|pasted text/i;

/** What stands where the program takes its input. */
export function composerOf(screen: Screen, text: string, agent: Pick<Agent, 'read' | 'input'>): Composer {
  const reading = agent.read?.(screen) ?? null;
  if (reading !== null && takesEnter(reading)) return 'busy';
  if (reading === null || agent.input === null) return standsAtCursor(screen, text) ? 'ours' : 'free';
  const line = agent.input(screen);
  if (line !== null && !reading.composer && isOf(line, text)) return 'ours';
  if (reading.activity === 'working') return 'busy';
  if (reading.composer) return 'free';
  if (line !== null) return 'other';
  return standsAnywhere(screen, text) > 0 ? 'ours' : 'busy';
}

/** Something else than the input line would take Enter; a list of completions belongs to what was typed. */
export const takesEnter = ({dialog, layer}: Reading): boolean => dialog && layer !== 'list';

/** The typed text shows: on its input line, or more often than before where that cannot be told. */
export function isEchoed(screen: Screen, text: string, {agent, before}: {agent: Agent; before: Screen}): boolean {
  const composer = composerOf(screen, text, agent);
  if (composer === 'ours') return agent.input?.(screen) !== null || standsAnywhere(screen, text) > 0;
  return agent.input !== null && standsAnywhere(screen, text) > standsAnywhere(before, text);
}

/** The first row of an input line belongs to this text. */
function isOf(line: string, text: string): boolean {
  const row = plain(line);
  if (row === '') return false;
  if (FOLDED.test(row)) return true;
  const whole = plain(text);
  return whole.startsWith(row) || (row.length >= ROW_MIN && whole.includes(row));
}

/** Its end stands on the cursor's line. */
function standsAtCursor(screen: Screen, text: string): boolean {
  const {last, tail} = endOf(text);
  if (tail === '' || screen.cursor === null) return false;
  const line = plain(rowText(screen.lines[screen.cursor.y] ?? []));
  // A long line wraps: its end may be all that stands on the cursor's line.
  return line.endsWith(tail) || (last.length > screen.cols / 2 && line !== '' && tail.endsWith(line));
}

/** In how many rows its end stands, or a remark in its place. */
function standsAnywhere(screen: Screen, text: string): number {
  const {tail} = endOf(text);
  const rows = screen.lines.map(row => plain(rowText(row)));
  return rows.filter(row => (tail !== '' && row.includes(tail)) || FOLDED.test(row)).length;
}

function endOf(text: string): {last: string; tail: string} {
  const last = text.split('\n').findLast(line => plain(line) !== '') ?? '';
  return {last, tail: plain(last).slice(-TAIL)};
}
