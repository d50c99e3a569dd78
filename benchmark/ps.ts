import {spawnSync} from 'node:child_process';
import {type Figure, median} from './figures.ts';
import {amux, BenchFleet, programs} from './fleet.ts';

const ROUNDS = 41;

/** `amux ps` over twenty sessions beside the bare start of the same Node, one after the other. */
export async function ps(): Promise<Figure[]> {
  await using fleet = new BenchFleet('tmux');
  const supervisor = await fleet.serve();
  await fleet.fill(programs.cat);
  const served = alternate(fleet);
  await supervisor.end();
  const offline = alternate(fleet);
  return [
    {name: 'node -e 0', value: served.bare, unit: 'ms'},
    {name: 'amux ps', value: served.ps, unit: 'ms'},
    {name: 'amux ps / node -e 0', value: served.ps / served.bare, unit: '×', aim: 3},
    {name: 'without a supervisor', value: offline.ps / offline.bare, unit: '×', note: 'from the journal and tmux'},
  ];
}

function alternate({env}: BenchFleet): {bare: number; ps: number} {
  const bare: number[] = [];
  const ps: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    bare.push(timed([amux[0]!, '-e', '0'], env));
    ps.push(timed([...amux, 'ps'], env));
  }
  return {bare: median(bare), ps: median(ps)};
}

function timed([file, ...args]: string[], env: Record<string, string>): number {
  const start = performance.now();
  const {status} = spawnSync(file!, args, {env, stdio: ['ignore', 'pipe', 'inherit']});
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return performance.now() - start;
}
