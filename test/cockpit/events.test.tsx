import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import {eventFilter} from '../../source/cockpit/event-filter.ts';
import {chosenLine, type EventLine, eventLines} from '../../source/cockpit/journal.ts';
import {layoutOf} from '../../source/cockpit/layout.ts';
import {eventsPaneLines} from '../../source/cockpit/panes/events.ts';
import {type Action, firstState, reduce, type State} from '../../source/cockpit/state.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import type {ExternalCommand} from '../../source/domain/external-command.ts';
import type {EventView} from '../../source/domain/fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {loadTheme} from './palettes.ts';
import {SCENE_NOW, sceneFleet} from './scene.ts';

const theme = loadTheme('dark', {LANG: 'C.UTF-8', COLORTERM: 'truecolor'});

const entry = (cursor: number, change: Partial<EventView> = {}): EventView => ({
  cursor,
  at: SCENE_NOW / 1000 - 2000 + cursor,
  type: 'session.activity',
  session: {id: 'id-api', name: 'api'},
  actor: 'supervisor',
  reason: `reason ${cursor}`,
  cards: [],
  ...change,
});

const after = (...actions: Action[]): State =>
  actions.reduce(reduce, firstState({size: {cols: 80, rows: 24}, now: SCENE_NOW, demo: false}));
const entries = (...cursors: number[]): Action => ({type: 'entries', entries: cursors.map(cursor => entry(cursor))});
const toEvents: Action = {type: 'place', place: 'events'};
const chosen = (state: State): string | undefined => {
  const lines = eventLines(state);
  return lines[chosenLine(lines, state.reading)]?.reason;
};

test('events are filtered by session, type, actor and text; every word has to fit', () => {
  const line = (change: Partial<EventLine>): EventLine => ({
    id: '',
    at: 0,
    session: 'payments',
    type: 'message.state',
    reason: 'delivered: 支付 done',
    actor: 'person',
    more: '',
    bad: false,
    ...change,
  });
  const fits = (filter: string, change: Partial<EventLine> = {}) => eventFilter(filter)(line(change));
  for (const filter of [
    '',
    '  ',
    'session:pay',
    'type:message',
    'type:state',
    'actor:per',
    'DELIVERED',
    '支付',
    'session:',
  ]) {
    assert.ok(fits(filter), filter);
  }
  assert.ok(fits('session:payments type:mess done'));
  for (const filter of [
    'session:api',
    'session:ments',
    'type:session',
    'actor:supervisor',
    'done session:api',
    'nothing',
  ]) {
    assert.ok(!fits(filter), filter);
  }
  assert.ok(!fits('session:pay', {session: null}), 'an entry of no session');
  assert.ok(fits('type:error', {type: 'error', session: null}), "the cockpit's own notices too");
});

test('the journal has a filter of its own', () => {
  const state = after(entries(1, 2), toEvents, {type: 'filter', text: 'reason 2'});
  assert.deepEqual([state.filter, state.reading.filter], ['', 'reason 2']);
  assert.deepEqual(
    eventLines(state).map(({reason}) => reason),
    ['reason 2'],
  );
  const back = [{type: 'place', place: 'fleet'} as const, {type: 'filter', text: 'web'} as const].reduce(reduce, state);
  assert.deepEqual([back.filter, back.reading.filter], ['web', 'reason 2']);
});

test('the chosen line stays the chosen one while others come, and the end follows', () => {
  let state = after(entries(1, 2, 3), toEvents);
  assert.equal(chosen(state), 'reason 3');
  assert.equal(chosen(reduce(state, entries(4))), 'reason 4', 'it follows');
  state = reduce(state, {type: 'move', by: -1});
  assert.equal(chosen(state), 'reason 2');
  const many = Array.from({length: 1000}, (_, i) => i + 4);
  assert.equal(chosen(reduce(state, entries(4, 5))), 'reason 2');
  assert.equal(chosen(reduce(state, entries(...many))), 'reason 4', 'it was dropped: the oldest is the nearest');
  assert.equal(chosen(reduce(state, {type: 'filter', text: 'reason 1'})), 'reason 1', 'the nearest that is left');
  assert.equal(chosen(reduce(state, {type: 'move', by: 1})), 'reason 3');
  assert.equal(reduce(state, {type: 'move', by: 1}).reading.chosen, null, 'and follows again');
  assert.equal(chosen(reduce(state, {type: 'edge', to: 'first'})), 'reason 1');
});

