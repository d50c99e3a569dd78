import type {Key} from 'ink';

/** The name of a key press as `keymap.ts` writes it: `j`, `up`, `space`, `ctrl+l`, `alt+enter`. */
export function keyName(input: string, key: Key): string {
  if (input === '\n') return 'ctrl+j';
  const named = namedKey(key) ?? (input === ' ' ? 'space' : input);
  const shift = key.shift && SHIFTED.includes(named) ? 'shift+' : '';
  return `${key.ctrl ? 'ctrl+' : ''}${key.meta && !key.escape ? 'alt+' : ''}${shift}${named}`;
}

/** With these, shift makes another key; a letter has its own. */
const SHIFTED = ['tab', 'enter', 'up', 'down', 'left', 'right', 'home', 'end', 'pageup', 'pagedown'];

function namedKey(key: Key): string | null {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'esc';
  if (key.tab) return 'tab';
  if (key.backspace) return 'backspace';
  if (key.delete) return 'delete';
  return null;
}

const NAMED = 'up down left right pageup pagedown home end enter esc tab backspace delete space'.split(' ');
const ALSO: Readonly<Record<string, string>> = {
  escape: 'esc',
  return: 'enter',
  pgup: 'pageup',
  pgdn: 'pagedown',
  pgdown: 'pagedown',
  del: 'delete',
  bspace: 'backspace',
};
/** Terminals send the same byte for both. */
const SAME: Readonly<Record<string, string>> = {'ctrl+i': 'tab', 'ctrl+m': 'enter', 'ctrl+[': 'esc'};
const MODIFIERS: Readonly<Record<string, string>> = {c: 'ctrl', a: 'alt', m: 'alt', s: 'shift'};
const MODIFIER = /^(ctrl|alt|shift|c|m|s)[+-](?=.)/i;

/** A key as `keymap.ts` writes it, from how people and tmux write it (`Ctrl+L`, `C-l`, `shift+m`); null: it is none. */
export function canonicalKey(name: string): string | null {
  let rest = name;
  const held = new Set<string>();
  for (let found = MODIFIER.exec(rest); found !== null; found = MODIFIER.exec(rest)) {
    held.add(MODIFIERS[found[1]!.toLowerCase()[0]!]!);
    rest = rest.slice(found[0].length);
  }
  const lower = rest.toLowerCase();
  const special = NAMED.includes(lower) ? lower : ALSO[lower];
  if (special === undefined && ([...rest].length !== 1 || /[\s\p{C}]/u.test(rest))) return null;
  const letter = held.has('shift') ? rest.toUpperCase() : held.has('ctrl') ? lower : rest;
  const shift = special !== undefined && held.has('shift') ? 'shift+' : '';
  const key = `${held.has('ctrl') ? 'ctrl+' : ''}${held.has('alt') ? 'alt+' : ''}${shift}${special ?? letter}`;
  return SAME[key] ?? key;
}
