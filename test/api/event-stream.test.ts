import assert from 'node:assert/strict';
import {once} from 'node:events';
import {type ClientRequest, type IncomingMessage, request} from 'node:http';
import {describe, it} from 'node:test';
import {failure} from '../../source/api/schemas/system.ts';
import {Served} from './served.ts';

/** Longest that anything here is waited for, in ms. */
const BOUND_MS = 20_000;

type Block = {id: string | null; event: string | null; data: string};

/** One client of a stream. It reads only what it is asked to. */
class Listener {
  readonly #call: ClientRequest;
  readonly response: IncomingMessage;
  readonly #blocks: AsyncGenerator<Block>;

  private constructor(call: ClientRequest, response: IncomingMessage) {
    this.#call = call;
    this.response = response;
    this.#blocks = blocksOf(response);
  }

  static async open(served: Served, path: string, headers: Record<string, string> = {}): Promise<Listener> {
    const authorization = `Bearer ${served.token('viewer')}`; // Unless the headers say another.
    const call = request({
      host: '127.0.0.1',
      port: served.port,
      path,
      headers: {authorization, ...headers},
      agent: false,
    });
    call.setTimeout(BOUND_MS, () => call.destroy(new Error('nothing came in time')));
    call.end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    return new Listener(call, response);
  }

  /** Null at the end of the stream. */
  async next(): Promise<Block | null> {
    const {value, done} = await this.#blocks.next();
    return done === true ? null : (value as Block);
  }

  async take(count: number): Promise<number[]> {
    const cursors: number[] = [];
    while (cursors.length < count) {
      const block = await this.next();
      if (block === null) break;
      cursors.push(Number(block.id));
    }
    return cursors;
  }

  /** Up to this cursor, or until it is cut off: `end` says why, if that was heard. */
  async rest(last = Number.POSITIVE_INFINITY): Promise<{got: number[]; end: Block | null}> {
    const got: number[] = [];
    try {
      while (got.at(-1) !== last) {
        const block = await this.next();
        if (block === null || block.event === 'error') return {got, end: block};
        got.push(Number(block.id));
      }
    } catch {
      // The connection may be cut before all of it was read.
    }
    return {got, end: null};
  }

  close(): void {
    this.#call.destroy();
    this.response.on('error', () => {});
  }
}

async function* blocksOf(response: IncomingMessage): AsyncGenerator<Block> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    const parts = (rest + String(chunk)).split('\n\n');
    rest = parts.pop()!;
    for (const part of parts) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1] ?? null;
      if (field('data') !== null) yield {id: field('id'), event: field('event'), data: field('data')!};
    }
  }
}

const range = (from: number, to: number) => Array.from({length: to - from + 1}, (_, i) => from + i);

/** Entries of about so many characters. */
function write(served: Served, count: number, size = 20): void {
  for (let i = 0; i < count; i++) {
    const reason = `entry ${i} `.padEnd(size, '.');
    served.store.append({at: 1, type: 'notice', actor: 'test', session: null, reason, changes: []});
  }
}

