import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {noSignals} from '../../source/domain/evidence.ts';
import {transition} from '../../source/domain/transition.ts';
import {session as stored} from '../store/records.ts';
import {MINUTE, T0, Turns} from './turns.ts';

const reading = {composer: true, dialog: false, rule: 'r', choices: []};

describe('rules that meet in one session', () => {
  for (const rule of ['limit', 'error'] as const) {
    test(`a context that is full after a retry for the ${rule} is compacted`, () => {
      const turns = new Turns().failedTurn(rule, T0);
      turns.clock(turns.session.watch.pause!.until!);
      turns.put({pause: {...turns.session.watch.pause!, step: 'open'}});
      const at = T0 + 60 * MINUTE;
      turns
        .prompt(at, 'go-on')
        .fails('context', at + 5000, 'Prompt is too long')
        .clock(at + 10_000);
      assert.equal(turns.session.watch.pause, null);
      assert.ok(turns.does.includes('compact'));
    });
  }

  for (const kind of ['limit', 'context'] as const) {
    test(`what a crash cut off is taken up by a process that shows the ${kind} of the one before`, () => {
      const cut = {run: 'r0', startedAt: T0 - 99_999, at: T0 - 20_000, busy: true, since: T0 - 30_000, message: 'm1'};
      const turns = new Turns().put({cut});
      const waitingFor = {kind, detail: 'x'};
      turns.see({source: 'screen', at: T0, reading: {...reading, activity: 'waiting', waitingFor}});
      assert.ok(turns.does.includes('take-up'));
    });

    test(`what is planned for a turn boundary does not hold up the way out of a ${kind}`, () => {
      const turns = new Turns().put({planned: {do: 'restart', why: 'x'}}).failedTurn(kind, T0);
      turns.clock(T0 + 300 * MINUTE);
      assert.ok(!turns.does.includes('planned'));
      assert.ok(turns.does.includes(kind === 'limit' ? 'go-on' : 'compact'));
    });
  }

  test('the end of the terminals is no second crash of one that waits to come back', () => {
    const run = {id: 'r1', pid: 7, argv: ['x'], backend: 'tmux' as const, startedAt: T0, endedAt: null, exit: null};
    const before = stored('s1', {status: 'running', wanted: true, activity: 'idle', run, signals: noSignals()});
    const exit = {code: null, signal: 'SIGKILL', at: T0};
    const away = transition(before, {source: 'process', at: T0, state: 'exited', exit}, T0).session;
    const {session, firings} = transition(away, {source: 'backend', at: T0 + 1, state: 'lost', why: 'gone'}, T0 + 1);
    assert.deepEqual([session.watch.crashes, session.watch.comeback, firings], [[T0], T0 + 1000, []]);
  });
});
