import {characters} from '../draw/cells.ts';

/** How well a text is meant; `at`: which of its characters (as people see them) were. Higher is better. */
export type Match = {score: number; at: readonly number[]};

const HIT = 1;
const IN_A_ROW = 6;
const WORD_START = 6;
const TEXT_START = 3;
/** For each character left out between two hits, up to so many. */
const GAP = 0.2;
const GAP_MAX = 10;

/** Every word of `needle` must be in the text, its letters in this order; null: one is not. Case does not matter. */
export function fuzzy(needle: string, text: string): Match | null {
  const hay = characters(text).map(character => character.toLowerCase());
  const at = new Set<number>();
  let score = 0;
  for (const word of needle.toLowerCase().split(/\s+/)) {
    if (word === '') continue;
    const found = matchWord(characters(word), hay);
    if (found === null) return null;
    score += found.score;
    for (const index of found.at) at.add(index);
  }
  // Of two that are meant alike the shorter one is meant more.
  return {score: score - hay.length / 100, at: [...at].sort((a, b) => a - b)};
}

type Way = {score: number; from: number};

/** The best of all ways to find the letters: row by row, each hit from the best one before it. */
function matchWord(word: readonly string[], hay: readonly string[]): Match | null {
  const rows: (Way | null)[][] = [];
  for (const [i, letter] of word.entries()) {
    const before = rows[i - 1];
    rows.push(hay.map((character, j) => (character === letter ? wayTo(j, {before, hay}) : null)));
  }
  let end = -1;
  const last = rows.at(-1) ?? [];
  for (const [j, way] of last.entries()) {
    if (way !== null && (end === -1 || way.score > last[end]!.score)) end = j;
  }
  if (end === -1) return null;
  const at: number[] = [];
  for (let i = rows.length - 1, j = end; i >= 0; i--) {
    at.unshift(j);
    j = rows[i]![j]!.from;
  }
  return {score: last[end]!.score, at};
}

function wayTo(j: number, {before, hay}: {before: (Way | null)[] | undefined; hay: readonly string[]}): Way | null {
  const own = HIT + (isWordStart(hay, j) ? WORD_START : 0) + (j === 0 ? TEXT_START : 0);
  if (before === undefined) return {score: own, from: -1};
  let best: Way | null = null;
  for (let k = 0; k < j; k++) {
    const way = before[k];
    if (way == null) continue;
    const step = k === j - 1 ? IN_A_ROW : -GAP * Math.min(GAP_MAX, j - k - 1);
    if (best === null || way.score + step > best.score) best = {score: way.score + step, from: k};
  }
  return best === null ? null : {score: best.score + own, from: best.from};
}

const isWordStart = (hay: readonly string[], j: number): boolean => j === 0 || /[^\p{L}\p{N}]/u.test(hay[j - 1]!);

/** Every word of `needle` stands in the text as it is: for long texts, which hold most letters in most orders. */
export function holding(needle: string, text: string): Match | null {
  const hay = characters(text).map(character => character.toLowerCase());
  const joined = hay.join('');
  const at = new Set<number>();
  for (const word of needle.toLowerCase().split(/\s+/)) {
    const offset = joined.indexOf(word);
    if (offset === -1) return null;
    const from = characters(joined.slice(0, offset)).length;
    for (const i of characters(word).keys()) at.add(from + i);
  }
  return {score: -hay.length / 100, at: [...at].sort((a, b) => a - b)};
}
