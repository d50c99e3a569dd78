import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Backend} from '../backends/backend.ts';
import {lastRows, plainRow, type Row, rowText, type Screen, screenText} from '../domain/screen.ts';

/** Lines of text history that are kept when a run ends. */
const KEPT_LINES = 2000;

/** What is kept of a session's terminal after its run ended. */
export type LastScreen = {run: string; screen: Screen | null; history: string[]};

/** Takes screen and history of a terminal whose program ended, and gives it back; `terminal` null: it is gone. */
export async function takeLastScreen(end: {
  id: string;
  run: string;
  /** What was seen last. */
  seen: Screen | null;
  terminal: Backend | null;
}): Promise<LastScreen> {
  const {id, run, seen, terminal} = end;
  const kept = {run, screen: seen, history: seen === null ? [] : screenText(seen)};
  if (terminal === null) return kept;
  let last: LastScreen = kept;
  try {
    const screen = await terminal.capture(id);
    const history = await terminal.history(id, KEPT_LINES);
    // The frame of a full-screen program is gone once it left the alternate screen: the one seen before counts.
    const left = seen?.modes.alternate === true && !screen.modes.alternate;
    last = {run, screen: left ? seen : screen, history: left ? [...screenText(seen), ...history] : history};
    await terminal.close(id);
  } catch {
    // The terminal went away with its owner: what was seen last is what there is.
  }
  return last;
}

/** Its text with the styles of its last screen, as far as that stands at its end. */
export function keptRows(last: LastScreen | null, lines: number): Row[] {
  const rows = (last?.history ?? []).map(plainRow);
  const styled = lastRows(last?.screen?.lines ?? [], lines);
  for (let i = 1; i <= styled.length && i <= rows.length; i++) {
    const row = styled.at(-i)!;
    if (rowText(row) !== rowText(rows.at(-i)!)) break;
    rows[rows.length - i] = row;
  }
  return lastRows(rows, lines);
}

export function writeLastScreen(dir: string, session: string, last: LastScreen): void {
  const file = join(dir, `${session}.json`);
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, JSON.stringify(last), {mode: 0o600});
    renameSync(temporary, file);
  } catch {
    // A full disk costs the picture of the end, never the fact of it: that goes to the journal.
    rmSync(temporary, {force: true});
  }
}

export function readLastScreen(dir: string, session: string): LastScreen | null {
  try {
    return JSON.parse(readFileSync(join(dir, `${session}.json`), 'utf8')) as LastScreen;
  } catch {
    return null; // Never ended, or not kept.
  }
}

export function removeLastScreen(dir: string, session: string): void {
  rmSync(join(dir, `${session}.json`), {force: true});
}
