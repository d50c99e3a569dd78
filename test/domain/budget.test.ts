import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type Budget, budgetView, heldOf, heldText, shareText} from '../../source/domain/budget.ts';

const budget: Budget = {
  id: 'fleet-day',
  of: 'fleet',
  name: null,
  tokens: 10,
  usd: null,
  per: 'day',
  setAt: 0,
  told: {day: '', percent: 0},
};

test('how much of a budget is used is true however small it is, and a share beyond all measure is said as that', () => {
  const percentOf = (tokens: number) => budgetView(budget, {tokens, cost: null, unpriced: []}).percent;
  assert.deepEqual([0, 9, 10, 1000, 5_000_000].map(percentOf), [0, 90, 100, 10_000, 50_000_000]);
  assert.deepEqual([0, 105, 9999, 10_000].map(shareText), ['0%', '105%', '9999%', '>9999%']);
  for (const percent of [105, 50_000_000]) {
    const held = heldOf(heldText(budget, percent));
    assert.deepEqual(held, {share: shareText(percent), command: 'amux budget set'});
  }
});
