/** Values that are kept for a reader who is busy. */
const BUFFER_CAP = 2000;

type Subscribe<T> = (listener: (value: T) => void) => () => void;

/**
 * Every value in order; ends with the signal. It also ends when its reader lags behind too far: then what follows has
 * to be read elsewhere.
 */
export async function* everyOf<T>(subscribe: Subscribe<T>, signal: AbortSignal): AsyncGenerator<T> {
  const buffer: T[] = [];
  const lagging = new AbortController();
  yield* drain({
    subscribe: wake => {
      const unsubscribe = subscribe(value => {
        buffer.push(value);
        if (buffer.length > BUFFER_CAP) {
          unsubscribe();
          buffer.length = 0;
          lagging.abort();
        }
        wake();
      });
      return unsubscribe;
    },
    take: () => buffer.splice(0),
    signal: AbortSignal.any([signal, lagging.signal]),
  });
}

/** Only the newest value; what a slow reader misses is dropped, never queued. */
export async function* latestOf<T>(subscribe: Subscribe<T>, signal: AbortSignal): AsyncGenerator<T> {
  let latest: T[] = [];
  yield* drain({
    subscribe: wake =>
      subscribe(value => {
        latest = [value];
        wake();
      }),
    take: () => latest.splice(0),
    signal,
  });
}

type Drain<T> = {subscribe: (wake: () => void) => () => void; take: () => T[]; signal: AbortSignal};

async function* drain<T>({subscribe, take, signal}: Drain<T>): AsyncGenerator<T> {
  let wake = () => {};
  const end = () => wake();
  signal.addEventListener('abort', end);
  const unsubscribe = subscribe(() => wake());
  try {
    while (!signal.aborted) {
      const values = take();
      if (values.length > 0) {
        yield* values;
        continue;
      }
      await new Promise<void>(resolve => {
        wake = resolve;
      });
      wake = () => {};
    }
  } finally {
    signal.removeEventListener('abort', end);
    unsubscribe();
  }
}
