import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {type Evidence, noSignals} from '../../source/domain/evidence.ts';
import type {Session} from '../../source/domain/session.ts';
import {isStuck} from '../../source/domain/stuck.ts';
import {type Transition, transition} from '../../source/domain/transition.ts';
import type {TreeUsage} from '../../source/domain/usage.ts';
import {defaultWatch, type WatchSettings} from '../../source/domain/watch.ts';
import {session as stored} from '../store/records.ts';

const T0 = 1_000_000_000;
const MINUTE = 60_000;
const AFTER = 20 * MINUTE;
const run = {id: 'r1', pid: 7, argv: ['x'], backend: 'tmux' as const, startedAt: T0, endedAt: null, exit: null};
const interrupting: WatchSettings = {...defaultWatch, stuck: {after: AFTER, interrupt: true}};

/** An agent in a turn that its hook told of at `T0`. */
function working(change: Partial<Session> = {}): Session {
  const hook = {at: T0, state: 'working' as const, kind: '', message: ''};
  return stored('s1', {
    status: 'running',
    wanted: true,
    activity: 'working',
    activitySince: T0,
    hasScreenRules: true,
    run,
    signals: {...noSignals(), hook, progress: {at: T0, by: 'its last word (hook)'}},
    ...change,
  });
}

const idle: TreeUsage = {memory: 1, processes: 2, cpu: 3, own: 3, work: 0};
const at = (minutes: number): number => T0 + minutes * MINUTE;
const clock = (minutes: number): Evidence => ({source: 'clock', at: at(minutes)});
const prints = (minutes: number): Evidence => ({source: 'output', at: at(minutes)});
const uses = (minutes: number, usage: Partial<TreeUsage>): Evidence => ({
  source: 'usage',
  at: at(minutes),
  usage: {...idle, ...usage},
});

function after(evidence: readonly Evidence[], {from = working(), settings = defaultWatch} = {}): Transition {
  let last = transition(from, evidence[0]!, evidence[0]!.at, settings);
  for (const each of evidence.slice(1)) last = transition(last.session, each, each.at, settings);
  return last;
}

const verdicts = ({firings}: Transition): string[] => firings.map(({rule, verdict}) => `${rule}: ${verdict}`);

describe('a session is stuck', () => {
  test('when nothing at all happened for so long, and not before; it wakes for that', () => {
    const before = after([clock(19.9)]);
    assert.deepEqual([verdicts(before), before.wake], [[], at(20)]);
    const found = after([clock(20)]);
    assert.deepEqual(verdicts(found), ['stuck: stuck']);
    assert.equal(
      found.firings[0]?.reason,
      'no evidence of progress for 20m: nothing at all happened since its last word (hook)',
    );
    assert.equal(isStuck(found.session), true);
    assert.deepEqual(found.effects, []);
  });

  test('is told once', () => assert.deepEqual(verdicts(after([clock(20), clock(21), clock(500)])), []));

  test('when it only repaints for twice as long', () => {
    const spins = Array.from({length: 40}, (_, minute) => prints(minute));
    assert.deepEqual(verdicts(after(spins)), []);
    const found = after([...spins, prints(40)]);
    assert.deepEqual(verdicts(found), ['stuck: stuck']);
    assert.match(found.firings[0]!.reason, /for 40m: it only repaints its screen/);
  });

  test('ends with evidence, and may begin anew', () => {
    const over = after([clock(20), {source: 'progress', at: at(30), by: 'a line in its history'}]);
    assert.deepEqual(verdicts(over), ['stuck: over']);
    assert.equal(over.firings[0]?.reason, 'it goes on: a line in its history');
    assert.equal(isStuck(over.session), false);
    const again = after([clock(49)], {from: over.session});
    assert.deepEqual([verdicts(again), again.wake], [[], at(50)]);
    assert.deepEqual(verdicts(after([clock(50)], {from: over.session})), ['stuck: stuck']);
  });

  test('has its turn interrupted once, where that is wanted', () => {
    const found = after([clock(20)], {settings: interrupting});
    assert.deepEqual(found.effects, [{do: 'interrupt'}]);
    assert.deepEqual(after([clock(30)], {from: found.session, settings: interrupting}).effects, []);
  });

  test('is only reported, once, or not even that', () => {
    const set = (stuck: 'report' | 'off') => ({
      settings: {...interrupting, modes: {...defaultWatch.modes, stuck}},
    });
    const reported = after([clock(20)], set('report'));
    assert.deepEqual([reported.firings[0]?.dryRun, reported.effects, isStuck(reported.session)], [true, [], false]);
    assert.deepEqual(verdicts(after([clock(25), clock(30)], set('report'))), []);
    assert.deepEqual(verdicts(after([clock(99)], set('off'))), []);
  });

  const holds: [string, Evidence][] = [
    ['a hook', {source: 'hook', at: at(15), state: 'working', kind: '', message: ''}],
    ['another word of the program', {source: 'program', at: at(15), state: 'working', kind: '', message: 'tests'}],
    ['a tool that uses CPU time', uses(15, {work: 1})],
    ['an agent that computes by itself', uses(15, {own: 25})],
    ['a message', {source: 'delivery', at: at(15), message: 'm1'}],
    ['a line in its history', {source: 'progress', at: at(15), by: 'a line in its history'}],
  ];
  for (const [title, evidence] of holds) {
    test(`not while there is ${title}`, () => assert.equal(after([evidence, clock(21)]).wake, at(35)));
  }

  const hides: [string, Evidence][] = [
    ['the CPU time that a spinner takes', uses(15, {own: 24})],
    ['the same title again', {source: 'title', at: at(15), state: 'working', kind: '', message: ''}],
  ];
  for (const [title, evidence] of hides) {
    test(`also with ${title}`, () => {
      const title = {at: T0, state: 'working' as const, kind: '', message: ''};
      const from = working();
      const told = working({signals: {...from.signals, title}});
      assert.deepEqual(verdicts(after([evidence, clock(20)], {from: told})), ['stuck: stuck']);
    });
  }

  test('not while it waits for a person, is idle, or has just begun', () => {
    const waiting = working({activity: 'waiting', waitingFor: {kind: 'permission', detail: 'x'}});
    const blocked = {...waiting.signals, hook: {at: T0, state: 'blocked' as const, kind: '', message: ''}};
    assert.deepEqual(verdicts(after([clock(99)], {from: {...waiting, signals: blocked}})), []);
    const begins = after([{source: 'hook', at: at(99), state: 'working', kind: '', message: ''}], {
      from: working({activity: 'idle', signals: noSignals()}),
    });
    assert.deepEqual([begins.session.activity, verdicts(begins), begins.wake], ['working', [], at(119)]);
  });
});
