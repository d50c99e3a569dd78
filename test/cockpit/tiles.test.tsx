import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import {countText, tilesInSight} from '../../source/cockpit/fleet-view.ts';
import {gatherScreens, SCREENS_GAP_MS} from '../../source/cockpit/gather.ts';
import {watched} from '../../source/cockpit/hooks/use-screen.ts';
import {peekLines} from '../../source/cockpit/panes/peek.ts';
import {type Action, firstState, reduce, type State} from '../../source/cockpit/state.ts';
import {chooseTiles, tileGrid, tilePage} from '../../source/cockpit/tiles.ts';
import {screenOf, sessionOf} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {loadTheme} from './palettes.ts';
import {SCENE_NOW, sceneScreens, sceneSessions} from './scene.ts';

const ESC = '\x1b';
const body = (cols: number, rows: number) => ({cols, rows: rows - 3});
const many = Array.from({length: 12}, (_, i) => sessionOf({name: `s${i}`}));

test('tiles stand in a grid that fits, as many as can be read well', () => {
  const table: [cols: number, rows: number, count: number, grid: [columns: number, rows: number]][] = [
    [40, 20, 1, [1, 1]],
    [60, 30, 2, [1, 2]],
    [80, 24, 4, [2, 2]],
    [120, 40, 4, [2, 2]],
    [200, 50, 9, [3, 3]],
    [300, 90, 9, [3, 3]],
  ];
  for (const [cols, rows, count, [across, down]] of table) {
    const chosen = chooseTiles(many, {marks: [], body: body(cols, rows)});
    assert.equal(chosen.length, count, `${cols}×${rows}`);
    const {columns, rows: lines} = tileGrid(body(cols, rows), chosen.length);
    assert.deepEqual([columns, lines], [across, down], `${cols}×${rows}`);
  }
});

test('marked sessions are the tiles, up to nine and in the order of the list', () => {
  const marks = ['id-s7', 'id-s2', 'id-s5'];
  assert.deepEqual(chooseTiles(many, {marks, body: body(120, 40)}), ['id-s2', 'id-s5', 'id-s7']);
  const all = many.map(({id}) => id);
  assert.equal(chooseTiles(many, {marks: all, body: body(80, 24)}).length, 9);
  assert.deepEqual(chooseTiles([], {marks, body: body(120, 40)}), []);
  assert.equal(chooseTiles(many, {marks: [], body: body(120, 40), selected: 'id-s9'}).at(-1), 'id-s9');
  assert.deepEqual(chooseTiles(many, {marks, body: body(120, 40), selected: 'id-s9'}), ['id-s2', 'id-s5', 'id-s7']);
});

test('no grid is larger than its room, whatever the number of tiles', () => {
  for (const [cols, rows] of [
    [40, 9],
    [40, 20],
    [80, 21],
    [133, 37],
    [200, 47],
  ] as const) {
    for (let count = 1; count <= 9; count++) {
      const {columns, rows: lines, tile} = tileGrid({cols, rows}, count);
      const facts = `${count} in ${cols}×${rows}`;
      assert.ok(tile.cols * columns + columns - 1 <= cols && tile.rows * lines <= rows, facts);
      assert.ok(tile.cols >= 38 && tile.rows >= 7, facts);
    }
  }
});

test('more tiles than there is room for are shown page by page, with the selected one', () => {
  const tiles = many.slice(0, 9);
  const grid = tileGrid(body(80, 24), 9);
  assert.deepEqual([grid.columns, grid.rows], [2, 3]);
  const page = (selected: string) => tilePage(tiles, {grid, selected});
  assert.deepEqual([page('id-s0').from, page('id-s5').from, page('id-s6').from], [0, 0, 6]);
  assert.deepEqual(
    page('id-s8').tiles.map(({name}) => name),
    ['s6', 's7', 's8'],
  );
});

