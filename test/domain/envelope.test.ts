import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {parseSize, sizeText} from '../../source/domain/amounts.ts';
import {noSignals} from '../../source/domain/evidence.ts';
import type {Session} from '../../source/domain/session.ts';
import {type Transition, transition} from '../../source/domain/transition.ts';
import type {TreeUsage} from '../../source/domain/usage.ts';
import {defaultWatch, type WatchSettings} from '../../source/domain/watch.ts';
import {session as stored} from '../store/records.ts';

const T0 = 1_000_000_000;
const GB = 1024 ** 3;
const LOOK = 10_000;
const run = {id: 'r1', pid: 7, argv: ['x'], backend: 'tmux' as const, startedAt: T0, endedAt: null, exit: null};
const calm: TreeUsage = {memory: GB, processes: 3, cpu: 10, own: 5, work: 5};

const running = (change: Partial<Session> = {}): Session => {
  const hook = {at: T0, state: 'working' as const, kind: '', message: ''};
  const signals = {...noSignals(), hook};
  return stored('s1', {status: 'running', wanted: true, activity: 'working', run, signals, ...change});
};

const caps = (envelope: Partial<WatchSettings['envelope']>, mode: 'on' | 'report' = 'on'): WatchSettings => ({
  ...defaultWatch,
  modes: {...defaultWatch.modes, envelope: mode},
  envelope: {...defaultWatch.envelope, ...envelope},
});

/** Looks at the processes, one after the other; what was told at the last one, and when by its number from 1. */
function looks(
  usages: readonly Partial<TreeUsage>[],
  {settings, from = running(), first = 1}: {settings: WatchSettings; from?: Session; first?: number},
): {last: Transition; told: string[]} {
  const told: string[] = [];
  let last: Transition | null = null;
  usages.forEach((usage, i) => {
    const at = T0 + (first + i) * LOOK;
    last = transition(last?.session ?? from, {source: 'usage', at, usage: {...calm, ...usage}}, at, settings);
    for (const {verdict, reason} of last.firings) told.push(`${first + i} ${verdict}: ${reason}`);
  });
  return {last: last!, told};
}

