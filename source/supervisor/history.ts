import {open} from 'node:fs/promises';
import type {Transcript} from '../agents/agent.ts';
import type {CutSeen, TurnMark} from '../domain/takeup.ts';
import {endsOf} from './ends-of.ts';

/** So much of the end of a history is read at most, in bytes. */
const MOST_BYTES = 256 * 1024 * 1024;

type History = NonNullable<CutSeen['history']>;

/** Prompts and turns of the end of a history, from before a time on (ms since the epoch); null: it cannot be read. */
export async function readTurns(transcript: Transcript, file: string, since: number): Promise<History | null> {
  try {
    for await (const {lines, whole} of endsOf(file, MOST_BYTES)) {
      const found = turnsOf(transcript, lines);
      const reaches = found.earliest < since && found.history.marks.length > 0;
      if (reaches || whole) return found.history;
    }
  } catch {} // Gone, or not ours to read.
  return null;
}

function turnsOf(transcript: Transcript, lines: readonly string[]): {history: History; earliest: number} {
  const prompts: {text: string; at: number}[] = [];
  const marks: TurnMark[] = [];
  let earliest = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const value = parsed(line);
    if (value === null) continue;
    const at = Date.parse(String(value['timestamp'] ?? ''));
    if (!Number.isNaN(at)) earliest = Math.min(earliest, at);
    for (const event of transcript.read(value)) {
      // Without a time it may be the one that is looked for: nothing is sent twice.
      if (event.type === 'prompt')
        prompts.push({text: event.text, at: Number.isNaN(at) ? Number.POSITIVE_INFINITY : at});
    }
    const state = transcript.turn(value);
    if (state !== null) marks.push({state, at: Number.isNaN(at) ? 0 : at});
  }
  return {history: {prompts, marks}, earliest};
}

/** A line of JSON with an object; null: half a line that a crash left behind, or none of its own. */
function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The first conversation that a history names, and whether something was said in it; null: it cannot be read. */
export async function headOf(transcript: Transcript, file: string): Promise<{id: string | null; said: boolean} | null> {
  let id: string | null = null;
  try {
    await using handle = await open(file);
    for await (const line of handle.readLines()) {
      for (const event of transcript.read(parsed(line))) {
        if (event.type === 'conversation') id = event.id;
        if (event.type === 'prompt') return {id, said: true};
      }
    }
    return {id, said: false};
  } catch {
    return null;
  }
}
