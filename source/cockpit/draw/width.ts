import stringWidth from 'string-width';
import {Recent} from './recent.ts';

/** Characters that stand for themselves: none joins its neighbour, and each is one UTF-16 unit. */
const SIMPLE =
  /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2100-\u2bff\u3000-\u3029\u3030-\u303e\u3041-\u3096\u30a0-\u30ff\u3400-\u9fff]*$/;
const ASCII = /^[ -~]*$/;
const SGR = /\x1b\[[\d;]*m/g;
/** Widths of other texts that are kept. */
const KEPT = 1000;

/** Width by UTF-16 unit; 255: not asked yet. */
const units = new Uint8Array(0xa000).fill(255);
const others = new Recent<number>(KEPT);

/**
 * Columns that the text takes, without its colours: as string-width has it, which looks up every character of every
 * text anew. Most of a screen are letters, lines and blocks that never change their width.
 */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  if (text.includes('\x1b')) {
    const plain = text.replace(SGR, '');
    // What is left may hold other sequences.
    return plain.includes('\x1b') ? stringWidth(plain) : textWidth(plain);
  }
  if (!SIMPLE.test(text)) return otherWidth(text);
  let total = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    let cells = units[unit]!;
    if (cells === 255) {
      cells = stringWidth(text[i]!);
      units[unit] = cells;
    }
    total += cells;
  }
  return total;
}

/** Whether each UTF-16 unit is a character of its own. */
export const isSimple = (text: string): boolean => SIMPLE.test(text);

function otherWidth(text: string): number {
  let cells = others.get(text);
  if (cells === undefined) {
    cells = stringWidth(text);
    others.set(text, cells);
  }
  return cells;
}
