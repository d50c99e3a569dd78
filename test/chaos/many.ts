import assert from 'node:assert/strict';
import {type Figure, percentile} from '../../benchmark/figures.ts';
import {residentBytes} from '../../benchmark/processes.ts';
import type {QueueView} from '../../source/domain/fleet.ts';
import {QUEUE_CAP} from '../../source/domain/steering.ts';
import {until} from '../real/until.ts';
import {readableJournal, sameStates} from './audit.ts';
import type {ChaosContext, Plan} from './plan.ts';
import {Stage} from './stage.ts';
import {assertAnswers, assertOneSentence} from './told.ts';

/** Calls that are made at the same time. */
const AT_ONCE = 8;
/** Messages that are seen to arrive in order, after the kill. */
const READ_MS = 60_000;
const KILLED_AFTER = 3;

export const manyMessages: Plan = {
  name: 'store/many-messages',
  breaks:
    'a queue that is full: taken, listed, kept over a kill, delivered in order; one more is refused in a sentence',
  rounds: {short: 300, long: QUEUE_CAP},
  run: fillQueue,
};

export const manySessions: Plan = {
  name: 'store/many-sessions',
  breaks: 'a home with so many sessions: listed with and without a supervisor, and there again after a kill',
  rounds: {short: 40, long: 300},
  run: registerMany,
};

async function fillQueue({rounds: count, say}: ChaosContext): Promise<Figure[]> {
  await using stage = new Stage();
  await stage.start();
  await using fleet = stage.client();
  const empty = residentBytes(stage.pid!);
  // It does not run yet, so that what is sent waits.
  const agent = await stage.registered('keeper', '--work', '0');
  const texts = Array.from({length: count}, (_, i) => `message ${i} of many`);
  const latencies: number[] = [];
  for (let i = 0; i < count; i += AT_ONCE) {
    const batch = texts.slice(i, i + AT_ONCE).map((text, at) => ({text, id: `m-${i + at}`}));
    // One after the other on the wire: their order is that of the calls.
    const begun = performance.now();
    await Promise.all(batch.map(message => fleet.send('keeper', message)));
    latencies.push((performance.now() - begun) / batch.length);
  }
  const full = residentBytes(stage.pid!);
  if (count === QUEUE_CAP) {
    assertOneSentence(await stage.home.run(['send', 'keeper', 'one more']), {
      code: 1,
      says: /keeper has 10000 messages waiting/,
    });
  }
  const listing = performance.now();
  const queue = await fleet.queue('keeper');
  const listed = performance.now() - listing;
  const ids = queue.map(({id}) => id);
  assert.equal(new Set(ids).size, count);
  await stage.kill();
  say(`killed with ${count} messages in the queue`);
  const offline = await stage.home.json<QueueView[]>('queue', 'keeper');
  assert.deepEqual(
    offline.map(({id}) => id),
    ids,
    'without a supervisor',
  );
  const restart = await stage.start();
  assert.deepEqual(
    (await fleet.queue('keeper')).map(({id}) => id),
    ids,
    'after the kill',
  );

  await fleet.start('keeper');
  const order = queue.map(({text}) => text);
  const begun = performance.now();
  const wanted = Math.min(count, KILLED_AFTER);
  await until('the first of them to arrive', () => agent.prompts.length >= wanted, READ_MS);
  await stage.kill();
  await stage.start();
  const share = count === QUEUE_CAP ? 100 : KILLED_AFTER + 2;
  await until('more of them to arrive', () => agent.prompts.length >= share, READ_MS);
  const read = agent.prompts;
  const rate = read.length / ((performance.now() - begun) / 1000);
  assert.deepEqual(read, order.slice(0, read.length), 'in order, each once');
  await stage.home.amux('stop', 'keeper', '--force');
  await stage.stop();
  readableJournal(stage.paths);
  await sameStates(stage.paths);
  return [
    {name: 'messages in the queue of one session', value: count, unit: ''},
    {name: 'to take one of them: p50', value: percentile(latencies, 0.5), unit: 'ms'},
    {name: 'to take one of them: p99', value: percentile(latencies, 0.99), unit: 'ms'},
    {name: 'to list them', value: listed, unit: 'ms'},
    {name: 'memory of the supervisor before', value: empty / (1 << 20), unit: 'MB'},
    {name: 'memory with all of them', value: full / (1 << 20), unit: 'MB'},
    {name: 'restart with all of them', value: restart, unit: 'ms', aim: 2000},
    {name: 'seen to arrive in order', value: read.length, unit: '', note: `${rate.toFixed(1)} a second`},
  ];
}

async function registerMany({rounds: count, say}: ChaosContext): Promise<Figure[]> {
  await using stage = new Stage();
  await stage.start();
  await using fleet = stage.client();
  const names = Array.from({length: count}, (_, i) => `session-${String(i).padStart(3, '0')}`);
  const begun = performance.now();
  for (const name of names) await fleet.register({name, dir: stage.home.work, agent: 'generic', command: 'cat'});
  const registering = (performance.now() - begun) / count;
  const ps = await timed(async () => assertAnswers(await stage.home.run(['ps']), new RegExp(names.at(-1)!)));
  await stage.kill();
  say(`killed with ${count} sessions`);
  const offline = await timed(async () => assertAnswers(await stage.home.run(['ps']), new RegExp(names.at(-1)!)));
  const restart = await stage.start();
  assert.deepEqual(
    (await fleet.sessions()).map(({name}) => name),
    names,
  );
  const listing = await timed(() => fleet.sessions());
  const memory = residentBytes(stage.pid!) / (1 << 20);
  await stage.stop();
  await sameStates(stage.paths);
  return [
    {name: 'sessions', value: count, unit: ''},
    {name: 'to register one', value: registering, unit: 'ms'},
    {name: 'ps', value: ps, unit: 'ms'},
    {name: 'ps without a supervisor', value: offline, unit: 'ms'},
    {name: 'to list them over the API', value: listing, unit: 'ms'},
    {name: 'restart', value: restart, unit: 'ms', aim: 2000},
    {name: 'memory of the supervisor', value: memory, unit: 'MB'},
  ];
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}