test('the same journal and filter are the same lines', () => {
  const state = after(entries(1, 2), toEvents);
  assert.equal(eventLines(state), eventLines(reduce(state, {type: 'tick', now: 1})));
  assert.notEqual(eventLines(state), eventLines(reduce(state, {type: 'filter', text: 'x'})));
});

test('lines have their width at every size', () => {
  const nasty = '支付👨‍👩‍👧e\u0301\x1b[2Jx\u202e';
  const line: EventLine = {
    id: '',
    at: SCENE_NOW,
    session: nasty,
    type: nasty,
    reason: nasty.repeat(40),
    actor: '',
    more: '',
    bad: true,
  };
  for (const [cols, rows] of [
    [40, 20],
    [80, 24],
    [120, 40],
    [200, 50],
  ] as const) {
    const {body} = layoutOf({cols, rows}, 'cards', false);
    for (const follow of [true, false]) {
      const props = {theme, body, at: 3, follow, empty: nasty};
      for (const lines of [[], [line, line, line, line]]) {
        const drawn = eventsPaneLines({...props, lines});
        assert.equal(drawn.length, body.rows);
        for (const text of drawn) assert.equal(stringWidth(text), cols, JSON.stringify(text));
      }
    }
  }
});

test('lines of another day say which', () => {
  const line = (at: number): EventLine => ({...lineAt, at});
  const times = (cols: number, lines: EventLine[]) =>
    eventsPaneLines({theme, body: {cols, rows: lines.length}, lines, at: -1, follow: true, empty: ''}).map(text =>
      text.replace(/\x1b\[[\d;]*m/g, '').slice(0, 14),
    );
  const day = 86_400_000;
  const both = [line(SCENE_NOW - day), line(SCENE_NOW)];
  assert.deepEqual(times(120, both), [' 05-03 14:32  ', '    14:32:08  ']);
  assert.deepEqual(times(120, [line(SCENE_NOW)]), [' 14:32:08  api']);
  assert.deepEqual(times(60, both), [' 14:32:08  api', ' 14:32:08  api']);
});

const lineAt: EventLine = {id: '', at: 0, session: 'api', type: 't', reason: 'r', actor: '', more: '', bad: false};

test('/ narrows the events while it is typed, enter keeps and esc drops it, and enter reads a whole line', async () => {
  const fleet = sceneFleet();
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('5');
  await cockpit.see(/\[5 Events\]/);
  const long = `it is done ${'and done '.repeat(40)}to the end`;
  fleet.set('web', {activity: 'idle'});
  fleet.note('api', long);
  await cockpit.see(/web changed/);
  await cockpit.see(/it is done/);
  cockpit.press('/');
  for (const key of 'session:web') cockpit.press(key);
  await cockpit.see(/\/ session:web/);
  await cockpit.see(/web changed/);
  assert.doesNotMatch(cockpit.frame(), /it is done/);
  cockpit.press('\r');
  await cockpit.see(/⏎ read/);
  fleet.note('api', 'another one');
  fleet.note('web', 'a third one');
  await cockpit.see(/a third one/);
  assert.doesNotMatch(cockpit.frame(), /another one/);
  cockpit.press('\x1b');
  await cockpit.see(/another one/);
  cockpit.press('g');
  await cockpit.see(/G follows/);
  for (const key of 'j\r') cockpit.press(key);
  await cockpit.see(/\d\d-\d\d \d\d:\d\d:\d\d api session\.activity/);
  await cockpit.see(/to the end/);
  await cockpit.see(/by test/);
});

test('a text that is longer than the screen is scrolled to its end', async () => {
  const fleet = sceneFleet();
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('5');
  fleet.note('api', 'a short one');
  await cockpit.see(/a short one/);
  cockpit.press('\r');
  await cockpit.see(/ esc close/);
  assert.doesNotMatch(cockpit.frame(), /j down/);
  cockpit.press('\x1b');
  await cockpit.see(/⏎ read/);
  fleet.note('api', `begins ${'支付 word '.repeat(900)} ends`);
  await cockpit.see(/begins/);
  cockpit.press('\r');
  await cockpit.see(/ 1-\d+ of \d\d+ /);
  await cockpit.see(/j down {2}k up/);
  cockpit.press('j');
  await cockpit.see(/ 2-\d+ of /);
  cockpit.press('k');
  await cockpit.see(/ 1-\d+ of /);
  for (let i = 0; i < 40; i++) cockpit.press('\x04');
  await cockpit.see(/ ends /);
  await cockpit.see(/by test/);
});

const ran = (id: number, change: Partial<ExternalCommand> = {}): ExternalCommand => ({
  id,
  at: SCENE_NOW / 1000 + id,
  argv: ['git', 'status', '--porcelain'],
  cwd: '/work/shop',
  ms: 12.4,
  code: 0,
  signal: null,
  error: null,
  ...change,
});

test('x shows the commands that the supervisor ran, which are read only while they are in sight', async () => {
  const fleet = sceneFleet();
  fleet.commandViews = [
    ran(1),
    ran(2, {argv: ['/usr/bin/tmux', '-S', 'x', 'list-sessions'], cwd: null, code: 1}),
    ran(3, {argv: ['gti'], ms: 1, code: null, error: 'spawn gti ENOENT'}),
  ];
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('5');
  await cockpit.see(/nothing has happened since this cockpit came up/);
  assert.equal(fleet.commandCalls, 0);
  cockpit.press('x');
  await cockpit.see(/external commands/);
  await cockpit.see(/git +exit 0 +12 ms +status --porcelain/);
  await cockpit.see(/tmux +exit 1 +12 ms +list-sessions/);
  await cockpit.see(/gti +not run/);
  fleet.commandViews = [...fleet.commandViews, ran(4, {argv: ['sh', '-c', 'npm ci'], ms: null, code: null})];
  fleet.note('api', 'something happened');
  await cockpit.see(/sh +it runs +npm ci/);
  assert.doesNotMatch(cockpit.frame(), /something happened/);
  for (const key of 'kkk\r') cockpit.press(key);
  await cockpit.see(/┃ +git status --porcelain +┃/);
  await cockpit.see(/exit 0 after 12 ms/);
  await cockpit.see(/in \/work\/shop/);
  cockpit.press('q');
  await cockpit.see(/x events/);
  for (const key of '/session:sh') cockpit.press(key);
  await cockpit.see(/\/ session:sh/);
  assert.doesNotMatch(cockpit.frame(), /porcelain/);
  cockpit.press('\x1b');
  await cockpit.see(/porcelain/);
  cockpit.press('\x1b');
  await cockpit.see(/something happened/);
  const calls = fleet.commandCalls;
  fleet.note('api', 'one more thing');
  await cockpit.see(/one more thing/);
  assert.equal(fleet.commandCalls, calls);
});

test('commands that cannot be read say why', async () => {
  const fleet = sceneFleet();
  Object.assign(fleet, {commands: async () => Promise.reject(new AmuxError('not-built', {what: 'it', next: ''}))});
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('5');
  await cockpit.see(/\[5 Events\]/);
  cockpit.press('x');
  await cockpit.see(/the commands cannot be read: /);
});
