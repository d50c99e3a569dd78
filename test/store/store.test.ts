import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, test} from 'node:test';
import {KeyvSqlite} from '@keyv/sqlite';
import type {Paths} from '../../source/config/paths.ts';
import type {Change, Entry} from '../../source/domain/events.ts';
import type {Session} from '../../source/domain/session.ts';
import {Database, upgrade} from '../../source/store/database.ts';
import {replay} from '../../source/store/replay.ts';
import {encodeLine, listSegments, type Segment} from '../../source/store/segments.ts';
import {openStore, type Store} from '../../source/store/store.ts';
import {entry, put, send, session, temporaryHome} from './records.ts';

const open = (paths: Paths, readOnly = false): Promise<Store> => openStore({paths, readOnly, now: () => 5_000});

describe('the store', () => {
  test('of a new home is empty, and numbers from one', async () => {
    const paths = temporaryHome();
    const store = await open(paths);
    assert.deepEqual([store.cursor, store.state.sessions.size, store.notices], [0, 0, []]);
    assert.equal(store.append(put('s1')).cursor, 1);
    assert.equal(store.append(put('s2')).cursor, 2);
    await store.close();
    assert.deepEqual(names(paths), ['amux.db', 'journal', 'log', 'memory', 'screens', 'sessions', 'tmp']);
    for (const file of [paths.database]) assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  test('holds after reopening what it held before', async () => {
    const paths = temporaryHome();
    const store = await open(paths);
    for (const id of ['s1', 's2', 's3']) store.append(put(id));
    for (const id of ['m1', 'm2', 'm3']) store.append(send(id, {text: `:base64: ${id} 日本\0`}));
    store.append(send('other', {session: 's2'}));
    store.append(entry([{kind: 'message.state', id: 'm1', state: 'delivered', reason: 'seen', changedAt: 9}]));
    store.append(entry([{kind: 'message.delete', id: 'm2'}]));
    store.append(entry([{kind: 'session.delete', id: 's2'}]));
    const {state, cursor} = store;
    await store.close();
    const again = await open(paths);
    assert.deepEqual(again.state, state);
    assert.deepEqual([...again.state.messages.keys()].sort(), ['m1', 'm3']);
    assert.deepEqual([again.cursor, again.notices], [cursor, []]);
    await again.close();
  });

  for (const [where, lose] of [
    ['the journal', ({database}: Paths) => rmSync(database)],
    ['the database', ({journal}: Paths) => rmSync(journal, {recursive: true})],
  ] as const) {
    test(`gives the sessions that an older amux left in ${where} what is new since`, async () => {
      const paths = temporaryHome();
      const before = await open(paths);
      const {watch: _, exchange: __, ...older} = session('s1');
      before.append(entry([{kind: 'session.put', session: older as Session}]));
      await before.close();
      lose(paths);
      for (const readOnly of [true, false]) {
        const store = await open(paths, readOnly);
        assert.deepEqual(store.state.sessions.get('s1'), session('s1'));
        const told = store.read({after: 0, limit: 9}).flatMap(({changes}) => changes);
        for (const change of told) assert.deepEqual(change, {kind: 'session.put', session: session('s1')});
        await store.close();
      }
    });
  }

  test('has everything in the database alone after a flush', async () => {
    const paths = temporaryHome();
    const store = await open(paths);
    store.append(put('s1'));
    store.append(send('messages:m1'));
    store.append(send('m1'));
    store.append(entry([{kind: 'message.delete', id: 'messages:m1'}]));
    await store.flush();
    const database = await Database.open(paths.database);
    const loaded = await database.load();
    assert.deepEqual([[...loaded.state.messages.keys()], loaded.cursor], [['m1'], 4]);
    await database.close();
    await store.close();
  });

  test('tells its entries in order, also when a listener appends or fails', async () => {
    const store = await open(temporaryHome());
    const heard: number[] = [];
    store.onEntry(({cursor}) => {
      if (cursor === 1) store.append(put('from a listener'));
      if (cursor === 2) throw new Error('oops');
    });
    const end = store.onEntry(({cursor}) => heard.push(cursor));
    store.append(put('s1'));
    store.append(put('s2'));
    end();
    store.append(put('s3'));
    assert.deepEqual(heard, [1, 2, 3]);
    assert.deepEqual(store.notices, ['a listener failed at entry 2: oops']);
    await store.close();
  });

  test('gives back its entries by cursor, and those of a new segment too', async () => {
    const paths = temporaryHome();
    const store = await openStore({paths, readOnly: false, now: () => 5, segmentBytes: 3000});
    const heard: Entry[] = [];
    store.onEntry(each => heard.push(each));
    for (let number = 1; number <= 20; number++) store.append(put('s1', {updatedAt: number}));
    assert.deepEqual(store.read({after: 0, limit: 1000}), heard);
    assert.deepEqual(store.read({after: 5, limit: 3}), heard.slice(5, 8));
    assert.deepEqual(
      heard.map(({cursor}) => cursor),
      heard.map((_, index) => index + 1),
    );
    assert.ok(heard.some(({type}) => type === 'snapshot'));
    await store.close();
  });

  test('refuses entries after its end', async () => {
    const store = await open(temporaryHome());
    await store.close();
    assert.throws(() => store.append(put('s1')), {code: 'store.write', message: /closed/});
    await store.close();
  });
});

describe('a store that was not closed', () => {
  test('has everything from the journal that the database does not hold yet', async () => {
    const paths = temporaryHome();
    const store = await open(paths);
    store.append(put('s1'));
    await store.flush();
    store.append(put('s2'));
    store.append(send('m1'));
    store.append(entry([{kind: 'session.delete', id: 's1'}]));
    // Not closed: its database ends at entry 1.
    const again = await open(paths);
    assert.deepEqual([[...again.state.sessions.keys()], again.state.messages.size, again.cursor], [['s2'], 0, 4]);
    await again.close();
    const database = await Database.open(paths.database);
    assert.equal((await database.load()).cursor, 4);
    await database.close();
  });

  test('is rebuilt from the journal when the database is gone', async () => {
    const {paths, state} = await filled();
    rmSync(paths.database);
    const store = await open(paths);
    assert.deepEqual(store.state, state);
    assert.deepEqual(store.notices, [
      `${paths.database} was missing; rebuilt from the journal up to entry 5: 2 sessions and 3 messages`,
    ]);
    await store.close();
    const again = await open(paths);
    assert.deepEqual([again.state, again.notices], [state, []]);
    await again.close();
  });

  test('goes on from the database when the journal is gone, and the journal is whole again', async () => {
    const {paths, state} = await filled();
    rmSync(paths.journal, {recursive: true});
    const reader = await open(paths, true);
    assert.deepEqual([reader.state, reader.cursor], [state, 5]);
    const store = await open(paths);
    assert.deepEqual(store.state, state);
    assert.match(
      store.notices.join(),
      /ended at entry 0, the database at 5: went on from the database with 2 sessions/,
    );
    assert.ok(store.append(put('s9')).cursor > 5);
    await store.close();
    rmSync(paths.database);
    const again = await open(paths);
    assert.deepEqual(again.state, store.state);
    await again.close();
  });

  test('goes on from the database when the journal has lost its end', async () => {
    const {paths, state} = await filled();
    const [segment] = readdirSync(paths.journal);
    const file = join(paths.journal, segment!);
    writeFileSync(file, `${readFileSync(file, 'utf8').split('\n').slice(0, 2).join('\n')}\n`);
    const store = await open(paths);
    assert.deepEqual(store.state, state);
    assert.match(store.notices.join(), /ended at entry 2, the database at 5/);
    await store.close();
    rmSync(paths.database);
    const again = await open(paths);
    assert.deepEqual(again.state, state);
    await again.close();
  });

  test('takes no stale log of an older database for its own', async () => {
    const {paths, state} = await filled();
    rmSync(paths.database);
    writeFileSync(`${paths.database}-wal`, 'rubbish');
    const store = await open(paths);
    assert.deepEqual(store.state, state);
    await store.close();
  });
});

describe('a damaged database', () => {
  for (const [what, damage] of [
    ['garbage', () => Buffer.from('not a database '.repeat(1000))],
    ['a few bytes', () => Buffer.from('SQL')],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5000)],
    ['overwritten behind its header', (bytes: Buffer) => bytes.fill(0xaa, 4096)],
  ] as [string, (bytes: Buffer) => Buffer][]) {
    test(`(${what}) is moved aside and rebuilt from the journal`, async () => {
      const {paths, state} = await filled();
      writeFileSync(paths.database, damage(readFileSync(paths.database)));
      const store = await open(paths);
      assert.deepEqual(store.state, state);
      assert.match(
        store.notices.join('\n'),
        /amux\.db could not be read \(.+\) and was moved to .*amux\.db\.corrupt-1970-01-01T00-00-05-000Z; rebuilt from the journal up to entry 5: 2 sessions and 3 messages$/,
      );
      assert.ok(existsSync(`${paths.database}.corrupt-1970-01-01T00-00-05-000Z`));
      await store.close();
      const again = await open(paths);
      assert.deepEqual([again.state, again.notices], [state, []]);
      await again.close();
    });
  }

  test('whose records are no records is rebuilt too', async () => {
    const {paths, state} = await filled();
    const sql = new KeyvSqlite({uri: `sqlite://${paths.database}`, table: 'sessions'});
    await sql.query("UPDATE sessions SET value = substr(value, 1, 20) WHERE key = 's1'");
    await sql.close();
    const store = await open(paths);
    assert.deepEqual(store.state, state);
    assert.match(store.notices.join(), /could not be read .*rebuilt/);
    await store.close();
  });

  test('is left as it is by a reader, which reads the journal and says so', async () => {
    const {paths, state} = await filled();
    writeFileSync(paths.database, 'garbage '.repeat(100));
    const before = fingerprint(paths.home);
    const store = await open(paths, true);
    assert.deepEqual(store.state, state);
    assert.match(store.notices.join(), /amux\.db cannot be read: it is not a database; what is shown is the journal/);
    assert.equal(fingerprint(paths.home), before);
  });

  test('is what a reader goes by when the journal is empty', async () => {
    const {paths, state} = await filled();
    for (const name of readdirSync(paths.journal)) writeFileSync(join(paths.journal, name), '');
    assert.deepEqual((await open(paths, true)).state, state);
  });

  test('is left as it is by a reader that finds no journal either, which says so', async () => {
    const {paths} = await filled();
    writeFileSync(paths.database, 'garbage '.repeat(100));
    rmSync(paths.journal, {recursive: true});
    const before = fingerprint(paths.home);
    await assert.rejects(open(paths, true), {
      code: 'store.corrupt',
      message: /amux\.db cannot be read: it is not a database/,
    });
    assert.equal(fingerprint(paths.home), before);
  });

  test('without a journal is told to be lost', async () => {
    const {paths} = await filled();
    rmSync(paths.journal, {recursive: true});
    writeFileSync(paths.database, 'garbage '.repeat(100));
    const store = await open(paths);
    assert.match(store.notices.join(), /no journal in .* either, so nothing could be rebuilt: the fleet is empty/);
    await store.close();
  });
});

