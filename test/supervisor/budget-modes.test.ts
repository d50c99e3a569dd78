import assert from 'node:assert/strict';
import {test} from 'node:test';
import {newWatch, type RuleMode, watchSettings} from '../../source/domain/watch.ts';
import {openStore} from '../../source/store/store.ts';
import {budgetKeeper} from '../../source/supervisor/budgets.ts';
import type {Roster} from '../../source/supervisor/roster.ts';
import type {Spendings} from '../../source/supervisor/spending.ts';
import {session, temporaryHome} from '../store/records.ts';

/** A fleet of `one`, whose budget of 1000 tokens is used up; what is told, and why its queue is held. */
async function over({fleet = 'on', own}: {fleet?: RuleMode; own?: RuleMode}) {
  const now = () => 1_700_000_000_000;
  const store = await openStore({paths: temporaryHome(), readOnly: false, now});
  const watch = {...newWatch(), modes: own === undefined ? {} : {budget: own}};
  const one = session('s1', {name: 'one', watch});
  const runner = {session: one};
  const roster = {runners: new Map([['s1', runner]]), all: [runner], liveOnes: [], find: () => runner};
  const settings = watchSettings({otherwise: null, modes: {budget: fleet}, parameters: {}});
  const keeper = budgetKeeper({
    store,
    roster: () => roster as unknown as Roster,
    spendings: {used: () => ({tokens: 1200, cost: null})} as unknown as Spendings,
    watching: {of: () => settings},
    now,
  });
  await keeper.as('test').setBudget({session: 'one', tokens: 1000});
  const told = store
    .read({after: 0, limit: 100})
    .filter(({type}) => type.startsWith('budget.') && type !== 'budget.set')
    .map(({type, reason}) => `${type}: ${reason}`);
  const held = keeper.held(one);
  await store.close();
  return {told, held};
}

test('a budget that is used up holds the queue and is told of', async () => {
  const {told, held} = await over({});
  assert.deepEqual(told, ['budget.over: 120% of 1000 tokens per day of one is used: its queue is held']);
  assert.match(held ?? '', /^held: 120% is used/);
});

test('one that is only reported, for the fleet or for its session, holds nothing and says so', async () => {
  for (const {told, held} of [await over({fleet: 'report'}), await over({own: 'report'})]) {
    assert.deepEqual(told, ['budget.over: 120% of 1000 tokens per day of one is used: its queue would be held']);
    assert.equal(held, null);
  }
});

test('one that is off says nothing either; the word of its session counts over that of the fleet', async () => {
  assert.deepEqual(await over({fleet: 'off'}), {told: [], held: null});
  assert.match((await over({fleet: 'off', own: 'on'})).held ?? '', /^held/);
});
