import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {type Evidence, noSignals} from '../../source/domain/evidence.ts';
import type {Exit} from '../../source/domain/run.ts';
import type {Session} from '../../source/domain/session.ts';
import {type Transition, transition} from '../../source/domain/transition.ts';
import {defaultWatch, newWatch, type WatchSettings} from '../../source/domain/watch.ts';
import {session as stored} from '../store/records.ts';

const T0 = 1_000_000_000;
const MINUTE = 60_000;
const run = {id: 'r1', pid: 7, argv: ['x'], backend: 'tmux' as const, startedAt: T0, endedAt: null, exit: null};
const killed: Exit = {code: null, signal: 'SIGKILL', at: 0};
const coded = (code: number): Exit => ({code, signal: null, at: 0});

const running = (change: Partial<Session> = {}): Session =>
  stored('s1', {status: 'running', wanted: true, activity: 'idle', run, signals: noSignals(), ...change});

function ends(before: Session, exit: Exit, at = T0, settings: WatchSettings = defaultWatch): Transition {
  return transition(before, {source: 'process', at, state: 'exited', exit: {...exit, at}}, at, settings);
}

/** It is launched again, and is up. */
function comesUp(session: Session, at: number): Session {
  const started: Evidence = {source: 'process', at, state: 'started', run: {...run, id: `r${at}`, startedAt: at}};
  const {session: starting} = transition(session, started, at);
  return transition(starting, {source: 'clock', at: at + 1000}, at + 1000).session;
}

