import {AmuxError} from './errors.ts';

const NAME = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;
const RESERVED = new Set(['bulk']);

/** Throws `session.name` unless the name can be typed, put into a URL and shown. */
export function checkName(name: string): void {
  if (!NAME.test(name) || RESERVED.has(name)) throw new AmuxError('session.name', {name: name.slice(0, 80)});
}

/** One line of text as others are shown it: without control characters and marks that reverse what is read. */
export const oneLine = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ').trim();

/** Tags and the like as others are shown and find them: one line each, those of which something can be seen, each once. */
export const oneLines = (texts: readonly string[]): string[] => [...new Set(texts.map(oneLine).filter(Boolean))];

/** Text of several lines without what could act on a terminal: tabs and line ends are all that stays. */
export const plainText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '');

type Named = {id: string; name: string};

/**
 * Finds what a person means: a name wins over an id, an id over an index (row of `ps`, from 1), then an
 * unambiguous prefix of a name or id. `items` stand in the order of `ps`.
 */
export function findNamed<T extends Named>(items: readonly T[], ref: string, rows: readonly T[] = items): T {
  const exact = items.find(item => item.name === ref) ?? items.find(item => item.id === ref);
  if (exact !== undefined) return exact;
  if (/^[1-9]\d{0,4}$/.test(ref)) {
    const row = rows[Number(ref) - 1];
    if (row !== undefined) return row;
  }
  const matches = ref === '' ? [] : items.filter(item => item.name.startsWith(ref) || item.id.startsWith(ref));
  if (matches.length > 1) {
    const candidates = matches.slice(0, 8).map(item => item.name);
    throw new AmuxError('session.ambiguous', {ref, candidates: candidates.join(', ')});
  }
  const [match] = matches;
  if (match === undefined) throw new AmuxError('session.unknown', {ref: ref.slice(0, 80)});
  return match;
}
