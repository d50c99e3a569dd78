import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import {type Hit, hitOf} from '../../source/cockpit/hit.ts';
import {firstUnit} from '../../source/cockpit/key-units.ts';
import {createPointer} from '../../source/cockpit/keys/pointer.ts';
import {isMouseReport, MOUSE_OFF, MOUSE_ON, mouseEvent, mouseReports} from '../../source/cockpit/mouse.ts';
import {type Action, firstState, reduce, type State} from '../../source/cockpit/state.ts';
import {fieldOf} from '../../source/cockpit/text-field.ts';
import {baseColumns} from '../../source/domain/columns.ts';
import {sceneCards} from './board-scene.ts';
import {openCockpit} from './open-cockpit.tsx';
import {loadTheme} from './palettes.ts';
import {scenePending} from './requests.ts';
import {SCENE_NOW, sceneFleet, sceneHistory, sceneSessions} from './scene.ts';

const theme = loadTheme('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'});

test('reports of the mouse are read; plain motion and other buttons mean nothing', () => {
  const table: [unit: string, event: ReturnType<typeof mouseEvent>][] = [
    ['\x1b[<0;1;1M', {kind: 'press', x: 0, y: 0}],
    ['\x1b[<0;200;50m', {kind: 'release', x: 199, y: 49}],
    ['\x1b[<16;5;6M', {kind: 'press', x: 4, y: 5}],
    ['\x1b[<32;5;6M', {kind: 'drag', x: 4, y: 5}],
    ['\x1b[<64;5;6M', {kind: 'wheel', by: -1, x: 4, y: 5}],
    ['\x1b[<69;5;6M', {kind: 'wheel', by: 1, x: 4, y: 5}],
    ['\x1b[<35;5;6M', null],
    ['\x1b[<2;5;6M', null],
    ['\x1b[<1;5;6M', null],
    ['\x1b[<66;5;6M', null],
    ['\x1b[<0;0;6M', null],
    ['\x1b[M !!', null],
    ['\x1b[A', null],
  ];
  for (const [unit, event] of table) assert.deepEqual(mouseEvent(unit), event, JSON.stringify(unit));
});

test('a report that comes in pieces waits for its end instead of becoming keys', () => {
  for (const part of ['\x1b[', '\x1b[<', '\x1b[<0', '\x1b[<0;12;', '\x1b[<64;100;20']) {
    assert.deepEqual(firstUnit(part, false), {kind: 'part', text: part});
  }
  assert.deepEqual(firstUnit('\x1b[M !q', false), {kind: 'sequence', text: '\x1b[M !q'});
  assert.deepEqual(firstUnit('\x1b[M !', false), {kind: 'part', text: '\x1b[M !'});
  assert.ok(isMouseReport('\x1b[M !q') && !isMouseReport('\x1b[M'));
  assert.deepEqual(firstUnit('\x1b[<0;1;1Mj', false), {kind: 'sequence', text: '\x1b[<0;1;1M'});
});

test('reports are asked for while they are wanted and the terminal is ours', () => {
  const written: string[] = [];
  const mouse = mouseReports({allowed: true, write: sequence => written.push(sequence)});
  const said = (act: () => void) => {
    act();
    return written.splice(0);
  };
  assert.deepEqual(
    said(() => mouse.want(true)),
    [MOUSE_ON],
  );
  assert.deepEqual(
    said(() => mouse.want(true)),
    [],
  );
  assert.deepEqual(
    said(() => mouse.lend(true)),
    [MOUSE_OFF],
  );
  assert.deepEqual(
    said(() => mouse.want(false)),
    [],
  );
  assert.deepEqual(
    said(() => mouse.lend(false)),
    [],
  );
  assert.deepEqual(
    said(() => mouse.want(true)),
    [MOUSE_ON],
  );
  const never = mouseReports({allowed: false, write: sequence => written.push(sequence)});
  assert.deepEqual(
    said(() => never.want(true)),
    [],
  );
});

const after = (state: State, ...actions: Action[]): State => actions.reduce(reduce, state);
const fleet = (cols: number, rows: number, ...actions: Action[]): State =>
  after(
    firstState({size: {cols, rows}, now: SCENE_NOW, demo: false}),
    {type: 'sessions', sessions: sceneSessions(), now: SCENE_NOW},
    {type: 'approvals', open: scenePending()},
    board,
    ...actions,
  );
