import assert from 'node:assert/strict';
import {renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Figure} from '../../benchmark/figures.ts';
import {pause, until} from '../real/until.ts';
import {lastOf, readableJournal, receivedOnce, sameStates} from './audit.ts';
import {claimedOnce, drained, startLoad} from './load.ts';
import type {ChaosContext, Plan} from './plan.ts';
import {STATE_MS, Stage} from './stage.ts';

const setClock = new URL('../helpers/set-clock.mjs', import.meta.url);
const HOUR_MS = 3_600_000;
/** How long the fleet works between two changes of the clock, in ms. */
const BETWEEN_MS = 1500;
/** Messages of each session that have to arrive after each change. */
const MORE = 2;
/** What times may be off for a machine that is slow, in seconds. */
const SLACK_S = 30;
const LEASE_S = 30 * 60;
const DRAIN_MS = 60_000;

export const clock: Plan = {
  name: 'store/clock',
  breaks:
    'the clock of the machine set back an hour, and forward again: nothing stalls, no age lies, no lease ends or lasts',
  // The short form sets it back only: what is typed in the moment in which it jumps forward may be told as uncertain.
  rounds: {short: 1, long: 12},
  run: setBack,
};

/** All programs of the stage have the clock that is set here; one that is set back stays so over a restart. */
async function setBack(context: ChaosContext): Promise<Figure[]> {
  const {rounds, chance, say} = context;
  await using stage = new Stage({backend: 'pty', config: 'board:\n  claimsPerSession: 1000\n'});
  const file = join(stage.home.dir, 'clock');
  let offset = 0;
  const set = (ms: number): void => {
    offset = ms;
    writeFileSync(`${file}.new`, String(ms));
    renameSync(`${file}.new`, file);
  };
  set(0);
  stage.home.env['NODE_OPTIONS'] = `--import ${setClock}?file=${file}`;
  await stage.start();
  await stage.plain('plain', '--work', '80');
  await stage.historian('kept', '--late', '40', '--work', '80');
  await stage.claimers(2);
  const load = startLoad(stage, context, {sessions: ['plain', 'kept'], claimers: 2, pauseMs: 100});
  const waits: number[] = [];
  for (let i = 0; i < rounds; i++) {
    await pause(chance.below(BETWEEN_MS));
    set(i % 2 === 0 ? -HOUR_MS : 0);
    say(`round ${i}: the clock is off by ${offset} ms`);
    const killed = i % 4 === 2;
    if (killed) {
      await stage.kill();
      await stage.start();
    }
    const begun = performance.now();
    for (const [name, agent] of stage.agents) {
      const before = agent.prompts.length;
      await until(
        () => `${name} to go on; what is known of it:\n      ${lastOf(stage.paths, {name, agent})}`,
        () => agent.prompts.length >= before + MORE,
        STATE_MS,
      );
    }
    waits.push(performance.now() - begun);
    await tellsTheTime(stage, () => (Date.now() + offset) / 1000);
    load.check();
  }
  const said = await load.stop();
  await drained(stage, said, DRAIN_MS);
  receivedOnce(stage, said.sent);
  await using fleet = stage.client();
  claimedOnce(said, await fleet.cards());
  await stage.home.amux('wait', 'plain', '--until', 'idle', '--timeout', '20s');
  await stage.stop();
  const entries = readableJournal(stage.paths);
  for (const [i, {at}] of entries.entries())
    assert.ok(i === 0 || at >= entries[i - 1]!.at, 'no entry is before the last');
  await sameStates(stage.paths);
  const messages = [...said.sent.values()].reduce((sum, texts) => sum + texts.length, 0);
  return [
    {name: 'times that the clock was set', value: rounds, unit: ''},
    {name: 'messages, each received once and in order', value: messages, unit: ''},
    {name: `until each session had ${MORE} more messages: longest`, value: Math.max(...waits), unit: 'ms'},
  ];
}

/** By the clock that everybody else has now. */
async function tellsTheTime(stage: Stage, now: () => number): Promise<void> {
  await using fleet = stage.client();
  for (const {name, activity_since, started_at} of await fleet.sessions()) {
    if (started_at === null || activity_since === null) continue;
    const ages = [now() - activity_since, now() - started_at];
    // The whole plan takes minutes: what is an hour old is off.
    for (const age of ages) assert.ok(age > -SLACK_S && age < LEASE_S, `${name} is ${age} s old`);
  }
  const held = (await fleet.cards()).filter(({claim}) => claim !== null).slice(-3);
  for (const {id, claim} of held) {
    const left = claim!.expires - now();
    assert.ok(left > 0 && left < LEASE_S + SLACK_S, `the claim of ${id} has ${left} s left`);
  }
}
