import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import {grouped, idOf, isGroup, noGrouping, stepGrouping} from '../../source/cockpit/grouping.ts';
import {layoutOf} from '../../source/cockpit/layout.ts';
import {itemAt, itemBeside, rowsInSight, rowsOf, topFor} from '../../source/cockpit/list-window.ts';
import {visibleItems} from '../../source/cockpit/listing.ts';
import {cardsLines, listLines} from '../../source/cockpit/panes/cards.ts';
import {spokenSessions} from '../../source/cockpit/panes/spoken.ts';
import {type Action, firstState, reduce, type State, visibleSessions} from '../../source/cockpit/state.ts';
import type {SessionView} from '../../source/domain/fleet.ts';
import {FakeFleet, sessionOf} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {loadTheme} from './palettes.ts';
import {SCENE_NOW} from './scene.ts';

const waiting = {activity: 'waiting', waitingFor: {kind: 'question', detail: 'Which?'}} as const;
const six = (): SessionView[] => [
  sessionOf({name: 'a', tags: ['shop'], project: '/work/shop'}),
  sessionOf({name: 'b', tags: ['docs', 'shop'], project: '/work/docs'}),
  sessionOf({name: 'c', project: '/old/shop'}),
  sessionOf({name: 'd', tags: ['shop'], project: '/work/shop', activity: 'working'}),
  sessionOf({name: 'e', tags: ['docs'], project: null, ...waiting}),
  sessionOf({name: 'f', tags: ['shop'], project: '/work/shop'}),
];
const after = (state: State, ...actions: Action[]): State => actions.reduce(reduce, state);
const start = (cols = 120, rows = 40): State =>
  after(firstState({size: {cols, rows}, now: SCENE_NOW, demo: false}), {type: 'sessions', sessions: six(), now: 0});
const by = (kind: 'tag' | 'project' | 'none'): Action => ({type: 'grouping', step: {do: 'by', by: kind}});
const listed = (state: State): string =>
  visibleItems(state)
    .map(item => (isGroup(item) ? `[${item.title}]` : item.name))
    .join(' ');

test('groups stand in the order of their most urgent session, and keep its order inside', () => {
  assert.equal(listed(start()), 'e d a b c f');
  assert.equal(listed(after(start(), by('tag'))), '[#docs] e b [#shop] d a f [no tag] c');
  assert.equal(listed(after(start(), by('project'))), '[no project] e [work/shop] d a f [docs] b [old/shop] c');
});

test('what is folded is not listed, leaves its count, and its header is selected', () => {
  const state = after(start(), by('tag'), {type: 'select', session: 'id-a'}, fold('tag:shop'));
  assert.equal(listed(state), '[#docs] e b [#shop] [no tag] c');
  assert.equal(state.selected, 'tag:shop');
  assert.deepEqual(
    visibleSessions(state).map(({name}) => name),
    ['e', 'b', 'c'],
  );
  const header = visibleItems(state).find(item => idOf(item) === 'tag:shop')!;
  assert.ok(isGroup(header) && header.folded && header.sessions.length === 3 && header.counts.working === 1);
  assert.equal(listed(after(state, by('none'))), 'e d a b c f');
  assert.equal(after(state, by('none')).selected, 'id-e');
});

const fold = (group: string): Action => ({type: 'grouping', step: {do: 'fold', group}});

test('who is gone to is unfolded', () => {
  const state = after(start(), by('tag'), {type: 'select', session: 'id-e'}, fold('tag:shop'));
  assert.equal(state.selected, 'id-e', 'another group is folded around nobody');
  assert.equal(listed(after(state, {type: 'select', session: 'id-f'})), '[#docs] e b [#shop] d a f [no tag] c');
});

test('a step that changes nothing is the same state', () => {
  const state = after(start(), by('tag'));
  assert.equal(after(state, by('tag')), state);
  assert.equal(after(state, {type: 'grouping', step: {do: 'unfold', group: 'tag:shop'}}), state);
  assert.equal(stepGrouping(noGrouping, {do: 'by', by: 'none'}), noGrouping);
});

test('walking goes over headers, and by rows in a grid', () => {
  const state = after(start(), by('tag'), {type: 'edge', to: 'first'});
  assert.equal(state.selected, 'tag:docs');
  const down = (from: State): State => after(from, {type: 'move-rows', by: 1});
  assert.equal(down(state).selected, 'id-e');
  assert.equal(down(down(down(state))).selected, 'tag:shop');
  const grid = after(state, {type: 'view', view: 'grid'}, {type: 'select', session: 'id-b'});
  assert.equal(down(grid).selected, 'tag:shop');
  assert.equal(after(down(down(grid)), {type: 'move', by: 1}).selected, 'id-a');
});

test('rows are as wide as the grid, and a header has its own', () => {
  const items = grouped(six(), {by: 'tag', folded: []});
  assert.deepEqual(
    rowsOf(items, 2).map(({from, items: own}) => [from, own.length]),
    [
      [0, 1],
      [1, 2],
      [3, 1],
      [4, 1],
      [5, 2],
      [7, 1],
      [8, 1],
    ],
  );
  assert.equal(itemBeside(items, {at: 2, by: 1, columns: 2}), 4 - 1);
  assert.equal(itemBeside(items, {at: 8, by: 1, columns: 2}), 8, 'there is none below');
});

