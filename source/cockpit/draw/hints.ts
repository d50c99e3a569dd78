import type {Theme} from '../theme.ts';
import {width} from './cells.ts';
import type {Span} from './spans.ts';

/** A key and what it does, for footers. */
export type Hint = {id: string; key: string; label: string};

/** Kept when the room gets short; on a phone only the first. */
const ALWAYS = ['help', 'quit'];
const PHONE = 50;

/** As many as fit, in order of use; whole hints only. */
export function hintSpans(theme: Theme, hints: readonly Hint[], room: number): Span[] {
  const size = (hint: Hint): number => width(hintKey(theme, hint.key)) + 1 + width(hint.label) + 2;
  const always = room < PHONE ? ALWAYS.slice(0, 1) : ALWAYS;
  let left = room - 1;
  for (const hint of hints) if (always.includes(hint.id)) left -= size(hint);
  const kept = hints.filter(hint => {
    if (always.includes(hint.id)) return true;
    if (left < size(hint)) {
      left = 0;
      return false;
    }
    left -= size(hint);
    return true;
  });
  const spans: Span[] = [[null, ' ']];
  for (const {key, label} of kept) spans.push(['key', hintKey(theme, key)], ['dim', ` ${label}`], [null, '  ']);
  return spans.slice(0, -1);
}

export const hintKey = ({shapes}: Theme, key: string): string => (key === 'enter' ? shapes.enter : key);
