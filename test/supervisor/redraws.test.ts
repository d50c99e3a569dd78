import assert from 'node:assert/strict';
import {test} from 'node:test';
import {agentOf} from '../../source/agents/registry.ts';
import {emptyScreen, plainRow, type Screen} from '../../source/domain/screen.ts';
import type {Session} from '../../source/domain/session.ts';
import {Outbox} from '../../source/supervisor/outbox.ts';
import {Queue} from '../../source/supervisor/queue.ts';
import {drawAgain, Redraws} from '../../source/supervisor/redraws.ts';
import {StillBackend} from '../helpers/still-backend.ts';
import {message, session} from '../store/records.ts';

const run = {id: 'r1', pid: 1, argv: [], backend: 'pty' as const, startedAt: 1, endedAt: null, exit: null};
const live: Partial<Session> = {status: 'running', wanted: true, activity: 'idle', hasScreenRules: true, run};
const box = ['  ┃', '  ┃', '  ┃', '  ┃  Build · GPT fake', `  ╹${'▀'.repeat(40)}`];
const warning = ['(node:7) MaxListenersExceededWarning:', '  at addListener (node:events:158:22)', '  at runLoop'];

/** A terminal whose program shows its input line only once it was given another size. */
class Overwritten extends StillBackend {
  readonly sizes: string[] = [];

  override async capture(): Promise<Screen> {
    const screen = emptyScreen(80, 24);
    const drawn = this.sizes.length > 0 ? box : warning;
    for (const [i, text] of drawn.entries()) screen.lines[10 + i] = plainRow(text);
    return screen;
  }

  override async resize(_: string, {cols, rows}: {cols: number; rows: number}): Promise<void> {
    this.sizes.push(`${cols}x${rows}`);
  }
}

async function opened() {
  const backend = new Overwritten();
  const launch = {terminal: 's1', run: 'r1', name: 's1', cwd: '/', argv: ['x'], env: {}, cols: 80, rows: 24};
  await backend.launch({...launch, asksForStatus: false});
  const readings: boolean[] = [];
  const state = {now: 1_000_000};
  const queue = new Queue({now: () => state.now, keep: () => {}, promise: () => {}}, [message('m1')]);
  const outbox = new Outbox({
    queue,
    session: () => session('s1', live),
    agent: () => agentOf('opencode'),
    backend: () => backend,
    now: () => state.now,
    files: {proves: false, found: false, catchUp: async () => null},
    serves: () => false,
    held: () => null,
    onReading: reading => readings.push(reading.composer),
    redraw: size => drawAgain({backend, terminal: 's1', size, asked: () => null}),
    onEntered: () => {},
    first: () => async () => {},
    onTried: () => {},
  });
  await outbox.resume(null);
  return {backend, queue, outbox, readings, state, [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose]()};
}

test('a program at rest over whose screen something else was printed is made to draw it again', async () => {
  await using opening = await opened();
  const {backend, queue, outbox, readings, state} = opening;
  await outbox.deliver();
  assert.deepEqual(backend.sizes, [], 'it may be about to draw it');
  state.now += 6000;
  await outbox.deliver();
  assert.deepEqual(backend.sizes, ['80x23', '80x24']);
  assert.equal(queue.messages[0]?.reason, 'waits: its input line is not on its screen');
  await outbox.deliver();
  assert.deepEqual(readings, [false, false, true]);
});

test('it is done again less and less often, and at once for another run', () => {
  const redraws = new Redraws();
  const due: number[] = [];
  for (let at = 0; at <= 900; at++) if (redraws.isDue({run: 'r1', at: at * 1000, hasText: false})) due.push(at);
  assert.deepEqual(due, [5, 15, 35, 75, 155, 315, 615]);
  const isDue = (at: number, hasText = false) => redraws.isDue({run: 'r2', at, hasText});
  assert.deepEqual([isDue(901_000), isDue(906_000)], [false, true]);
  redraws.found();
  assert.equal(isDue(907_000), false);
});

test('a size that somebody wished for meanwhile stays', async () => {
  await using opening = await opened();
  const {backend} = opening;
  let wish: object | null = null;
  const drawing = drawAgain({backend, terminal: 's1', size: {cols: 80, rows: 24}, asked: () => wish});
  wish = {cols: 100, rows: 30};
  await drawing;
  assert.deepEqual(backend.sizes, ['80x23']);
});

test('a text on the input line is taken for printed twice, and then for written', () => {
  const redraws = new Redraws();
  const due: number[] = [];
  const look = (at: number, hasText: boolean) => redraws.isDue({run: 'r1', at: at * 1000, hasText}) && due.push(at);
  for (let at = 0; at <= 900; at++) look(at, true);
  assert.deepEqual(due, [5, 15]);
  redraws.found();
  for (let at = 901; at <= 910; at++) look(at, true);
  assert.deepEqual(due, [5, 15, 906]);
});
