import {type Figure, percentile} from '../../benchmark/figures.ts';
import {pause} from '../real/until.ts';
import {notesKept, readableJournal, receivedOnce, sameStates} from './audit.ts';
import {claimedOnce, drained, heardAll, startLoad} from './load.ts';
import type {ChaosContext, Plan} from './plan.ts';
import {Stage} from './stage.ts';

/** Longest life of a supervisor that answers, and of one that is killed while it starts, in ms. */
const LIFE_MS = 1500;
const START_MS = 400;
/** One in so many is killed while it starts. */
const EARLY = 5;
/** What the agents may take to read what was left at the end, in ms. */
const DRAIN_MS = 120_000;
/** From the kill to the first answer of the next one, in ms. */
const RESTART_AIM_MS = 2000;

const breaks = (backend: string): string =>
  `kill -9 of the supervisor at any moment, sends, claims and events under way (${backend})`;

export const supervisorPlans: readonly Plan[] = (['tmux', 'pty'] as const).map(backend => ({
  name: `supervisor/${backend}`,
  breaks: breaks(backend),
  rounds: {short: 3, long: 200},
  run: context => storm(context, backend),
}));

async function storm(context: ChaosContext, backend: 'tmux' | 'pty'): Promise<Figure[]> {
  const {rounds, chance, say} = context;
  await using stage = new Stage({backend, config: 'board:\n  claimsPerSession: 1000\n'});
  await stage.start();
  await stage.plain('plain-1', '--work', '120');
  await stage.plain('plain-2', '--work', '40');
  await stage.historian('kept-1', '--late', '80', '--work', '120');
  await stage.historian('kept-2', '--late', '20', '--work', '60', '--deaf', '2');
  await stage.claimers(3);
  const load = startLoad(stage, context, {sessions: [...stage.agents.keys()], claimers: 3, pauseMs: 200});
  const restarts: number[] = [];
  let early = 0;
  for (let i = 0; i < rounds; i++) {
    const moment = chance.below(LIFE_MS);
    await pause(moment); // The moment is the experiment.
    await stage.kill();
    if (chance.below(EARLY) === 0) {
      const sooner = chance.below(START_MS);
      early++;
      stage.launch();
      await pause(sooner);
      await stage.kill();
      say(`round ${i}: killed after ${moment} ms, the next one ${sooner} ms after its start`);
    } else say(`round ${i}: killed after ${moment} ms`);
    restarts.push(await stage.start());
    load.check();
  }
  const said = await load.stop();
  await drained(stage, said, DRAIN_MS);
  receivedOnce(stage, said.sent);
  await using fleet = stage.client();
  claimedOnce(said, await fleet.cards());
  heardAll(said);
  await stage.stop();
  notesKept(stage.paths, said.notes);
  const entries = readableJournal(stage.paths);
  await sameStates(stage.paths);
  const messages = [...said.sent.values()].reduce((sum, texts) => sum + texts.length, 0);
  return [
    {name: 'kills', value: rounds + early, unit: '', note: `${early} of them while it started`},
    {name: 'messages, each received once and in order', value: messages, unit: ''},
    {name: 'cards, each claimed by one of three', value: said.cards.length, unit: ''},
    {name: 'calls made again for want of an answer', value: said.unanswered, unit: ''},
    {name: 'entries of the journal, all readable', value: entries.length, unit: ''},
    {name: 'restart, from the start to an answer: p50', value: percentile(restarts, 0.5), unit: 'ms'},
    {name: 'restart: p95', value: percentile(restarts, 0.95), unit: 'ms'},
    {name: 'restart: longest', value: Math.max(...restarts), unit: 'ms', aim: RESTART_AIM_MS},
  ];
}
