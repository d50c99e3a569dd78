import {describe, test} from 'node:test';
import {chance} from '../real/chance.ts';
import {isPossible} from './plan.ts';
import {plans} from './plans.ts';

/** Other moments with each run; a failure names the seed, and `npm run chaos` repeats it. */
const seed = Number(process.env['AMUX_CHAOS_SEED'] ?? Date.now() % 1_000_000);

describe('chaos, in its short form', {concurrency: 3}, () => {
  for (const {name, breaks, rounds, run} of plans.filter(plan => plan.rounds.short > 0 && isPossible(plan))) {
    test(`${name}: ${breaks}`, async t => {
      t.diagnostic(`again: npm run chaos -- ${name} --rounds ${rounds.short} --seed ${seed}`);
      await run({rounds: rounds.short, chance: chance(seed), say: line => t.diagnostic(line)});
    });
  }
});
