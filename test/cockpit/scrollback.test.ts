import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type Came, cameBetween, nothingCame} from '../../source/cockpit/came-since.ts';
import {COPY_MAX, copySequence} from '../../source/cockpit/clipboard.ts';
import {width} from '../../source/cockpit/draw/cells.ts';
import {scrollbackLines} from '../../source/cockpit/panes/scrollback.ts';
import {
  matchesIn,
  matchesOf,
  type ScrollAction,
  type ScrollView,
  stepScroll,
  textToCopy,
  withSeen,
} from '../../source/cockpit/scrollback.ts';
import {plainRow, type Row} from '../../source/domain/screen.ts';
import {screenOf} from './fake-fleet.ts';
import {loadTheme} from './palettes.ts';
import {sceneHistory} from './scene.ts';

const HEIGHT = 10;
const numbered = (from: number, to: number): Row[] =>
  Array.from({length: to - from + 1}, (_, i) => plainRow(`line ${from + i}`));
const read = (rows: Row[], session = 's'): ScrollAction => ({do: 'read', session, scrollback: {cols: 80, rows}});

function opened(rows: Row[] | null, ...steps: ScrollAction[]): ScrollView {
  const open: ScrollAction = {do: 'open', session: 's', name: 'api', editor: true, seen: null};
  return after(null, open, ...(rows === null ? [] : [read(rows)]), ...steps)!;
}

function after(view: ScrollView | null, ...steps: ScrollAction[]): ScrollView | null {
  return steps.reduce((each: ScrollView | null, step) => stepScroll(each, step, HEIGHT), view);
}

const place = ({at, top}: ScrollView) => ({at, top});

test('a scrollback opens at its end, and what is chosen stays in sight', () => {
  const table: [steps: ScrollAction[], at: number, top: number][] = [
    [[], 99, 90],
    [[{do: 'walk', by: 1}], 99, 90],
    [[{do: 'walk', by: -1}], 98, 90],
    [[{do: 'walk', by: -10}], 89, 89],
    [[{do: 'page', by: -10}], 89, 80],
    [
      [
        {do: 'page', by: -10},
        {do: 'page', by: 10},
      ],
      99,
      90,
    ],
    [[{do: 'page', by: -1000}], 9, 0],
    [
      [
        {do: 'page', by: -1000},
        {do: 'page', by: -10},
      ],
      0,
      0,
    ],
    [[{do: 'edge', to: 'first'}], 0, 0],
    [
      [
        {do: 'edge', to: 'first'},
        {do: 'page', by: 5},
      ],
      5,
      5,
    ],
    [
      [
        {do: 'edge', to: 'first'},
        {do: 'edge', to: 'last'},
      ],
      99,
      90,
    ],
  ];
  for (const [steps, at, top] of table) {
    assert.deepEqual(place(opened(numbered(1, 100), ...steps)), {at, top}, JSON.stringify(steps));
  }
});

test('keys that come before there is anything to read lead where they would have led', () => {
  const rows = numbered(1, 100);
  const table: ScrollAction[][] = [
    [{do: 'edge', to: 'first'}],
    [{do: 'walk', by: -3}],
    [
      {do: 'page', by: -10},
      {do: 'page', by: -10},
      {do: 'walk', by: 1},
    ],
    [
      {do: 'edge', to: 'first'},
      {do: 'walk', by: 1},
      {do: 'edge', to: 'last'},
    ],
  ];
  for (const steps of table) {
    const early = after(opened(null, ...steps), read(rows))!;
    assert.deepEqual(early, opened(rows, ...steps), JSON.stringify(steps));
    // Once: what is read again stands where it stood.
    assert.deepEqual(place(after(early, read(rows))!), place(early));
  }
});

