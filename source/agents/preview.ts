import {lastMeaningfulLine, type Screen, screenText} from '../domain/screen.ts';
import type {Agent} from './agent.ts';

/** Rows at the bottom where a program draws its input box and status lines. */
const CHROME_ROWS = 12;

/** The last line that says what the agent did: its input box and status lines do not count. */
export function previewOf(screen: Screen, {chrome}: Pick<Agent, 'chrome'>): string {
  const lines = screenText(screen);
  if (chrome === null) return lastMeaningfulLine(lines);
  const from = Math.max(0, lines.length - CHROME_ROWS);
  const start = lines.findIndex((line, i) => i >= from && chrome.test(line));
  return lastMeaningfulLine(start === -1 ? lines : lines.slice(0, start));
}
