const FIRST_MS = 500;
const MOST_MS = 10_000;

/** Pauses that double, from half a second to ten. */
export class Backoff {
  #next = FIRST_MS;

  reset(): void {
    this.#next = FIRST_MS;
  }

  /** Ends early with the signal. */
  pause(signal: AbortSignal): Promise<void> {
    const ms = this.#next;
    this.#next = Math.min(MOST_MS, ms * 2);
    return new Promise(resolve => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    });
  }
}