test('a tile has exactly its size, whatever its session is called and shows', () => {
  const theme = loadTheme('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'});
  const names = ['a', '支付服务-with-a-long-name-that-does-not-fit-👩‍🚀'];
  for (const size of [
    {cols: 38, rows: 7},
    {cols: 59, rows: 18},
    {cols: 66, rows: 15},
  ]) {
    for (const name of names) {
      for (const [chosen, typing, asked, screen] of [
        [true, false, null, null],
        [false, false, 'Bash: 删除 \x1b[31m everything', sceneScreens()['payments']!],
        [true, true, null, sceneScreens()['api']!],
      ] as const) {
        const session = sessionOf({name, activity: 'waiting'});
        const lines = peekLines({theme, size, session, screen, typing, asked, tile: {chosen}});
        const widths = new Set(lines.map(line => stringWidth(line)));
        assert.deepEqual([lines.length, ...widths], [size.rows, size.cols], `${name} ${JSON.stringify(size)}`);
        assert.match(lines[0]!.replace(/\x1b\[[\d;]*m/g, ''), /^.. ◆ /, 'its state stands in its title');
      }
    }
  }
});

const after = (state: State, ...actions: Action[]): State => actions.reduce(reduce, state);
const fleet = (cols: number, rows: number): State =>
  after(firstState({size: {cols, rows}, now: SCENE_NOW, demo: false}), {
    type: 'sessions',
    sessions: sceneSessions(),
    now: SCENE_NOW,
  });

test('tiles keep their places while sessions change, and one of them is selected', () => {
  const names = (state: State) => tilesInSight(state).tiles.map(({name}) => name);
  const last = after(fleet(120, 40), {type: 'select', session: 'id-notes'}, {type: 'view', view: 'tiles'});
  assert.deepEqual([names(last), last.selected], [['payments', 'docs', 'batch', 'notes'], 'id-notes']);
  const tiled = after(fleet(120, 40), {type: 'view', view: 'tiles'});
  assert.deepEqual(names(tiled), ['payments', 'docs', 'batch', 'api']);
  assert.equal(tiled.selected, 'id-payments');
  const sessions = sceneSessions().map(each => (each.name === 'api' ? {...each, activity: 'idle' as const} : each));
  const later = after(tiled, {type: 'sessions', sessions, now: SCENE_NOW});
  assert.deepEqual(names(later), names(tiled));
  assert.equal(after(tiled, {type: 'move-rows', by: 1}).selected, 'id-batch');
  const gone = after(tiled, {
    type: 'sessions',
    sessions: sessions.filter(({name}) => name !== 'payments'),
    now: SCENE_NOW,
  });
  assert.deepEqual([names(gone), gone.selected], [['docs', 'batch', 'api'], 'id-docs']);
});

test('tiles that are gone are not counted', () => {
  const small = after(
    fleet(40, 20),
    {type: 'marks', step: {do: 'set', ids: sceneSessions().map(({id}) => id)}},
    {type: 'view', view: 'tiles'},
  );
  const count = (state: State) => countText(state, null);
  assert.equal(count(small), '1-2 of 9');
  const left = (...names: string[]): Action => {
    return {type: 'sessions', sessions: sceneSessions().filter(({name}) => names.includes(name)), now: SCENE_NOW};
  };
  assert.equal(count(after(small, left('api', 'web', 'docs'))), '1-2 of 3');
  assert.equal(count(after(small, left('api'))), '');
});

test('only screens in sight are followed', () => {
  const names = (state: State) => watched(state).map(({name}) => name);
  const state = after(fleet(120, 40), {type: 'connection', connection: {kind: 'live'}});
  assert.deepEqual(names(state), ['payments']);
  const tiled = after(state, {type: 'view', view: 'tiles'});
  assert.deepEqual(names(tiled), ['payments', 'docs', 'batch', 'api']);
  assert.deepEqual(names(after(state, {type: 'view', view: 'grid'})), []);
  for (const place of ['board', 'approvals', 'events'] as const) {
    assert.deepEqual(names(after(tiled, {type: 'place', place})), []);
  }
  assert.deepEqual(names(after(tiled, {type: 'connection', connection: {kind: 'lost', since: SCENE_NOW}})), []);
});

