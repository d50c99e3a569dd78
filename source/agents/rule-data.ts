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

/** Processor time that a pattern from a file may take on one screen, in ms: all sessions wait for it. */
export const PATTERN_MS = 50;
/** A search that was broken off before it had that time, on a busy machine, is given twice the time, up to this. */
const PATIENCE_MS = 1600;
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
  const from = Math.max(0, pattern.lastIndex - cut);
  asked.pattern = pattern;
  asked.text = text.slice(cut);
  for (let timeout = PATTERN_MS; timeout <= PATIENCE_MS; timeout *= 2) {
    pattern.lastIndex = from;
    const before = cpuUsage();
    try {
      const match = SEARCH.runInContext(CONTEXT, {timeout}) as RegExpExecArray | null;
      if (match === null) return null;
      match.index += cut;
      pattern.lastIndex += cut;
      return match;
    } catch {
      const {user, system} = cpuUsage(before);
      if ((user + system) / 1000 >= PATTERN_MS / 2) return 'slow';
    }
  }
  return 'slow';
}

/** Of this thread alone; older versions of Node only tell that of the whole process. */
const cpuUsage = 'threadCpuUsage' in process ? process.threadCpuUsage : (process as NodeJS.Process).cpuUsage;
/** One context for all searches: making it takes three times as long as a search. */
const asked = {pattern: /^/, text: ''};
const CONTEXT = createContext(asked);
const SEARCH = new Script('pattern.exec(text)');
