import assert from 'node:assert/strict';
import {test} from 'node:test';
import {loadTheme} from './palettes.ts';

// Loaded in the tests themselves: what loading does is a part of the first one.
const load = () => import('../../source/cockpit/charts/line-chart.ts');
const loadGauge = () => import('../../source/cockpit/charts/gauge.ts');
const theme = loadTheme('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'});
const ascii = loadTheme('dark', {NO_COLOR: '1'});

const rising = {
  columns: 36,
  rows: 7,
  values: [0, 100, 200, 400, 800],
  labels: ['08', '09', '10', '11', '12'],
  labelEvery: [1, 2],
  text: String,
};

test('drawing a chart and a gauge leaves the process and its terminal alone', async () => {
  const listeners = () => process.eventNames().map(name => [name, process.listenerCount(name)]);
  const before = listeners();
  const [{lineChart}, {gauge}] = [await load(), await loadGauge()];
  lineChart(theme, rising);
  gauge(theme.shapes, {share: 0.5, cells: 8});
  assert.deepEqual(listeners(), before);
  for (const stream of [process.stdin, process.stdout]) {
    assert.deepEqual([stream.listenerCount('data'), stream.listenerCount('keypress')], [0, 0]);
  }
});

test('a line has its numbers beside it and its labels below, in exactly its room', async () => {
  const {lineChart} = await load();
  const rows = lineChart(theme, rising).map(spans => spans.map(([, text]) => text).join(''));
  assert.equal(rows.length, 7);
  for (const row of rows) assert.equal([...row].length, 36, row);
  assert.match(rows[0]!, /^ {2}800 │ {10,}[⠀-⣿]+ *$/, 'the largest value stands in the first row');
  assert.match(rows[2]!, /^ {2}400 │/);
  assert.match(rows[4]!, /^ {4}0 │[⠀-⣿]/, 'and the smallest in the last, at the axis');
  assert.match(rows[5]!, /^ {6}╰─{29}$/);
  assert.match(rows[6]!, /^ +08 +09 +10 +11 +12 +$/);
});

test('labels are left out evenly where there is no room for all', async () => {
  const {lineChart} = await load();
  const values = Array.from({length: 24}, (_, i) => i);
  const labels = values.map(i => `${String(i).padStart(2, '0')}:00`);
  const rows = lineChart(theme, {...rising, values, labels, labelEvery: [2, 3, 4, 6, 8, 12]});
  const below = rows
    .at(-1)!
    .map(([, text]) => text)
    .join('');
  assert.deepEqual(below.match(/\d\d:00/g), ['00:00', '06:00', '12:00', '18:00']);
});

test('the same numbers are drawn once, others anew', async () => {
  const {lineChart} = await load();
  const first = lineChart(theme, rising);
  assert.equal(lineChart(theme, {...rising, values: [...rising.values]}), first);
  assert.notEqual(lineChart(theme, {...rising, values: [1, ...rising.values.slice(1)]}), first);
  assert.notEqual(lineChart(theme, {...rising, columns: 40}), first);
});

test('nothing but zeros is a line at the axis, and a terminal without braille gets another one', async () => {
  const {lineChart} = await load();
  const flat = lineChart(theme, {...rising, values: [0, 0, 0, 0, 0]}).map(row => row.map(([, text]) => text).join(''));
  assert.match(flat[0]!, /^ {4}1 │ +$/);
  assert.match(flat[4]!, /^ {4}0 │⣀+/);
  for (const row of lineChart(ascii, rising)) for (const [, text] of row) assert.match(text, /^[ -~]*$/);
});

test('numbers of any size have a scale that a person can read', async () => {
  const {lineChart} = await load();
  const top = (most: number) => lineChart(theme, {...rising, values: [0, most]})[0]![0]![1].trim();
  assert.deepEqual([1, 7, 11, 120, 999, 1_240_000].map(top), ['1', '8', '15', '150', '1000', '1500000']);
  assert.equal(Number(top(3_000_000_000)), 3_000_000_000);
});

test('a gauge is full at its end, empty at zero, and never empty above', async () => {
  const {gauge} = await loadGauge();
  const of = (share: number) => gauge(theme.shapes, {share, cells: 8});
  assert.deepEqual([0, 0.001, 0.01, 0.5, 0.99, 1, 12].map(of), [
    '░░░░░░░░',
    '▓░░░░░░░',
    '▓░░░░░░░',
    '▓▓▓▓░░░░',
    '▓▓▓▓▓▓▓░',
    '▓▓▓▓▓▓▓▓',
    '▓▓▓▓▓▓▓▓',
  ]);
  assert.equal(gauge(theme.shapes, {share: 0.5, cells: 0}), '');
  assert.equal(gauge(ascii.shapes, {share: 0.5, cells: 4}), '##..');
});