async function until(holds: () => boolean): Promise<void> {
  const bound = performance.now() + BOUND_MS;
  while (!holds()) {
    assert.ok(performance.now() < bound, 'it did not come to that in time');
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

describe('the stream of events', () => {
  it('goes on behind Last-Event-ID without a gap or a repeat, however often it breaks', async () => {
    await using served = await Served.open();
    const start = served.store.cursor;
    const total = 3000;
    const seen: number[] = [];
    let last = start;
    const writing = (async () => {
      for (let i = 0; i < total / 50; i++) {
        write(served, 50);
        await new Promise(resolve => setImmediate(resolve));
      }
    })();
    while (seen.length < total) {
      const listener = await Listener.open(served, '/api/events', {'last-event-id': String(last)});
      const some = await listener.take(Math.min(700, total - seen.length));
      listener.close();
      seen.push(...some);
      last = some.at(-1)!;
    }
    await writing;
    assert.deepEqual(seen, range(start + 1, start + total));
  });

  it('takes since as well, and Last-Event-ID before it', async () => {
    await using served = await Served.open();
    write(served, 10);
    const {cursor} = served.store;
    const since = await Listener.open(served, `/api/events?since=${cursor - 3}`);
    assert.deepEqual(await since.take(3), range(cursor - 2, cursor));
    since.close();
    const both = await Listener.open(served, '/api/events?since=0', {'last-event-id': String(cursor - 1)});
    assert.deepEqual(await both.take(1), [cursor]);
    both.close();
    const all = await Listener.open(served, '/api/events?since=0');
    assert.deepEqual(await all.take(cursor), range(1, cursor));
    all.close();
  });

  it('says when a cursor is not there any more, or not yet', async () => {
    await using served = await Served.open({segmentBytes: 2000});
    write(served, 500, 100);
    const {first, cursor} = await served.fleet.health();
    assert.ok(first > 1, 'old segments are gone');
    const code = async (headers: Record<string, string>) => {
      const {status, body} = await served.ask('/api/events', {headers});
      return `${status} ${failure.parse(body).error.code}`;
    };
    assert.equal(await code({'last-event-id': String(first - 2)}), '409 cursor.gone');
    assert.equal(await code({'last-event-id': String(cursor + 1)}), '400 cursor.future');
    assert.equal(await code({'last-event-id': 'x'}), '400 input.invalid');
    const kept = await Listener.open(served, '/api/events', {'last-event-id': String(first - 1)});
    assert.deepEqual(await kept.take(cursor - first + 1), range(first, cursor));
    kept.close();
    const left = await Listener.open(served, '/api/events?since=0');
    assert.deepEqual(await left.take(1), [first]);
    left.close();
  });

  it('drops a client that does not read, says why, and lets it resume where it was', async () => {
    await using served = await Served.open({slowMs: 300});
    const start = served.store.cursor;
    const listener = await Listener.open(served, '/api/events');
    listener.response.pause();
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 60; i++) {
      write(served, 100, 2000); // 12 MB, more than any socket buffers.
      await new Promise(resolve => setImmediate(resolve));
    }
    await until(() => served.traffic.streams === 0);
    assert.equal(served.traffic.slow, 1);
    assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024);
    const {got, end} = await listener.rest();
    if (end !== null) assert.equal((JSON.parse(end.data) as {code: string}).code, 'stream.slow');
    assert.deepEqual(got, range(start + 1, start + got.length));
    // On a busy machine one who reads may be slow, too: each goes on behind the last that it has.
    for (let last = start + got.length; last < start + 6000; last = got.at(-1)!) {
      const again = await Listener.open(served, '/api/events', {'last-event-id': String(last)});
      const more = await again.rest(start + 6000);
      again.close();
      assert.ok(more.got.length > 0, `nothing behind ${last}`);
      got.push(...more.got);
    }
    assert.deepEqual(got, range(start + 1, start + 6000));
  });

  it('gives one who lags behind for a moment everything all the same', async () => {
    await using served = await Served.open();
    const start = served.store.cursor;
    const listener = await Listener.open(served, '/api/events');
    await until(() => served.traffic.streams === 1);
    write(served, 10_000, 500); // In one tick: more than is kept for a reader.
    assert.deepEqual(await listener.take(10_000), range(start + 1, start + 10_000));
    write(served, 1);
    assert.deepEqual(await listener.take(1), [start + 10_001], 'and what is new');
    listener.close();
  });

  it('tells 200 clients each entry once, in order', async () => {
    await using served = await Served.open();
    const start = served.store.cursor;
    const listeners = await Promise.all(range(1, 200).map(() => Listener.open(served, '/api/events')));
    await until(() => served.traffic.streams === 200);
    for (let i = 0; i < 20; i++) {
      write(served, 5);
      await new Promise(resolve => setImmediate(resolve));
    }
    const seen = await Promise.all(listeners.map(each => each.take(100)));
    for (const cursors of seen) assert.deepEqual(cursors, range(start + 1, start + 100));
    for (const each of listeners) each.close();
    await until(() => served.traffic.streams === 0);
  });

  it('refuses more clients than it can have, until one leaves', async () => {
    await using served = await Served.open({streamsMax: 2});
    await served.fleet.register({name: 'a', dir: served.work, agent: 'generic', command: 'cat'});
    const first = await Listener.open(served, '/api/events');
    const second = await Listener.open(served, '/api/sessions/a/screens');
    const {status, body} = await served.ask('/api/events');
    assert.equal(status, 503);
    assert.equal(failure.parse(body).error.code, 'stream.many');
    second.close();
    await until(() => served.traffic.streams === 1);
    const third = await Listener.open(served, '/api/events');
    assert.equal(third.response.statusCode, 200);
    first.close();
    third.close();
  });

  it('tells nothing more once its token is revoked, or has expired', async () => {
    await using served = await Served.open({heartbeatMs: 20});
    const refusal = async (listener: Listener) => {
      const {event, data} = (await listener.next())!;
      return `${event} ${(JSON.parse(data) as {code: string}).code}`;
    };
    const made = await served.fleet.createToken({role: 'viewer', name: 'for a while'});
    const revoked = await Listener.open(served, '/api/events', {authorization: `Bearer ${made.token}`});
    write(served, 1);
    assert.deepEqual(await revoked.take(1), [served.store.cursor]);
    await served.fleet.revokeToken('for a while');
    write(served, 1);
    assert.equal(await refusal(revoked), 'error access.refused');
    assert.equal(await revoked.next(), null);
    const expires_at = Math.ceil(Date.now() / 1000) + 60;
    const {token} = await served.fleet.createToken({role: 'viewer', expires_at});
    const expired = await Listener.open(served, '/api/events', {authorization: `Bearer ${token}`});
    served.later = 120_000;
    assert.equal(await refusal(expired), 'error access.refused', 'also where nothing happens');
  });

  it('ends with its server', async () => {
    const served = await Served.open();
    const listener = await Listener.open(served, '/api/events');
    const ended = listener.next().catch(() => null);
    await served[Symbol.asyncDispose]();
    assert.equal(await ended, null);
  });
});
