import {type ContextSaid, isCount, momentIn, type Usage, type UsageReader} from '../domain/ledger.ts';
import {COMPACTED, DAMAGED, LAST_TIME} from './assembly/record.ts';
import {ClaudeScan} from './claude-scan.ts';
import {timeOf, usageOf} from './claude-usage-line.ts';
import {record, text} from './fields.ts';

/** `at`: of the line before, for one that has no time. */
export type ClaudeCarry = {at: number};

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
    const used = scanFor(chunk.length).read(chunk, record => {
      if (record.kind === DAMAGED) skipped++;
      else if (record.kind === COMPACTED) {
        const context = compacted(record.line);
        if (context === null) return;
        contexts.push(context);
        filling = null;
      } else {
        const found = usageOf(record);
        if (found === null) return;
        if (found.at === 0) found.at = at;
        at = timeOf(record, LAST_TIME) || at;
        usages.push(found);
        if (record.isSide) return;
        if (filling !== null && filling.conversation !== found.conversation) contexts.push(contextAfter(filling));
        filling = found;
      }
    });
    // Of many messages only the last one tells how full the context is.
    if (filling !== null) contexts.push(contextAfter(filling));
    return {usages, contexts, carry: {at}, used, skipped};
  },
};

/** Pieces are this long, but for lines that are longer. */
const USUAL = 1 << 18;
let usual: ClaudeScan | null = null;

/** What reads long lines has much memory, and is not kept. */
function scanFor(length: number): ClaudeScan {
  if (length > USUAL) return new ClaudeScan(length);
  usual ??= new ClaudeScan(USUAL);
  return usual;
}

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
  try {
    const entry = record(JSON.parse(said));
    const used = record(entry['compactMetadata'])['postTokens'];
    if (entry['subtype'] !== 'compact_boundary' || !isCount(used)) return null;
    const at = momentIn(text(entry['timestamp']));
    return {conversation: text(entry['sessionId']), model: '', used, limit: null, at};
  } catch {
    return null; // Cut in the middle: it counts nothing.
  }
}
