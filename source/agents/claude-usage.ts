import {type ContextSaid, isCount, type Usage, type UsageReader} from '../domain/ledger.ts';
import {ClaudeLine} from './claude-usage-line.ts';
import {record, text} from './fields.ts';

/** `at`: of the line before, for one that has no time. */
export type ClaudeCarry = {at: number};

const NEWLINE = 10;

/**
 * Claude writes a line for each block of a message, with the same ids and a usage that grows. A fork has the lines of
 * its parent once more: there `sessionId` is its own, and `requestSessionId` that of the conversation that paid. Its
 * `session_id` says neither: after `/clear` it still names the conversation with which the process began.
 */
export const claudeUsage: UsageReader<ClaudeCarry> = {
  begin: () => ({at: 0}),

  read(chunk, carry) {
    const usages: Usage[] = [];
    const contexts: ContextSaid[] = [];
    let {at} = carry;
    let filling: Usage | null = null;
    let skipped = 0;
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      const start = from;
      from = end + 1;
      if (end > start) {
        const found = line.read(chunk, start, end);
        if (found === 'damaged') skipped++;
        else if (found === 'system') {
          const context = compacted(chunk.toString('utf8', start, end));
          if (context !== null) {
            contexts.push(context);
            filling = null;
          }
        } else if (found !== 'other') {
          if (found.at === 0) found.at = at;
          else at = found.at;
          const last = usages.at(-1);
          const isSame = last?.key.low === found.key.low && last.key.high === found.key.high;
          // The lines of a message stand together: only the one that says most is handed on.
          if (!isSame) usages.push(found);
          else if (found.output > last.output) usages[usages.length - 1] = found;
          if (line.isSide) continue;
          if (filling !== null && filling.conversation !== found.conversation) contexts.push(contextAfter(filling));
          filling = found;
        }
      }
    }
    // Of many messages only the last one tells how full the context is.
    if (filling !== null) contexts.push(contextAfter(filling));
    return {usages, contexts, carry: {at}, used: from, skipped};
  },
};

function contextAfter({
  conversation,
  model,
  at,
  input,
  cacheRead,
  cacheWrite,
  cacheWriteHour,
  output,
}: Usage): ContextSaid {
  return {conversation, model, at, used: input + cacheRead + cacheWrite + cacheWriteHour + output, limit: null};
}

/** What a compaction left; null: the line is of something else. */
function compacted(said: string): ContextSaid | null {
  if (!said.includes('"compact_boundary"')) return null;
  try {
    const entry = record(JSON.parse(said));
    const used = record(entry['compactMetadata'])['postTokens'];
    if (entry['subtype'] !== 'compact_boundary' || !isCount(used)) return null;
    const at = Date.parse(text(entry['timestamp']));
    return {conversation: text(entry['sessionId']), model: '', used, limit: null, at: Number.isNaN(at) ? 0 : at};
  } catch {
    return null; // Cut in the middle: it counts nothing.
  }
}

const line = new ClaudeLine();
