import assert from 'node:assert/strict';
import {test} from 'node:test';
import {noSignals, type WaitingKind} from '../../source/domain/evidence.ts';
import {reasonNow, whyItWaits} from '../../source/domain/queue-reason.ts';
import {transition} from '../../source/domain/transition.ts';
import {message, session} from '../store/records.ts';

const run = {id: 'r1', pid: 1, argv: [], backend: 'pty' as const, startedAt: 1, endedAt: null, exit: null};
const stopped = session('s1', {name: 'pay', status: 'stopped', run: null});
const running = session('s1', {name: 'pay', status: 'running', activity: 'working', run});
const unseen = {...running, activity: 'unknown' as const, reason: 'quiet, but its prompt is not on screen'};
const menu = {activity: 'idle', waitingFor: null, dialog: true, composer: false, rule: 'menu', choices: []} as const;
const behindMenu = {
  ...running,
  activity: 'finished' as const,
  signals: {...noSignals(), screen: {at: 1, reading: {...menu, choices: []}}},
};
const waiting = (kind: WaitingKind, detail: string) => ({
  ...running,
  activity: 'waiting' as const,
  waitingFor: {kind, detail},
  reason: 'it is left to a person',
});
const over = {...stopped, kind: 'one-shot' as const, status: 'completed' as const, run};

test('a message waits for what its session is', () => {
  assert.equal(whyItWaits(stopped), 'waits: pay does not run');
  assert.equal(whyItWaits(running), 'waits for the next turn boundary');
  assert.equal(whyItWaits(unseen), 'waits: quiet, but its prompt is not on screen');
  assert.equal(whyItWaits(waiting('permission', 'Bash(rm -rf dist)')), 'waits for a person: Bash(rm -rf dist)');
  assert.equal(whyItWaits(waiting('context', 'Prompt is too long')), 'waits: it is left to a person');
  assert.equal(whyItWaits(waiting('error', 'API Error')), 'waits for the next turn boundary');
  assert.equal(whyItWaits(behindMenu), 'waits: a menu stands open in its terminal');
  assert.equal(whyItWaits(over), 'waits in vain: pay has ended, and does not start again');
});

test('what a message was queued for is told anew, and what came of a try is not', () => {
  const queued = {...message('m1'), state: 'queued' as const, reason: whyItWaits(stopped), createdAt: 1, changedAt: 1};
  assert.equal(reasonNow(queued, unseen), whyItWaits(unseen));
  assert.equal(reasonNow(queued, unseen, 'waits: the cap is reached'), 'waits: the cap is reached');
  const held = {...queued, reason: 'held: 105% is used; amux budget set raises the 10 tokens per day of the fleet'};
  assert.equal(reasonNow(held, running, held.reason), held.reason);
  assert.equal(reasonNow(held, running), whyItWaits(running), 'its budget was raised');
  const tried = {...queued, reason: 'waits: another text stands on the input line', changedAt: 2};
  assert.equal(reasonNow(tried, running), tried.reason);
  assert.equal(reasonNow(tried, running, held.reason), held.reason);
  assert.equal(reasonNow(tried, stopped), whyItWaits(stopped));
  const cut = {...queued, reason: 'its turn was cut off by a crash'};
  assert.equal(reasonNow(cut, unseen), cut.reason);
});

test('a view that hides what was read before is told of until it is closed', () => {
  const at = Date.now();
  const free = {...menu, choices: [], dialog: false, composer: true, rule: 'input line'};
  const view = {...menu, choices: [], activity: null, rule: 'pager', layer: 'overlay' as const};
  const look = (before: typeof behindMenu, reading: typeof free | typeof view, later: number) =>
    transition(before, {source: 'screen', at: at + later, reading}, at + later).session as typeof behindMenu;
  const rested = look(behindMenu, free, 0);
  const hidden = look(rested, view, 1000);
  assert.deepEqual([hidden.activity, hidden.signals.screen.reading.rule], [rested.activity, 'input line']);
  assert.equal(whyItWaits(hidden), 'waits: a view that hides its input line stands open in its terminal');
  assert.equal(whyItWaits(look(hidden, view, 2000)), whyItWaits(hidden));
  assert.equal(whyItWaits(look(hidden, free, 3000)), whyItWaits(rested));
});
