import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {mayDeliver} from '../../source/domain/session.ts';
import {MINUTE, moded, T0, Turns} from './turns.ts';

const plain = {id: 'm2'};
const own = {id: 'c1'};
const compactionOf = ({session}: Turns) => session.watch.compaction!;

const filled = (percent: number, at = T0, turns = new Turns()): Turns => turns.see({source: 'context', at, percent});

/** The supervisor has put the command into the queue, and it was typed. */
function sent(turns: Turns, at: number): Turns {
  return turns.put({compaction: {...compactionOf(turns), step: 'asked', message: 'c1'}}).command(at, 'c1');
}

const confirmed = (turns: Turns, at: number): Turns => turns.see({source: 'compaction', at, state: 'confirmed'});

describe('a context that fills', () => {
  test('is compacted at the turn boundary from the threshold on', () => {
    const turns = filled(79);
    assert.deepEqual(turns.firings, []);
    turns.prompt(T0 + 1000).see({source: 'context', at: T0 + 2000, percent: 85});
    assert.deepEqual(turns.firings, []);
    turns.says('done', T0 + 3000);
    assert.deepEqual(turns.firings, ['context compact']);
    assert.ok(turns.does.includes('compact'));
    assert.deepEqual([mayDeliver(turns.session, plain), compactionOf(turns).cut], [false, false]);
  });

  test('lets the queue go on when its agent has confirmed it, not when the turn ends', () => {
    const turns = sent(filled(85), T0 + 1000);
    assert.equal(compactionOf(turns).step, 'sent');
    turns.says('idle', T0 + 3000).clock(T0 + 5000);
    assert.equal(mayDeliver(turns.session, plain), false);
    confirmed(turns, T0 + 6000);
    assert.deepEqual(turns.firings, ['context compact', 'context compacted']);
    assert.equal(mayDeliver(turns.session, plain), true);
    // The same word of it, read again.
    filled(85, T0 + 500, turns).clock(T0 + 20_000);
    assert.deepEqual(turns.firings.length, 2);
  });

  test('is compacted again only after it had room, or grew by five points', () => {
    const turns = confirmed(sent(filled(85), T0 + 1000), T0 + 6000).says('idle', T0 + 6100);
    filled(84, T0 + 10_000, turns);
    filled(89, T0 + 11_000, turns);
    assert.equal(turns.session.watch.compaction, null);
    filled(90, T0 + 12_000, turns);
    assert.notEqual(turns.session.watch.compaction, null);
    confirmed(sent(turns, T0 + 13_000), T0 + 14_000).says('idle', T0 + 14_100);
    filled(30, T0 + 15_000, turns);
    filled(81, T0 + 16_000, turns);
    assert.notEqual(turns.session.watch.compaction, null);
  });

  test('that could not be compacted is told, and its queue goes on: there is room still', () => {
    const turns = sent(filled(85), T0 + 1000)
      .says('idle', T0 + 2000)
      .clock(T0 + 2100);
    assert.equal(turns.last!.wake, turns.session.watch.compaction!.still! + 10_000);
    turns.clock(T0 + 13_000);
    assert.equal(turns.firings.at(-1), 'context failed');
    assert.match(turns.session.reason, /^not compacted: it came to an end, and its agent did not confirm it$/);
    assert.equal(mayDeliver(turns.session, plain), true);
    turns.clock(T0 + 60 * MINUTE);
    assert.equal(turns.firings.length, 2);
  });

  test('whose agent works at it for ever is given up after ten minutes', () => {
    const turns = sent(filled(85), T0 + 1000);
    turns.clock(T0 + 10 * MINUTE);
    assert.equal(turns.firings.length, 1);
    turns.clock(T0 + 1000 + 10 * MINUTE);
    assert.equal(turns.firings.at(-1), 'context failed');
  });

  test('is only shown where its agent has no command for it', () => {
    const turns = new Turns({settings: {compacts: false}});
    filled(85, T0, turns).clock(T0 + 1000);
    assert.deepEqual(turns.firings, ['context left']);
    assert.deepEqual([turns.session.watch.compaction, mayDeliver(turns.session, plain)], [null, true]);
  });

  test('is only reported, or left alone, where the rule is set so; what a person asks for is done', () => {
    const reported = filled(85, T0, new Turns({settings: moded('context', 'report')})).clock(T0 + 1000);
    assert.deepEqual(reported.firings, ['context ?compact']);
    const off = filled(85, T0, new Turns({settings: moded('context', 'off')}));
    assert.deepEqual(off.firings, []);
    off.see({source: 'compaction', at: T0 + 1000, state: 'asked'});
    assert.ok(off.does.includes('compact'));
    confirmed(sent(off, T0 + 2000), T0 + 3000);
    assert.deepEqual([off.session.watch.compaction, off.firings], [null, ['context compacted']]);
  });
});