test('V shows live screens of marked sessions, types into one of them, zooms it and goes back', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/payments/);
  cockpit.press('m');
  for (const key of 'jjjm') cockpit.press(key);
  await cockpit.see(/2 marked/);
  cockpit.press('V');
  await cockpit.see(/╭─ ◆ payments .* ╮|◆ payments/);
  await cockpit.see(/┏━ ▶ api · claude opus .*━┓/);
  await cockpit.see(/Do you want to proceed\?/);
  await cockpit.see(/✻ Running 214 tests…/);
  assert.deepEqual(cockpit.fleet.watched.toSorted(), ['api', 'payments']);
  cockpit.press('i');
  await cockpit.see(/TYPING → api/);
  assert.match(cockpit.frame(), /◆ payments/, 'the others stay in sight');
  assert.deepEqual(
    cockpit.fleet.calls.filter(call => call.startsWith('resize') && !call.endsWith('80x25')),
    [],
    'no size follows',
  );
  cockpit.store.dispatch({type: 'mode', mode: {kind: 'command'}});
  await cockpit.see(/COMMAND/);
  cockpit.press('h');
  await cockpit.see(/┏━ ◆ payments/);
  cockpit.press('z');
  await cockpit.see(/^╭─ payments · claude opus .*╮$/m);
  assert.deepEqual(cockpit.fleet.watched, ['payments']);
  cockpit.press('z');
  await cockpit.see(/┏━ ◆ payments/);
  assert.deepEqual(cockpit.fleet.watched.toSorted(), ['api', 'payments']);
  cockpit.press(ESC);
  await cockpit.see(/┏━ ● payments/);
  assert.deepEqual(cockpit.fleet.watched, ['payments']);
});

test('screens of several sessions are drawn together; the one that is typed into does not wait', context => {
  context.mock.timers.enable({apis: ['setTimeout']});
  let state = fleet(120, 40);
  const given: string[] = [];
  let several = true;
  const screens = gatherScreens(
    {
      state: () => state,
      dispatch: action => void given.push(action.type === 'screen' ? action.session : action.type),
    },
    () => several,
  );
  const told = () => given.splice(0);
  screens.put('a', screenOf(['1']));
  screens.put('b', screenOf(['1']));
  context.mock.timers.tick(1);
  assert.deepEqual(told(), ['a', 'b'], 'after a quiet time at once');
  for (const session of ['a', 'b', 'a', 'c']) screens.put(session, screenOf(['2']));
  assert.deepEqual(told(), []);
  context.mock.timers.tick(SCREENS_GAP_MS);
  assert.deepEqual(told(), ['a', 'b', 'c'], 'each only with its newest screen');
  state = after(state, {type: 'mode', mode: {kind: 'typing', session: 'b'}});
  screens.put('a', screenOf(['3']));
  screens.put('b', screenOf(['3']));
  assert.deepEqual(told(), ['a', 'b']);
  several = false;
  screens.put('a', screenOf(['4']));
  assert.deepEqual(told(), ['a']);
  several = true;
  screens.put('a', screenOf(['5']));
  screens.close();
  context.mock.timers.tick(SCREENS_GAP_MS);
  assert.deepEqual(told(), []);
});

test('a grid is refused on a phone, and the next key or a wider terminal takes the refusal away', async () => {
  using cockpit = openCockpit({cols: 40});
  await cockpit.see(/payments/);
  cockpit.press('v');
  await cockpit.see(/too narrow for cards/);
  cockpit.press('j');
  await cockpit.see(/^(?![\s\S]*too narrow)/);
  cockpit.press('v');
  await cockpit.see(/too narrow for cards/);
  cockpit.store.dispatch({type: 'resized', size: {cols: 80, rows: 24}});
  await cockpit.see(/^(?![\s\S]*too narrow)/);
  cockpit.press('v');
  await cockpit.see(/[─━] docs [─━]/);
});
