import assert from 'node:assert/strict';
import {test} from 'node:test';
import {age, nextTick} from '../../source/cockpit/ages.ts';
import {nextInNeed} from '../../source/cockpit/fleet-view.ts';
import {eventLines} from '../../source/cockpit/journal.ts';
import {layoutOf, sessionSize} from '../../source/cockpit/layout.ts';
import {type Action, firstState, reduce, type State, visibleSessions} from '../../source/cockpit/state.ts';
import {screenOf, sessionOf} from './fake-fleet.ts';
import {SCENE_NOW, sceneSessions} from './scene.ts';

const now = SCENE_NOW;
const start = (cols = 120, rows = 40): State => firstState({size: {cols, rows}, now, demo: false});
const after = (state: State, ...actions: Action[]): State => actions.reduce(reduce, state);
const names = (state: State): string[] => visibleSessions(state).map(session => session.name);
const fleet = (cols?: number, rows?: number): State =>
  after(start(cols, rows), {type: 'sessions', sessions: sceneSessions(), now});

test('sessions stand in the order of how much they ask for a person', () => {
  assert.deepEqual(names(fleet()), ['payments', 'docs', 'batch', 'api', 'web', 'mobile', 'infra', 'search', 'notes']);
});

test('the selection stays with its session when the list reorders', () => {
  const selected = after(fleet(), {type: 'select', session: 'id-web'});
  const sessions = sceneSessions().map(session =>
    session.name === 'web' ? {...session, activity: 'finished' as const} : session,
  );
  const later = after(selected, {type: 'sessions', sessions, now});
  assert.equal(later.selected, 'id-web');
  assert.equal(names(later).indexOf('web'), 3);
});

test('a selected session that goes away gives the selection to the one next to it', () => {
  const selected = after(
    fleet(),
    {type: 'select', session: 'id-web'},
    {type: 'marks', step: {do: 'add', ids: ['id-web']}},
  );
  const later = after(selected, {
    type: 'sessions',
    sessions: sceneSessions().filter(session => session.name !== 'web'),
    now,
  });
  assert.equal(later.selected, 'id-mobile');
  assert.deepEqual(later.marks, []);
});

test('where none is left behind it, the selection goes to the one before; where all are new, to the first', () => {
  const last = after(fleet(), {type: 'edge', to: 'last'});
  assert.equal(last.selected, 'id-notes');
  const without = (...gone: string[]) => sceneSessions().filter(({name}) => !gone.includes(name));
  assert.equal(after(last, {type: 'sessions', sessions: without('notes', 'search'), now}).selected, 'id-infra');
  const others = ['x', 'y'].map(name => sessionOf({name}));
  assert.equal(after(last, {type: 'sessions', sessions: others, now}).selected, 'id-x');
  assert.equal(after(last, {type: 'sessions', sessions: [], now}).selected, null);
});

test('only what needs me: waiting, failed and finished', () => {
  assert.deepEqual(names(after(fleet(), {type: 'only-mine', on: true})), ['payments', 'docs', 'batch']);
});

test('the filter looks at name, agent, branch and directory', () => {
  const filtered = (text: string) => names(after(fleet(), {type: 'filter', text}));
  assert.deepEqual(filtered('PAY'), ['payments']);
  assert.deepEqual(filtered('sonnet'), ['web', 'infra']);
  assert.deepEqual(filtered('批量'), ['batch']);
  assert.deepEqual(filtered('ada'), ['notes']);
});

test('tab goes round those that need a person', () => {
  const first = fleet();
  assert.equal(nextInNeed(first), 'id-docs');
  assert.equal(nextInNeed(after(first, {type: 'select', session: 'id-batch'})), 'id-payments');
  assert.equal(nextInNeed(after(first, {type: 'select', session: 'id-infra'})), 'id-payments');
});

test('typing outlives the process that it goes to, and the session itself, so that no letter becomes a command', () => {
  const typing = after(fleet(), {type: 'mode', mode: {kind: 'typing', session: 'id-api'}});
  const sessions = sceneSessions().map(session =>
    session.name === 'api' ? {...session, running: false, status: 'stopped' as const} : session,
  );
  assert.equal(after(typing, {type: 'sessions', sessions, now}).mode.kind, 'typing');
  const others = sessions.filter(({name}) => name !== 'api');
  const removed = after(typing, {type: 'sessions', sessions: others, now});
  assert.deepEqual(removed.mode, {kind: 'typing', session: 'id-api', removed: 'api'});
  assert.notEqual(removed.selected, 'id-api');
  assert.deepEqual(after(removed, {type: 'sessions', sessions: others, now}).mode, removed.mode);
  const back = after(removed, {type: 'sessions', sessions, now});
  assert.deepEqual(back.mode, {kind: 'typing', session: 'id-api'});
});

test('what was said of one screen does not cover another, but a fault stays', () => {
  const said = after(fleet(), {type: 'notice', notice: {kind: 'info', message: 'done', hint: '', at: now}});
  assert.equal(after(said, {type: 'place', place: 'board'}).notice, null);
  assert.equal(after(said, {type: 'dialog', dialog: {kind: 'answer'}}).notice, null);
  assert.equal(after(said, {type: 'dialog', dialog: {kind: 'none'}}).notice?.message, 'done');
  const failed = after(fleet(), {type: 'notice', notice: {kind: 'error', message: 'no', hint: '', at: now}});
  assert.equal(after(failed, {type: 'place', place: 'board'}).notice?.message, 'no');
});

