import {randomBytes} from 'node:crypto';
import {AmuxError} from '../domain/errors.ts';
import type {Change} from '../domain/events.ts';
import {foundNotes, type Knowledge, NOTES_MAX, type Note, noteView} from '../domain/knowledge.ts';
import {oneLines, plainText} from '../domain/names.ts';
import type {Store} from '../store/store.ts';
import {listMemory, readMemory, writeMemory} from './memory-files.ts';

type Options = {store: Store; memoryDir: string; now: () => number};

/** Notes are stored as cards are; the memory is files, which people and agents also edit by themselves. */
export function knowledge({store, memoryDir, now}: Options): {as: (actor: string) => Knowledge} {
  const {notes} = store.state;

  const as = (actor: string): Knowledge => ({
    async notes(filter) {
      return foundNotes(notes.values(), filter);
    },

    async addNote({text, tags = []}) {
      const plain = plainText(text).trim();
      if (plain === '') throw new AmuxError('input.invalid', {why: 'the note is empty', next: 'give it a text'});
      const note: Note = {
        id: `n-${randomBytes(5).toString('hex')}`,
        text: plain,
        author: actor,
        tags: oneLines(tags),
        createdAt: now(),
      };
      const changes: Change[] = [{kind: 'put', table: 'notes', record: note}];
      if (notes.size >= NOTES_MAX) changes.push({kind: 'delete', table: 'notes', id: oldest(notes).id});
      const [title = ''] = plain.split('\n');
      store.append({type: 'note.added', actor, at: now(), session: null, reason: title.slice(0, 200), changes});
      return noteView(note);
    },

    async memory() {
      return listMemory(memoryDir);
    },

    async readMemory(file) {
      return readMemory(memoryDir, file);
    },

    async writeMemory(file, text) {
      const written = writeMemory(memoryDir, file, text);
      const reason = `memory ${file} written, ${written.size} bytes`;
      store.append({type: 'memory.written', actor, at: now(), session: null, reason, changes: []});
      return written;
    },
  });
  return {as};
}

const oldest = (notes: ReadonlyMap<string, Note>): Note =>
  [...notes.values()].reduce((first, note) => (note.createdAt < first.createdAt ? note : first));
