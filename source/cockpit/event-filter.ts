import {wordsIn} from './filter-words.ts';
import type {EventLine} from './journal.ts';

/** What a word may be about; without a field it is looked for everywhere. */
const FIELDS = ['session', 'type', 'actor'] as const;

/** `session:api type:message failed`: every word has to fit, fields by their beginning. */
export function eventFilter(filter: string): (line: EventLine) => boolean {
  if (filter.trim() === '') return () => true;
  const {session, type, actor, text} = wordsIn(filter, FIELDS);
  return line => {
    if (!session.every(word => begins(line.session ?? '', word))) return false;
    if (!type.every(word => begins(line.type, word) || line.type.split('.').some(part => begins(part, word))))
      return false;
    if (!actor.every(word => begins(line.actor, word))) return false;
    if (text.length === 0) return true;
    const all = [line.session ?? '', line.type, line.reason].join('\n').toLowerCase();
    return text.every(word => all.includes(word));
  };
}

const begins = (text: string, word: string): boolean => text.toLowerCase().startsWith(word);