describe('an envelope', () => {
  test('without caps says nothing', () => {
    assert.deepEqual(looks([{memory: 99 * GB}, {memory: 99 * GB}], {settings: caps({})}).told, []);
  });

  test('is told of once memory was over at two looks in a row, and when it is clearly below again', () => {
    const settings = caps({memory: 4 * GB});
    const memory = [3, 5, 3, 5, 5.2, 6, 3.9, 3.5, 3].map(each => ({memory: each * GB}));
    assert.deepEqual(looks(memory, {settings}).told, [
      '5 over: memory 5.2 GB of 4 GB',
      '8 within: below its caps again',
    ]);
  });

  test('takes a short peak of CPU time for none, and names all that is over', () => {
    const settings = caps({cpu: 200, processes: 20});
    const busy = {cpu: 300, processes: 30};
    assert.deepEqual(looks([busy, calm, busy], {settings}).told, []);
    assert.deepEqual(looks([{cpu: 300}, busy, busy], {settings}).told, [
      '3 over: CPU 300% of 200%, 30 processes of 20',
    ]);
  });

  test('is not told of again for five minutes', () => {
    const settings = caps({memory: 4 * GB});
    const over = {memory: 5 * GB};
    const swings = Array.from({length: 40}, (_, i) => (i % 4 < 2 ? over : calm));
    const {told} = looks(swings, {settings});
    assert.deepEqual(
      told.map(each => each.split(':')[0]),
      ['2 over', '3 within', '34 over', '35 within'],
    );
  });

  test('ends or restarts a session at its turn boundary, unless it is back within by then', () => {
    const settings = caps({memory: 4 * GB, action: 'restart'});
    const over = {memory: 5 * GB};
    const {last, told} = looks([over, over], {settings});
    assert.deepEqual(told, ['2 restart: memory 5 GB of 4 GB; at its next turn boundary']);
    assert.deepEqual(last.effects, []);
    const at = T0 + 3 * LOOK;
    const done = {source: 'hook' as const, at, state: 'done' as const, kind: '', message: ''};
    assert.deepEqual(transition(last.session, done, at, settings).effects, [{do: 'planned'}]);
    const back = looks([calm], {settings, from: last.session, first: 3}).last;
    assert.deepEqual(transition(back.session, done, at, settings).effects, [{do: 'deliver'}]);
  });

  test('keeps no plan once a person starts or stops it, or another process is there', () => {
    const settings = caps({memory: 4 * GB, action: 'stop'});
    const {session} = looks([{memory: 5 * GB}, {memory: 5 * GB}], {settings}).last;
    assert.equal(session.watch.planned?.do, 'stop');
    const at = T0 + 3 * LOOK;
    assert.equal(transition(session, {source: 'request', at, act: 'stop'}, at).session.watch.planned, null);
    const next = {...run, id: 'r2', startedAt: at};
    const started = transition(session, {source: 'process', at, state: 'started', run: next}, at).session;
    assert.deepEqual([started.watch.planned, started.signals.usage], [null, null]);
  });

  test('ends its process as planned: that is no crash, and what waits goes on waiting', () => {
    const settings = caps({memory: 4 * GB, action: 'restart'});
    const {session} = looks([{memory: 5 * GB}, {memory: 5 * GB}], {settings}).last;
    const at = T0 + 3 * LOOK;
    const exited = {
      source: 'process' as const,
      at,
      state: 'exited' as const,
      exit: {code: null, signal: 'SIGTERM', at},
    };
    const pause = {rule: 'error', run: run.id, since: at, until: at + 9000, told: false, tries: 2, cut: true, of: null};
    const ends = (change: Partial<Session['watch']>) => {
      const watch = {...session.watch, pause: {...pause, step: 'waits'} as Session['watch']['pause'], ...change};
      return transition({...session, watch}, exited, at, settings);
    };
    const planned = {...session.watch.planned!, of: run.id};
    const again = ends({planned});
    assert.deepEqual([again.effects.map(each => each.do), again.firings], [['launch-again'], []]);
    assert.match(again.reason ?? '', /^started again by the watchdog: over its envelope: memory 5 GB/);
    const {watch} = again.session;
    assert.deepEqual([watch.planned, watch.crashes, watch.cut, watch.pause?.tries], [null, [], null, 2]);

    const stopped = ends({planned: {...planned, do: 'stop'}}).session;
    assert.deepEqual([stopped.status, stopped.wanted, stopped.watch.pause], ['stopped', false, null]);
    // It was not being ended for it yet.
    assert.equal(ends({}).session.watch.crashes.length, 1);
  });

  test('does not restart a one-shot session', () => {
    const settings = caps({memory: 4 * GB, action: 'restart'});
    const from = running({kind: 'one-shot'});
    const {last, told} = looks([{memory: 5 * GB}, {memory: 5 * GB}], {settings, from});
    assert.deepEqual(told, ['2 over: memory 5 GB of 4 GB; a one-shot session is not restarted']);
    assert.equal(last.session.watch.planned, null);
  });

  test('that is only reported plans nothing, and says so every five minutes', () => {
    const settings = caps({memory: 4 * GB, action: 'stop'}, 'report');
    const {last, told} = looks(Array(60).fill({memory: 5 * GB}), {settings});
    assert.deepEqual(
      told.map(each => each.split(':')[0]),
      ['2 stop', '32 stop'],
    );
    assert.equal(last.session.watch.planned, null);
  });
});

test('sizes are told in two or three digits', () => {
  const sizes = [0, 900, 2048, 412.4 * 1024 ** 2, 999 * 1024 ** 2, 1000 * 1024 ** 2, 5.25 * GB];
  assert.deepEqual(
    sizes.map(each => sizeText(each)),
    ['0 B', '900 B', '2 KB', '412 MB', '999 MB', '0.98 GB', '5.3 GB'],
  );
  assert.equal(sizeText(412.4 * 1024 ** 2, {coarse: true}), '410 MB');
});

test('sizes are read as the system counts memory', () => {
  assert.deepEqual(['512MB', '4 GB', '1.5G', '2GiB', '4', 'GB'].map(parseSize), [
    512 * 1024 ** 2,
    4 * GB,
    1.5 * GB,
    2 * GB,
    null,
    null,
  ]);
});
