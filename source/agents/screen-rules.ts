import {type Screen, screenText} from '../domain/screen.ts';
import type {Reading, WaitingKind} from '../domain/session.ts';

/** Rows at the bottom of a screen that can hold a dialog, a spinner or the input line. */
const REGION_ROWS = 28;

/** One rule: when `pattern` is found near the bottom, the screen says `says`. Earlier rules win. */
export type ScreenRule = {
  rule: string;
  pattern: RegExp;
  says: 'working' | 'menu' | {waiting: WaitingKind};
};

/** Makes a reader from rules and from the pattern of the program's own, empty input line. */
export function screenReader(rules: readonly ScreenRule[], composer: RegExp): (screen: Screen) => Reading {
  return screen => {
    const lines = screenText(screen).slice(-REGION_ROWS);
    const text = lines.join('\n');
    const hasComposer = composer.test(text);
    for (const {rule, pattern, says} of rules) {
      const match = pattern.exec(text);
      if (match === null) continue;
      if (says === 'working') {
        return {activity: 'working', waitingFor: null, dialog: false, composer: hasComposer, rule};
      }
      if (says === 'menu') return {activity: 'idle', waitingFor: null, dialog: true, composer: false, rule};
      const detail = (match.groups?.['detail'] ?? match[0]).replace(/\s+/g, ' ').trim();
      const waitingFor = {kind: says.waiting, detail};
      return {activity: 'waiting', waitingFor, dialog: true, composer: false, rule};
    }
    const rule = hasComposer ? 'composer' : 'none';
    return {activity: hasComposer ? 'idle' : null, waitingFor: null, dialog: false, composer: hasComposer, rule};
  };
}
