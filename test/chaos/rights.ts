import assert from 'node:assert/strict';
import {chmodSync, lstatSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Figure} from '../../benchmark/figures.ts';
import type {ChaosContext, Plan} from './plan.ts';
import {Stage} from './stage.ts';
import {assertAnswers, assertOneSentence} from './told.ts';

/** `nobody`, who owns nothing of the home. */
const OTHER = 65_534;

/** What somebody asks for who must not write. */
const wishes: readonly string[][] = [
  ['notes', 'add', 'a note'],
  ['board', 'add', 'a card'],
  ['send', 'keeper', 'hello'],
  ['register', 'more', '--dir', '/', '--agent', 'generic'],
  ['serve', '--detach'],
  ['serve'],
];

export const rights: Plan = {
  name: 'store/rights',
  breaks: 'a home that another user may read, or not even that: one sentence, nothing half written, reading answers',
  rounds: {short: 1, long: 3},
  needsRoot: true,
  run: withoutRights,
};

async function withoutRights({rounds, chance, say}: ChaosContext): Promise<Figure[]> {
  for (let i = 0; i < rounds; i++) {
    await using stage = new Stage();
    await stage.start();
    {
      await using fleet = stage.client();
      await fleet.register({name: 'keeper', dir: stage.home.work, agent: 'generic', command: 'cat'});
      await fleet.send('keeper', {text: 'waits'});
    }
    const asOther = (args: string[]) => stage.home.run(args, {uid: OTHER});
    const wish = () => chance.pick(wishes);

    // While its owner's supervisor runs, whose socket is for that one alone.
    assertOneSentence(await asOther(['ps']), {code: 1, says: /cannot (read|write to|reach) the home|EACCES/});
    await stage.stop();

    const closed = fingerprint(stage.paths.home);
    for (const args of [wish(), wish()]) {
      say(`${args.join(' ')}, without any rights`);
      assertOneSentence(await asOther(args), {code: 1, says: /home|permission denied/});
    }
    assert.deepEqual(fingerprint(stage.paths.home), closed, 'nothing was written');

    openToRead(stage.paths.home);
    const readable = fingerprint(stage.paths.home);
    assertAnswers(await asOther(['ps', '-a']), /keeper/);
    assertAnswers(await asOther(['queue', 'keeper']), /waits/);
    assertAnswers(await asOther(['board']), /./);
    for (const args of [wish(), wish()]) {
      say(`${args.join(' ')}, with the right to read`);
      assertOneSentence(await asOther(args), {code: 1, says: /cannot write to the home|permission denied/});
    }
    assert.deepEqual(fingerprint(stage.paths.home), readable, 'nothing was written, nor half of it');
    await stage.start();
    await using fleet = stage.client();
    assert.deepEqual((await fleet.health()).notices, []);
  }
  return [{name: 'homes without rights', value: rounds, unit: ''}];
}

function openToRead(dir: string): void {
  for (const entry of readdirSync(dir, {recursive: true, withFileTypes: true})) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, 0o644);
  }
  chmodSync(dir, 0o755);
}

/** Every file with its size, rights and time. */
function fingerprint(dir: string): string[] {
  const paths = readdirSync(dir, {recursive: true}).map(String).sort();
  return paths.map(path => {
    const {size, mode, mtimeMs} = lstatSync(join(dir, path));
    return `${path} ${size} ${mode.toString(8)} ${mtimeMs}`;
  });
}
