/** More changes than this make another word. */
const CHANGES_MAX = 2;

type Json = {[key: string]: unknown};

/** The keys that a JSON Schema knows at a path. */
export function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  let at = branches(schema);
  for (const step of path) {
    at = at.flatMap(each => {
      const {properties, additionalProperties, items} = each;
      const own = (properties as Json | undefined)?.[String(step)];
      return branches(own ?? (typeof step === 'number' ? items : additionalProperties));
    });
  }
  return at.flatMap(({properties}) => Object.keys((properties as Json | undefined) ?? {}));
}

/** The one that was probably meant; null: none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const most = Math.min(CHANGES_MAX, Math.floor(word.length / 2));
  const ranked = known
    .map(each => ({each, changes: changesBetween(word.toLowerCase(), each.toLowerCase())}))
    .filter(({changes}) => changes <= most)
    .sort((a, b) => a.changes - b.changes);
  return ranked[0]?.each ?? null;
}

/** What a schema allows besides null. */
function branches(schema: unknown): Json[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const {anyOf} = schema as {anyOf?: unknown[]};
  return anyOf === undefined ? [schema as Json] : anyOf.flatMap(branches);
}

/** Letters that are put in, taken out, changed or swapped with their neighbour. */
function changesBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({length: b.length + 1}, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const before = swapped ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(row[j - 1]! + 1, rows[i - 1]![j]! + 1, rows[i - 1]![j - 1]! + same, before));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