describe('a crash', () => {
  test('is told with when its process comes back, and wakes then', () => {
    const {session, reason, wake, effects, firings} = ends(running(), killed);
    assert.deepEqual([session.status, session.wanted, session.watch.comeback], ['starting', true, T0 + 1000]);
    assert.match(reason ?? '', /^killed by SIGKILL; starts again in 1 s \(crash 1/);
    assert.equal(wake, T0 + 1000);
    assert.deepEqual(effects, []);
    assert.deepEqual(
      firings.map(({rule, verdict}) => [rule, verdict]),
      [['crash', 'restart']],
    );
    const due = transition(session, {source: 'clock', at: T0 + 1000}, T0 + 1000);
    assert.deepEqual(due.effects, [{do: 'launch-again'}]);
    assert.equal(comesUp(session, T0 + 1000).watch.comeback, null);
  });

  test('leaves the turn before it finished until somebody looks', () => {
    const done = running({activity: 'finished', unseen: true});
    const rests = (starting: Session) => {
      const word: Evidence = {source: 'program', at: T0 + 5000, state: 'idle', kind: '', message: ''};
      return transition(comesUp(starting, T0 + 1000), word, T0 + 5000).session.activity;
    };
    assert.equal(rests(ends(done, killed).session), 'finished');
    const shy = comesUp(ends({...done, hasScreenRules: true}, killed).session, T0 + 1000);
    const words = (['idle', 'working', 'idle'] as const).map((state, i): Evidence => {
      return {source: 'program', at: T0 + 2100 + i * 100, state, kind: '', message: ''};
    });
    const reading = {
      activity: 'idle',
      rule: 'input',
      composer: true,
      dialog: false,
      waitingFor: null,
      choices: [],
    } as const;
    const line: Evidence = {source: 'screen', at: T0 + 2050, reading: {...reading, choices: []}};
    const spins = [...words.slice(0, 2), line, ...words.slice(2)];
    const up = spins.reduce((each, word) => transition(each, word, word.at).session, shy);
    assert.equal(up.activity, 'finished', 'one that spins while it starts up');
    assert.equal(rests(ends(running(), killed).session), 'idle');
    const stopped = transition(done, {source: 'request', at: T0, act: 'stop'}, T0).session;
    const asked: Evidence = {source: 'request', at: T0 + 500, act: 'start'};
    assert.equal(rests(transition(ends(stopped, killed).session, asked, T0 + 500).session), 'idle', 'by a person');
  });

  test('waits twice as long each time, up to a minute', () => {
    let session = running();
    const waits: number[] = [];
    for (let at = T0; waits.length < 9; at += 4 * MINUTE) {
      session = ends(session, killed, at).session;
      waits.push(session.watch.comeback! - at);
      session = comesUp(session, session.watch.comeback!);
    }
    assert.deepEqual(
      waits.map(ms => ms / 1000),
      [1, 2, 4, 8, 16, 32, 60, 60, 60],
    );
  });

  test('the fifth within ten minutes is the last; a start by a person forgets them', () => {
    let session = running();
    for (let at = T0; at < T0 + 4 * MINUTE; at += MINUTE) {
      session = comesUp(ends(session, killed, at).session, at + 30_000);
    }
    const last = ends(session, killed, T0 + 5 * MINUTE);
    assert.deepEqual([last.session.status, last.session.wanted], ['failed', false]);
    assert.match(last.reason ?? '', /killed by SIGKILL; not started again after 5 crashes in 10 minutes/);
    assert.equal(last.firings[0]?.verdict, 'failed');
    const {session: asked} = transition(last.session, {source: 'request', at: 1, act: 'start'}, T0 + 6 * MINUTE);
    assert.deepEqual(asked.watch.crashes, []);
  });

  test('after ten minutes without one it begins anew', () => {
    const first = comesUp(ends(running(), killed).session, T0 + 2000);
    const again = ends(first, killed, T0 + 10 * MINUTE);
    assert.equal(again.session.watch.comeback, T0 + 10 * MINUTE + 1000);
  });

  const no: [string, Partial<Session>, Exit][] = [
    ['an end with code 0', {}, coded(0)],
    ['any end of one that is never to be restarted', {restart: 'never'}, killed],
    ['a program that ended by itself while it started', {status: 'starting'}, coded(1)],
    ['one that a person left at its trust dialog', {waitingFor: {kind: 'trust', detail: '/x'}}, coded(1)],
    ['one that was to stop', {wanted: false}, killed],
  ];
  for (const [title, change, exit] of no) {
    test(`is not: ${title}`, () => {
      const {session, firings} = ends(running(change), exit);
      assert.deepEqual([session.watch.comeback, session.wanted, firings], [null, false, []]);
      assert.notEqual(session.status, 'starting');
    });
  }

  const yes: [string, Partial<Session>, Exit][] = [
    ['an end that nobody saw', {}, {code: null, signal: null, at: 0}],
    ['a kill while it started', {status: 'starting'}, killed],
    ['an end with a code', {}, coded(3)],
    ['code 0 of one that is always to run', {restart: 'always'}, coded(0)],
    [
      'a program that ended while it was started again',
      {status: 'starting', watch: {...newWatch(), crashes: [T0 - 1]}},
      coded(1),
    ],
  ];
  for (const [title, change, exit] of yes) {
    test(`is: ${title}`, () => assert.equal(ends(running(change), exit).session.status, 'starting'));
  }

  test('is only reported, or not even that, where the rule is set so', () => {
    const set = (crash: 'report' | 'off'): WatchSettings => ({...defaultWatch, modes: {...defaultWatch.modes, crash}});
    const reported = ends(running(), killed, T0, set('report'));
    assert.deepEqual([reported.session.status, reported.firings[0]?.dryRun], ['failed', true]);
    assert.deepEqual(ends(running(), killed, T0, set('off')).firings, []);
    const own = running({watch: {...newWatch(), modes: {crash: 'off'}}});
    assert.equal(ends(own, killed).session.status, 'failed');
  });

  test('keeps what was cut off until it is taken up, through further crashes', () => {
    const busy = running({
      activity: 'working',
      activitySince: 5,
      signals: {...noSignals(), submitted: {at: 6, message: 'm1'}},
    });
    const {session} = ends(busy, killed);
    const cut = {run: 'r1', startedAt: T0, at: T0, why: 'killed by SIGKILL', busy: true, since: 5, message: 'm1'};
    assert.deepEqual(session.watch.cut, cut);
    const again = ends(comesUp(session, T0 + 1000), killed, T0 + 3000);
    assert.deepEqual(again.session.watch.cut, cut);
  });

  test('comes back at once when a person starts it meanwhile, with what was cut off', () => {
    const {session} = ends(running({activity: 'working'}), killed);
    const {session: asked, effects} = transition(session, {source: 'request', at: T0 + 10, act: 'start'}, T0 + 10);
    assert.deepEqual(effects, [{do: 'launch-again'}]);
    assert.deepEqual([asked.watch.crashes, asked.watch.cut?.run, asked.run?.id], [[], 'r1', 'r1']);
  });

  test('does not wait for a clock that was set back, nor counts what was by the other one', () => {
    const {session} = ends(running(), killed);
    const hour = 3_600_000;
    const {effects} = transition(session, {source: 'clock', at: T0 - hour}, T0 - hour);
    assert.deepEqual(effects, [{do: 'launch-again'}]);
    const again = ends(comesUp(session, T0 - hour), killed, T0 - hour + 5000);
    assert.deepEqual(again.session.watch.crashes, [T0 - hour + 5000]);
  });

  test('one that is stopped while it waits for its process is stopped', () => {
    const {session} = ends(running(), killed);
    const {session: stopped, effects} = transition(session, {source: 'request', at: T0 + 1, act: 'stop'}, T0 + 1);
    assert.equal(stopped.watch.comeback, null);
    assert.deepEqual(effects, []);
    assert.equal(ends(stopped, killed, T0 + 2).session.status, 'stopped');
  });
});
