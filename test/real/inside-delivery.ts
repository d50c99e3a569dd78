/** Sends many messages to the real programs; runs inside the network namespace that `main.ts` made. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {Delivery, inOrder} from './delivery.ts';
import {type BackendName, RealHome} from './home.ts';
import {isAsked} from './names.ts';
import {programs} from './programs.ts';
import {keepDelivery} from './results.ts';
import {startStandIn} from './stand-in.ts';

/** Messages when nobody says how many. */
const MESSAGES: Record<BackendName, number> = {tmux: 300, pty: 60};

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
const backends = (['tmux', 'pty'] as const).filter(name => isAsked(values.backend, name));
const kills = Number(values.kills ?? 0);
const seed = Number(values.seed ?? 1);
let failed = 0;

for (const program of programs.filter(({name}) => isAsked(values.agent, name))) {
  const standIn = await startStandIn(program.provider);
  for (const backend of backends) {
    await using home = new RealHome(program, backend);
    await home.serve();
    const messages = Number(values.messages ?? MESSAGES[backend]);
    const label = `${program.name.padEnd(8)} ${backend.padEnd(4)}`;
    const result = await new Delivery({program, home, standIn, messages, kills, seed}).run(line =>
      console.log(`${label} ${line}`),
    );
    const {lost, doubled, outOfOrder, arrived, uncertain, dialogsAnswered, minutes, note} = result;
    const good = inOrder(result);
    if (!good) failed++;
    const counts = {
      lost: lost.length,
      doubled: doubled.length,
      outOfOrder: outOfOrder.length,
      uncertain,
      dialogsAnswered,
    };
    const figures = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
    console.log(
      `${label} ${good ? '✓' : '✗'} ${arrived} of ${result.messages} arrived, ${kills} kills, ${figures.join(', ')}, ${minutes} min`,
    );
    for (const [name, marks] of Object.entries({lost, doubled, outOfOrder})) {
      if (marks.length > 0) console.log(`${label}   ${name}: ${marks.slice(0, 20).join(' ')}`);
    }
    keepDelivery(program, {
      backend,
      seed,
      kills,
      messages: result.messages,
      arrived,
      ...counts,
      minutes,
      note: note?.split('\n')[0] ?? null,
    });
    mkdirSync(values.failures!, {recursive: true});
    writeFileSync(
      join(values.failures!, `delivery-${program.name}-${backend}.json`),
      `${JSON.stringify({...result, requests: standIn.requests}, null, 1)}\n`,
    );
  }
  await standIn.close();
}
process.exitCode = failed === 0 ? 0 : 1;
