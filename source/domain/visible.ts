/** Every how many columns a tab ends. */
const TAB = 8;
const CONTROLS =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * A line of a file with everything in it to be seen: control characters and those without a width as their names, tabs
 * as blanks. `width`: columns of a text, where it is not all ASCII; `before`: columns in front of it.
 */
export function visible(text: string, {width, before = 0}: {width: (text: string) => number; before?: number}): string {
  if (!text.includes('\t')) return text.replace(CONTROLS, nameOf);
  let shown = '';
  for (const [i, part] of text.split('\t').entries()) {
    if (i > 0) shown += ' '.repeat(TAB - ((before + width(shown)) % TAB));
    shown += part.replace(CONTROLS, nameOf);
  }
  return shown;
}

function nameOf(character: string): string {
  const code = character.codePointAt(0)!;
  if (code === 0x7f) return '^?';
  if (code < 0x20) return `^${String.fromCharCode(code + 64)}`;
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
