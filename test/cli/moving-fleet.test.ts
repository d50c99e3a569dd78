import assert from 'node:assert/strict';
import {test} from 'node:test';
import {movingFleet} from '../../source/cli/moving-fleet.ts';
import type {EventView, Fleet, Health} from '../../source/domain/fleet.ts';

/** The same journal behind each of them; `pid` says which one answers. */
class Place {
  readonly pid: number;
  readonly journal: number[];
  readonly wakers = new Set<() => void>();

  constructor(pid: number, journal: number[]) {
    this.pid = pid;
    this.journal = journal;
  }

  append(): void {
    this.journal.push(this.journal.length + 1);
    for (const wake of this.wakers) wake();
  }

  get fleet(): Fleet {
    const place = this;
    return {
      health: async () => ({pid: this.pid, cursor: this.journal.length}) as Health,
      async *events({since, signal}: {since?: number; signal: AbortSignal}) {
        let cursor = since ?? place.journal.length;
        while (!signal.aborted) {
          while (cursor < place.journal.length && !signal.aborted) yield {cursor: ++cursor} as EventView;
          await new Promise<void>(resolve => {
            place.wakers.add(resolve);
            signal.addEventListener('abort', () => resolve(), {once: true});
            if (signal.aborted) resolve();
          });
        }
      },
    } as Partial<Fleet> as Fleet;
  }
}

test('a call waits while the fleet moves, and is answered by the next one', async () => {
  const {fleet, hold, move} = movingFleet(new Place(1, []).fleet);
  assert.equal((await fleet.health()).pid, 1);
  await hold();
  const later = fleet.health();
  move(new Place(2, []).fleet);
  assert.equal((await later).pid, 2);
});

test('the fleet does not move before the calls that run are answered', async () => {
  const {promise, resolve} = Promise.withResolvers<Health>();
  const {fleet, hold} = movingFleet({health: () => promise} as Partial<Fleet> as Fleet);
  const running = fleet.health();
  await Promise.resolve();
  let held = false;
  const holding = hold().then(() => {
    held = true;
  });
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(held, false);
  resolve({pid: 1} as Health);
  await Promise.all([running, holding]);
});

test('events go on with the next one where the last ended: none is missed, none comes twice', async () => {
  const journal: number[] = [];
  const [first, second] = [new Place(1, journal), new Place(2, journal)];
  const {fleet, hold, move} = movingFleet(first.fleet);
  const ending = new AbortController();
  const seen: number[] = [];
  const iterator = fleet.events({signal: ending.signal})[Symbol.asyncIterator]();
  const next = async () => seen.push((await iterator.next()).value.cursor);
  const begun = next();
  await new Promise(resolve => setImmediate(resolve));
  first.append();
  first.append();
  await begun;
  await hold();
  first.append();
  move(second.fleet);
  second.append();
  await next();
  await next();
  await next();
  assert.deepEqual(seen, [1, 2, 3, 4]);
  const end = iterator.next();
  ending.abort();
  assert.equal((await end).done, true);
});
