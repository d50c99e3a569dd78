import {lastMeaningfulLine, type Screen, screenText} from '../domain/screen.ts';
import type {Agent} from './agent.ts';

/** The last line that says what the agent did: its input box and status lines do not count. */
export function previewOf(screen: Screen, {content}: Pick<Agent, 'content'>): string {
  return lastMeaningfulLine(content(screenText(screen)));
}