test('the selected card is always in sight, and the page moves as little as it can', () => {
  let state = fleet(80, 24);
  assert.equal(state.top, 0);
  state = after(state, {type: 'edge', to: 'last'});
  assert.equal(state.top, 5);
  state = after(state, {type: 'move', by: -1});
  assert.equal(state.top, 5);
  state = after(state, {type: 'edge', to: 'first'});
  assert.equal(state.top, 0);
});

test('in the grid j moves a row and l a column', () => {
  const grid = after(fleet(), {type: 'view', view: 'grid'});
  assert.equal(after(grid, {type: 'move-rows', by: 1}).selected, 'id-api');
  assert.equal(after(grid, {type: 'move', by: 1}).selected, 'id-docs');
});

test('the same size and the same connection change nothing, so that nothing is drawn', () => {
  const state = fleet();
  assert.equal(reduce(state, {type: 'resized', size: {cols: 120, rows: 40}}), state);
  assert.equal(reduce(state, {type: 'connection', connection: {kind: 'connecting'}}), state);
  assert.equal(reduce(state, {type: 'notice-read'}), state);
});

test('entries that two streams bring are shown once and in order', () => {
  const entry = (cursor: number) => ({
    cursor,
    at: now + cursor,
    type: 'notice' as const,
    actor: 'x',
    session: null,
    reason: `r${cursor}`,
    cards: [],
  });
  const state = after(
    start(),
    {type: 'entries', entries: [entry(3)]},
    {type: 'entries', entries: [entry(1), entry(2), entry(3)]},
    {type: 'entries', entries: [entry(4)]},
  );
  assert.deepEqual(
    state.entries.map(({cursor}) => cursor),
    [1, 2, 3, 4],
  );
});

test('why a key does nothing goes with the size of the terminal, and after some seconds', () => {
  const notice = {kind: 'info', message: 'too narrow', hint: '', at: now, of: 'key'} as const;
  const said = after(fleet(), {type: 'notice', notice});
  assert.equal(after(said, {type: 'resized', size: {cols: 90, rows: 30}}).notice, null);
  assert.equal(after(said, {type: 'tick', now: now + 4000}).notice, notice);
  assert.equal(after(said, {type: 'tick', now: now + 5000}).notice, null);
  assert.deepEqual(after(said, {type: 'tick', now: now + 5000}).notices, [notice], 'Events has it');
  const done = after(fleet(), {type: 'notice', notice: {kind: 'info', message: 'done', hint: '', at: now}});
  const later = after(done, {type: 'resized', size: {cols: 90, rows: 30}}, {type: 'tick', now: now + 60_000});
  assert.equal(later.notice?.message, 'done', 'what was done is still so');
});

test('an error shows as a notice and can be read again in Events', () => {
  const notice = {kind: 'error', message: 'no session "x"', hint: 'amux ps', at: now} as const;
  const state = after(fleet(), {type: 'notice', notice}, {type: 'notice-read'});
  assert.equal(state.notice, null);
  assert.deepEqual(
    eventLines(state).map(line => line.reason),
    ['no session "x" (amux ps)'],
  );
});

test('last screens are kept only for sessions that exist', () => {
  const state = after(fleet(), {type: 'screen', session: 'id-api', screen: screenOf(['x'])});
  assert.equal(after(state, {type: 'sessions', sessions: [sessionOf({name: 'web'})], now}).screens.size, 0);
});

test('the layout follows the columns', () => {
  const kind = (cols: number, rows = 24) => layoutOf({cols, rows}, 'cards', false).kind;
  assert.deepEqual(
    [39, 40, 49, 50, 79, 80, 200].map(cols => kind(cols)),
    ['too-small', 'list', 'list', 'stacked', 'stacked', 'side', 'side'],
  );
  assert.equal(kind(80, 11), 'too-small');
  const columns = (cols: number, view: 'cards' | 'grid') => layoutOf({cols, rows: 50}, view, false).cards!.columns;
  assert.deepEqual(
    [80, 120, 200].map(cols => columns(cols, 'grid')),
    [2, 3, 5],
  );
  assert.deepEqual(
    [80, 120, 200].map(cols => columns(cols, 'cards')),
    [1, 1, 2],
  );
  assert.equal(layoutOf({cols: 40, rows: 20}, 'cards', true).kind, 'zoom', 'who types sees the agent');
});

test('sessions take the size of the peek, never below 80×24', () => {
  assert.deepEqual(sessionSize(layoutOf({cols: 200, rows: 50}, 'cards', false)), {cols: 124, rows: 45});
  assert.deepEqual(sessionSize(layoutOf({cols: 80, rows: 24}, 'cards', false)), {cols: 80, rows: 24});
  assert.equal(sessionSize(layoutOf({cols: 120, rows: 40}, 'grid', false)), null);
});

test('ages are short and move in coarse steps', () => {
  const at = (seconds: number) => age(now / 1000 - seconds, now);
  assert.deepEqual([0, 4, 5, 44, 59, 60, 3599, 3600, 90_000].map(at), [
    'now',
    'now',
    '5s',
    '40s',
    '55s',
    '1m',
    '59m',
    '1h',
    '1d',
  ]);
});

test('nothing young: the next tick is the next minute of the clock', () => {
  assert.equal(nextTick([now / 1000 - 500, null], now), now + 52_000);
  assert.equal(nextTick([now / 1000 - 20], now), now + 2000);
});
