import assert from 'node:assert/strict';
import type {Figure} from '../../benchmark/figures.ts';
import {OPEN_BYTES, ROOM_BYTES} from '../../source/store/room.ts';
import {isAlive} from '../helpers/processes.ts';
import {pause, until} from '../real/until.ts';
import {notesKept, readableJournal, receivedOnce, sameStates} from './audit.ts';
import {claimedOnce, drained, startLoad} from './load.ts';
import type {ChaosContext, Plan} from './plan.ts';
import {smallDisk} from './small-disk.ts';
import {STATE_MS, Stage} from './stage.ts';
import {assertOneSentence} from './told.ts';

const DISK_MB = 24;
/** Longest time with room and without, in ms. */
const FREE_MS = 1500;
const FULL_MS = 3000;
/** In one of so many rounds the supervisor is killed while the disk is full. */
const KILLED = 3;
const DRAIN_MS = 60_000;

export const diskFull: Plan = {
  name: 'store/disk-full',
  breaks: 'a disk that is full again and again: told, nothing lost, it goes on by itself',
  rounds: {short: 1, long: 25},
  needsRoot: true,
  run: fillAndFree,
};

async function fillAndFree(context: ChaosContext): Promise<Figure[]> {
  const {rounds, chance, say} = context;
  await using stage = new Stage({config: 'board:\n  claimsPerSession: 1000\n'});
  const disk = smallDisk(stage, DISK_MB);
  await stage.start();
  await stage.plain('plain', '--work', '80');
  await stage.historian('kept', '--late', '40', '--work', '80');
  await stage.claimers(2);
  const load = startLoad(stage, context, {sessions: ['plain', 'kept'], claimers: 2, pauseMs: 60});
  const back: number[] = [];
  for (let i = 0; i < rounds; i++) {
    await pause(chance.below(FREE_MS));
    const left = disk.fill(chance.below(2) === 0 ? 0 : chance.below(ROOM_BYTES - 1));
    say(`round ${i}: ${left} bytes left`);
    await told(stage);
    await pause(chance.below(FULL_MS));
    load.check();
    const killed = chance.below(KILLED) === 0;
    if (killed) {
      await stage.kill();
      say('killed while the disk is full');
      await offline(stage, left);
    } else assert.ok(isAlive(stage.pid!), `it ended: ${stage.said}`);
    disk.free();
    const freed = performance.now();
    if (killed) await stage.start();
    await until('it to go on', async () => (await health(stage)).trouble === null, STATE_MS);
    back.push(performance.now() - freed);
  }
  const said = await load.stop();
  await drained(stage, said, DRAIN_MS);
  receivedOnce(stage, said.sent);
  await using fleet = stage.client();
  claimedOnce(said, await fleet.cards());
  await until('nothing to be left of it', async () => (await fleet.health()).notices.length === 0, STATE_MS);
  await stage.stop();
  notesKept(stage.paths, said.notes);
  const entries = readableJournal(stage.paths);
  await sameStates(stage.paths);
  const times = entries.filter(({type, reason}) => type === 'notice' && /nothing new was taken/.test(reason));
  const messages = [...said.sent.values()].reduce((sum, texts) => sum + texts.length, 0);
  return [
    {name: 'times that the disk was full', value: rounds, unit: ''},
    {name: 'of which the journal tells afterwards', value: times.length, unit: ''},
    {name: 'messages, each received once and in order', value: messages, unit: ''},
    {name: 'cards, each claimed once', value: said.cards.length, unit: ''},
    {name: 'calls refused, and made again', value: said.refused, unit: ''},
    {name: 'from free space to going on: longest', value: Math.max(...back), unit: 'ms'},
  ];
}

async function health(stage: Stage) {
  await using fleet = stage.client();
  try {
    return await fleet.health();
  } catch (error) {
    await pause(100); // How it ended is told a moment later.
    throw stage.broke === null ? error : new Error(stage.broke, {cause: error});
  }
}

/** Whoever asks for something new is told in one sentence; whoever looks is told what is the matter. */
async function told(stage: Stage): Promise<void> {
  await until('the trouble to be told', async () => (await health(stage)).trouble, STATE_MS);
  const refused = await stage.home.run(['notes', 'add', 'not now']);
  assertOneSentence(refused, {code: 1, says: /free on the disk of|no space left/});
  const doctor = await stage.home.run(['doctor']);
  assert.match(doctor.out, /nothing new is taken until/);
  const ps = await stage.home.run(['ps']);
  assert.deepEqual([ps.code, ps.err], [0, '']);
}

/** Nobody supervises, and there is no room for a supervisor: reading goes on, and the rest is told. */
async function offline(stage: Stage, left: number): Promise<void> {
  const ps = await stage.home.run(['ps']);
  assert.deepEqual([ps.code, ps.err], [0, '']);
  assert.match(ps.out, /plain/);
  // With a little room it may well start.
  if (left > OPEN_BYTES) return;
  for (const args of [['serve', '--detach'], ['serve'], ['notes', 'add', 'not now']]) {
    const refused = await stage.home.run(args);
    assert.ok(refused.code !== 0, `${args.join(' ')} said ${refused.out}`);
    assertOneSentence(refused, {code: refused.code!, says: /free on the disk of|no space left|disk/});
  }
}
