import type {Replay} from './replay.ts';

/** A database that could not be read, and where it was moved. */
export type Lost = {why: string; aside: string};

/** What people should know about how the state came together; nothing when database and journal agreed. */
export function explainRecovery(found: {
  paths: {database: string; journal: string};
  replayed: Replay;
  lost: Lost | null;
  /** The database's cursor; null when there was no readable database. */
  stored: number | null;
}): string[] {
  const {paths, replayed, lost, stored} = found;
  const {cursor, journalCursor, state, complete} = replayed;
  const what = `${count(state.sessions.size, 'session')} and ${count(state.messages.size, 'message')}`;
  const rebuilt =
    journalCursor === 0
      ? `there is no journal in ${paths.journal} either, so nothing could be rebuilt: the fleet is empty`
      : `rebuilt from the journal up to entry ${cursor}: ${what}` +
        (complete ? '' : '; the beginning of the journal is missing, so older records are lost');

  if (lost !== null)
    return [`${paths.database} could not be read (${lost.why}) and was moved to ${lost.aside}; ${rebuilt}`];
  if (stored === null) return journalCursor === 0 ? [] : [`${paths.database} was missing; ${rebuilt}`];
  if (replayed.from === 'journal') {
    return [`${paths.database} ended at entry ${stored}, before the journal begins; ${rebuilt}`];
  }
  if (journalCursor < stored) {
    return [
      `the journal in ${paths.journal} ended at entry ${journalCursor}, the database at ${stored}: ` +
        `went on from the database with ${what}; the entries between cannot be read again`,
    ];
  }
  return [];
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