describe('a damaged entry of the journal', () => {
  test('that the database holds is told once, and whoever reads the journal alone misses nothing', async () => {
    const {paths, state} = await filled();
    const file = join(paths.journal, readdirSync(paths.journal)[0]!);
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[1] = lines[1]!.replace('"changes"', '"Changes"');
    writeFileSync(file, lines.join('\n'));
    const store = await open(paths);
    assert.match(store.notices.join(), /jsonl:2: this entry of the journal is damaged and was skipped$/);
    await store.close();
    const alone = replay(paths.journal);
    assert.deepEqual(alone.state, state);
    assert.deepEqual(alone.notices, []);
    const told = store.read({after: 0, limit: 100}).filter(({type}) => type === 'notice');
    assert.deepEqual(
      told.map(({reason}) => reason),
      store.notices,
    );
    const again = await open(paths);
    assert.deepEqual([again.state, again.notices], [state, []]);
    await again.close();
  });
});

describe('the version of the schema', () => {
  test('that is newer stops readers and writers, and nothing is touched', async () => {
    const {paths} = await filled();
    const sql = new KeyvSqlite({uri: `sqlite://${paths.database}`, table: 'meta'});
    await sql.query('PRAGMA user_version=7');
    await sql.close();
    const before = fingerprint(paths.home);
    for (const readOnly of [true, false]) {
      await assert.rejects(open(paths, readOnly), {
        code: 'store.newer',
        facts: {file: paths.database, found: 7, known: 3},
      });
    }
    assert.equal(fingerprint(paths.home), before);
  });

  for (const change of [
    {kind: 'put', table: 'planets', record: {id: 'p1'}},
    {kind: 'planet.put', planet: {id: 'p1'}},
  ]) {
    test(`that is newer stops readers and writers at the entry, too: ${change.kind}`, async () => {
      const {paths} = await filled();
      const [{file}] = listSegments(paths.journal).slice(-1) as [Segment];
      const {cursor} = replay(paths.journal);
      appendFileSync(file, encodeLine({...entry([change as unknown as Change]), cursor: cursor + 1}));
      const before = readFileSync(file);
      for (const readOnly of [true, false]) {
        await assert.rejects(open(paths, readOnly), error => {
          assert.match(
            String(error),
            /was written by a newer amux \(this one does not know "(put planets|planet\.put)"\)/,
          );
          return true;
        });
      }
      assert.deepEqual(readFileSync(file), before);
    });
  }

  test('keeps the records of every table, and lets them go', async () => {
    const {paths} = await filled();
    const store = await open(paths);
    const records: Change[] = [
      {
        kind: 'put',
        table: 'tokens',
        record: {id: 't1', name: 'ci', role: 'agent', hash: 'aa', createdAt: 1, expiresAt: null},
      },
      {
        kind: 'put',
        table: 'tokens',
        record: {id: 't2', name: 'old', role: 'viewer', hash: 'bb', createdAt: 2, expiresAt: 3},
      },
      {kind: 'delete', table: 'tokens', id: 't2'},
    ];
    store.append({...put('s9'), changes: records});
    await store.close();
    const names = async (readOnly: boolean) => {
      const again = await open(paths, readOnly);
      await again.close();
      return [...again.state.tokens.values()].map(({name}) => name);
    };
    assert.deepEqual(await names(true), ['ci'], 'from the journal');
    rmSync(paths.journal, {recursive: true});
    assert.deepEqual(await names(false), ['ci'], 'from the database');
    assert.deepEqual(await names(true), ['ci'], 'from a snapshot');
  });

  test('that is older is brought up step by step, and is told by the header', async () => {
    const {paths} = await filled();
    const sql = new KeyvSqlite({uri: `sqlite://${paths.database}`, table: 'meta'});
    const ran: number[] = [];
    const steps = [1, 2, 3, 4, 5, 6].map(to => ({to, run: async () => void ran.push(to)}));
    const target = 5;
    // This amux knows version 3 only; the next ones will find it in the header.
    await upgrade({file: paths.database, query: sql.query, steps, target});
    assert.deepEqual(ran, [4, 5]);
    assert.equal(readFileSync(paths.database).readUInt32BE(60), 5);
    await upgrade({file: paths.database, query: sql.query, steps, target});
    assert.equal(ran.length, 2);
    await sql.close();
    await assert.rejects(open(paths), {code: 'store.newer'});
  });
});

