import assert from 'node:assert/strict';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type {Figure} from '../../benchmark/figures.ts';
import type {Paths} from '../../source/config/paths.ts';
import {tableNames} from '../../source/domain/events.ts';
import {replay} from '../../source/store/replay.ts';
import {listSegments} from '../../source/store/segments.ts';
import {sameStates} from './audit.ts';
import type {ChaosContext, Plan} from './plan.ts';
import {Stage} from './stage.ts';
import {assertAnswers, assertOneSentence} from './told.ts';

const MESSAGES = 6;
const CARDS = 6;

type Damage = {
  name: string;
  harm: (paths: Paths, chance: ChaosContext['chance']) => void;
  /** What a person is told of it, by health and doctor, in any order. */
  tells: readonly RegExp[];
  /** Everything is there afterwards. Else something is lost, which is told. */
  whole: boolean;
  /** Without a supervisor there is nothing to be shown. */
  nothingLeft?: boolean;
};

const moved = /amux\.db could not be read \(.*\) and was moved to .*amux\.db\.corrupt-/;
const rebuilt = /rebuilt from the journal up to entry \d+: 1 session and 6 messages/;

const damages: readonly Damage[] = [
  {
    name: 'random bytes in the middle of the database',
    harm: ({database}, chance) => {
      const {size} = statSync(database);
      const garbage = Buffer.from(Array.from({length: 4096}, () => chance.below(256)));
      // Every page but the first, which holds the header: which of them is read is for SQLite to say.
      for (let at = 4096; at < size; at += 4096)
        overwrite(database, at, garbage.subarray(0, Math.min(4096, size - at)));
    },
    tells: [moved, rebuilt],
    whole: true,
  },
  {
    name: 'a database that is cut off in the middle',
    harm: ({database}) => truncateSync(database, Math.floor(statSync(database).size / 2)),
    tells: [moved, rebuilt],
    whole: true,
  },
  {
    name: 'a database whose header is zeros',
    harm: ({database}) => overwrite(database, 0, Buffer.alloc(100)),
    tells: [moved, rebuilt],
    whole: true,
  },
  {
    name: 'a database that is gone',
    harm: ({database}) => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(database + suffix, {force: true});
    },
    tells: [/amux\.db was missing/, rebuilt],
    whole: true,
  },
  {
    name: 'a last entry of the journal that is torn',
    harm: ({journal}) => appendTo(lastSegment(journal), '1a2b3c4d {"cursor":9999,"at":1,"type":"message.que'),
    tells: [],
    whole: true,
  },
  {
    name: 'garbage in the middle of the journal',
    harm: ({journal}) => {
      const file = lastSegment(journal);
      const lines = readFileSync(file).toString('latin1').split('\n');
      const middle = Math.floor(lines.length / 2);
      const before = lines.slice(0, middle).join('\n').length;
      overwrite(file, before + 12, Buffer.from('\u0000garbage'));
    },
    // The database holds what that entry changed: only its story is gone.
    tells: [/\.jsonl:\d+: this entry of the journal is damaged and was skipped/],
    whole: true,
  },
  {
    name: 'a journal that is empty',
    harm: ({journal}) => truncateSync(lastSegment(journal), 0),
    tells: [
      /the journal in .* ended at entry \d+, the database at \d+: went on from the database with 1 session and 6 messages/,
    ],
    whole: true,
  },
  {
    name: 'garbage in the middle of the journal, and no database',
    harm: ({journal, database}, chance) => {
      damage('garbage in the middle of the journal').harm({journal} as Paths, chance);
      for (const suffix of ['', '-wal', '-shm']) rmSync(database + suffix, {force: true});
    },
    tells: [/\.jsonl:\d+: this entry of the journal is damaged and was skipped/, /amux\.db was missing; rebuilt/],
    whole: false,
  },
  {
    name: 'a journal that is gone, and a database that is no database',
    harm: ({journal, database}) => {
      rmSync(journal, {recursive: true});
      for (const suffix of ['-wal', '-shm']) rmSync(database + suffix, {force: true});
      writeFileSync(database, 'not a database, not by far');
    },
    tells: [moved, /there is no journal in .* either, so nothing could be rebuilt: the fleet is empty/],
    whole: false,
    nothingLeft: true,
  },
];

const damage = (name: string): Damage => damages.find(each => each.name === name)!;

export const damaged: Plan = {
  name: 'store/damaged',
  breaks: `${damages.length} ways to damage database and journal: kept aside, rebuilt, every loss told`,
  rounds: {short: 3, long: 3 * damages.length},
  run: breakEach,
};

async function breakEach({rounds, chance, say}: ChaosContext): Promise<Figure[]> {
  const first = chance.below(damages.length);
  for (let i = 0; i < rounds; i++) {
    const each = damages[(first + i) % damages.length]!;
    say(each.name);
    await damageOne(each, chance);
  }
  return [{name: 'homes that were damaged, each told and going on', value: rounds, unit: ''}];
}

async function damageOne(
  {harm, tells, whole, nothingLeft = false}: Damage,
  chance: ChaosContext['chance'],
): Promise<void> {
  await using stage = new Stage();
  await stage.start();
  {
    await using fleet = stage.client();
    await fleet.register({name: 'keeper', dir: stage.home.work, agent: 'generic', command: 'cat'});
    for (let i = 0; i < MESSAGES; i++) await fleet.send('keeper', {text: `message ${i}`});
    for (let i = 0; i < CARDS; i++) await fleet.addCard({title: `card ${i}`});
    await fleet.addNote({text: 'a note'});
  }
  await stage.stop();
  const before = stored(stage.paths);
  harm(stage.paths, chance);

  // Whoever only looks sees what is there, and is not left without a word when that is not all.
  const ps = await stage.home.run(['ps', '-a']);
  if (nothingLeft) assertOneSentence(ps, {code: 1, says: /amux\.db cannot be read: it is not a database/});
  else assertAnswers(ps, whole ? /keeper/ : /SESSION/);
  await stage.start();
  await using fleet = stage.client();
  const {notices} = await fleet.health();
  for (const says of tells)
    assert.ok(
      notices.some(notice => says.test(notice)),
      `no ${says} in ${JSON.stringify(notices)}`,
    );
  if (tells.length === 0) assert.deepEqual(notices, []);
  const doctor = await stage.home.run(['doctor']);
  for (const notice of notices) assert.ok(doctor.out.includes(notice), `doctor does not say: ${notice}`);
  if (tells.includes(moved)) {
    const aside = readdirSync(stage.paths.home).filter(name => name.startsWith('amux.db.corrupt-'));
    assert.ok(aside.length > 0, 'it is kept aside');
  }
  await fleet.addNote({text: 'after it'});
  await stage.stop();
  const after = stored(stage.paths);
  if (whole) {
    assert.deepEqual({...after, notes: []}, {...before, notes: []});
    assert.equal(after['notes']?.length, 2);
    await sameStates(stage.paths);
  }
}

function stored({journal}: Paths): Record<string, object[]> {
  const {state} = replay(journal);
  return Object.fromEntries(tableNames.map(table => [table, [...state[table].values()]]));
}

const lastSegment = (journal: string): string => listSegments(journal).at(-1)!.file;

function overwrite(file: string, at: number, bytes: Buffer): void {
  const fd = openSync(file, 'r+');
  try {
    writeSync(fd, bytes, 0, bytes.length, at);
  } finally {
    closeSync(fd);
  }
}

function appendTo(file: string, text: string): void {
  writeFileSync(file, text, {flag: 'a'});
}
