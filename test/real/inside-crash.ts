/** Kills the real programs wherever they stand; runs inside the network namespace that `main.ts` made. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {percentile} from '../../benchmark/figures.ts';
import {CrashHunt} from './crash.ts';
import {RealHome} from './home.ts';
import {isAsked} from './names.ts';
import {programs} from './programs.ts';
import {keepCrashes} from './results.ts';
import {startStandIn} from './stand-in.ts';

/** Kills when nobody says how many. */
const KILLS = 12;

const option = {type: 'string'} as const;
const {values} = parseArgs({
  options: {
    agent: option,
    case: option,
    backend: option,
    messages: option,
    kills: option,
    seed: option,
    failures: option,
  },
});
const kills = Number(values.kills ?? KILLS);
const seed = Number(values.seed ?? 1);
let failed = 0;

for (const program of programs.filter(({name}) => isAsked(values.agent, name))) {
  const standIn = await startStandIn(program.provider);
  for (const backend of (['tmux', 'pty'] as const).filter(name => isAsked(values.backend, name))) {
    await using home = new RealHome(program, backend);
    await home.serve();
    const label = `${program.name.padEnd(8)} ${backend.padEnd(4)}`;
    const hunt = new CrashHunt({program, home, standIn, kills, seed});
    const result = await hunt.run(line => console.log(`${label} ${line}`));
    const good = result.faults.length === 0;
    if (!good) failed++;
    const cold = Math.round(percentile(result.cold, 0.5));
    const [p50, longest] = [Math.round(percentile(result.back, 0.5)), Math.max(...result.back)];
    console.log(
      `${label} ${good ? '✓' : '✗'} ${result.kills} kills over ${result.sessions} sessions; cold start ${cold} ms, back after ${p50} ms, longest ${longest} ms`,
    );
    for (const fault of result.faults) console.log(`${label}   ${fault}`);
    keepCrashes(program, {
      backend,
      kills: result.kills,
      sessions: result.sessions,
      phases: result.phases,
      cold,
      back: {p50, longest},
      faults: result.faults.map(fault => fault.split('\n')[0]!),
    });
    mkdirSync(values.failures!, {recursive: true});
    writeFileSync(
      join(values.failures!, `crash-${program.name}-${backend}.json`),
      `${JSON.stringify({...result, requests: standIn.requests}, null, 1)}\n`,
    );
  }
  await standIn.close();
}
process.exitCode = failed === 0 ? 0 : 1;
