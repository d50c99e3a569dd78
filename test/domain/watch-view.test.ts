import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {noSignals} from '../../source/domain/evidence.ts';
import type {Session} from '../../source/domain/session.ts';
import {defaultWatch, type Firing, newWatch, ruleNames, type Watch} from '../../source/domain/watch.ts';
import {resourcesOf, ruleViews, watchdogView, watchNotice} from '../../source/domain/watch-view.ts';
import {session as stored} from '../store/records.ts';

const T0 = 1_000_000_000;
const MINUTE = 60_000;
const run = {id: 'r1', pid: 7, argv: ['x'], backend: 'tmux' as const, startedAt: T0, endedAt: null, exit: null};
const usage = {at: T0, looks: [{memory: 412 * 1024 ** 2, processes: 9, cpu: 12, own: 5, work: 7}]};

const running = (watch: Partial<Watch> = {}, change: Partial<Session> = {}): Session =>
  stored('s1', {
    status: 'running',
    wanted: true,
    activity: 'working',
    activitySince: T0,
    run,
    signals: {...noSignals(), usage},
    watch: {...newWatch(), ...watch},
    ...change,
  });

const firing = (rule: Firing['rule'], change: Partial<Firing> = {}): Firing => ({
  ...{rule, at: T0 + 1000, verdict: rule, reason: 'why', dryRun: false},
  ...change,
});

function next(session: Session, held: string | null = null): Record<string, string> {
  const views = ruleViews(session, {now: T0 + MINUTE, settings: defaultWatch, held});
  assert.deepEqual(
    views.map(({rule}) => rule),
    ruleNames,
  );
  return Object.fromEntries(
    views.flatMap(({rule, next, about}) => {
      assert.notEqual(about, '', rule);
      return next === null ? [] : [[rule, `${next.at ?? '-'} ${next.what}`]];
    }),
  );
}

describe('each rule says what comes next', () => {
  test('while nothing is wrong: what it counts, and when it would be stuck', () => {
    assert.deepEqual(next(running()), {
      stuck: `${(T0 + 20 * MINUTE) / 1000} stuck without progress; the last was it began to work`,
      envelope: '- memory 412 MB, CPU 12%, 9 processes',
    });
    assert.deepEqual(next(stored('s2')), {});
  });

  test('between two processes, and with a turn that was cut off', () => {
    const crashes = [T0 - 20 * MINUTE, T0, T0 + 1];
    const between = running({crashes, comeback: T0 + 2000}, {status: 'starting', signals: noSignals()});
    assert.equal(next(between)['crash'], `${T0 / 1000 + 2} starts again (2 of 5 crashes in 10 minutes)`);
    const cut = {run: 'r0', startedAt: T0, at: T0, busy: true, since: T0, message: null};
    assert.match(next(running({crashes, cut}))['crash']!, /^- its cut-off turn is taken up at its turn boundary/);
  });

  test('while it sleeps, compacts, is to be stopped, or its budget holds it', () => {
    const pause = {
      rule: 'limit' as const,
      run: 'r1',
      since: T0,
      until: T0 + MINUTE,
      told: true,
      tries: 2,
      cut: true,
      of: null,
    };
    assert.equal(
      next(running({pause: {...pause, step: 'waits'}}))['limit'],
      `${T0 / 1000 + 60} its turn is asked to continue`,
    );
    const compaction = {why: 'person' as const, at: T0, message: null, cut: false, of: null, still: null};
    assert.equal(next(running({compaction: {...compaction, step: 'sent'}}))['context'], '- its agent is to confirm it');
    const planned = {do: 'stop' as const, why: 'over its envelope: memory'};
    assert.equal(next(running({planned}))['envelope'], '- stop at its next turn boundary');
    assert.equal(next(running(), 'held: 120% is used')['budget'], '- held: 120% is used');
  });

  test('but those that are off do nothing', () => {
    const off = running({modes: {stuck: 'off', envelope: 'off'}});
    assert.deepEqual(next(off), {});
  });
});

test('in short: the last firing of any rule, crashes that count, and what is planned', () => {
  const fired = {crash: firing('crash', {at: T0}), envelope: firing('envelope', {verdict: 'stop', dryRun: true})};
  const planned = {do: 'stop' as const, why: 'x'};
  const session = running({crashes: [T0 - 20 * MINUTE, T0], comeback: T0 + 1999, fired, planned, modes: {crash: 'on'}});
  assert.deepEqual(watchdogView(session, T0 + MINUTE), {
    comeback: T0 / 1000 + 1,
    until: null,
    crashes: 1,
    stuck: false,
    over: false,
    planned: 'stop',
    fired: {rule: 'envelope', at: T0 / 1000 + 1, verdict: 'stop', reason: 'why', dry_run: true},
    modes: {crash: 'on'},
  });
});

test('a card is told what is wrong now, not what was', () => {
  const stuck = {stuck: firing('stuck')};
  assert.equal(watchNotice(running({fired: stuck})), 'stuck: why');
  assert.equal(watchNotice(running({fired: stuck}, {activitySince: T0 + 2000})), null);
  assert.equal(watchNotice(running({fired: {stuck: firing('stuck', {dryRun: true})}})), null);
  const over = {envelope: firing('envelope', {verdict: 'over'})};
  assert.equal(watchNotice(running({fired: over})), 'over its envelope: why');
  assert.equal(watchNotice(running({fired: over}, {run: {...run, startedAt: T0 + 2000}})), null);
  assert.equal(watchNotice(running({fired: {envelope: firing('envelope', {verdict: 'within'})}})), null);
});

test('what processes take is of those that run', () => {
  assert.deepEqual(resourcesOf(running()), {memory: 412 * 1024 ** 2, cpu: 12, processes: 9});
  assert.equal(resourcesOf(running({}, {status: 'failed'})), null);
  assert.equal(resourcesOf(running({}, {signals: noSignals()})), null);
});
