import assert from 'node:assert/strict';
import {test} from 'node:test';
import {sameSpend, spendOf} from '../../source/cockpit/spend.ts';
import {FakeFleet, sessionOf} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';

test('while histories are read the header says how much of them is, then what was spent', async () => {
  const fleet = new FakeFleet([sessionOf({name: 'a'})]);
  fleet.spending = {tokens: 500, cost: null, reading: {bytes: 3e9, readBytes: 1.02e9}};
  using cockpit = openCockpit({fleet});
  await cockpit.see(/reading histories 34% {2}hosted/);
  assert.doesNotMatch(cockpit.frame(), /500 tok/, 'a sum that is not complete');
  fleet.spending = {tokens: 1_240_000, cost: 8.41};
  await cockpit.see(/1\.24M tok {2}\$8\.41 today {2}hosted/);
});

test('what is read at once is no progress, and the same sums are no news', async () => {
  const fleet = new FakeFleet([]);
  fleet.spending = {tokens: 500, cost: null, reading: {bytes: 40_000, readBytes: 0}};
  const spend = spendOf(await fleet.spend(), 0);
  assert.equal(spend.read, null);
  assert.ok(sameSpend(spend, spendOf(await fleet.spend(), 0)));
  assert.ok(!sameSpend(spend, {...spend, since: 1}));
});
