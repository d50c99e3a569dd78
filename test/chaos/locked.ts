import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import type {Figure} from '../../benchmark/figures.ts';
import {isAlive} from '../helpers/processes.ts';
import {pause, until} from '../real/until.ts';
import {notesKept, readableJournal, receivedOnce, sameStates} from './audit.ts';
import {claimedOnce, drained, startLoad} from './load.ts';
import type {ChaosContext, Plan} from './plan.ts';
import {STATE_MS, Stage} from './stage.ts';
import {assertAnswers} from './told.ts';

/** For so long another program has the database for itself, in ms. */
const LOCKED_MS = 10_000;
const SHORT_MS = 1500;
const DRAIN_MS = 60_000;

export const locked: Plan = {
  name: 'store/locked',
  breaks: 'another program has the database for itself for 10 s, while the fleet works and while a supervisor starts',
  rounds: {short: 1, long: 4},
  run: lockOut,
};

async function lockOut(context: ChaosContext): Promise<Figure[]> {
  const {rounds, say} = context;
  const lockedMs = rounds > 1 ? LOCKED_MS : SHORT_MS;
  await using stage = new Stage({config: 'board:\n  claimsPerSession: 1000\n'});
  await stage.start();
  await stage.plain('plain', '--work', '80');
  await stage.claimers(2);
  const load = startLoad(stage, context, {sessions: ['plain'], claimers: 2, pauseMs: 60});
  const starts: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const other = await lock(stage.paths.database);
    const begun = performance.now();
    const before = load.said.sent.get('plain')!.length;
    if (i % 2 === 0) {
      await pause(lockedMs);
      assert.ok(load.said.sent.get('plain')!.length > before, 'messages are taken meanwhile');
      assertAnswers(await stage.home.run(['ps']), /plain/);
    } else {
      await stage.kill();
      setTimeout(() => other.end(), lockedMs - 1000).unref();
      starts.push(await stage.start());
      say(`started after ${Math.round(starts.at(-1)!)} ms, the database being free after ${lockedMs - 1000}`);
    }
    await other.end();
    say(`locked for ${Math.round(performance.now() - begun)} ms`);
    load.check();
    assert.ok(isAlive(stage.pid!));
  }
  const said = await load.stop();
  await drained(stage, said, DRAIN_MS);
  receivedOnce(stage, said.sent);
  await using fleet = stage.client();
  claimedOnce(said, await fleet.cards());
  await until('nothing to be left of it', async () => (await fleet.health()).notices.length === 0, STATE_MS);
  await stage.stop();
  notesKept(stage.paths, said.notes);
  readableJournal(stage.paths);
  await sameStates(stage.paths);
  return [
    {name: `times locked, ${lockedMs} ms each`, value: rounds, unit: ''},
    {name: 'messages, each received once and in order', value: said.sent.get('plain')!.length, unit: ''},
    ...(starts.length === 0 ? [] : [{name: 'start meanwhile: longest', value: Math.max(...starts), unit: 'ms'}]),
  ];
}

/** Another program that has begun an exclusive transaction. */
async function lock(database: string): Promise<{end: () => Promise<void>}> {
  const script = `
    const {DatabaseSync} = require('node:sqlite');
    const database = new DatabaseSync(process.argv[1], {timeout: 5000});
    database.exec('BEGIN EXCLUSIVE');
    console.log('locked');
    process.stdin.once('data', () => { database.exec('ROLLBACK'); database.close(); process.exit(); });`;
  const child = spawn(process.execPath, ['--no-warnings', '-e', script, database], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  return {
    async end() {
      if (child.exitCode === null && !child.stdin.writableEnded) child.stdin.end('now\n');
      await ended;
    },
  };
}
