import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {apply, emptyState} from '../../source/domain/events.ts';
import {Journal, SEGMENTS_KEPT} from '../../source/store/journal.ts';
import {readEntries, replay} from '../../source/store/replay.ts';
import {type entry, put, send, temporaryHome} from './records.ts';

const program = fileURLToPath(new URL('programs/append.ts', import.meta.url));

describe('the journal', () => {
  test('numbers its entries and gives them back by cursor', () => {
    const {directory, journal} = begin();
    for (const id of ['a', 'b', 'c', 'd']) journal.append(put(id));
    assert.deepEqual(cursors(directory, {after: 0}), [1, 2, 3, 4]);
    assert.deepEqual(cursors(directory, {after: 2}), [3, 4]);
    assert.deepEqual(cursors(directory, {after: 1, limit: 2}), [2, 3]);
    assert.deepEqual(cursors(directory, {after: 4}), []);
    assert.deepEqual(readEntries(directory, {after: 3, limit: 1}), [{...put('d'), cursor: 4}]);
  });

  test('is readable by its owner only', () => {
    const {directory, journal} = begin();
    journal.append(put('a'));
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    assert.equal(statSync(newest(directory)).mode & 0o777, 0o600);
  });

  test('holds any text as it was', () => {
    const {directory, journal} = begin();
    const text = 'line\nline\r\n\0 "quotes" \\ 日本 🧵 \u2028 \u001b[31m'.repeat(40_000);
    journal.append(send('m1', {text}));
    journal.append(send('m2'));
    assert.equal(replay(directory).state.messages.get('m1')?.text, text);
    assert.deepEqual(cursors(directory, {after: 1}), [2]);
  });

  test('of nothing is an empty fleet', () => {
    const {state, cursor, complete} = replay(join(temporaryHome().home, 'nothing'));
    assert.deepEqual({state, cursor, complete}, {state: emptyState(), cursor: 0, complete: false});
  });

  test('begins a new segment with a snapshot, so that the state needs no older one', () => {
    const {directory, journal} = begin({segmentBytes: 2000});
    const state = emptyState();
    for (let number = 1; number <= 60; number++) add(journal, state, put(`s${number % 3}`, {updatedAt: number}));
    const [oldest] = readdirSync(directory).sort();
    assert.ok(readdirSync(directory).length > 2);
    rmSync(join(directory, oldest!));
    const found = replay(directory);
    assert.deepEqual(found.state, state);
    assert.equal(found.cursor, journal.cursor);
    assert.deepEqual([found.complete, found.notices], [true, []]);
  });

  test('keeps a bounded number of segments', () => {
    const {directory, journal} = begin({segmentBytes: 500});
    const state = emptyState();
    for (let number = 1; number <= 200; number++) add(journal, state, put('s1', {updatedAt: number}));
    assert.equal(readdirSync(directory).length, SEGMENTS_KEPT);
    const kept = cursors(directory, {after: 0});
    assert.deepEqual(
      kept,
      Array.from(kept, (_, index) => kept[0]! + index),
      'no cursor is missing',
    );
    assert.equal(kept.at(-1), journal.cursor);
  });

  test('splits a large snapshot, and goes back to an older segment when a part of it is damaged', () => {
    const {directory, journal} = begin();
    const state = emptyState();
    for (let number = 1; number <= 8; number++) {
      add(journal, state, send(`m${number}`, {text: 'x'.repeat(500_000), position: number}));
    }
    const parts = journal.rotate(state, 5);
    for (const part of parts) for (const change of part.changes) apply(state, change);
    assert.deepEqual(
      parts.map(({reason}) => reason),
      ['1/3', '2/3', '3/3'],
    );
    add(journal, state, put('last'));
    assert.deepEqual(replay(directory).state, state);
    const bytes = readFileSync(newest(directory));
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(newest(directory), bytes);
    const found = replay(directory);
    assert.deepEqual(found.state, state);
    assert.equal(found.cursor, journal.cursor);
    assert.match(found.notices.join('\n'), /jsonl:2: this entry of the journal is damaged and was skipped/);
  });

  test('does not rotate again for a snapshot that is larger than a segment', () => {
    const {journal} = begin({segmentBytes: 1000});
    const state = emptyState();
    add(journal, state, send('m1', {text: 'x'.repeat(5000)}));
    assert.ok(journal.full);
    journal.rotate(state, 5);
    journal.append(send('m2', {text: 'x'.repeat(2000)}));
    assert.ok(!journal.full);
  });

  test('ignores a line that a crash has torn, and cuts it off when it goes on', () => {
    const {directory, journal} = begin();
    for (const id of ['a', 'b']) journal.append(put(id));
    const whole = readFileSync(newest(directory));
    journal.append(put('c'));
    const torn = statSync(newest(directory)).size;
    for (let size = whole.length; size < torn; size += 97) {
      truncateSync(newest(directory), size);
      assert.deepEqual(cursors(directory, {after: 0}), [1, 2]);
      const found = replay(directory);
      assert.deepEqual([found.cursor, found.notices], [2, []]);
      const next = new Journal({directory, cursor: found.cursor, tail: found.tail});
      next.append(put('d'));
      next.close();
      assert.deepEqual(cursors(directory, {after: 0}), [1, 2, 3]);
      writeFileSync(newest(directory), Buffer.concat([whole, Buffer.alloc(torn - whole.length, 'x')]));
    }
  });

  test('skips a damaged line in the middle, names file and line, and keeps its number free', () => {
    const {directory, journal} = begin();
    for (const id of ['a', 'b', 'c']) journal.append(put(id));
    const text = readFileSync(newest(directory), 'utf8');
    writeFileSync(newest(directory), text.replace('name-b', 'name-X'));
    assert.deepEqual(cursors(directory, {after: 0}), [1, 3]);
    const found = replay(directory);
    assert.deepEqual([...found.state.sessions.keys()], ['a', 'c']);
    assert.deepEqual(found.notices, [`${newest(directory)}:2: this entry of the journal is damaged and was skipped`]);
    writeFileSync(newest(directory), text.replace('name-c', 'name-X'));
    assert.equal(replay(directory).cursor, 3, 'the number of an acknowledged entry is not given again');
  });

  test('counts damage beyond what a person would read', () => {
    const {directory, journal} = begin();
    journal.append(put('a'));
    appendFileSync(newest(directory), 'rubbish\n'.repeat(1000));
    const {notices} = replay(directory);
    assert.equal(notices.length, 21);
    assert.match(notices.at(-1)!, /^980 more/);
  });

  test('continues a state that was stored elsewhere', () => {
    const {directory, journal} = begin();
    for (const id of ['a', 'b', 'c']) journal.append(put(id));
    const seen: string[] = [];
    const found = replay(directory, {
      base: {state: emptyState(), cursor: 1},
      onChange: (_, change) => seen.push(change.kind === 'session.put' ? change.session.id : '?'),
    });
    assert.deepEqual(seen, ['b', 'c']);
    assert.deepEqual([found.from, found.cursor], ['base', 3]);
  });

  test('starts over from its snapshot when it does not reach back to the stored state', () => {
    const {directory, journal} = begin({segmentBytes: 1000});
    const state = emptyState();
    for (let number = 1; number <= 100; number++) add(journal, state, put(`s${number % 5}`));
    const stale = {state: emptyState(), cursor: 3};
    apply(stale.state, send('gone').changes[0]!);
    const found = replay(directory, {base: stale});
    assert.equal(found.from, 'journal');
    assert.deepEqual(found.state, state);
  });
});

