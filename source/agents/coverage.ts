import type {Agent} from './agent.ts';

/** The version in what a program prints for its version flags, e.g. `2.1.328`; null when there is none. */
export function versionIn(text: string): string | null {
  return /\b\d+\.\d+(\.\d+)*\b/.exec(text)?.[0] ?? null;
}

/** Whether the screen rules of an agent were made for this version of it. */
export function covers({knownVersions}: Pick<Agent, 'knownVersions'>, version: string): boolean {
  return knownVersions?.some(known => version === known || version.startsWith(`${known}.`)) ?? false;
}