const board: Action = {type: 'board', step: {do: 'read', cards: sceneCards(), columns: baseColumns}};
const history: Action[] = [
  {type: 'place', place: 'scrollback'},
  {type: 'scrollback', step: {do: 'open', session: 'id-payments', name: 'payments', editor: true, seen: null}},
  {type: 'scrollback', step: {do: 'read', session: 'id-payments', scrollback: {cols: 80, rows: sceneHistory()}}},
];

test('what stands at a cell is known from the layout', () => {
  const tiles: Action = {type: 'view', view: 'tiles'};
  const session = (name: string): Hit => ({on: 'session', session: `id-${name}`});
  const table: [state: State, x: number, y: number, hit: Hit][] = [
    // Side by side: five lines for a card, six where they tell of tokens.
    [fleet(120, 40), 0, 2, session('payments')],
    [fleet(120, 40), 35, 7, session('payments')],
    [fleet(120, 40), 5, 8, session('docs')],
    [fleet(120, 40), 36, 10, {on: 'split'}],
    [fleet(120, 40), 37, 10, {on: 'split'}],
    [fleet(120, 40), 38, 10, {on: 'peek'}],
    [fleet(120, 40), 119, 38, {on: 'peek'}],
    [fleet(120, 40), 3, 1, {on: 'tab', place: 'fleet'}],
    [fleet(120, 40), 14, 1, {on: 'tab', place: 'board'}],
    [fleet(120, 40), 30, 1, {on: 'tab', place: 'approvals'}],
    [fleet(120, 40), 118, 1, {on: 'nothing'}],
    [fleet(120, 40), 3, 0, {on: 'nothing'}],
    [fleet(120, 40), 1, 39, {on: 'hint', id: 'allow'}],
    [fleet(120, 40), 11, 39, {on: 'hint', id: 'deny-now'}],
    [fleet(120, 40), 9, 39, {on: 'nothing'}],
    [fleet(120, 40), 115, 39, {on: 'nothing'}],
    [fleet(120, 40), 300, 300, {on: 'nothing'}],
    [fleet(80, 24, {type: 'select', session: 'id-notes'}), 3, 2, session('mobile')],
    [fleet(80, 24, {type: 'split', share: 0.5}), 40, 5, {on: 'split'}],
    [fleet(80, 24, {type: 'split', share: 0.5}), 30, 5, session('payments')],
    // Two columns of cards, the peek beside them.
    [fleet(200, 50), 40, 3, session('docs')],
    [fleet(200, 50), 36, 3, session('payments')],
    [fleet(200, 50), 3, 9, session('batch')],
    [fleet(120, 40, {type: 'view', view: 'grid'}), 45, 3, session('docs')],
    // Below each other: two lines for a session.
    [fleet(60, 30), 3, 2, session('payments')],
    [fleet(60, 30), 3, 4, session('docs')],
    [fleet(60, 30), 3, 11, {on: 'split'}],
    [fleet(60, 30), 3, 12, {on: 'peek'}],
    // A header of a group is a line by itself.
    [fleet(120, 40, {type: 'grouping', step: {do: 'by', by: 'tag'}}), 3, 2, {on: 'session', session: 'tag:'}],
    [fleet(120, 40, {type: 'grouping', step: {do: 'by', by: 'tag'}}), 3, 3, session('payments')],
    // A phone: a rule above the list, and no tabs.
    [fleet(40, 20), 3, 1, {on: 'nothing'}],
    [fleet(40, 20), 3, 2, session('payments')],
    [fleet(40, 20), 3, 5, session('docs')],
    [fleet(40, 20), 32, 19, {on: 'hint', id: 'help'}],
    [fleet(120, 40, {type: 'view', view: 'zoom'}), 3, 20, {on: 'peek'}],
    [fleet(120, 40, tiles), 3, 5, session('payments')],
    [fleet(120, 40, tiles), 70, 5, session('docs')],
    [fleet(120, 40, tiles), 70, 25, session('api')],
    // The scrollback in the place of the peek; its last line stands at the bottom.
    [fleet(120, 40, ...history), 40, 37, {on: 'row', row: 223}],
    [fleet(120, 40, ...history), 40, 3, {on: 'row', row: 189}],
    [fleet(120, 40, ...history), 40, 2, {on: 'peek'}],
    [fleet(120, 40, ...history), 5, 8, session('docs')],
    [fleet(40, 20, ...history), 5, 17, {on: 'row', row: 223}],
    // Other screens.
    [fleet(120, 40, {type: 'place', place: 'approvals'}), 3, 3, {on: 'request', request: 'a-one'}],
    [fleet(120, 40, {type: 'place', place: 'approvals'}), 3, 7, {on: 'request', request: 'a-two'}],
    [fleet(120, 40, {type: 'place', place: 'approvals'}), 3, 12, {on: 'nothing'}],
    [fleet(120, 40, {type: 'place', place: 'approvals'}), 60, 12, {on: 'request-text'}],
    [fleet(40, 20, {type: 'place', place: 'approvals'}), 3, 3, {on: 'request', request: 'a-two'}],
    [fleet(120, 40, {type: 'place', place: 'events'}), 3, 3, {on: 'nothing'}],
    [fleet(120, 40, {type: 'dialog', dialog: {kind: 'help', chosen: null, field: fieldOf()}}), 3, 3, {on: 'nothing'}],
    [
      fleet(120, 40, {type: 'dialog', dialog: {kind: 'help', chosen: null, field: fieldOf()}}),
      3,
      39,
      {on: 'hint', id: 'palette.run'},
    ],
    [fleet(120, 40, {type: 'mode', mode: {kind: 'typing', session: 'id-api'}}), 3, 39, {on: 'nothing'}],
    [fleet(30, 5), 3, 3, {on: 'nothing'}],
  ];
  for (const [state, x, y, hit] of table) {
    const {cols, rows} = state.size;
    assert.deepEqual(hitOf(state, {x, y, theme}), hit, `${cols}×${rows} ${state.place} ${state.view}: ${x},${y}`);
  }
});

