/** Longest note, characters; notes and tags of one home and of one note. The oldest note makes room for a new one. */
export const NOTE_MAX = 10_000;
export const NOTES_MAX = 2000;
export const NOTE_TAGS_MAX = 20;
/** Largest memory file, bytes, and the most files. */
export const MEMORY_MAX_BYTES = 256 * 1024;
export const MEMORY_FILES_MAX = 500;

/** What an agent found out, for the others; as it is stored. Times are ms since the epoch. */
export type Note = {id: string; text: string; author: string; tags: string[]; createdAt: number};

/** A note as it is shown. `created_at` is in unix seconds. */
export type NoteView = {id: string; text: string; author: string; tags: string[]; created_at: number};

/** Notes with all these words in text, tags or author; the newest `limit` of them. */
export type NoteFilter = {q?: string; tag?: string; limit?: number};

/** A Markdown file of the home's memory. `size` is in bytes, `updated_at` in unix seconds. */
export type MemoryFile = {file: string; size: number; updated_at: number};

/** What the sessions of a home know together. */
export interface Knowledge {
  /** The newest first. */
  notes(filter?: NoteFilter): Promise<NoteView[]>;
  addNote(input: {text: string; tags?: string[]}): Promise<NoteView>;
  /** By name. */
  memory(): Promise<MemoryFile[]>;
  readMemory(file: string): Promise<MemoryFile & {text: string}>;
  /** Replaces the whole file. */
  writeMemory(file: string, text: string): Promise<MemoryFile & {text: string}>;
}

/** How many notes are shown when nobody says. */
const SHOWN = 100;

export function foundNotes(notes: Iterable<Note>, {q = '', tag, limit = SHOWN}: NoteFilter = {}): NoteView[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  // Those of the same moment in the order in which they came.
  return [...notes]
    .reverse()
    .filter(note => {
      if (tag !== undefined && !note.tags.includes(tag)) return false;
      const text = [note.text, note.author, ...note.tags].join('\n').toLowerCase();
      return words.every(word => text.includes(word));
    })
    .sort((a, b) => b.createdAt - a.createdAt)
    .slice(0, limit)
    .map(noteView);
}

export const noteView = ({id, text, author, tags, createdAt}: Note): NoteView => ({
  id,
  text,
  author,
  tags,
  created_at: Math.floor(createdAt / 1000),
});
