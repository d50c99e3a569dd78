import assert from 'node:assert/strict';
import {type Figure, percentile} from '../../benchmark/figures.ts';
import type {Fleet} from '../../source/domain/fleet.ts';
import type {Agent} from '../helpers/home.ts';
import {gone, isAlive, kill} from '../helpers/processes.ts';
import {pause, until} from '../real/until.ts';
import {lastOf, readableJournal, sameStates} from './audit.ts';
import type {ChaosContext, Plan} from './plan.ts';
import {type Backend, STATE_MS, Stage} from './stage.ts';

/** The fifth crash of a session within ten minutes is its last: that limit is not what is tried here. */
const CRASHES_EACH = 4;
const SESSIONS_MOST = 30;
/** So many stand in the experiment at the same time. */
const AT_ONCE = 4;
const BACK_MS = 90_000;
/** Longest time after a message was accepted at which its agent is killed, in ms. */
const SENDING_MS = 300;
/** So long after an agent its supervisor is killed at most, in ms. */
const ALSO_MS = 3500;
const CONTINUE = /^Your process ended in the middle of your last turn/;

/** One session on its way through the experiment. */
type Victim = {name: string; agent: Agent; fleet: Fleet; chance: ChaosContext['chance']; crashes: number};

/**
 * Where a session is killed. `bring` resolves when it stands there. `told`: what its agent is told from then on, before
 * the next message; `work` is what it was given, where that counts.
 */
type Phase = {
  name: string;
  kept: boolean;
  bring: (victim: Victim, work: string) => Promise<void>;
  told: (prompts: readonly string[], work: string) => void;
};

const exactly =
  (expected: (work: string) => string[]): Phase['told'] =>
  (prompts, work) =>
    assert.deepEqual(prompts, expected(work));
const nothing = exactly(() => []);

const phases: readonly Phase[] = [
  {name: 'idle', kept: true, bring: async () => {}, told: nothing},
  {
    name: 'turn',
    kept: true,
    bring: async (victim, work) => works(victim, `HOLD ${work}`),
    told: exactly(work => [`HOLD ${work}`, 'continue']),
  },
  {
    name: 'sending',
    kept: true,
    async bring({fleet, name, chance}, work) {
      await fleet.send(name, {text: work});
      await pause(chance.below(SENDING_MS)); // The moment is the experiment.
    },
    told(prompts, work) {
      assert.equal(prompts[0], work);
      assert.ok(prompts.length === 1 || (prompts.length === 2 && prompts[1] === 'continue'), prompts.join(', '));
    },
  },
  {name: 'starting', kept: true, bring: startsAgain, told: nothing},
  {
    name: 'tool',
    kept: true,
    async bring(victim, work) {
      await works(victim, `TOOL ${work}`);
      await until('its tool to run', () => toolOf(victim.agent) !== null, STATE_MS);
    },
    told: exactly(work => [`TOOL ${work}`, 'continue']),
  },
  {
    name: 'dialog',
    kept: true,
    async bring({fleet, name}, work) {
      await fleet.send(name, {text: `ASK ${work}`});
      await until(`${name} to ask`, async () => (await fleet.session(name)).activity === 'waiting', STATE_MS);
    },
    told: exactly(work => [`ASK ${work}`, 'continue']),
  },
  {
    name: 'compacting',
    kept: true,
    async bring({fleet, name, agent}) {
      const before = compactions(agent);
      await fleet.send(name, {text: '/compact', asCommand: true});
      await until(`${name} to compact`, () => compactions(agent) > before, STATE_MS);
    },
    told: nothing,
  },
  {name: 'idle', kept: false, bring: async () => {}, told: nothing},
  {name: 'turn', kept: false, bring: works, told: exactly(work => [work, work])},
];

export const agentPlans: readonly Plan[] = (['tmux', 'pty'] as const).flatMap(backend => [
  {
    name: `agents/${backend}`,
    breaks: `kill -9 of agents wherever they stand (${backend}): same conversation, each message once`,
    rounds: {short: backend === 'tmux' ? 6 : 0, long: 50},
    run: context => hunt(context, {backend, twice: false}),
  },
  {
    name: `agents/${backend}-twice`,
    breaks: `the same, and kill -9 of the supervisor while it brings them back (${backend})`,
    rounds: {short: backend === 'pty' ? 2 : 0, long: 40},
    run: context => hunt(context, {backend, twice: true}),
  },
]);

