import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import {Deliveries, PAUSES_MS, type Parcel} from '../../source/notices/deliveries.ts';
import {type Endpoint, post, signatureOf} from '../../source/notices/webhook.ts';
import {type Received, Receiver, type Reply} from './receiver.ts';

const NOW = 1_800_000_000_123;
const once = {now: NOW, version: '1.2.3'};
const parcel = (cursor: number): Parcel => ({id: `n-${cursor}`, cursor, body: `{"n":${cursor}}`});

type Log = {pauses: number[]; done: number[]; news: string[]};

/** Pauses pass at once, and are written down. */
function deliveries({answerMs}: {answerMs?: number} = {}): Log & {queue: Deliveries} {
  const log: Log = {pauses: [], done: [], news: []};
  const queue = new Deliveries({
    post: (endpoint, each, signal) => post(endpoint, each, {...once, signal, ...(answerMs ? {answerMs} : {})}),
    random: () => 0.5,
    pause: async ms => void log.pauses.push(ms),
    onDone: cursor => void log.done.push(cursor),
    onNews: why => void log.news.push(why),
  });
  return {...log, queue};
}

const to =
  (receiver: Receiver, secret: string | null = null) =>
  (): Endpoint => ({url: receiver.url, secret});

describe('a webhook', () => {
  test('is posted signed, with an id and a time', async () => {
    await using receiver = await Receiver.open();
    const outcome = await post({url: receiver.url, secret: 'geheim'}, {id: 'n-1', body: '{"a":"ü"}'}, once);
    assert.deepEqual(outcome, {state: 'delivered', says: 'HTTP 204'});
    const [{headers, body, path}] = receiver.received as [(typeof receiver.received)[0]];
    assert.deepEqual([path, body], ['/hooks/top-secret', '{"a":"ü"}']);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['x-amux-id'], 'n-1');
    assert.equal(headers['x-amux-timestamp'], '1800000000');
    assert.equal(headers['x-amux-signature'], signatureOf({secret: 'geheim', timestamp: '1800000000', body}));
    await post({url: receiver.url, secret: null}, {id: 'n-2', body: ''}, once);
    assert.equal(receiver.received[1]!.headers['x-amux-signature'], undefined);
  });

  test('is verified by what the README says', async () => {
    await using receiver = await Receiver.open();
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const snippet = [...readme.matchAll(/^```js\n(.*?)^```$/gms)]
      .map(([, code]) => code!)
      .find(code => /amux/.test(code));
    assert.ok(snippet);
    const {isFromAmux} = (await import(`data:text/javascript,${encodeURIComponent(snippet)}`)) as {
      isFromAmux: (call: {headers: object; body: string; secret: string}) => boolean;
    };
    await post({url: receiver.url, secret: 'geheim'}, {id: 'n', body: '{"ü":1}'}, {...once, now: Date.now()});
    await post({url: receiver.url, secret: 'geheim'}, {id: 'n', body: '{}'}, {...once, now: Date.now() - 600_000});
    await post({url: receiver.url, secret: null}, {id: 'n', body: '{}'}, {...once, now: Date.now()});
    const [fresh, stale, unsigned] = receiver.received as [Received, Received, Received];
    assert.equal(isFromAmux({...fresh, secret: 'geheim'}), true);
    assert.equal(isFromAmux({...fresh, secret: 'other'}), false);
    assert.equal(isFromAmux({...fresh, body: '{"ü":2}', secret: 'geheim'}), false);
    assert.equal(isFromAmux({...stale, secret: 'geheim'}), false);
    assert.equal(isFromAmux({...unsigned, secret: 'geheim'}), false);
  });

  test('follows no redirect', async () => {
    await using receiver = await Receiver.open();
    await using other = await Receiver.open();
    receiver.replies = [{status: 307, headers: {location: other.url}}];
    const outcome = await post({url: receiver.url, secret: null}, {id: 'n', body: ''}, once);
    assert.deepEqual(outcome, {state: 'refused', says: 'HTTP 307: redirects are not followed'});
    assert.equal(other.received.length, 0);
  });

  test('what never answers, or is not there, is told without its path', async () => {
    await using receiver = await Receiver.open();
    receiver.replies = [null];
    const silent = await post({url: receiver.url, secret: null}, {id: 'n', body: ''}, {...once, answerMs: 50});
    assert.deepEqual(silent, {state: 'failed', says: 'no answer in 0.05 s', afterMs: null});
    const gone = await post({url: 'http://127.0.0.1:1/hooks/top-secret', secret: null}, {id: 'n', body: ''}, once);
    assert.equal(gone.state, 'failed');
    assert.doesNotMatch(gone.says, /secret/);
  });
});

