import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import type {AgentEvent} from '../../source/domain/agent-event.ts';
import type {Session} from '../../source/domain/session.ts';
import {hashToken} from '../../source/supervisor/access.ts';
import {HeldRequests, newHookToken, receiveHooks} from '../../source/supervisor/hooks.ts';
import type {Roster} from '../../source/supervisor/roster.ts';
import {session as stored} from '../store/records.ts';

const asked: AgentEvent = {
  type: 'asked',
  request: {ref: 'r1', kind: 'permission', tool: 'Bash', input: {}, title: 'Bash(ls)', suggestions: [], choices: []},
};
const done: AgentEvent = {type: 'status', state: 'done', kind: '', message: ''};

/** A roster of one session whose hooks say what `events` holds. */
function listening(events: AgentEvent[], change: Partial<Session> = {}) {
  const token = newHookToken();
  const run = {id: 'run', pid: 1, argv: [], backend: 'tmux' as const, startedAt: 1, endedAt: null, exit: null};
  const session = stored('s1', {status: 'running', run: {...run, hookToken: hashToken(token)}, ...change});
  const told: AgentEvent[] = [];
  const gone: string[] = [];
  const held = new HeldRequests(ref => gone.push(ref));
  const doors = {held, tell: (some: readonly AgentEvent[]) => told.push(...some)};
  const roster = {runners: new Map([['s1', {session, doors}]]), agentOf: () => ({readHook: () => events})};
  const receive = receiveHooks({roster: roster as unknown as Roster, now: () => 5});
  const connection = new AbortController();
  const post = (body: unknown, over: {session?: string; token?: string} = {}) =>
    receive({session: 's1', token, body, signal: connection.signal, ...over});
  return {post, told, gone, held, connection};
}

describe('what hooks post', () => {
  test('is told to their session and answered at once', async () => {
    const {post, told} = listening([done]);
    assert.deepEqual(await post({n: 1}), {});
    assert.deepEqual(told, [done]);
  });

  test('is refused without the token of the run that is on', async () => {
    const {post, told} = listening([done]);
    assert.equal(await post({}, {token: ''}), null);
    assert.equal(await post({}, {token: newHookToken()}), null);
    assert.equal(await post({}, {session: 's2'}), null);
    const over = listening([done], {
      run: {
        id: 'r',
        pid: 1,
        argv: [],
        backend: 'tmux',
        startedAt: 1,
        endedAt: 2,
        exit: null,
        hookToken: hashToken('t'),
      },
    });
    assert.equal(await over.post({}, {token: 't'}), null);
    assert.deepEqual(told, []);
  });

  test('is no news when it comes twice', async () => {
    const {post, told} = listening([done]);
    await post({prompt_id: 'a'});
    await post({prompt_id: 'a'});
    assert.equal(told.length, 1);
    await post({prompt_id: 'b'});
    assert.equal(told.length, 2);
  });
});

describe('a request for permission', () => {
  test('is held until it is answered', async () => {
    const {post, told, held} = listening([asked]);
    const reply = post({});
    assert.deepEqual(told, [asked]);
    assert.equal(held.answer('r1', {yes: true}), true);
    assert.deepEqual(await reply, {yes: true});
    assert.equal(held.answer('r1', {yes: true}), false);
  });

  test('is settled when its connection ends, and nobody can answer it then', async () => {
    const {post, gone, held, connection} = listening([asked]);
    const reply = post({});
    connection.abort();
    assert.deepEqual(await reply, {});
    assert.deepEqual(gone, ['r1']);
    assert.equal(held.answer('r1', {}), false);
  });

  test('is let go without an answer when it was settled elsewhere', async () => {
    const {post, gone, held} = listening([asked]);
    const reply = post({});
    held.keepOnly(new Set(['r2']));
    assert.deepEqual(await reply, {});
    assert.deepEqual(gone, []);
  });

  test('of the same words as one before is held all the same: an agent may ask twice', async () => {
    const {post, held} = listening([asked]);
    const first = post({});
    const second = post({});
    assert.deepEqual(await first, {});
    assert.equal(held.answer('r1', {yes: true}), true);
    assert.deepEqual(await second, {yes: true});
  });
});