describe('a journal on a full disk', () => {
  // A limit on the file's size lets the kernel write a part of a line and refuse the rest, as a full disk does.
  const script = `
    const {Journal} = await import('./source/store/journal.ts');
    const {send} = await import('./test/store/records.ts');
    const {apply, emptyState} = await import('./source/domain/events.ts');
    const journal = new Journal({directory: process.argv[1], cursor: 0, tail: null});
    const said = [];
    for (const size of [3000, 3000, 3000, 10, 3000, 20]) {
      try { said.push(journal.append(send('m' + said.length, {text: 'x'.repeat(size)})).cursor); }
      catch (error) { said.push(error.code + ' ' + error.cause.code); }
    }
    const state = emptyState();
    apply(state, send('big', {text: 'x'.repeat(10000)}).changes[0]);
    try { journal.rotate(state, 1); } catch (error) { said.push(error.code); }
    said.push(journal.append(send('after')).cursor);
    console.log(JSON.stringify(said));`;

  test('refuses what does not fit, leaves no trace of it, and takes the next entry that fits', () => {
    const {journal: directory} = temporaryHome();
    const child = spawnSync(
      '/bin/bash',
      [
        '-c',
        'ulimit -f 8; exec "$@"',
        'bash',
        process.execPath,
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        script,
        directory,
      ],
      {encoding: 'utf8', env: {...process.env, TSX_DISABLE_CACHE: '1'}},
    );
    assert.equal(child.stdout, '[1,2,"store.write EFBIG",3,"store.write EFBIG",4,"store.write",5]\n', child.stderr);
    const found = replay(directory);
    assert.deepEqual([...found.state.messages.keys()], ['m0', 'm1', 'm3', 'm5', 'after']);
    assert.deepEqual([found.cursor, found.notices], [5, []]);
    assert.deepEqual(readdirSync(directory).length, 1, 'the snapshot that failed left nothing');
  });

  test('tells the cause when its directory cannot be written', () => {
    const {journal: directory} = temporaryHome();
    rmSync(directory, {recursive: true});
    writeFileSync(directory, '');
    assert.throws(() => new Journal({directory, cursor: 0, tail: null}), {
      code: 'store.write',
      message: /EEXIST|ENOTDIR/,
    });
  });
});

