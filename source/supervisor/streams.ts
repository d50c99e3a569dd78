/** Entries that one slow reader may lag behind before it is dropped. */
const BUFFER_CAP = 10_000;

type Subscribe<T> = (listener: (value: T) => void) => () => void;

/** Every value in order; ends with the signal, and throws when the reader lags behind too far. */
export async function* everyOf<T>(subscribe: Subscribe<T>, signal: AbortSignal): AsyncGenerator<T> {
  const buffer: T[] = [];
  yield* drain({
    subscribe: wake =>
      subscribe(value => {
        buffer.push(value);
        wake();
      }),
    take: () => {
      if (buffer.length > BUFFER_CAP) throw new Error(`the reader is ${buffer.length} entries behind`);
      return buffer.splice(0);
    },
    signal,
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
