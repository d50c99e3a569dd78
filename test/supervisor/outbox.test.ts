import assert from 'node:assert/strict';
import {test} from 'node:test';
import {agentOf} from '../../source/agents/registry.ts';
import type {Backend} from '../../source/backends/backend.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import type {Session} from '../../source/domain/session.ts';
import type {Message} from '../../source/domain/steering.ts';
import {Outbox} from '../../source/supervisor/outbox.ts';
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
  const outbox = new Outbox(
    {
      session: () => state.session,
      agent: () => agentOf('generic'),
      backend: () => backend,
      now: Date.now,
      files: {proves: false, found: false, catchUp: async () => null},
      serves: () => false,
      keep: () => {},
      promise() {
        if (state.isFull) throw new AmuxError('store.write', {file: 'journal', why: 'ENOSPC'});
      },
      held: () => null,
      onReading: () => {},
      onEntered: () => {},
      first: () => null,
      onTried: () => state.tried.resolve(),
    },
    messages,
  );
  return {outbox, typed, state, [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose]()};
}

test('of a run that an earlier supervisor left nothing is delivered before it is known what became of it', async () => {
  await using queue = await opened([message('m1')]);
  await queue.outbox.deliver();
  assert.deepEqual(queue.typed, []);
  await queue.outbox.resume(null);
  await queue.outbox.deliver();
  assert.deepEqual(queue.typed, ['text of m1']);
});

test('what this supervisor is typing itself is not taken for what an earlier one left', async () => {
  await using queue = await opened([message('m1')]);
  await queue.outbox.resume(null);
  const typing = queue.outbox.deliver();
  while (queue.typed.length === 0) await new Promise(setImmediate);
  await queue.outbox.resume(null);
  await queue.outbox.deliver();
  await typing;
  assert.deepEqual(queue.typed, ['text of m1']);
  assert.equal(queue.outbox.messages[0]?.state, 'delivered');
});

test('nothing is typed that the journal does not have, and a message that it refuses is not in the queue', async () => {
  await using queue = await opened([message('m1')]);
  await queue.outbox.resume(null);
  queue.state.isFull = true;
  await queue.outbox.deliver();
  assert.deepEqual(queue.typed, []);
  const [first] = queue.outbox.messages;
  assert.deepEqual([first?.state, first?.reason], ['queued', 'cannot write journal: ENOSPC']);
  assert.throws(() => queue.outbox.enqueue(message('m2')), /cannot write journal/);
  assert.deepEqual(
    queue.outbox.messages.map(({id}) => id),
    ['m1'],
  );
});
