import assert from 'node:assert/strict';
import {test} from 'node:test';
import {sinceOf} from '../../source/cockpit/attention.ts';
import {sessionView} from '../../source/supervisor/view.ts';
import {session} from '../store/records.ts';

test('how long it has been failed is told also where nobody saw how its process ended', () => {
  const run = {id: 'r', pid: 7, argv: [], backend: 'tmux' as const, startedAt: 5000, endedAt: 600_000, exit: null};
  const lost = session('s1', {status: 'failed', reason: 'the tmux server died', run, createdAt: 1000});
  const view = sessionView(lost, {
    queue: 0,
    preview: '',
    branch: null,
    dirty: null,
    url: null,
    mcp: null as never,
    spent: {token_count: null, tokens: null, cost: null, context: null, rate: null},
    held: null,
    now: 610_000,
  });
  assert.deepEqual([view.exit, view.ended_at, sinceOf(view)], [null, 600, 600]);
});