describe('a context that is full', () => {
  test('is compacted, and the turn that it cut off is continued', () => {
    const turns = new Turns().failedTurn('context', T0, 'Prompt is too long');
    assert.deepEqual(turns.firings, ['context compact']);
    assert.equal(compactionOf(turns).cut, true);
    turns.put({compaction: {...compactionOf(turns), step: 'asked', message: 'c1'}});
    assert.deepEqual([mayDeliver(turns.session, own), mayDeliver(turns.session, plain)], [true, false]);
    confirmed(turns.command(T0 + 9000, 'c1'), T0 + 12_000).says('idle', T0 + 12_100);
    assert.ok(turns.does.includes('go-on'));
    assert.equal(mayDeliver(turns.session, plain), false);
  });

  test('says once more how the turn ended, which counts for nothing after a compaction', () => {
    const turns = new Turns().failedTurn('context', T0, 'Prompt is too long');
    confirmed(sent(turns, T0 + 9000), T0 + 12_000);
    turns
      .put({compaction: null})
      .see({source: 'program', at: T0 + 12_100, state: 'error', kind: '', message: 'Prompt is too long'});
    assert.equal(turns.session.activity, 'idle');
  });

  test('that its agent compacts by itself in a turn is full all the same when that fails again', () => {
    const full = {state: 'error', kind: 'context', message: 'Context limit reached'} as const;
    const turns = new Turns().prompt(T0);
    turns.see({source: 'compaction', at: T0 + 1000, state: 'confirmed', inTurn: true});
    turns.see({source: 'hook', at: T0 + 1200, ...full}).see({source: 'program', at: T0 + 1300, ...full});
    // Its history tells of the compaction, too, and later.
    turns.see({source: 'compaction', at: T0 + 1400, state: 'confirmed', inTurn: true});
    const {activity, waitingFor} = turns.session;
    assert.deepEqual([activity, waitingFor?.kind], ['waiting', 'context']);
  });

  test('that is full again at once is left to a person', () => {
    const turns = new Turns().failedTurn('context', T0, 'Prompt is too long');
    confirmed(sent(turns, T0 + 9000), T0 + 12_000).put({compaction: null});
    turns.failedTurn('context', T0 + 20_000, 'Prompt is too long').clock(T0 + 60_000);
    assert.deepEqual(turns.firings, ['context compact', 'context left']);
    assert.equal(mayDeliver(turns.session, plain), false);
    turns.see({source: 'compaction', at: T0 + 70_000, state: 'asked'});
    assert.deepEqual([compactionOf(turns).why, compactionOf(turns).cut], ['person', true]);
  });

  test('that is full again after the next message had gone in is compacted again: a busy queue never rests', () => {
    const turns = new Turns().failedTurn('context', T0, 'Prompt is too long');
    confirmed(sent(turns, T0 + 9000), T0 + 12_000).put({compaction: null});
    turns
      .prompt(T0 + 20_000)
      .says('idle', T0 + 24_000)
      .prompt(T0 + 24_050);
    turns.fails('context', T0 + 28_000, 'Prompt is too long').clock(T0 + 60_000);
    assert.deepEqual(turns.firings, ['context compact', 'context compact']);
  });

  test('is not compacted for ever where its agent is at rest for a moment before it tells of the next failure', () => {
    const turns = new Turns().failedTurn('context', T0, 'Prompt is too long');
    confirmed(sent(turns, T0 + 9000), T0 + 12_000).put({compaction: null});
    turns
      .prompt(T0 + 20_000)
      .says('idle', T0 + 24_000)
      .fails('context', T0 + 24_300, 'Prompt is too long')
      .clock(T0 + 60_000);
    assert.deepEqual(turns.firings, ['context compact', 'context left']);
  });

  test('whose agent confirms before it is told that the command was typed is compacted once', () => {
    const turns = new Turns().failedTurn('context', T0, 'Prompt is too long');
    turns.put({compaction: {...compactionOf(turns), step: 'asked', message: 'c1'}});
    confirmed(turns, T0 + 9000).command(T0 + 9200, 'c1');
    assert.equal(compactionOf(turns).step, 'done');
    const late = sent(new Turns().failedTurn('context', T0, 'Prompt is too long'), T0 + 9200);
    assert.equal(compactionOf(confirmed(late, T0 + 9000)).step, 'done');
  });

  test('that could not be compacted keeps its queue until a person helps', () => {
    const turns = sent(new Turns().failedTurn('context', T0), T0 + 9000).says('idle', T0 + 10_000);
    turns.clock(T0 + 10_100).clock(T0 + 30_000);
    assert.equal(turns.firings.at(-1), 'context failed');
    assert.deepEqual(
      [mayDeliver(turns.session, plain), mayDeliver(turns.session, {id: 'm3', now: true})],
      [false, true],
    );
    turns
      .prompt(T0 + 40_000, 'm3')
      .says('done', T0 + 50_000)
      .clock(T0 + 52_000);
    assert.equal(mayDeliver(turns.session, plain), true);
  });

  test('whose compaction meets an error tries it again with that', () => {
    const turns = new Turns().failedTurn('context', T0, 'Prompt is too long');
    sent(turns, T0 + 9000)
      .fails('error', T0 + 10_000)
      .clock(T0 + 10_100)
      .clock(T0 + 21_000);
    assert.deepEqual(turns.firings, ['context compact', 'context failed', 'error retry']);
    assert.equal(turns.session.watch.pause!.cut, true);
  });

  test('whose process dies while it is compacted is compacted by the next one', () => {
    const turns = sent(new Turns().failedTurn('context', T0), T0 + 9000);
    turns.see({
      source: 'process',
      at: T0 + 10_000,
      state: 'exited',
      exit: {code: null, signal: 'SIGKILL', at: T0 + 10_000},
    });
    const run = {
      id: 'r2',
      pid: 8,
      argv: ['x'],
      backend: 'tmux' as const,
      startedAt: T0 + 12_000,
      endedAt: null,
      exit: null,
    };
    turns.see({source: 'process', at: T0 + 12_000, state: 'started', run});
    assert.deepEqual([compactionOf(turns).step, compactionOf(turns).message], ['due', null]);
  });
});
