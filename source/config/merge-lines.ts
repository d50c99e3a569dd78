/** Lines that differ on both sides are compared only up to so many pairs: beyond that the new text is taken as it is. */
const PAIRS_MAX = 4_000_000;

/**
 * Makes the change from `base` to `changed` in `text`, which says the same as `base` in its own way: lines that the
 * change does not touch stay as they are written. Where both differ in one place, that of `changed` is taken.
 */
export function mergeLines({text, base, changed}: Record<'text' | 'base' | 'changed', string>): string {
  if (text === base) return changed;
  const [own, old, next] = [text.split('\n'), base.split('\n'), changed.split('\n')];
  // Only how it is set differs: indentation, the space before a comment and in braces.
  const plain = (line: string): string => line.replace(/\s+/g, '');
  const inText = matches(old.map(plain), own.map(plain));
  const inChanged = matches(old, next);
  if (inText === null || inChanged === null) return changed;
  const merged: string[] = [];
  let [ofOld, ofOwn, ofNext] = [0, 0, 0];
  for (let at = 0; at <= old.length; at++) {
    const [ownAt, nextAt] = at === old.length ? [own.length, next.length] : [inText.get(at), inChanged.get(at)];
    if (ownAt === undefined || nextAt === undefined) continue;
    const was = old.slice(ofOld, at);
    const is = next.slice(ofNext, nextAt);
    merged.push(...(was.join('\n') === is.join('\n') && was.length === is.length ? own.slice(ofOwn, ownAt) : is));
    if (at < old.length) merged.push(own[ownAt]!);
    [ofOld, ofOwn, ofNext] = [at + 1, ownAt + 1, nextAt + 1];
  }
  return merged.join('\n');
}

/** Which line of `b` each line of `a` is, for the longest common sequence; null: there are too many. */
function matches(a: readonly string[], b: readonly string[]): Map<number, number> | null {
  const found = new Map<number, number>();
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) found.set(start, start++);
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) {
    end++;
    found.set(a.length - end, b.length - end);
  }
  const [rows, columns] = [a.length - start - end, b.length - start - end];
  if (rows * columns > PAIRS_MAX) return null;
  const lengths = Array.from({length: rows + 1}, () => new Uint32Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const same = a[start + i] === b[start + j];
      lengths[i]![j] = same ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    if (a[start + i] === b[start + j]) found.set(start + i++, start + j++);
    else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i++;
    else j++;
  }
  return found;
}