/** A round is a kill. */
async function hunt(
  {rounds, chance, say}: ChaosContext,
  {backend, twice}: {backend: Backend; twice: boolean},
): Promise<Figure[]> {
  await using stage = new Stage({backend});
  await stage.start();
  const cold = new Map<boolean, number[]>([
    [true, []],
    [false, []],
  ]);
  const count = Math.min(SESSIONS_MOST, Math.ceil(rounds / 2) + 1);
  const victims: (Victim & {kept: boolean})[] = [];
  for (let i = 0; i < count; i++) {
    const kept = i % 4 !== 3;
    const begun = performance.now();
    const name = `${kept ? 'kept' : 'plain'}-${i}`;
    const agent = kept ? await stage.historian(name, '--compact', '3000') : await stage.plain(name, '--work', '2500');
    cold.get(kept)!.push(performance.now() - begun);
    victims.push({name, agent, kept, fleet: stage.client(), chance, crashes: 0});
  }
  const back = new Map<boolean, number[]>([
    [true, []],
    [false, []],
  ]);
  const seen = new Map<string, number>();
  let round = 0;
  const hunter = async (own: typeof victims): Promise<void> => {
    for (let at = 0; round < rounds; at++) {
      const able = own.filter(({crashes}) => crashes < CRASHES_EACH);
      const victim = able[at % Math.max(1, able.length)];
      if (victim === undefined) return;
      const n = round++;
      const fitting = phases.filter(({kept}) => kept === victim.kept);
      const phase = fitting[n % fitting.length]!;
      // That one takes two.
      if (phase.name === 'starting' && victim.crashes + 2 > CRASHES_EACH) continue;
      say(`${n}: ${victim.name}, ${phase.name}`);
      try {
        const also = twice ? () => killAlso(stage, {chance, say}) : null;
        const took = await blow(victim, phase, {n, also});
        if (!twice) back.get(victim.kept)!.push(took);
      } catch (error) {
        // All that is known of it, behind what else was under way.
        say(lastOf(stage.paths, victim));
        throw error;
      }
      seen.set(phase.name, (seen.get(phase.name) ?? 0) + 1);
    }
  };
  const atOnce = twice ? 1 : AT_ONCE;
  const parts = Array.from({length: atOnce}, (_, i) => victims.filter((_each, at) => at % atOnce === i));
  await Promise.all(parts.map(hunter));
  for (const {fleet} of victims) await fleet[Symbol.asyncDispose]();
  await stage.stop();
  readableJournal(stage.paths);
  await sameStates(stage.paths);
  const killed = [...seen].map(([name, times]) => `${name} ${times}`).join(', ');
  const figures = [true, false].flatMap((kept): Figure[] => {
    const [starts, returns] = [cold.get(kept)!, back.get(kept)!];
    if (returns.length === 0) return [];
    const kind = kept ? 'with a conversation' : 'without one';
    const start = percentile(starts, 0.5);
    return [
      {name: `cold start of an agent ${kind}: p50`, value: start, unit: 'ms'},
      {name: `back after its pause, ${kind}: p50`, value: percentile(returns, 0.5), unit: 'ms'},
      {name: `back after its pause, ${kind}: p95`, value: percentile(returns, 0.95), unit: 'ms', aim: start * 2},
    ];
  });
  const kills = victims.reduce((sum, {crashes}) => sum + crashes, 0);
  return [{name: 'kills', value: kills, unit: '', note: `${count} sessions; ${killed}`}, ...figures];
}

/** Kills it there; how long after its pause it was back, in ms. */
async function blow(
  victim: Victim,
  phase: Phase,
  {n, also}: {n: number; also: (() => Promise<void>) | null},
): Promise<number> {
  const {name, agent, fleet} = victim;
  const before = agent.prompts.length;
  const work = `work ${n}`;
  const conversation = (await fleet.session(name)).id;
  await phase.bring(victim, work);
  const tool = phase.name === 'tool' ? toolOf(agent) : null;
  const compacted = compactions(agent);
  const pid = (await until(`${name} to have a process`, async () => (await fleet.session(name)).pid, STATE_MS))!;
  const lives = readies(agent);
  await kill(pid);
  const killed = performance.now();
  victim.crashes++;
  await also?.();
  await until(`${name} to be back after "${phase.name}"`, () => readies(agent) > lives && agent.pid !== pid, BACK_MS);
  const took = performance.now() - killed - 1000 * 2 ** (victim.crashes - 1);
  const probe = `after ${n}`;
  await fleet.send(name, {text: probe});
  const asked = () => agent.prompts.slice(before).map(text => (CONTINUE.test(text) ? 'continue' : text));
  await until(
    () => `${name} to get "${probe}", not ${asked().join(', ')}`,
    () => asked().includes(probe),
    BACK_MS,
  );
  const told = asked();
  assert.equal(told.at(-1), probe, `${name} after "${phase.name}": ${told.join(', ')}`);
  phase.told(told.slice(0, -1), work);
  if (tool !== null) await gone(tool);
  if (phase.name === 'compacting') assert.equal(compactions(agent), compacted + 1, 'it compacts once more');
  assert.equal((await fleet.session(name)).id, conversation);
  await until(
    `${name} to be at rest`,
    async () => /idle|finished/.test((await fleet.session(name)).activity ?? ''),
    BACK_MS,
  );
  return Math.max(0, took);
}

/** While its agent is away, is launched, or gets what it is told. */
async function killAlso(stage: Stage, {chance, say}: Pick<ChaosContext, 'chance' | 'say'>): Promise<void> {
  const moment = chance.below(ALSO_MS);
  say(`   and the supervisor ${moment} ms later`);
  await pause(moment); // The moment is the experiment.
  await stage.kill();
  await stage.start();
}

async function works({fleet, name, agent}: Victim, text: string): Promise<void> {
  await fleet.send(name, {text});
  await until(`${name} to have "${text}"`, () => agent.prompts.at(-1) === text, STATE_MS);
}

/** Killed once, and again as soon as the next process is there. */
async function startsAgain(victim: Victim): Promise<void> {
  const {fleet, name} = victim;
  const {pid} = await fleet.session(name);
  await kill(pid!);
  victim.crashes++;
  await until(
    `${name} to start again`,
    async () => {
      const next = (await fleet.session(name)).pid;
      return next !== null && next !== pid && isAlive(next);
    },
    BACK_MS,
  );
}

const readies = ({entries}: Agent): number => entries.filter(({event}) => event === 'ready').length;
const compactions = ({entries}: Agent): number => entries.filter(({event}) => event === 'compact').length;
/** The process of the tool that its agent began last; null: none runs. */
function toolOf({entries}: Agent): number | null {
  const tool = entries.findLast(({event}) => event === 'tool') as {tool?: number} | undefined;
  return tool?.tool !== undefined && isAlive(tool.tool) ? tool.tool : null;
}