describe('deliveries', () => {
  test('a failure is tried again with growing pauses, under the same id', async () => {
    await using receiver = await Receiver.open();
    receiver.replies = [{status: 500}, null, {status: 503}];
    const {queue, pauses, done, news} = deliveries({answerMs: 100});
    queue.add(parcel(1), to(receiver));
    await queue.settled();
    assert.deepEqual(pauses, PAUSES_MS.slice(0, 3));
    assert.deepEqual(
      receiver.received.map(({headers}) => headers['x-amux-id']),
      ['n-1', 'n-1', 'n-1', 'n-1'],
    );
    assert.deepEqual([done, news], [[1], []]);
  });

  test('an endpoint may ask for a longer pause, in seconds or until a date, of ten minutes at most', async () => {
    await using receiver = await Receiver.open();
    const after = (value: string): Reply => ({status: 429, headers: {'retry-after': value}});
    const date = new Date(NOW + 90_000).toUTCString();
    receiver.replies = [after('60'), after(date), after('999999'), after('soon')];
    const {queue, pauses} = deliveries();
    queue.add(parcel(1), to(receiver));
    await queue.settled();
    assert.deepEqual([pauses[0], pauses[2], pauses[3]], [60_000, 600_000, PAUSES_MS[3]]);
    assert.ok(pauses[1]! > 88_000 && pauses[1]! <= 90_000, String(pauses[1]));
  });

  test('what is refused is not tried again', async () => {
    await using receiver = await Receiver.open();
    receiver.replies = [{status: 404}];
    const {queue, pauses, done, news} = deliveries();
    queue.add(parcel(1), to(receiver));
    queue.add(parcel(2), to(receiver));
    await queue.settled();
    assert.deepEqual([receiver.received.length, pauses, done], [2, [], [1, 2]]);
    assert.deepEqual(news, ['a notice was not delivered: HTTP 404', 'takes notices again; one was lost']);
  });

  test('a dead endpoint is given up, is told once, and keeps no more than a bound', async () => {
    await using receiver = await Receiver.open();
    receiver.replies = Array.from({length: 2000}, () => ({status: 500}));
    const {queue, pauses, done, news} = deliveries();
    for (let i = 1; i <= 300; i++) queue.add(parcel(i), to(receiver));
    await queue.settled();
    assert.equal(receiver.received.length, 200 * (PAUSES_MS.length + 1));
    assert.equal(pauses.length, 200 * PAUSES_MS.length);
    assert.equal(done.length, 300);
    assert.equal(Math.max(...done), 300);
    assert.deepEqual(news, ['a notice was not delivered: 200 notices wait already']);
  });

  test('they come in order, one at a time', async () => {
    await using receiver = await Receiver.open();
    receiver.replies = [{status: 500}];
    const {queue} = deliveries();
    for (let i = 1; i <= 5; i++) queue.add(parcel(i), to(receiver));
    await queue.settled();
    assert.deepEqual(
      receiver.received.map(({headers}) => headers['x-amux-id']),
      ['n-1', 'n-1', 'n-2', 'n-3', 'n-4', 'n-5'],
    );
    queue.add(parcel(6), to(receiver));
    await queue.settled();
    assert.equal(receiver.received.length, 7);
  });

  test('what is not delivered at the end is not done', async () => {
    await using receiver = await Receiver.open();
    receiver.replies = [null];
    const {queue, done, news} = deliveries();
    queue.add(parcel(1), to(receiver));
    queue.add(parcel(2), to(receiver));
    await receiver.count(1);
    await queue.close();
    assert.deepEqual([done, news, receiver.received.length], [[], [], 1]);
  });

  test('an endpoint that cannot be used is told as it is', async () => {
    const {queue, done, news} = deliveries();
    queue.add(parcel(1), () => {
      throw new Error('HOOK_URL is not set');
    });
    await queue.settled();
    assert.deepEqual([done, news], [[1], ['a notice was not delivered: HOOK_URL is not set']]);
  });
});