describe('a reader', () => {
  test('of a home that does not exist finds an empty fleet and makes nothing', async () => {
    const paths = temporaryHome();
    rmSync(paths.home, {recursive: true});
    const store = await open(paths, true);
    assert.deepEqual([store.state.sessions.size, store.cursor, store.read({after: 0, limit: 10})], [0, 0, []]);
    assert.throws(() => store.append(put('s1')), {code: 'supervisor.read-only'});
    await store.close();
    assert.ok(!existsSync(paths.home));
  });

  test('sees what a writer has acknowledged and changes nothing', async () => {
    const paths = temporaryHome();
    const writer = await open(paths);
    writer.append(put('s1'));
    writer.append(send('m1'));
    const before = fingerprint(paths.home);
    const reader = await open(paths, true);
    assert.deepEqual(reader.state, writer.state);
    assert.deepEqual(
      reader.read({after: 1, limit: 10}).map(({cursor}) => cursor),
      [2],
    );
    await reader.close();
    assert.equal(fingerprint(paths.home), before);
    await writer.close();
  });

  for (const without of ['nothing', 'database', 'journal'] as const) {
    test(`without rights to write works (${without} missing)`, async () => {
      const {paths, state} = await filled();
      if (without !== 'nothing') rmSync(paths[without], {recursive: true});
      openToAll(paths);
      const before = fingerprint(paths.home);
      const says = asNobody(paths.home, 'true');
      assert.equal(says, `${state.sessions.size} ${state.messages.size}\n`);
      assert.equal(fingerprint(paths.home), before);
    });
  }

  test('without rights to read is told so', async () => {
    const {paths} = await filled();
    chmodSync(dirname(paths.home), 0o755);
    chmodSync(paths.home, 0o755);
    assert.match(asNobody(paths.home, 'true'), /^home\.rights .*EACCES/);
  });
});