test('what changes nothing is the same object, so that nothing is drawn', () => {
  const view = opened(numbered(1, 100));
  const steps: ScrollAction[] = [
    {do: 'walk', by: 1},
    {do: 'edge', to: 'last'},
    {do: 'page', by: 10},
    {do: 'aside', by: -8},
    {do: 'select', on: false},
    {do: 'match', by: 1},
    read(numbered(1, 3), 'another'),
  ];
  for (const step of steps) assert.equal(after(view, step), view, step.do);
  assert.equal(withSeen(view, {session: 'another', screen: screenOf(['x'])}), view);
  assert.equal(stepScroll(null, {do: 'walk', by: 1}, HEIGHT), null);
});

test('read again, the end follows; a line that one reads stays where it was', () => {
  assert.deepEqual(place(after(opened(numbered(1, 100)), read(numbered(1, 120)))!), {at: 119, top: 110});
  const reading = opened(numbered(1, 100), {do: 'walk', by: -30});
  assert.deepEqual(place(reading), {at: 69, top: 69});
  // Twenty old lines were dropped meanwhile.
  assert.deepEqual(place(after(reading, read(numbered(21, 120)))!), {at: 49, top: 49});
  assert.deepEqual(place(after(reading, {do: 'read', session: 's', scrollback: null})!), place(reading));
});

test('a search goes up from where one stands, and round', () => {
  const view = opened(numbered(1, 100), {do: 'search', text: 'LINE 1', from: 50});
  assert.deepEqual(matchesOf(view), [], 'capitals are meant as they are');
  const found = opened(numbered(1, 100), {do: 'search', text: 'line 1', from: 50});
  assert.deepEqual(matchesOf(found), [0, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 99]);
  assert.equal(found.at, 18);
  assert.equal(after(found, {do: 'match', by: -1})!.at, 17);
  assert.equal(after(found, {do: 'match', by: 1})!.at, 99);
  assert.equal(after(found, {do: 'match', by: 1}, {do: 'match', by: 1})!.at, 0);
  const early = after(opened(null), {do: 'search', text: 'line 7', from: 0}, read(numbered(1, 100)))!;
  assert.deepEqual([early.at, early.top], [78, 78], 'what was searched while it was read is found then');
  const cancelled = after(found, {do: 'search', text: '', from: 50, stay: true})!;
  assert.deepEqual([cancelled.at, cancelled.needle], [50, '']);
  assert.deepEqual(matchesIn('Ab aB', 'ab'), [
    {from: 0, to: 2},
    {from: 3, to: 5},
  ]);
  assert.deepEqual(matchesIn('Ab aB', 'aB'), [{from: 3, to: 5}]);
});

test('selected lines are copied, else those in sight', () => {
  const page = opened(numbered(1, 100));
  assert.deepEqual(
    textToCopy(page, HEIGHT),
    numbered(91, 100).map(([run]) => run!.text),
  );
  const some = after(page, {do: 'select', on: true}, {do: 'walk', by: -2})!;
  assert.deepEqual(textToCopy(some, HEIGHT), ['line 98', 'line 99', 'line 100']);
});

test('a copy is one OSC 52, twice inside tmux, and has a bound', () => {
  const base64 = Buffer.from('é\n').toString('base64');
  assert.equal(copySequence('é\n', {}), `\x1b]52;c;${base64}\x07`);
  assert.equal(
    copySequence('é\n', {TMUX: '/tmp/tmux-1/default,1,0'}),
    `\x1b]52;c;${base64}\x07\x1bPtmux;\x1b\x1b]52;c;${base64}\x07\x1b\\`,
  );
  assert.notEqual(copySequence('x'.repeat(COPY_MAX), {}), null);
  assert.equal(copySequence(`${'x'.repeat(COPY_MAX - 1)}é`, {}), null);
});

