import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {stateRules} from '../../source/domain/notices.ts';
import {pauseText} from '../../source/domain/pause.ts';
import {mayDeliver} from '../../source/domain/session.ts';
import {MINUTE, moded, T0, Turns} from './turns.ts';

const plain = {id: 'm2'};
const urgent = {id: 'm3', now: true};
const pauseOf = ({session}: Turns) => session.watch.pause!;

/** The supervisor has queued what makes it go on. */
function opened(turns: Turns): Turns {
  return turns.put({pause: {...pauseOf(turns), step: 'open'}});
}

describe('a limit', () => {
  const reset = Date.parse('2030-01-01T15:00:00Z');

  test('is slept out until the time that its agent says', () => {
    const now = reset - 3 * 60 * MINUTE;
    const turns = new Turns().failedTurn('limit', now, "You've hit your session limit · resets 3pm (UTC)");
    assert.deepEqual(turns.firings, ['limit sleep']);
    assert.deepEqual([pauseOf(turns).until, pauseOf(turns).told, pauseOf(turns).cut], [reset + 5000, true, true]);
    assert.equal(turns.last!.wake, reset + 5000);
    assert.match(pauseText(turns.session) ?? '', /^sleeps until \d\d:00$/);
    assert.match(turns.session.reason, /^it sleeps until \d\d:00, as its agent says$/);
    assert.deepEqual([mayDeliver(turns.session, plain), mayDeliver(turns.session, urgent)], [false, true]);
    turns.clock(reset);
    assert.equal(pauseOf(turns).step, 'waits');
    turns.clock(reset + 5000);
    assert.ok(turns.does.includes('go-on'));
    assert.equal(mayDeliver(turns.session, plain), false);
    assert.equal(mayDeliver(opened(turns).session, plain), true);
  });

  test('of which nothing is known is tried again after 1, 2, 4 … 30 minutes', () => {
    const turns = new Turns();
    const waits: number[] = [];
    for (let at = T0; waits.length < 7; ) {
      turns.failedTurn('limit', at);
      waits.push(Math.floor((pauseOf(turns).until! - at - 5000) / MINUTE));
      at = pauseOf(turns).until!;
      opened(turns.clock(at));
    }
    // A tenth more at most, so that not all come at once.
    assert.deepEqual(
      waits,
      [1, 2, 4, 8, 16, 30, 30].map((minutes, i) => (waits[i]! - minutes <= minutes / 10 ? waits[i] : minutes)),
    );
    assert.ok(waits[5]! <= 33);
  });

  test('is over when a turn ends well, and the queue goes on', () => {
    const turns = opened(new Turns().failedTurn('limit', T0).clock(T0 + 10 * MINUTE));
    turns.prompt(T0 + 11 * MINUTE, 'go-on');
    assert.equal(mayDeliver(turns.session, plain), false);
    turns.says('done', T0 + 12 * MINUTE);
    assert.equal(mayDeliver(turns.session, plain), false);
    turns.clock(turns.last!.wake!);
    assert.deepEqual(turns.firings, ['limit sleep', 'limit over']);
    assert.equal(turns.session.watch.pause, null);
    assert.equal(mayDeliver(turns.session, plain), true);
  });

  test('is not over because a key was typed into its terminal', () => {
    const turns = new Turns().failedTurn('limit', T0).says('idle', T0 + MINUTE / 2);
    assert.equal(turns.session.activity, 'idle');
    assert.deepEqual([pauseOf(turns).step, mayDeliver(turns.session, plain)], ['waits', false]);
  });

  test('is over for a person who goes on by himself', () => {
    const turns = new Turns().failedTurn('limit', T0);
    turns
      .says('working', T0 + 20_000)
      .says('done', T0 + 30_000)
      .clock(T0 + 32_000);
    assert.deepEqual([turns.session.watch.pause, turns.firings.at(-1)], [null, 'limit over']);
  });

  test('cut off no turn where a command met it', () => {
    const turns = new Turns()
      .see({source: 'delivery', at: T0, message: 'm1', command: true})
      .fails('limit', T0 + 100)
      .clock(T0 + 1600);
    assert.equal(pauseOf(turns).cut, false);
  });

  test('is not run into by a process that died meanwhile', () => {
    const turns = new Turns().failedTurn('limit', T0, 'try again in 5 hours');
    const {until} = pauseOf(turns);
    const killed = {code: null, signal: 'SIGKILL', at: T0 + 10_000};
    turns.see({source: 'process', at: T0 + 10_000, state: 'exited', exit: killed});
    assert.deepEqual([turns.session.status, turns.session.watch.comeback], ['starting', until]);
    assert.match(turns.session.reason, /not before \d\d:\d\d, when its limit ends$/);
    turns.clock(T0 + 60_000);
    assert.deepEqual(turns.does, []);
    turns.clock(until! - 1);
    assert.deepEqual(turns.does, []);
    turns.clock(until!);
    assert.deepEqual(turns.does, ['launch-again']);
    assert.equal(pauseOf(turns).step, 'waits');
  });

  test('that another session met again is waited for longer, never shorter', () => {
    const turns = new Turns().failedTurn('limit', T0);
    const {until} = pauseOf(turns);
    turns.clock(until!);
    assert.equal(pauseOf(turns).step, 'due');
    turns.see({source: 'limit', at: until!, until: until! + MINUTE, told: true, tries: 3});
    assert.deepEqual([pauseOf(turns).step, pauseOf(turns).until, pauseOf(turns).tries], ['waits', until! + MINUTE, 3]);
    turns.see({source: 'limit', at: until!, until: until! - MINUTE, told: true, tries: 1});
    assert.equal(pauseOf(turns).until, until! + MINUTE);
  });

  test('holds a process that died meanwhile, until somebody wants it now; its queue waits all the same', () => {
    const exit = {code: null, signal: 'SIGKILL', at: T0 + 10_000};
    const turns = new Turns()
      .failedTurn('limit', T0, 'try again in 5 hours')
      .see({source: 'process', at: T0 + 10_000, state: 'exited', exit});
    const {until} = pauseOf(turns);
    assert.equal(turns.session.watch.comeback, until);
    turns.see({source: 'request', at: T0 + 20_000, act: 'start'});
    assert.deepEqual([turns.session.watch.comeback, turns.does], [T0 + 20_000, ['launch-again']]);
    turns.clock(T0 + 21_000);
    assert.deepEqual([turns.session.watch.comeback, turns.does], [T0 + 20_000, ['launch-again']]);
    assert.equal(pauseOf(turns).until, until);
  });

  test('is forgotten when a person stops it', () => {
    const turns = new Turns().failedTurn('limit', T0).see({source: 'request', at: T0 + 9000, act: 'stop'});
    assert.equal(turns.session.watch.pause, null);
  });

  test('is only reported once for each stop, or left alone', () => {
    const turns = new Turns({settings: moded('limit', 'report')}).failedTurn('limit', T0);
    for (let at = T0 + 6000; at < T0 + 9000; at += 1000) turns.clock(at);
    assert.deepEqual([turns.firings, turns.session.watch.pause], [['limit ?sleep'], null]);
    assert.equal(mayDeliver(turns.session, plain), false);
    assert.deepEqual(new Turns({settings: moded('limit', 'off')}).failedTurn('limit', T0).firings, []);
  });
});

