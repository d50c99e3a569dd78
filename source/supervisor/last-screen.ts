import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Screen} from '../domain/screen.ts';

/** What is kept of a session's terminal after its run ended. */
export type LastScreen = {run: string; screen: Screen | null; history: string[]};

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
