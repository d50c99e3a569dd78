import {encodeKeys, parseKeyName} from './keys.ts';

const PASTE_START = '\u001b[200~';
const PASTE_END = '\u001b[201~';
const PLAIN = {alternate: false, bracketedPaste: null, applicationCursor: false};

export type DetachFilter = {
  /** What goes on to the program, and whether the person asked to leave. Input after that is dropped. */
  push(input: string): {forward: string; detach: boolean};
};

/**
 * Finds `C-b d` (any prefix and key of `keys`; a single key leaves at once) in what a person types. Prefix
 * twice sends it once; prefix and any other key sends both. Pasted text is not typed. Throws `input.invalid`.
 */
export function createDetachFilter(keys: string): DetachFilter {
  const [prefix, key] = keys.trim().split(/\s+/) as [string, string?];
  const isPrefix = matcher(prefix);
  const isKey = key === undefined ? null : matcher(key);
  let held = '';
  let pasting = false;
  return {
    push(input) {
      let forward = '';
      for (const token of tokens(input)) {
        if (token === PASTE_START || token === PASTE_END) pasting = token === PASTE_START;
        if (pasting) forward += token;
        else if (held === '') {
          if (!isPrefix(token)) forward += token;
          else if (isKey === null) return {forward, detach: true};
          else held = token;
        } else if (codedKey(token)?.release !== true) {
          if (isKey?.(token)) return {forward, detach: true};
          forward += isPrefix(token) ? token : held + token;
          held = '';
        }
      }
      return {forward, detach: false};
    },
  };
}

/** Escape sequences and single characters. */
function tokens(input: string): string[] {
  return input.match(/\u001b\[[0-?]*[ -/]*[@-~]|[\s\S]/g) ?? [];
}

type CodedKey = {code: number; modifiers: number; release: boolean};

/** A key as keyboards send it that a program switched to the kitty protocol or to modifyOtherKeys. */
function codedKey(token: string): CodedKey | null {
  const kitty = /^\u001b\[(\d+)(?::\d*)*(?:;(\d+)(?::(\d))?)?u$/.exec(token);
  const other = kitty ?? /^\u001b\[27;(\d+);(\d+)~$/.exec(token);
  if (other === null) return null;
  const [code, modifiers] = kitty === null ? [other[2], other[1]] : [kitty[1], kitty[2]];
  // Beyond Shift, Alt and Ctrl come the lock keys.
  return {code: Number(code), modifiers: (Number(modifiers ?? 1) - 1) & 7, release: kitty?.[3] === '3'};
}

/** Upper and lower case of a letter are the same key here. */
function matcher(name: string): (token: string) => boolean {
  const key = parseKeyName(name);
  const letter = key.type === 'text' ? key.text : key.base;
  const forms = key.type === 'text' ? [letter.toLowerCase(), letter.toUpperCase()] : [encodeKeys([name], PLAIN)];
  const code = [...letter].length === 1 ? letter.toLowerCase().codePointAt(0) : undefined;
  const wanted = key.type === 'text' ? 0 : (key.alt ? 2 : 0) + (key.ctrl ? 4 : 0);
  return token => {
    if (forms.includes(token)) return true;
    const coded = codedKey(token);
    return coded !== null && !coded.release && coded.code === code && (coded.modifiers & 6) === wanted;
  };
}