describe('an error of the API', () => {
  test('is tried again after 30 s, 1, 2, 4 and 8 minutes, then left to a person', () => {
    const turns = new Turns();
    const waits: number[] = [];
    let at = T0;
    for (let i = 0; i < 5; i++) {
      turns.failedTurn('error', at);
      waits.push(pauseOf(turns).until! - at - 5000);
      at = pauseOf(turns).until!;
      opened(turns.clock(at));
    }
    const wanted = [30, 60, 120, 240, 480].map(s => s * 1000);
    assert.ok(
      waits.every((ms, i) => ms >= wanted[i]! && ms <= wanted[i]! * 1.1),
      String(waits),
    );
    turns.failedTurn('error', at);
    assert.deepEqual([turns.firings.at(-1), pauseOf(turns).until], ['error left', null]);
    assert.match(turns.session.reason, /^6 failed turns in a row: it is left to a person$/);
    assert.equal(pauseText(turns.session), 'left to a person');
    turns.clock(at + 100 * MINUTE);
    assert.deepEqual([mayDeliver(turns.session, plain), mayDeliver(turns.session, urgent)], [false, true]);
    // A person's message that ends well begins anew.
    turns
      .prompt(at + 101 * MINUTE, 'm3')
      .says('done', at + 102 * MINUTE)
      .clock(at + 102.5 * MINUTE)
      .failedTurn('error', at + 103 * MINUTE);
    assert.equal(pauseOf(turns).tries, 1);
  });

  const lasting: [string, boolean][] = [
    ['Invalid API key · Fix external API key', true],
    ['unexpected status 401 Unauthorized', true],
    ['Your credit balance is too low', true],
    ['model: claude-none not found', true],
    ['unexpected status 400 Bad Request: scripted failure', false],
  ];
  for (const [text, holds] of lasting) {
    test(`is not tried again: ${text}`, () => {
      const turns = new Turns().failedTurn('error', T0, text).clock(T0 + 60 * MINUTE);
      assert.deepEqual([turns.firings, turns.does.includes('go-on')], [['error left'], false]);
      assert.equal(mayDeliver(turns.session, plain), !holds);
    });
  }

  const passing = [
    'API Error: 529 Overloaded. This is a server-side issue, usually temporary — try again in a moment.',
    'API Error: 500 Internal server error',
    'We’re currently experiencing high demand, which may cause temporary errors.',
    'stream disconnected before completion',
    'the program reports an error',
  ];
  for (const text of passing) {
    test(`is tried again: ${text}`, () => {
      assert.deepEqual(new Turns().failedTurn('error', T0, text).firings, ['error retry']);
    });
  }

  test('may turn out to be a limit: until that is clear nothing is sent', () => {
    const turns = new Turns().prompt(T0).see({source: 'program', at: T0 + 4000, state: 'error', kind: '', message: ''});
    assert.deepEqual([turns.firings, mayDeliver(turns.session, plain)], [[], false]);
    turns
      .see({source: 'file', at: T0 + 4100, state: 'error', kind: 'limit', message: 'last status: 429'})
      .clock(T0 + 5500);
    assert.deepEqual([turns.firings, turns.session.waitingFor?.detail], [['limit sleep'], 'last status: 429']);
  });

  test('that passes at once was none', () => {
    const turns = new Turns()
      .prompt(T0)
      .fails('error', T0 + 4000)
      .says('working', T0 + 4200)
      .says('done', T0 + 9000);
    assert.deepEqual([turns.firings, turns.session.watch.pause], [[], null]);
  });

  test('gives way where its rule is switched off meanwhile', () => {
    const on = new Turns().failedTurn('error', T0);
    const off = new Turns({settings: moded('error', 'off')}).put(on.session.watch);
    off.session = on.session;
    off.clock(T0 + 10_000);
    assert.equal(off.session.watch.pause, null);
    assert.equal(mayDeliver(off.session, plain), true);
  });
});

test('people are told of a limit, and of an error once nobody else helps', () => {
  const told = (turns: Turns): string | null =>
    stateRules.find(({of}) => of(turns.session, null) !== null)?.kind ?? null;
  assert.equal(told(new Turns().failedTurn('limit', T0)), 'limit');
  assert.equal(told(new Turns().failedTurn('error', T0)), null);
  assert.equal(told(new Turns().failedTurn('error', T0, 'Invalid API key')), 'waiting');
  assert.equal(told(new Turns().failedTurn('context', T0)), null);
});
