import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Entry} from '../../source/domain/events.ts';
import {loadCopy} from '../../source/store/database.ts';
import {Journal} from '../../source/store/journal.ts';
import {replay} from '../../source/store/replay.ts';
import {ROOM_BYTES} from '../../source/store/room.ts';
import {openStore, type Store} from '../../source/store/store.ts';
import {put, send, temporaryHome} from './records.ts';

/** Where the journal cannot be written, because of a disk that is full: the file system's part is played here. */
async function opened(t: {mock: {method: typeof import('node:test').mock.method}}) {
  const paths = temporaryHome();
  const disk = {room: ROOM_BYTES, isFull: false};
  const append = Journal.prototype.append;
  t.mock.method(Journal.prototype, 'append', function (this: Journal, entry: Omit<Entry, 'cursor'>) {
    if (disk.isFull) throw Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'});
    return append.call(this, entry);
  });
  let now = 1000;
  const store = await openStore({paths, readOnly: false, now: () => now, room: () => disk.room});
  const heard: string[] = [];
  store.onEntry(({type, reason}) => void heard.push(`${type} ${reason}`));
  const later = (ms: number): void => {
    now += ms;
  };
  return {paths, disk, store, heard, later};
}

const inJournal = (journal: string): string[] => [...replay(journal).state.sessions.keys()];
const refusedBy = (store: Store): string | null => {
  try {
    store.ready();
    return null;
  } catch (error) {
    return (error as {code: string}).code;
  }
};

test('what cannot be refused counts at once while the journal cannot be written, and is written in order afterwards', async t => {
  const {paths, disk, store, heard, later} = await opened(t);
  store.append(put('s1'));
  disk.isFull = true;
  store.keep(put('s2'));
  store.keep(put('s3'));
  store.keep(put('s2', {name: 'renamed'}));
  assert.equal(store.state.sessions.get('s2')?.name, 'renamed');
  assert.deepEqual(inJournal(paths.journal), ['s1']);
  assert.equal(store.writable, false);
  assert.match(store.trouble!, /ENOSPC.*nothing new is taken.*3 changes wait in memory/);
  assert.match(heard[1]!, /^notice .*nothing new is taken/, 'it is told although it cannot be written');
  assert.equal(heard.length, 2);
  assert.throws(() => store.append(send('m1')));
  assert.equal(store.state.messages.size, 0, 'what is refused changes nothing');
  disk.isFull = false;
  later(5000);
  store.append(put('s4'));
  assert.deepEqual(inJournal(paths.journal), ['s1', 's2', 's3', 's4']);
  assert.equal(refusedBy(store), null);
  assert.equal(store.trouble, null);
  assert.match(heard.at(-1)!, /^notice for 5 s nothing new was taken .*it goes on$/);
  await store.close();
});

test('the database does not get ahead of a journal that cannot be written', async t => {
  const {paths, disk, store} = await opened(t);
  const nameStored = async () => (await loadCopy(paths.database)).state.sessions.get('s1')?.name;
  store.append(put('s1', {name: 'first'}));
  await store.flush();
  store.append(put('s1', {name: 'second'}));
  disk.isFull = true;
  store.keep(put('s1', {name: 'third'}));
  await store.flush();
  assert.notEqual(await nameStored(), 'third', 'a crash now would leave what the journal does not have');
  disk.isFull = false;
  assert.equal(refusedBy(store), null);
  await store.flush();
  assert.equal(await nameStored(), 'third');
  await store.close();
});

test('with little room left nothing new is promised, and what is under way is written all the same', async t => {
  const {paths, disk, store} = await opened(t);
  disk.room = ROOM_BYTES - 1;
  assert.equal(refusedBy(store), 'store.full');
  store.keep(put('s1'));
  store.append(put('s2'));
  assert.deepEqual(inJournal(paths.journal), ['s1', 's2']);
  assert.match(store.trouble!, /^only 4\.0 MB are free on the disk of .*nothing new is taken/);
  disk.room = ROOM_BYTES;
  assert.equal(refusedBy(store), null);
  assert.equal(store.trouble, null);
  await store.close();
});

test('a home without room for a database is told to be full when it is opened', async () => {
  const paths = temporaryHome();
  const opening = openStore({paths, readOnly: false, now: () => 1000, room: () => 4096});
  await assert.rejects(opening, {code: 'store.full', message: /^only 0\.0 MB are free on the disk of /});
});

test('a store that ends while the journal cannot be written says what it could not keep', async t => {
  const {disk, store} = await opened(t);
  disk.isFull = true;
  store.keep(put('s1'));
  await assert.rejects(store.close(), /ENOSPC/);
});

test('of more changes than memory shall hold only what came of them is kept, which is told', async t => {
  const {paths, disk, store, heard} = await opened(t);
  disk.isFull = true;
  for (let i = 0; i < 10_050; i++) store.keep(put('s1', {updatedAt: i}));
  disk.isFull = false;
  assert.equal(refusedBy(store), null);
  assert.match(heard.at(-1)!, /of 50 changes only what came of them was kept/);
  assert.equal(replay(paths.journal).state.sessions.get('s1')?.updatedAt, 10_049);
  await store.close();
});

test('a database that cannot be written is a notice as long as that is so', async t => {
  const {store} = await opened(t);
  const {Database} = await import('../../source/store/database.ts');
  const broken = t.mock.method(Database.prototype, 'write', () => Promise.reject(new Error('the disk is full')));
  store.append(put('s1'));
  await assert.rejects(store.flush());
  await (store as unknown as {catchUp: () => Promise<void>}).catchUp();
  assert.match(store.notices.join(), /the disk is full; the journal holds everything/);
  broken.mock.restore();
  await (store as unknown as {catchUp: () => Promise<void>}).catchUp();
  assert.deepEqual(store.notices, []);
  await store.close();
});