test('a writer without rights to write is told so, and nothing changes', async () => {
  const {paths} = await filled();
  openToAll(paths);
  const before = fingerprint(paths.home);
  assert.match(asNobody(paths.home, 'false'), /^store\.write .*EACCES/);
  assert.equal(fingerprint(paths.home), before);
});

/** A closed store with two sessions and three messages. */
async function filled(): Promise<{paths: Paths; state: Store['state']}> {
  const paths = temporaryHome();
  const store = await open(paths);
  const sessions = ['s1', 's2'].map(id => put(id));
  const messages = ['m1', 'm2', 'm3'].map(id => send(id));
  for (const each of [...sessions, ...messages]) store.append(each);
  await store.close();
  return {paths, state: store.state};
}

const names = (paths: Paths): string[] => readdirSync(paths.home).sort();

/** Of every file's name, rights, time and content. */
function fingerprint(directory: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(directory, {recursive: true, encoding: 'utf8'}).sort()) {
    const file = join(directory, name);
    const found = statSync(file);
    hash.update(`${name} ${found.mode} ${found.mtimeMs}\n`);
    if (found.isFile()) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

function openToAll(paths: Paths): void {
  for (const path of [dirname(paths.home), paths.home, paths.journal]) if (existsSync(path)) chmodSync(path, 0o755);
  for (const name of existsSync(paths.journal) ? readdirSync(paths.journal) : []) {
    chmodSync(join(paths.journal, name), 0o644);
  }
  if (existsSync(paths.database)) chmodSync(paths.database, 0o644);
}

/** Opens the store as another user, since root may do everything; prints what it holds. */
function asNobody(home: string, readOnly: 'true' | 'false'): string {
  const script = `
    const {pathsOf} = await import('./source/config/paths.ts');
    const {openStore} = await import('./source/store/store.ts');
    await import('./source/store/database.ts');
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    try {
      const store = await openStore({paths: pathsOf(process.argv[1]), readOnly: ${readOnly}, now: () => 1});
      console.log(store.state.sessions.size, store.state.messages.size);
    } catch (error) { console.log(error.code, error.message); }`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, home], {
    encoding: 'utf8',
  });
  return child.stdout + child.stderr;
}
