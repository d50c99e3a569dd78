/**
 * What a text history has now that it did not have before: everything behind the longest piece that both have, which
 * ends the one as far as it did not change and begins the other. Of a history that is full, the first lines may be
 * gone; the last line may be another one since, as a line is that is still written.
 */
export function newLines(before: readonly string[], now: readonly string[]): string[] {
  let longest = 0;
  // As long as nothing is gone from the front, the first try is the right one, whatever lines repeat themselves.
  for (let gone = 0; before.length - gone > longest; gone++) {
    longest = Math.max(longest, sharedFrom(gone, before, now));
  }
  return now.slice(longest);
}

function sharedFrom(gone: number, before: readonly string[], now: readonly string[]): number {
  const most = Math.min(before.length - gone, now.length);
  let shared = 0;
  while (shared < most && before[gone + shared] === now[shared]) shared++;
  return shared;
}
