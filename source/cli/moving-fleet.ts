import type {Fleet} from '../domain/fleet.ts';

/** How long calls that run may take until the fleet moves without them, in ms. */
const IN_FLIGHT_MS = 10_000;

export type MovingFleet = {
  /** Forwards to the present one; calls wait while there is none, streams go on with the next. */
  fleet: Fleet;
  /** From now on calls wait. Resolves when those that run have ended. */
  hold: () => Promise<void>;
  move: (next: Fleet) => void;
};

type Place = {fleet: Promise<Fleet>; leaving: AbortController};

/** A fleet that may change its supervisor while somebody uses it. */
export function movingFleet(first: Fleet): MovingFleet {
  let place: Place = {fleet: Promise.resolve(first), leaving: new AbortController()};
  let arrive: (fleet: Fleet) => void = () => {};
  const running = new Set<Promise<unknown>>();

  const call = async (name: keyof Fleet, args: unknown[]): Promise<unknown> => {
    const fleet = await place.fleet;
    const result = (fleet[name] as (...args: unknown[]) => Promise<unknown>).apply(fleet, args);
    const ended = result.catch(() => {}).finally(() => running.delete(ended));
    running.add(ended);
    return result;
  };

  /** The values of one stream after another, until the reader or a stream ends. */
  async function* follow<T>(
    signal: AbortSignal,
    open: (fleet: Fleet, signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    while (!signal.aborted) {
      const here = place;
      const fleet = await Promise.race([here.fleet, aborted(signal)]);
      if (fleet === null) return;
      const ending = new AbortController();
      const end = () => ending.abort();
      const both = [signal, here.leaving.signal];
      if (both.some(({aborted}) => aborted)) end();
      for (const each of both) each.addEventListener('abort', end);
      try {
        yield* open(fleet, ending.signal);
      } finally {
        for (const each of both) each.removeEventListener('abort', end);
      }
      if (!here.leaving.signal.aborted) return;
    }
  }

  const streams = {
    async *events({since, signal}: Parameters<Fleet['events']>[0]) {
      // Its beginning is fixed now: nothing may be missed between two supervisors.
      let cursor = since ?? ((await call('health', [])) as {cursor: number}).cursor;
      for await (const entry of follow(signal, (fleet, end) => fleet.events({since: cursor, signal: end}))) {
        cursor = entry.cursor;
        yield entry;
      }
    },
    screens: (ref: string, signal: AbortSignal) => follow(signal, (fleet, end) => fleet.screens(ref, end)),
  } satisfies Partial<Fleet>;

  const fleet = new Proxy({} as Fleet, {
    get(_, name) {
      if (name in streams) return streams[name as keyof typeof streams];
      // Awaiting a fleet must not call it.
      return name === 'then' ? undefined : (...args: unknown[]) => call(name as keyof Fleet, args);
    },
  });

  return {
    fleet,
    async hold() {
      const {promise, resolve} = Promise.withResolvers<Fleet>();
      arrive = resolve;
      const {leaving} = place;
      place = {fleet: promise, leaving: new AbortController()};
      leaving.abort();
      let timer: NodeJS.Timeout | undefined;
      const bound = new Promise(end => {
        timer = setTimeout(end, IN_FLIGHT_MS);
      });
      await Promise.race([Promise.all(running), bound]);
      clearTimeout(timer);
    },
    move: next => arrive(next),
  };
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), {once: true});
  });
}
