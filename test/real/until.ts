/** Pause between two looks at what no event tells, in ms. */
const LOOK_MS = 20;

/** The first value that is neither null, undefined nor false; throws after the bound. */
export async function until<T>(
  what: string | (() => string),
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  boundMs: number,
): Promise<T> {
  const end = performance.now() + boundMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > end)
      throw new Error(`waited ${boundMs} ms for ${typeof what === 'string' ? what : what()}`);
    await pause(LOOK_MS);
  }
}

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