describe('kill -9', () => {
  for (const segmentBytes of [4_000_000, 60_000]) {
    test(`loses nothing that was acknowledged (segments of ${segmentBytes} bytes)`, {timeout: 60_000}, async () => {
      const paths = temporaryHome();
      const kept = new Map<number, string>();
      for (const wanted of [300, 1000, 1700]) {
        for (const [cursor, id] of await appendUntilKilled(paths.home, {segmentBytes, wanted})) kept.set(cursor, id);
        const found = replay(paths.journal);
        assert.ok(found.complete);
        assert.ok(found.cursor >= Math.max(...kept.keys()));
        for (const id of kept.values()) {
          assert.ok(found.state.messages.get(id)?.text.startsWith(`${id} `), `${id} was acknowledged and is there`);
        }
        const read = new Map(readEntries(paths.journal, {after: 0, limit: 1e6}).map(each => [each.cursor, each]));
        const [first] = read.keys();
        for (const [cursor, id] of kept) {
          if (cursor >= first!) assert.equal(read.get(cursor)?.changes[0]?.kind === 'message.put' && id, id);
        }
      }
      assert.ok(existsSync(paths.database));
    });
  }
});

/** Runs the appending program until it has acknowledged so many entries; what it said until its end. */
async function appendUntilKilled(
  home: string,
  options: {segmentBytes: number; wanted: number},
): Promise<[number, string][]> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, home, String(options.segmentBytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: [number, string][] = [];
  for await (const line of createInterface({input: child.stdout})) {
    const match = /^(\d+) (m\d+)$/.exec(line);
    if (match === null) continue;
    said.push([Number(match[1]), match[2]!]);
    if (said.length === options.wanted) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');
  return said;
}

function begin(options: {segmentBytes?: number} = {}): {directory: string; journal: Journal} {
  const {journal: directory} = temporaryHome();
  return {directory, journal: new Journal({directory, cursor: 0, tail: null, ...options})};
}

/** What the store does with an entry. */
function add(journal: Journal, state: ReturnType<typeof emptyState>, what: ReturnType<typeof entry>): void {
  if (journal.full) journal.rotate(state, 5);
  for (const change of journal.append(what).changes) apply(state, change);
}

const cursors = (directory: string, {after, limit = 1e6}: {after: number; limit?: number}): number[] =>
  readEntries(directory, {after, limit}).map(({cursor}) => cursor);

const newest = (directory: string): string => join(directory, readdirSync(directory).sort().at(-1)!);
