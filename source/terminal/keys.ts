import {AmuxError} from '../domain/errors.ts';
import type {Modes} from '../domain/screen.ts';

export type KeyPress = {base: string; ctrl: boolean; alt: boolean; shift: boolean};
export type Key = {type: 'text'; text: string} | ({type: 'press'} & KeyPress);

/** Keys whose bytes are `ESC [ n ~`. */
const TILDE: Record<string, number> = {
  Insert: 2,
  Delete: 3,
  PageUp: 5,
  PageDown: 6,
  F5: 15,
  F6: 17,
  F7: 18,
  F8: 19,
  F9: 20,
  F10: 21,
  F11: 23,
  F12: 24,
};
/** Keys whose bytes are `ESC [ letter`, in application cursor mode `ESC O letter`. */
const CURSOR: Record<string, string> = {Up: 'A', Down: 'B', Right: 'C', Left: 'D', Home: 'H', End: 'F'};
/** Keys whose bytes are always `ESC O letter`. */
const SS3: Record<string, string> = {F1: 'P', F2: 'Q', F3: 'R', F4: 'S'};
const PLAIN: Record<string, string> = {Enter: '\r', Tab: '\t', Escape: '\u001b', Space: ' ', Backspace: '\u007f'};
/** Other spellings, tmux's among them. */
const ALIASES: Record<string, string> = {
  Return: 'Enter',
  Esc: 'Escape',
  BSpace: 'Backspace',
  DC: 'Delete',
  IC: 'Insert',
  PgUp: 'PageUp',
  PPage: 'PageUp',
  PgDn: 'PageDown',
  NPage: 'PageDown',
};
/** What Ctrl makes of a key that is not a letter, where a terminal has a byte for it. */
const CONTROL: Record<string, string> = {
  Space: '\u0000',
  '@': '\u0000',
  '2': '\u0000',
  '[': '\u001b',
  '3': '\u001b',
  '\\': '\u001c',
  '4': '\u001c',
  ']': '\u001d',
  '5': '\u001d',
  '^': '\u001e',
  '6': '\u001e',
  _: '\u001f',
  '/': '\u001f',
  '-': '\u001f',
  '7': '\u001f',
  '?': '\u007f',
  '8': '\u007f',
  Backspace: '\u0008',
};

/** The names that are keys; everything else is typed as text. For help and documentation. */
export const keyNames: readonly string[] = [PLAIN, CURSOR, TILDE, SS3].flatMap(table => Object.keys(table));

/** Key names and literal text → the bytes that a keyboard would send. Throws `input.invalid`. */
export function encodeKeys(names: readonly string[], modes: Modes): string {
  let bytes = '';
  for (const name of names) {
    const key = parseKeyName(name);
    bytes += key.type === 'text' ? key.text : encodePress(key, name, modes);
  }
  return bytes;
}

/** `C-`, `M-` (`A-`) and `S-` before a key are modifiers; a text that is no key's name is literal. */
export function parseKeyName(name: string): Key {
  const whole = canonical(name);
  if (whole !== null) return {type: 'press', base: whole, ctrl: false, alt: false, shift: false};
  if (name === 'BTab') return {type: 'press', base: 'Tab', ctrl: false, alt: false, shift: true};
  const match = /^((?:[CMAS]-)+)(\S+)$/u.exec(name);
  if (match !== null) {
    const [, modifiers, rest] = match;
    const base = canonical(rest!) ?? (isCharacter(rest!) ? rest! : null);
    const press = {
      ctrl: modifiers!.includes('C'),
      alt: /[MA]/.test(modifiers!),
      shift: modifiers!.includes('S'),
    };
    if (base !== null) return {type: 'press', base, ...press};
    // "S-expression" is a word; "C-Entre" is a slip that must not be typed into an agent.
    if (press.ctrl || press.alt) throw unknownKey(name);
  }
  return literal(name);
}

function encodePress(key: KeyPress, name: string, modes: Modes): string {
  const {base, ctrl, alt, shift} = key;
  const modifier = 1 + (shift ? 1 : 0) + (alt ? 2 : 0) + (ctrl ? 4 : 0);
  const cursor = CURSOR[base] ?? SS3[base];
  if (cursor !== undefined) {
    if (modifier > 1) return `\u001b[1;${modifier}${cursor}`;
    return base in SS3 || modes.applicationCursor ? `\u001bO${cursor}` : `\u001b[${cursor}`;
  }
  const tilde = TILDE[base];
  if (tilde !== undefined) return modifier > 1 ? `\u001b[${tilde};${modifier}~` : `\u001b[${tilde}~`;
  const bytes = encodeCharacter(base, ctrl, shift);
  if (bytes === null) throw unknownKey(name);
  return alt ? `\u001b${bytes}` : bytes;
}

/** Keys that are one byte on a plain terminal; null where it has none (Ctrl-Enter, Shift-Escape). */
function encodeCharacter(base: string, ctrl: boolean, shift: boolean): string | null {
  if (base === 'Tab' && shift && !ctrl) return '\u001b[Z';
  if (ctrl) {
    if (/^[a-zA-Z]$/.test(base)) return shift ? null : String.fromCharCode(base.toUpperCase().charCodeAt(0) - 64);
    return shift ? null : (CONTROL[base] ?? null);
  }
  if (shift) return /^\p{L}$/u.test(base) ? base.toUpperCase() : base === 'Space' ? ' ' : null;
  return PLAIN[base] ?? base;
}

function literal(text: string): Key {
  if (text === '') throw new AmuxError('input.invalid', {why: 'an empty key', next: 'name a key or give a text'});
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) {
    throw new AmuxError('input.invalid', {
      why: 'control characters inside a text of keys',
      next: 'name them: Enter, Tab, Escape, C-c …',
    });
  }
  return {type: 'text', text};
}

function canonical(name: string): string | null {
  const base = Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name;
  return keyNames.includes(base) ? base : null;
}

function isCharacter(text: string): boolean {
  return [...text].length === 1 && !/[\u0000-\u0020\u007f-\u009f]/.test(text);
}

function unknownKey(name: string): AmuxError {
  return new AmuxError('input.invalid', {
    why: `no key "${name}"`,
    next: `keys are C-a … C-z, M-x, S-Tab, ${keyNames.slice(0, 5).join(', ')}, arrows, F1–F12, or a text`,
  });
}
