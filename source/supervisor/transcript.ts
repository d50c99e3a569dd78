import type {Agent} from '../agents/agent.ts';
import {type Screen, screenText} from '../domain/screen.ts';
import type {Session} from '../domain/session.ts';
import {Conversation, type TranscriptEntry, transcriptLines} from '../domain/transcript.ts';
import {endsOf} from './ends-of.ts';

/** So much of the end of a history is read at most, in bytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Entries when nobody says how many. */
export const TRANSCRIPT_ENTRIES = 1000;

/** The conversation as text and then the screen, at most so many lines from the end. */
export function spoken(entries: readonly TranscriptEntry[], screen: Screen | null, lines: number): string[] {
  const rows = screen === null ? [] : screenText(screen);
  const shown = rows.slice(0, rows.findLastIndex(row => row.trim() !== '') + 1);
  const all = [...transcriptLines(entries), ...(shown.length === 0 ? [] : ['', ...shown])];
  return lines === 0 ? [] : all.slice(-lines);
}

/** The last entries of a session's conversation, from its agent's own history; empty: it keeps none that can be read. */
export async function readTranscript(
  agent: Agent,
  {conversation}: Pick<Session, 'conversation'>,
  limit: number,
): Promise<TranscriptEntry[]> {
  const file = conversation?.file ?? null;
  if (agent.transcript === null || file === null) return [];
  try {
    for await (const {lines, whole} of endsOf(file, MOST_BYTES)) {
      const found = entriesOf(agent.transcript.said, lines).last(limit);
      if (found.length >= limit || whole) return found;
    }
  } catch {} // Gone, or not ours to read.
  return [];
}

function entriesOf(said: NonNullable<Agent['transcript']>['said'], lines: readonly string[]): Conversation {
  const entries = new Conversation();
  for (const line of lines) {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      continue; // Half a line that is just being written, or that a crash left behind.
    }
    const stamp = Date.parse(String((value as {timestamp?: unknown} | null)?.timestamp ?? ''));
    entries.add(said(value), Number.isNaN(stamp) ? null : Math.floor(stamp / 1000));
  }
  return entries;
}
