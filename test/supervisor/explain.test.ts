import assert from 'node:assert/strict';
import {test} from 'node:test';
import {noSignals} from '../../source/domain/evidence.ts';
import type {Session} from '../../source/domain/session.ts';
import {defaultWatch} from '../../source/domain/watch.ts';
import {explain} from '../../source/supervisor/explain.ts';
import {session} from '../store/records.ts';

const NOW = 1_000_000;
const run = {id: 'r', pid: 7, argv: [], backend: 'pty' as const, startedAt: NOW - 9000, endedAt: null, exit: null};
const winners = (change: Partial<Session>) => {
  const one = session('s1', {status: 'running', activity: 'idle', run, ...change});
  const facts = {now: NOW, settings: defaultWatch, held: null, url: null, mcp: null as never};
  return explain(one, facts)
    .evidence.filter(({wins}) => wins)
    .map(({source, says}) => `${source}: ${says}`);
};

test('what decided is marked, also where it is that nothing was printed, or where its trace is gone', () => {
  const printed = {...noSignals(), output: {at: NOW - 2000, since: NOW - 3000}};
  assert.deepEqual(winners({decidedBy: 'output', signals: printed}), ['output: last terminal output']);
  assert.deepEqual(winners({decidedBy: 'output'}), ['output: none since its process began']);
  assert.deepEqual(winners({decidedBy: 'submitted'}), ['process: pid 7 runs']);
  assert.deepEqual(winners({decidedBy: 'process', status: 'stopped', run: null}), ['process: never started']);
});
