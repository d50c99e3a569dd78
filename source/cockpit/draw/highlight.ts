import type {Token} from '../theme.ts';
import {characters} from './cells.ts';
import type {Span} from './spans.ts';

/** The text with some of its characters lit: those at `at`. */
export function litSpans(text: string, at: readonly number[], {token, lit}: {token: Token; lit: Token}): Span[] {
  if (at.length === 0) return [[token, text]];
  const spans: [Token, string][] = [];
  for (const [i, character] of characters(text).entries()) {
    const own = at.includes(i) ? lit : token;
    const last = spans.at(-1);
    if (last?.[0] === own) last[1] += character;
    else spans.push([own, character]);
  }
  return spans;
}
