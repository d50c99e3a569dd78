import {type ContextSaid, isCount, type Usage, type UsageReader} from '../domain/ledger.ts';
import {ClaudeLine} from './claude-usage-line.ts';
import {record, text} from './fields.ts';

/** `at`: of the line before, for one that has no time. */
export type ClaudeCarry = {at: number};

const NEWLINE = 10;

/**
 * Claude writes a line for each block of a message, with the same ids and a usage that grows. A fork has the lines of
 * its parent once more: there `sessionId` is its own, and `session_id` still that of the conversation that paid.
 */
export const claudeUsage: UsageReader<ClaudeCarry> = {
  begin: () => ({at: 0}),

  read(chunk, carry) {
    const usages: Usage[] = [];
    const contexts: ContextSaid[] = [];
    let {at} = carry;
    let skipped = 0;
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      if (end > from) {
        const found = line.read(chunk, from, end);
        if (found === 'damaged') skipped++;
        else if (found === 'system') {
          const context = compacted(chunk.toString('utf8', from, end));
          if (context !== null) contexts.push(context);
        } else if (found !== 'other') {
          if (found.at === 0) found.at = at;
          else at = found.at;
          usages.push(found);
          if (!line.isSide) contexts.push(contextAfter(found));
        }
      }
      from = end + 1;
    }
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
