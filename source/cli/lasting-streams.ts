import {setTimeout as delay} from 'node:timers/promises';
import {AmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';

/** So long a stream that broke off is tried again, in ms: a hand-over takes about a second. */
const AWAY_MS = 3000;
const RETRY_MS = 50;

type Source = {
  fleet: Fleet;
  /** Whether anybody answers there. It starts nobody: a supervisor that was stopped stays stopped. */
  isThere: () => Promise<boolean>;
};

/** The fleet with streams that go on with the next supervisor where one takes over: without a gap, without a repeat. */
export function withLastingStreams({fleet, isThere}: Source): Fleet {
  const streams = {
    async *events({since, signal}: Parameters<Fleet['events']>[0]) {
      let cursor = since ?? (await fleet.health()).cursor;
      for await (const entry of lasting({open: () => fleet.events({since: cursor, signal}), isThere, signal})) {
        cursor = entry.cursor;
        yield entry;
      }
    },
    screens: (ref: string, signal: AbortSignal) => lasting({open: () => fleet.screens(ref, signal), isThere, signal}),
  } satisfies Partial<Fleet>;

  return new Proxy(fleet, {
    get(_, name) {
      if (name in streams) return streams[name as keyof typeof streams];
      const own: unknown = Reflect.get(fleet, name);
      return typeof own === 'function' ? (own.bind(fleet) as unknown) : own;
    },
  });
}

type Stream<T> = {open: () => AsyncIterable<T>; isThere: () => Promise<boolean>; signal: AbortSignal};

async function* lasting<T>({open, isThere, signal}: Stream<T>): AsyncGenerator<T> {
  let lostAt: number | null = null;
  while (!signal.aborted) {
    const openedAt = performance.now();
    try {
      yield* open();
      return;
    } catch (error) {
      if (!(error instanceof AmuxError) || error.code !== 'supervisor.unreachable') throw error;
      const now = performance.now();
      // One that was open for so long was there again meanwhile.
      if (lostAt === null || now - openedAt > AWAY_MS) lostAt = now;
      do {
        if (performance.now() - lostAt > AWAY_MS) throw error;
        await delay(RETRY_MS, undefined, {signal}).catch(() => {}); // Its reader has left.
      } while (!signal.aborted && !(await isThere()));
    }
  }
}
