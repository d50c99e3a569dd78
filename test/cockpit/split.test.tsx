import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type Layout, layoutOf, MIN_ROWS, nextSplit, splitAt} from '../../source/cockpit/layout.ts';
import {openCockpit} from './open-cockpit.tsx';

const at = (cols: number, rows: number) => (split: number | null) => layoutOf({cols, rows}, 'cards', false, 0, split);

/** Columns or rows of the list, and how many cards stand side by side. */
const list = ({kind, cards}: Layout) => [kind === 'side' ? cards!.cols : cards!.rows, cards!.columns];

test('| goes through three shares where they differ, and comes back', () => {
  const table: [cols: number, rows: number, lists: number[][]][] = [
    [
      200,
      50,
      [
        [73, 2],
        [100, 3],
        [40, 1],
        [73, 2],
      ],
    ],
    [
      120,
      40,
      [
        [36, 1],
        [60, 1],
        [28, 1],
        [36, 1],
      ],
    ],
    [
      80,
      24,
      [
        [28, 1],
        [40, 1],
        [28, 1],
        [40, 1],
      ],
    ],
    [
      60,
      30,
      [
        [9, 1],
        [14, 1],
        [5, 1],
        [9, 1],
      ],
    ],
  ];
  for (const [cols, rows, lists] of table) {
    const of = at(cols, rows);
    let split: number | null = null;
    const seen = lists.map(() => {
      const now = list(of(split));
      split = nextSplit(split, of);
      return now;
    });
    assert.deepEqual(seen, lists, `${cols}×${rows}`);
  }
});

test('whatever the share, list and peek fill the body and both can be used', () => {
  for (const [cols, rows] of [
    [80, 24],
    [80, MIN_ROWS],
    [133, 40],
    [200, 50],
    [50, MIN_ROWS],
    [79, 50],
  ] as const) {
    for (const split of [0, 0.1, 0.33, 0.5, 0.77, 1]) {
      const {kind, body, cards, peek} = at(cols, rows)(split);
      const facts = `${cols}×${rows} ${split}`;
      if (kind === 'side') {
        assert.equal(cards!.cols + 1 + peek!.cols, body.cols, facts);
        assert.ok(cards!.cols >= 28 && peek!.cols >= 30, facts);
        assert.ok(cards!.cardCols >= 28 && cards!.cardCols * cards!.columns + cards!.columns - 1 <= cards!.cols, facts);
      } else {
        assert.equal(cards!.rows + peek!.rows, body.rows, facts);
        assert.ok(cards!.rows >= 3 && peek!.rows >= 5, facts);
      }
    }
  }
});

test('the edge comes to the cell to which it is dragged', () => {
  const side = at(120, 40)(null);
  assert.equal(at(120, 40)(splitAt(side, {x: 50, y: 7})).cards!.cols, 50);
  const stacked = at(60, 40)(null);
  assert.equal(at(60, 40)(splitAt(stacked, {x: 50, y: 2 + 20})).cards!.rows, 20);
});

test('| resizes the split of the Fleet screen, and says where there is none', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/^┏━ payments ━━━ claude opus ━┓ ╭─ payments/m);
  cockpit.press('|');
  await cockpit.see(/^┏━ payments ━{23} claude opus ━┓ ╭─ payments/m);
  cockpit.press('|');
  await cockpit.see(/^┏━ payments ━ claude opus ━┓ ╭─ payments/m);
  cockpit.press('v');
  cockpit.press('|');
  await cockpit.see(/list and peek do not stand side by side/);
});
