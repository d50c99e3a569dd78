/** How fast time goes on for a home while its machine's clock is behind, as a share of real time. */
const SLOW = 0.9;

export type SteadyClock = {
  /** ms since the epoch; never before what it said earlier. */
  now: () => number;
  /** By how much it is ahead of the machine's clock, ms; 0 but for a while after that was set back. */
  ahead: () => number;
  /** It has been so late already: what is stored says so. */
  notBefore: (at: number) => void;
};

/**
 * A moment by the machine's clock as its home counts it. What was told just before that clock was set is not of the
 * future: nothing would be quiet until then.
 */
export const heardAt = (at: number, {now, ahead}: Pick<SteadyClock, 'now' | 'ahead'>): number =>
  Math.min(at + ahead(), now());

/**
 * Time as a home counts it. Where the machine's clock is set back, this one goes on, a little slower than real time
 * until the other has caught up: so what is newer stays newer, and nothing that waits for a moment waits an hour longer.
 */
export function steadyClock({wall, elapsed}: {wall: () => number; elapsed: () => number}): SteadyClock {
  let last = wall();
  let lastElapsed = elapsed();
  const now = (): number => {
    const real = elapsed();
    last = Math.max(wall(), last + SLOW * (real - lastElapsed));
    lastElapsed = real;
    return Math.floor(last);
  };
  return {
    now,
    ahead: () => Math.max(0, now() - wall()),
    notBefore(at) {
      last = Math.max(last, at);
    },
  };
}
