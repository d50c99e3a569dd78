/**
 * One step of raw terminal input. `part`: may be the beginning of a longer sequence whose rest has not come.
 */
export type Unit = {kind: 'text' | 'sequence' | 'part'; text: string};

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
const SEQUENCE = /^\x1b(?:\x1b?\[\[?[0-?]*[ -/]*[@-~]|\x1b?O[0-9;]*[@-~])/;
/** No key begins like this: it is what a terminal says of itself. */
const PRIVATE_START = /^\x1b\[\?[\d;]*\$?$/;

/** The colour of a terminal's background, and what may be its beginning: no key begins like this. */
const COLOUR = /^\x1b\]11;[\da-z:/]*(?:\x07|\x1b\\)/i;
const TORN_COLOUR = /^\x1b\]11;[\da-z:/]{0,32}\x1b?$/i;
const COLOUR_START = '\x1b]11;';

/** What a terminal sends that knows the mouse but no SGR coordinates: three characters behind its beginning, and no keys. */
const OLD_MOUSE = /^\x1b\[M[\s\S]{0,3}/;
const OLD_MOUSE_LENGTH = 6;

/** A report of the terminal without its end, or what may be one: what is left of it would be keys. */
export const isTornReport = (input: string): boolean =>
  /^\x1b\[(<[\d;]{0,16})?$/.test(input) || TORN_COLOUR.test(input) || PRIVATE_START.test(input);

export const isPasteStart = (unit: Unit): boolean => unit.text === PASTE_START;
export const isPasteEnd = (unit: Unit): boolean => unit.text === PASTE_END;

/**
 * The first key of the input, or inside a paste everything up to its end marker. A lone ESC is complete:
 * it is the Esc key far more often than the first byte of a torn sequence.
 */
export function firstUnit(input: string, pasting: boolean): Unit {
  if (pasting) return pasteUnit(input);
  if (input[0] !== '\x1b') return {kind: 'text', text: String.fromCodePoint(input.codePointAt(0)!)};
  const old = OLD_MOUSE.exec(input)?.[0];
  if (old !== undefined) return {kind: old.length < OLD_MOUSE_LENGTH ? 'part' : 'sequence', text: old};
  const sequence = (SEQUENCE.exec(input) ?? COLOUR.exec(input))?.[0];
  if (sequence !== undefined) return {kind: 'sequence', text: sequence};
  if (input === '\x1b') return {kind: 'sequence', text: input};
  if (isTornReport(input)) return {kind: 'part', text: input};
  if (PASTE_START.startsWith(input) && input.length > 2) return {kind: 'part', text: input};
  if (COLOUR_START.startsWith(input) && input.length > 2) return {kind: 'part', text: input};
  if (input[1] === '[' || input[1] === 'O') return {kind: 'sequence', text: input.slice(0, 2)};
  const next = String.fromCodePoint(input.codePointAt(1)!);
  // Esc, then a control key such as the one that leaves: two keys.
  if (next < ' ') return {kind: 'sequence', text: '\x1b'};
  return {kind: 'sequence', text: `\x1b${next}`};
}

function pasteUnit(input: string): Unit {
  if (input.startsWith(PASTE_END)) return {kind: 'sequence', text: PASTE_END};
  const end = input.indexOf(PASTE_END);
  if (end > 0) return {kind: 'text', text: input.slice(0, end)};
  for (let length = Math.min(PASTE_END.length - 1, input.length); length > 0; length--) {
    if (!input.endsWith(PASTE_END.slice(0, length))) continue;
    if (length === input.length) return {kind: 'part', text: input};
    return {kind: 'text', text: input.slice(0, input.length - length)};
  }
  return {kind: 'text', text: input};
}
