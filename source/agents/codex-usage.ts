import {type ContextSaid, isCount, messageKey, momentIn, type Usage} from '../domain/ledger.ts';
import {record, text} from './fields.ts';
import {jsonLines} from './json-lines.ts';

type Carry = {
  thread: string;
  model: string;
  /** It writes a record for each answer; then the repeated sums of `token_count` say nothing more. */
  hasRecords: boolean;
  /** Sum of the thread as it was told last, in tokens. */
  total: number;
  /** When the last line was written that counts here, for one without a time; ms since the epoch, 0: not said. */
  at?: number;
};

/**
 * One `token_usage_record` for each answer of the model. Rollouts of older versions have only `token_count`, which
 * repeats the last answer's usage whenever the sum is told again. A fork goes on from its parent's sum and has none of
 * its lines, so only what is told for one answer counts, never a sum.
 */
export const codexUsage = jsonLines<Carry>({
  words: ['"token_usage_record"', '"token_count"', '"turn_context"', '"session_meta"'],
  begin: name => ({thread: /([0-9a-f-]{36})\.jsonl$/.exec(name)?.[1] ?? name, model: '', hasRecords: false, total: 0}),

  line(line, before) {
    const entry = record(line);
    const carry = {...before, at: momentIn(text(entry['timestamp'])) || (before.at ?? 0)};
    const payload = record(entry['payload']);
    switch (entry['type']) {
      case 'session_meta': {
        const thread = text(payload['id']) || carry.thread;
        // What a fork is told first may be its parent's last answer. Versions that number their lines write records.
        const tellsOnce = text(payload['forked_from_id']) !== '' && isCount(entry['ordinal']);
        return {carry: {...carry, thread, hasRecords: carry.hasRecords || tellsOnce}};
      }
      case 'turn_context': {
        const model = text(payload['model']);
        return {carry: model === '' ? carry : {...carry, model}};
      }
      case 'token_usage_record':
        return {usages: [ofRecord(entry, payload, carry)], carry: {...carry, hasRecords: true}};
      case 'event_msg':
        return payload['type'] === 'token_count' ? ofCount(payload, carry) : {carry};
      default:
        return {carry};
    }
  },
});

type Entry = Record<string, unknown>;

function ofRecord(entry: Entry, payload: Entry, {thread: own, model, at = 0}: Carry): Usage {
  const thread = text(payload['thread_id']) || own;
  // Sub-agents have threads of their own, within the session that started them.
  const conversation = text(payload['session_id']) || thread;
  const key = messageKey(thread, text(payload['response_id']) || String(entry['ordinal']));
  return {key, conversation, model, at, ...countsOf(record(payload['usage']))};
}

function ofCount(payload: Entry, carry: Carry) {
  const info = record(payload['info']);
  const last = record(info['last_token_usage']);
  const {at = 0} = carry;
  const context = contextOf({info, last, carry});
  const total = record(info['total_token_usage'])['total_tokens'];
  if (carry.hasRecords || !isCount(total) || total === carry.total) return {context, carry};
  const counts = countsOf(last);
  const next = {...carry, total};
  // After a compaction it tells how full the context is, and nothing that was spent.
  if (counts.input + counts.cacheRead + counts.output === 0) return {context, carry: next};
  const key = messageKey(carry.thread, String(total));
  const usage = {key, conversation: carry.thread, model: carry.model, at, ...counts};
  return {usages: [usage], context, carry: next};
}

function contextOf({info, last, carry}: {info: Entry; last: Entry; carry: Carry}): ContextSaid | null {
  const used = last['total_tokens'];
  const limit = info['model_context_window'];
  if (!isCount(used)) return null;
  return {
    conversation: carry.thread,
    model: carry.model,
    used,
    limit: isCount(limit) ? limit : null,
    at: carry.at ?? 0,
  };
}

/** Its input contains what came from the cache and went into it, its output the reasoning. Throws when a number is none. */
function countsOf(usage: Entry) {
  const count = (name: string): number => {
    const value = usage[name] ?? 0;
    if (!isCount(value)) throw new RangeError(`${name} is no count`);
    return value;
  };
  const all = count('input_tokens');
  const cacheRead = Math.min(count('cached_input_tokens'), all);
  const cacheWrite = Math.min(count('cache_write_input_tokens'), all - cacheRead);
  return {
    input: all - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    cacheWriteHour: 0,
    output: count('output_tokens'),
    reasoning: count('reasoning_output_tokens'),
    cost: null,
  };
}
