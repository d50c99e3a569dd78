import {createContext, Script} from 'node:vm';
import type {Region, Says, ScreenRule} from './screen-rules.ts';

/** A screen rule as it is written in a file. */
export type RuleData = {
  rule: string;
  in: Region;
  pattern: string;
  flags?: string | undefined;
  says: Says;
  within?: number | undefined;
  versions?: string | undefined;
  priority?: number | undefined;
};

/** How long a pattern from a file may take on one screen, in ms: all sessions wait for it. */
export const PATTERN_MS = 50;
/** Characters at the end of its region that such a pattern sees. */
const TEXT_MAX = 20_000;

/** A rule of a file as one that a reader can use. `onSlow` is told once; from then on the rule finds nothing. */
export function ruleOf(data: RuleData, onSlow: (rule: string) => void): ScreenRule {
  const {rule, says, within, versions, priority = 0} = data;
  let slow = false;
  const search = (text: string, pattern: RegExp): RegExpExecArray | null => {
    if (slow) return null;
    const match = bounded(text, pattern);
    if (match !== 'slow') return match;
    slow = true;
    onSlow(rule);
    return null;
  };
  return {rule, in: data.in, pattern: new RegExp(data.pattern, data.flags), says, within, versions, priority, search};
}

/** A search that is broken off in time: a pattern that backtracks without end would stop this process. */
function bounded(text: string, pattern: RegExp): RegExpExecArray | null | 'slow' {
  const cut = Math.max(0, text.length - TEXT_MAX);
  pattern.lastIndex = Math.max(0, pattern.lastIndex - cut);
  try {
    const context = createContext({pattern, text: text.slice(cut)});
    const match = SEARCH.runInContext(context, {timeout: PATTERN_MS}) as RegExpExecArray | null;
    if (match === null) return null;
    match.index += cut;
    pattern.lastIndex += cut;
    return match;
  } catch {
    return 'slow';
  }
}

const SEARCH = new Script('pattern.exec(text)');