test('how many lines came is seen from one screen to the next', () => {
  const first = screenOf(['a', 'b', 'c', 'd', 'e'], {rows: 6});
  const table: [name: string, lines: string[], came: Came][] = [
    ['the same', ['a', 'b', 'c', 'd', 'e'], nothingCame],
    ['one more below', ['a', 'b', 'c', 'd', 'e', 'f'], {lines: 1, exact: true, changed: true}],
    ['scrolled by two', ['c', 'd', 'e', 'f', 'g'], {lines: 2, exact: true, changed: true}],
    ['another text in the last line', ['a', 'b', 'c', 'd', 'E'], {lines: 0, exact: true, changed: true}],
    ['nothing in common', ['u', 'v', 'w', 'x', 'y', 'z'], {lines: 6, exact: false, changed: true}],
    ['cleared', [], {lines: 0, exact: true, changed: true}],
  ];
  for (const [name, lines, came] of table) {
    assert.deepEqual(cameBetween({seen: first, came: nothingCame}, screenOf(lines, {rows: 6})), came, name);
  }
});

const dark = (env: Record<string, string>) => loadTheme('dark', {LANG: 'C.UTF-8', ...env});
const bare = (text: string) => text.replace(/\x1b\[[\d;]*m/g, '');

test('the pane is exactly as large as it has to be, whatever is in it, and only styles go out', () => {
  const steps: ScrollAction[][] = [
    [],
    [{do: 'edge', to: 'first'}],
    [{do: 'search', text: 'refunds', from: 150}],
    [
      {do: 'search', text: 'evil', from: 150},
      {do: 'select', on: true},
      {do: 'walk', by: -3},
    ],
    [{do: 'aside', by: 24}],
  ];
  for (const each of steps) {
    for (const size of [
      {cols: 40, rows: 12},
      {cols: 83, rows: 30},
      {cols: 7, rows: 4},
    ]) {
      const open: ScrollAction = {do: 'open', session: 's', name: 'pay', editor: true, seen: null};
      const all = [open, read(sceneHistory()), ...each];
      const view = all.reduce((known: ScrollView | null, step) => stepScroll(known, step, size.rows - 2), null)!;
      const lines = scrollbackLines({theme: dark({COLORTERM: 'truecolor'}), size, view});
      assert.deepEqual([lines.length, ...new Set(lines.map(line => width(bare(line))))], [size.rows, size.cols]);
      assert.doesNotMatch(lines.map(bare).join(''), /[\x00-\x1f\x7f-\x9f]/);
    }
  }
});

test('matches, the selection and the chosen line are seen without colours too', () => {
  const size = {cols: 60, rows: HEIGHT + 2};
  const theme = dark({NO_COLOR: '1'});
  const found = opened(numbered(1, 100), {do: 'search', text: 'line 7', from: 99});
  const lines = scrollbackLines({theme, size, view: found});
  assert.match(lines.find(line => line.includes('▌'))!, /▌\x1b\[0m\x1b\[1;7mline 7\x1b\[0m9/);
  assert.match(bare(lines.at(-1)!), /"line 7" 11\/11 · 79 of 100 ─╯$/);
  const selected = scrollbackLines({theme, size, view: after(found, {do: 'select', on: true}, {do: 'walk', by: 1})!});
  assert.equal(selected.filter(line => line.includes('\x1b[7m')).length, 2);
  assert.match(bare(selected.at(-1)!), /2 selected · "line 7" in 11 · 80 of 100/);
  const since = (lines: number, exact = true) =>
    / (\S+ lines? since|changed since) /.exec(
      bare(scrollbackLines({theme, size, view: {...found, came: {lines, exact, changed: true}}})[0]!),
    )?.[1];
  assert.deepEqual(
    [0, 1, 9, 10, 57, 240, 7340, 12_345].map(lines => since(lines)),
    ['changed since', '1 line since', ...['9', '10+', '50+', '200+', '7000+', '12000+'].map(n => `${n} lines since`)],
  );
  assert.equal(since(8, false), '8+ lines since');
  assert.match(bare(scrollbackLines({theme, size, view: opened(null)})[2]!), /reading…/);
  assert.match(bare(scrollbackLines({theme, size, view: opened([])})[2]!), /it has printed nothing yet/);
});
