import assert from 'node:assert/strict';
import {test} from 'node:test';
import {lastRows, plainRow, type Row, rowText, SCROLLBACK_RUNS} from '../../source/domain/screen.ts';
import {keptRows} from '../../source/supervisor/last-screen.ts';

const rows = (...texts: string[]): Row[] => texts.map(plainRow);
const texts = (all: readonly Row[]): string[] => all.map(rowText);

test('a scrollback ends with its last text and holds as many lines as were asked for', () => {
  const all = rows('a', 'b', '', 'c', '', '');
  assert.deepEqual(texts(lastRows(all, 10)), ['a', 'b', '', 'c']);
  assert.deepEqual(texts(lastRows(all, 2)), ['', 'c']);
  assert.deepEqual(lastRows(all, 0), []);
  assert.deepEqual(lastRows(rows('', ''), 5), []);
});

test('a scrollback full of colours is cut at its old end', () => {
  const noise: Row = Array.from({length: 300}, (_, fg) => ({text: 'x', style: {fg}}));
  const kept = lastRows(
    Array.from({length: 1000}, () => noise),
    1000,
  );
  assert.equal(kept.length, Math.floor(SCROLLBACK_RUNS / 300));
});

test('what is kept of an ended session has the styles of its last screen, where that is its end', () => {
  const red: Row = [{text: 'last', style: {fg: 1}}];
  const screen = {cols: 80, rows: 3, lines: [plainRow('older'), red, []], cursor: null, title: ''};
  const modes = {alternate: false, bracketedPaste: null, applicationCursor: false};
  const last = {run: 'r', screen: {...screen, modes}, history: ['first', 'older', 'last']};
  assert.deepEqual(keptRows(last, 10), [plainRow('first'), plainRow('older'), red]);
  assert.deepEqual(keptRows({...last, history: ['last', 'shell$']}, 10), rows('last', 'shell$'));
  assert.deepEqual(keptRows(null, 10), []);
});
