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
  const spans: Span[] = [[null, ' ']];
  for (const {key, label} of keptHints(theme, hints, room)) {
    spans.push(['key', hintKey(theme, key)], ['dim', ` ${label}`], [null, '  ']);
  }
  return spans.slice(0, -1);
}

/** The hint at a column of what `hintSpans` paints; null: none. */
export function hintAt(
  theme: Drawing,
  {hints, room, x}: {hints: readonly Hint[]; room: number; x: number},
): Hint | null {
  let start = 1;
  for (const hint of keptHints(theme, hints, room)) {
    const end = start + hintSize(theme, hint);
    if (x >= start && x < end - GAP) return hint;
    start = end;
  }
  return null;
}

type Drawing = Pick<Theme, 'shapes'>;

/** Blanks behind a hint. */
const GAP = 2;

const hintSize = (theme: Drawing, {key, label}: Hint): number => width(hintKey(theme, key)) + 1 + width(label) + GAP;

function keptHints(theme: Drawing, hints: readonly Hint[], room: number): Hint[] {
  const always = room < PHONE ? ALWAYS.slice(0, 1) : ALWAYS;
  let left = room - 1;
  for (const hint of hints) if (always.includes(hint.id)) left -= hintSize(theme, hint);
  return hints.filter(hint => {
    if (always.includes(hint.id)) return true;
    if (left < hintSize(theme, hint)) {
      left = 0;
      return false;
    }
    left -= hintSize(theme, hint);
    return true;
  });
}

const hintKey = ({shapes}: Drawing, key: string): string => (key === 'enter' ? shapes.enter : key);