test('no cell of any screen is hit by accident', () => {
  for (const [cols, rows] of [
    [40, 12],
    [60, 30],
    [80, 24],
    [120, 40],
    [200, 50],
  ] as const) {
    for (const place of ['fleet', 'board', 'approvals', 'events', 'diff', 'scrollback'] as const) {
      const state = fleet(cols, rows, ...(place === 'scrollback' ? history : [{type: 'place', place} as const]));
      for (let y = 0; y < rows; y++) for (let x = 0; x < cols; x++) assert.ok(hitOf(state, {x, y, theme}).on);
    }
  }
});

/** The cockpit with a mouse that points at what it shows. */
async function pointing() {
  const fleet = sceneFleet();
  fleet.approvalViews = scenePending();
  const cockpit = openCockpit({fleet});
  await cockpit.see(/Approvals 2/);
  const pointer = createPointer({deeds: cockpit.deeds, theme: () => theme});
  const cellOf = (text: string) => {
    const rows = cockpit.frame().split('\n');
    const y = rows.findIndex(row => row.includes(text));
    assert.ok(y >= 0, `${text} in\n${cockpit.frame()}`);
    return {x: stringWidth(rows[y]!.slice(0, rows[y]!.indexOf(text))), y};
  };
  return Object.assign(cockpit, {
    cellOf,
    pointer,
    click: (text: string) => {
      pointer({kind: 'press', ...cellOf(text)});
      pointer({kind: 'release', ...cellOf(text)});
    },
    wheel: (text: string, by: 1 | -1) => pointer({kind: 'wheel', by, ...cellOf(text)}),
  });
}

test('a click chooses a card, one more zooms it; tabs and hints are clicked as well', async () => {
  using cockpit = await pointing();
  cockpit.click('Which colour?');
  await cockpit.see(/┏━ docs/);
  cockpit.click('docs ━');
  await cockpit.see(/^╭─ docs · gemini .*─╮$/m);
  cockpit.click('Approvals');
  await cockpit.see(/┏━ payments[\s\S]*clean/i);
  cockpit.click('◆ question');
  await cockpit.see(/┏━ docs/);
  cockpit.click('? help');
  await cockpit.see(/━ Keys ━/);
  cockpit.click('esc close');
  await cockpit.see(/^(?![\s\S]*Keys ━)/);
  cockpit.click('Fleet');
  await cockpit.see(/^╭─ docs · gemini .*─╮$/m);
  cockpit.click('n new');
  await cockpit.see(/New session/);
});

