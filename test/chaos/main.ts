/** `npm run chaos -- [NAME…] [--rounds N] [--seed S]`: breaks fleets of throw-away homes, and looks whether all holds. */
import {parseArgs} from 'node:util';
import {type Figure, load, printFigures, saveFigures} from '../../benchmark/figures.ts';
import {chance} from '../real/chance.ts';
import {asked, isPossible} from './plan.ts';
import {plans} from './plans.ts';

/** What was said before a failure and is printed with it, in lines. */
const LINES = 12;

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {rounds: {type: 'string'}, seed: {type: 'string'}, list: {type: 'boolean'}, verbose: {type: 'boolean'}},
});
const chosen = asked(plans, positionals);
if (values.list === true) {
  for (const {name, breaks, rounds} of plans)
    console.log(`${name.padEnd(20)} ${String(rounds.long).padStart(4)}  ${breaks}`);
  process.exit(0);
}
if (chosen === null) {
  console.error(`chaos has no such plan: there are ${plans.map(({name}) => name).join(', ')}`);
  process.exit(2);
}
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const given = values.rounds === undefined ? null : Number(values.rounds);
if (!Number.isSafeInteger(seed) || (given !== null && !(given > 0))) {
  console.error('usage: npm run chaos -- [NAME…] [--rounds N] [--seed S] [--list] [--verbose]');
  process.exit(2);
}
console.log(`seed ${seed}`);
let failed = 0;
for (const plan of chosen) {
  if (!isPossible(plan)) {
    console.log(`\n${plan.name} needs root: it was not tried`);
    failed++;
    continue;
  }
  const rounds = given ?? plan.rounds.long;
  console.log(`\n${plan.name}, ${rounds} rounds … (load ${load().toFixed(1)})\n  ${plan.breaks}`);
  const lines: string[] = [];
  const say = (line: string): void => {
    lines.push(line);
    if (values.verbose === true) console.log(`    ${line}`);
  };
  const begun = performance.now();
  try {
    const figures = await plan.run({rounds, chance: chance(seed), say});
    const seconds: Figure = {name: 'took', value: (performance.now() - begun) / 1000, unit: 's'};
    printFigures([...figures, seconds]);
    if (given === null) saveFigures(`chaos ${plan.name}`, figures, new Date());
    console.log('  ✓ all held');
  } catch (error) {
    failed++;
    console.log(`  ✗ ${error instanceof Error ? error.stack : String(error)}`);
    for (const line of lines.slice(-LINES)) console.log(`    before it: ${line}`);
    console.log(`  again: npm run chaos -- ${plan.name} --rounds ${rounds} --seed ${seed}`);
  }
}
console.log(failed === 0 ? '\nall plans held' : `\n${failed} of ${chosen.length} plans did not hold`);
process.exitCode = failed === 0 ? 0 : 1;
