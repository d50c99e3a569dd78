import {api} from './api.ts';
import {board} from './board.ts';
import {cockpit} from './cockpit.ts';
import {cpu} from './cpu.ts';
import {type Figure, load, printFigures, saveFigures} from './figures.ts';
import {idle} from './idle.ts';
import {keys} from './keys.ts';
import {ledger} from './ledger.ts';
import {ps} from './ps.ts';
import {store} from './store.ts';
import {truth} from './truth.ts';
import {workspaces} from './workspaces.ts';

const benchmarks: Record<string, () => Promise<Figure[]>> = {
  ps,
  cpu,
  keys,
  idle,
  cockpit,
  truth,
  api,
  board,
  workspaces,
  store,
  ledger,
};

const [asked] = process.argv.slice(2);
if (asked !== undefined && !(asked in benchmarks)) {
  console.error(`no benchmark "${asked}": there are ${Object.keys(benchmarks).join(', ')}`);
  process.exit(2);
}
let missed = 0;
for (const [name, measure] of Object.entries(benchmarks)) {
  if (asked !== undefined && asked !== name) continue;
  console.log(`${name} … (load ${load().toFixed(1)})`);
  const figures = await measure();
  printFigures(figures);
  missed += figures.filter(({value, aim}) => aim !== undefined && value > aim).length;
  saveFigures(name, figures, new Date());
}
console.log(missed === 0 ? 'all aims are met' : `${missed} aims are missed`);
