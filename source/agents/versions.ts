import type {Agent} from './agent.ts';
import {covers} from './coverage.ts';

const COMPARATOR = /^(>=|<=|>|<|=)?v?(\d+(?:\.\d+)*)(?:\.[x*])?$/;
/** Stands behind a known version: the newest of its kind. */
const NEWEST = 999_999;

/** Whether a version is in a range: `2.1.x`, `>=2.1.300`, `>=0.160 <0.170`, `1.x || 2.x`. */
export function inRange(version: string, range: string): boolean {
  return range.split('||').some(all =>
    all
      .trim()
      .split(/\s+/)
      .every(each => holds(version, each)),
  );
}

/** Whether a rule is for this version; the newest rules are used where nobody knows it. */
export function isFor(
  range: string | undefined,
  {agent, version}: {agent: Pick<Agent, 'knownVersions'>; version: string | null},
): boolean {
  if (range === undefined) return true;
  if (version !== null && inRange(version, range)) return true;
  if (version !== null && covers(agent, version)) return false;
  const newest = agent.knownVersions?.at(-1);
  return newest !== undefined && inRange(`${newest}.${NEWEST}`, range);
}

function holds(version: string, comparator: string): boolean {
  const match = COMPARATOR.exec(comparator);
  if (match === null) return false;
  const [, sign = '', wanted = ''] = match;
  const parts = wanted.split('.').map(Number);
  const own = version.split('.').map(Number);
  // Without a sign `2.1` stands for every 2.1.x.
  if (sign === '' || sign === '=') return parts.every((part, i) => own[i] === part);
  const order = compare(own, parts);
  switch (sign) {
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order < 0;
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
