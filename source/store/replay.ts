import {AmuxError} from '../domain/errors.ts';
import {apply, type Change, type Entry, emptyState, type FleetState, unknownIn} from '../domain/events.ts';
import {decodeLine, isIntact, listSegments, peekCursor, readLines, type Segment} from './segments.ts';

/** More damaged lines than these are counted, not listed. */
const DAMAGE_LISTED = 20;

/** Where the journal ends: `end` is behind its last complete line. */
export type Tail = {file: string; end: number; headEnd: number};

export type Replay = {
  state: FleetState;
  /** Of the last entry, or the base's when that is later. */
  cursor: number;
  /** Of the last entry of the journal itself; 0 without one. */
  journalCursor: number;
  /** Nothing between the beginning (or the base) and `cursor` was missing. */
  complete: boolean;
  /** How the state came about: from the given base, or from the journal alone. */
  from: 'base' | 'journal';
  tail: Tail | null;
  notices: string[];
};

export type ReplayOptions = {
  /** A state that was stored elsewhere, with the cursor up to which it holds everything. */
  base?: {state: FleetState; cursor: number};
  /** Called before each change of an entry behind the base is applied. */
  onChange?: (state: FleetState, change: Change) => void;
};

/** Of the oldest entry that is kept; 1 when there is none. */
export const firstCursor = (directory: string): number => listSegments(directory)[0]?.first ?? 1;

/** Entries behind a cursor, oldest first. Damaged lines are left out; `replay` reports them. */
export function readEntries(directory: string, {after, limit}: {after: number; limit: number}): Entry[] {
  const entries: Entry[] = [];
  const segments = listSegments(directory);
  for (const segment of segments.slice(startAt(segments, after))) {
    for (const {bytes} of readLines(segment.file)) {
      if (entries.length >= limit) return entries;
      if ((peekCursor(bytes) ?? 0) <= after) continue;
      const entry = decodeLine(bytes);
      if (entry !== null) entries.push(entry);
    }
  }
  return entries;
}

/**
 * Builds the state from the journal: from the base on where the journal continues it, else from the newest segment
 * whose head is a whole snapshot (the very first segment needs none). Throws `store.newer-entry`.
 */
export function replay(directory: string, {base, onChange}: ReplayOptions = {}): Replay {
  const segments = listSegments(directory);
  const oldest = segments[0];
  if (oldest === undefined) {
    const {state, cursor} = base ?? {state: emptyState(), cursor: 0};
    return {state, cursor, journalCursor: 0, complete: base !== undefined, from: 'base', tail: null, notices: []};
  }
  const continues = base !== undefined && oldest.first <= base.cursor + 1;
  const snapshotAt = continues ? -1 : segments.findLastIndex(hasWholeHead);
  const state = continues ? base.state : emptyState();
  const after = continues ? base.cursor : 0;
  const damage = new Damage();
  let journalCursor = 0;
  let tail: Tail | null = null;
  for (const segment of segments.slice(continues ? startAt(segments, after) : Math.max(snapshotAt, 0))) {
    let at = segment.first - 1;
    let headEnd = 0;
    let end = 0;
    for (const {bytes, line, end: lineEnd} of readLines(segment.file)) {
      end = lineEnd;
      const claimed = peekCursor(bytes);
      if (continues && claimed !== null && claimed <= after) {
        at = claimed;
        // The base holds what it changed; whoever reads the journal alone would miss it.
        if (!isIntact(bytes)) damage.add(segment.file, line);
        continue;
      }
      const entry = decodeLine(bytes);
      // Cursors grow by one with each line, so a damaged line still has its number.
      at = entry?.cursor ?? at + 1;
      if (entry === null) damage.add(segment.file, line);
      if (entry?.type === 'snapshot') headEnd = end;
      for (const change of entry?.changes ?? []) {
        const what = unknownIn(change);
        if (what !== null) throw new AmuxError('store.newer-entry', {file: segment.file, line, what});
        onChange?.(state, change);
        apply(state, change);
      }
    }
    journalCursor = at;
    tail = {file: segment.file, end, headEnd};
  }
  return {
    state,
    cursor: Math.max(after, journalCursor),
    journalCursor,
    complete: continues || snapshotAt !== -1,
    from: continues ? 'base' : 'journal',
    tail,
    notices: damage.notices(),
  };
}

/** Snapshots are written as consecutive entries whose reasons count them: `2/3`. */
export const partOf = (part: number, parts: number): string => `${part}/${parts}`;

function hasWholeHead({file, first}: Segment): boolean {
  if (first === 1) return true;
  let part = 0;
  for (const {bytes} of readLines(file)) {
    part++;
    const entry = decodeLine(bytes);
    if (entry?.type !== 'snapshot') return false;
    const parts = Number(entry.reason.split('/')[1]);
    if (entry.reason !== partOf(part, parts)) return false;
    if (part === parts) return true;
  }
  return false;
}

/** Index of the segment that holds the entry behind `after`. */
function startAt(segments: readonly Segment[], after: number): number {
  return Math.max(
    segments.findLastIndex(segment => segment.first <= after + 1),
    0,
  );
}

class Damage {
  #lines: string[] = [];

  add(file: string, line: number): void {
    this.#lines.push(`${file}:${line}: this entry of the journal is damaged and was skipped`);
  }

  notices(): string[] {
    const more = this.#lines.length - DAMAGE_LISTED;
    return more > 0
      ? [...this.#lines.slice(0, DAMAGE_LISTED), `${more} more entries of the journal are damaged and were skipped`]
      : this.#lines;
  }
}