test('the selected one is in sight with the header of its group, moving as little as it can', () => {
  const area = layoutOf({cols: 80, rows: 24}, 'cards', false).cards!;
  const items = grouped(six(), {by: 'tag', folded: []});
  const shown = (top: number) => rowsInSight(items, {top, area}).map(({from}) => from);
  assert.deepEqual(shown(0), [0, 1, 2, 3, 4], 'two headers and three cards of five lines in 21');
  assert.equal(topFor(items, {top: 0, index: 4, area}), 0);
  assert.equal(topFor(items, {top: 0, index: 5, area}), 1);
  assert.equal(topFor(items, {top: 7, index: 5, area}), 4, 'its header comes along');
  assert.equal(topFor(items, {top: 8, index: 8, area}), 4, 'no room is left below the last');
  assert.equal(topFor([], {top: 3, index: -1, area}), 0);
});

test('each cell of the list belongs to the item that is drawn there', () => {
  const theme = loadTheme('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'});
  const sessions = grouped(six(), {by: 'tag', folded: ['tag:docs']});
  for (const [cols, view] of [
    [40, 'cards'],
    [80, 'cards'],
    [120, 'grid'],
  ] as const) {
    const area = layoutOf({cols, rows: 24}, view, false).cards!;
    const props = {theme, area, sessions, top: 0, selected: null, marks: [], now: SCENE_NOW};
    const painted = area.cardRows === 2 ? listLines(props) : cardsLines(props);
    const lines = painted.map(text => text.replace(/\x1b\[[\d;]*m/g, ''));
    for (const item of sessions) {
      // Its name is drawn nowhere else.
      const shown = isGroup(item) ? item.title : item.name;
      const name = isGroup(item) || area.cardRows === 2 ? ` ${shown} ` : `╭─ ${shown} ─`;
      const y = lines.findIndex(text => text.includes(name));
      if (y === -1) continue;
      const x = stringWidth(lines[y]!.slice(0, lines[y]!.indexOf(name)));
      assert.equal(itemAt(sessions, {top: 0, area, x, y}), item, `${shown} at ${x},${y}`);
    }
    assert.equal(itemAt(sessions, {top: 0, area, x: area.cols, y: 0}), null);
    assert.equal(itemAt(sessions, {top: 0, area, x: 0, y: 1000}), null);
  }
});

test('a screen reader says the headers, and how their sessions are', () => {
  const sessions = grouped(six(), {by: 'tag', folded: ['tag:docs']});
  const lines = spokenSessions({sessions, selected: 'tag:docs', marks: [], rows: 20});
  assert.equal(lines[0], '  Group #shop, 3 sessions: 1 working, 2 idle');
  assert.match(lines[1]!, /^ {2}a, idle/);
  assert.ok(lines.includes('> Group #docs, folded, 2 sessions: 1 needs you, 1 idle'), lines.join('\n'));
});

test('headers are as wide as the list in every layout', () => {
  const theme = loadTheme('dark', {LANG: 'C.UTF-8', COLORTERM: 'truecolor', TERM: 'xterm-256color'});
  const nasty = six().map(session => ({...session, tags: ['批量👨‍👩‍👧\x1b[2J'.repeat(20)]}));
  const sessions = grouped([...nasty, ...six()], {by: 'tag', folded: ['tag:docs']});
  for (const cols of [40, 50, 63, 80, 120, 200]) {
    for (const view of ['cards', 'grid'] as const) {
      const area = layoutOf({cols, rows: 24}, view, false).cards!;
      for (const selected of sessions.map(idOf)) {
        const props = {theme, area, sessions, top: 0, selected, marks: [], now: SCENE_NOW};
        const lines = area.cardRows === 2 ? listLines(props) : cardsLines(props);
        assert.ok(lines.length <= area.rows);
        for (const text of lines) {
          const bare = text.replace(/\x1b\[[\d;]*m/g, '');
          assert.equal(stringWidth(bare), area.cols, bare);
          assert.doesNotMatch(bare, /[\u0000-\u001f]/);
        }
      }
    }
  }
});

test('o groups, - and enter fold, and tab finds who needs somebody in a folded group', async () => {
  using cockpit = openCockpit({fleet: new FakeFleet(six())});
  await cockpit.see(/COMMAND/);
  cockpit.press('o');
  await cockpit.see(/▾ #docs ─+ ◆1 ○1/);
  await cockpit.see(/by tag/);
  cockpit.press('-');
  await cockpit.see(/▌▸ #docs ─+ ◆1 ○1/);
  await cockpit.see(/⏎ unfold/);
  cockpit.press('\t');
  await cockpit.see(/▾ #docs/);
  assert.equal(cockpit.store.state().selected, 'id-e');
  cockpit.press('k');
  await cockpit.see(/⏎ fold/);
  cockpit.press('\r');
  await cockpit.see(/▸ #docs/);
  cockpit.press('s');
  await cockpit.see(/no session is selected/);
  cockpit.press('m');
  await cockpit.see(/2 marked/);
  cockpit.press(' ');
  await cockpit.see(/→ 2 marked ❯/);
  cockpit.press('\x03');
  cockpit.press('m');
  await cockpit.see(/^(?![\s\S]*2 marked)/);
  cockpit.press('o');
  await cockpit.see(/▾ work\/shop/);
  for (const key of ':group none\r') cockpit.press(key);
  await cockpit.see(/^(?![\s\S]*▾)/);
});

test('where all are alike there is nothing to group by', async () => {
  using cockpit = openCockpit({fleet: new FakeFleet([sessionOf({name: 'a'}), sessionOf({name: 'b'})])});
  await cockpit.see(/COMMAND/);
  cockpit.press('o');
  await cockpit.see(/they have the same tag and the same project/);
});
