import assert from 'node:assert/strict';
import {test} from 'node:test';
import {agentOf} from '../../source/agents/registry.ts';
import type {Backend} from '../../source/backends/backend.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import type {Session} from '../../source/domain/session.ts';
import type {Message} from '../../source/domain/steering.ts';
import {Outbox} from '../../source/supervisor/outbox.ts';
import {Queue} from '../../source/supervisor/queue.ts';
import {StillBackend} from '../helpers/still-backend.ts';
import {message, session} from '../store/records.ts';

const run = {id: 'r1', pid: 1, argv: [], backend: 'pty' as const, startedAt: 1, endedAt: null, exit: null};
const live: Partial<Session> = {status: 'running', wanted: true, activity: 'idle', run};

/** The queue of a session whose terminal is there and keeps what is typed. */
async function opened(messages: Message[]) {
  const typed: string[] = [];
  const backend = new (class extends StillBackend {
    override async paste(terminal: string, text: string, mark: Parameters<Backend['paste']>[2]): Promise<void> {
      typed.push(text);
      await super.paste(terminal, text, mark);
    }
  })();
  const launch = {terminal: 's1', run: 'r1', name: 's1', cwd: '/', argv: ['x'], env: {}, cols: 80, rows: 24};
  await backend.launch({...launch, asksForStatus: false});
  const state = {session: session('s1', live), isFull: false, tried: Promise.withResolvers<void>()};
  const queue = new Queue(
    {
      now: Date.now,
      keep: () => {},
      promise() {
        if (state.isFull) throw new AmuxError('store.write', {file: 'journal', why: 'ENOSPC'});
      },
    },
    messages,
  );
  const outbox = new Outbox({
    queue,
    session: () => state.session,
    agent: () => agentOf('generic'),
    backend: () => backend,
    now: Date.now,
    files: {proves: false, found: false, catchUp: async () => null},
    serves: () => false,
    held: () => null,
    onReading: () => {},
    redraw: async () => {},
    onEntered: () => {},
    first: () => null,
    onTried: () => state.tried.resolve(),
  });
  return {queue, outbox, typed, state, [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose]()};
}

test('of a run that an earlier supervisor left nothing is delivered before it is known what became of it', async () => {
  await using opening = await opened([message('m1')]);
  await opening.outbox.deliver();
  assert.deepEqual(opening.typed, []);
  await opening.outbox.resume(null);
  await opening.outbox.deliver();
  assert.deepEqual(opening.typed, ['text of m1']);
});

test('what this supervisor is typing itself is not taken for what an earlier one left', async () => {
  await using opening = await opened([message('m1')]);
  await opening.outbox.resume(null);
  const typing = opening.outbox.deliver();
  while (opening.typed.length === 0) await new Promise(setImmediate);
  await opening.outbox.resume(null);
  await opening.outbox.deliver();
  await typing;
  assert.deepEqual(opening.typed, ['text of m1']);
  assert.equal(opening.queue.messages[0]?.state, 'delivered');
});

test('nothing is typed that the journal does not have, and a message that it refuses is not in the queue', async () => {
  await using opening = await opened([message('m1')]);
  await opening.outbox.resume(null);
  opening.state.isFull = true;
  await opening.outbox.deliver();
  assert.deepEqual(opening.typed, []);
  const [first] = opening.queue.messages;
  assert.deepEqual([first?.state, first?.reason], ['queued', 'cannot write journal: ENOSPC']);
  assert.throws(() => opening.outbox.enqueue(message('m2')), /cannot write journal/);
  assert.deepEqual(
    opening.queue.messages.map(({id}) => id),
    ['m1'],
  );
});