test('the wheel moves in the list that it is over, and opens and scrolls the scrollback', async () => {
  using cockpit = await pointing();
  cockpit.wheel('permission', 1);
  await cockpit.see(/┏━ docs/);
  cockpit.wheel('permission', -1);
  await cockpit.see(/┏━ payments/);
  cockpit.wheel('Do you want to proceed?', 1);
  cockpit.wheel('Do you want to proceed?', -1);
  await cockpit.see(/224 of 224/);
  cockpit.wheel('Do you want to proceed?', -1);
  await cockpit.see(/221 of 224/);
  assert.match(cockpit.frame(), /┏━ payments/, 'the list stays');
});

test('a drag moves the edge, and in the scrollback it selects lines', async () => {
  using cockpit = await pointing();
  const {x, y} = cockpit.cellOf('╭─ payments');
  cockpit.pointer({kind: 'press', x, y: y + 3});
  cockpit.pointer({kind: 'drag', x: 50, y: y + 4});
  cockpit.pointer({kind: 'release', x: 50, y: y + 4});
  await cockpit.see(/^┏━ payments ━{23} claude opus ━┓ ╭─ payments/m);
  assert.equal(cockpit.cellOf('╭─ payments').x, 51);
  cockpit.pointer({kind: 'drag', x: 60, y});
  assert.equal(cockpit.cellOf('╭─ payments').x, 51, 'only while the button is held');
  cockpit.press('[');
  await cockpit.see(/224 of 224/);
  cockpit.pointer({kind: 'press', ...cockpit.cellOf('3. No')});
  await cockpit.see(/222 of 224/);
  cockpit.pointer({kind: 'drag', ...cockpit.cellOf('1. Yes')});
  await cockpit.see(/3 selected/);
  cockpit.pointer({kind: 'drag', x: 60, y: 0});
  await cockpit.see(/selected · 199 of 224/);
  cockpit.pointer({kind: 'drag', x: 60, y: 0});
  await cockpit.see(/selected · 198 of 224/);
  cockpit.click('200 Test');
  await cockpit.see(/─ 200 of 224/);
  cockpit.click('◆ question');
  await cockpit.see(/┏━ docs/);
  assert.equal(cockpit.store.state().place, 'fleet');
});

test('lines of other lists are chosen where they stand', async () => {
  using cockpit = await pointing();
  cockpit.store.dispatch(board);
  cockpit.click('Board');
  await cockpit.see(/TODO/);
  for (const card of ['AMX-2', 'SHOP-12', 'AMX-14', 'AMX-16', 'AMX-4']) {
    cockpit.click(`${card} `);
    await cockpit.see(new RegExp(`▌${card} `));
  }
  const chosen = cockpit.store.state().board.chosen!;
  cockpit.click(`▌${chosen}`);
  await cockpit.see(new RegExp(`━ ${chosen}`));
  cockpit.press('q');
  cockpit.press('1');
  cockpit.press('d');
  await cockpit.see(/renamed/);
  cockpit.click('end');
  await cockpit.see(/▌.*\+\^\[\[31mred/);
  cockpit.press('q');
  for (let i = 0; i < 40; i++) cockpit.deeds.say(`notice ${i}`);
  cockpit.press('5');
  await cockpit.see(/notice 39/);
  cockpit.click('notice 20');
  cockpit.press('\r');
  await cockpit.see(/━ 05-04 14:32:08 info ━[\s\S]*notice 20/);
});

test('the wheel means what it says, whatever the arrow keys are, and writes nothing', async () => {
  using cockpit = openCockpit({keys: {down: 'j', up: 'k', 'start-stop': 'down'}});
  await cockpit.see(/┏━ payments/);
  const pointer = createPointer({deeds: cockpit.deeds, theme: () => theme});
  pointer({kind: 'wheel', by: 1, x: 3, y: 3});
  await cockpit.see(/┏━ docs/);
  assert.deepEqual(
    cockpit.fleet.calls.filter(call => call.startsWith('stop')),
    [],
  );
  cockpit.press(' ');
  await cockpit.see(/docs ❯/);
  cockpit.press('my text');
  await cockpit.see(/my text/);
  pointer({kind: 'wheel', by: -1, x: 3, y: 3});
  const {dialog} = cockpit.store.state();
  assert.ok(dialog.kind === 'prompt' && dialog.field.text === 'my text');
});
