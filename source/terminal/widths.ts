import stringWidth from 'string-width';

/** How many columns a code point takes (0, 1, 2), and what of it flows into the next one's. */
type Width = 0 | 1 | 2;

/**
 * The part of xterm's `IUnicodeVersionProvider` that decides columns. Its own table ends with Unicode 6,
 * where emoji are narrow; programs (and Ink) measure with `string-width`, so the columns come from there.
 */
export const widths = {
  version: 'amux',
  wcwidth,
  charProperties(codepoint: number, preceding: number): number {
    const before = preceding >> 3;
    const beforeWidth = ((preceding >> 1) & 3) as Width;
    const own = wcwidth(codepoint);
    const joined = beforeWidth === 0 ? null : joinedWidth(codepoint, own, before, beforeWidth);
    return (stateAfter(codepoint, before) << 3) | ((joined ?? own) << 1) | (joined === null ? 0 : 1);
  },
};

/** What the next code point must know of this one. */
const PLAIN = 0;
const AFTER_JOINER = 1;
const AFTER_ONE_REGIONAL = 2;
const AFTER_PICTOGRAPH = 3;

const JOINER = 0x200d;
const EMOJI_SELECTOR = 0xfe0f;

const UNKNOWN = 255;
const known = new Uint8Array(0x20000).fill(UNKNOWN);

function wcwidth(codepoint: number): Width {
  if (codepoint >= 0x20 && codepoint < 0x7f) return 1;
  if (codepoint >= known.length) return measure(codepoint);
  const width = known[codepoint]!;
  if (width !== UNKNOWN) return width as Width;
  const measured = measure(codepoint);
  known[codepoint] = measured;
  return measured;
}

function measure(codepoint: number): Width {
  // Vowels and finals of Hangul syllables are drawn into the cell of their leading consonant.
  if (codepoint >= 0x1160 && codepoint <= 0x11ff) return 0;
  // A soft hyphen is a visible cell in terminals, though string-width hides it.
  if (codepoint === 0xad) return 1;
  return Math.min(2, stringWidth(String.fromCodePoint(codepoint))) as Width;
}

/** The width of the cell that the code point is added to; null: it starts a cell of its own. */
function joinedWidth(codepoint: number, own: Width, before: number, beforeWidth: Width): Width | null {
  if (codepoint === EMOJI_SELECTOR && before === AFTER_PICTOGRAPH) return 2;
  if (own === 0) return beforeWidth;
  if (before === AFTER_JOINER && isPictograph(codepoint)) return 2;
  if (before === AFTER_PICTOGRAPH && isSkinTone(codepoint)) return 2;
  if (before === AFTER_ONE_REGIONAL && isRegional(codepoint)) return 2;
  return null;
}

function stateAfter(codepoint: number, before: number): number {
  if (codepoint < 0x200d) return PLAIN;
  if (codepoint === JOINER) return before === AFTER_PICTOGRAPH ? AFTER_JOINER : PLAIN;
  if (codepoint === EMOJI_SELECTOR) return before;
  if (isRegional(codepoint)) return before === AFTER_ONE_REGIONAL ? PLAIN : AFTER_ONE_REGIONAL;
  return isPictograph(codepoint) || isSkinTone(codepoint) ? AFTER_PICTOGRAPH : PLAIN;
}

const isRegional = (codepoint: number): boolean => codepoint >= 0x1f1e6 && codepoint <= 0x1f1ff;
const isSkinTone = (codepoint: number): boolean => codepoint >= 0x1f3fb && codepoint <= 0x1f3ff;
const isPictograph = (codepoint: number): boolean =>
  codepoint >= 0x203c && /\p{Extended_Pictographic}/u.test(String.fromCodePoint(codepoint));
