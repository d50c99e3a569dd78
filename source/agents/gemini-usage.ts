import {isCount, messageKey, type Usage} from '../domain/ledger.ts';
import {record, text} from './fields.ts';
import {jsonLines} from './json-lines.ts';

type Carry = {session: string};

/** A message is written again, under its id, when the results of its tools are there; it was paid once. */
export const geminiUsage = jsonLines<Carry>({
  words: ['"tokens"', '"sessionId"'],
  begin: name => ({session: name}),

  line(line, carry) {
    const entry = record(line);
    const session = text(entry['sessionId']) || carry.session;
    const set = record(entry['$set'])['messages'];
    const messages = Array.isArray(set) ? set.map(record) : [entry];
    const usages = messages.flatMap(message => usageOf(message, session));
    const last = usages.at(-1);
    if (last === undefined) return {carry: {session}};
    const used = last.input + last.cacheRead + last.output;
    return {
      usages,
      context: {conversation: session, model: last.model, used, limit: null, at: last.at},
      carry: {session},
    };
  },
});

type Entry = Record<string, unknown>;

function usageOf(message: Entry, session: string): Usage[] {
  const tokens = message['tokens'];
  if (tokens === undefined || tokens === null) return [];
  const counts = record(tokens);
  const count = (name: string): number => {
    const value = counts[name] ?? 0;
    if (!isCount(value)) throw new RangeError(`${name} is no count`);
    return value;
  };
  // What it was asked contains what came from the cache; thoughts come beside the answer and cost the same.
  const asked = count('input');
  const cacheRead = Math.min(count('cached'), asked);
  const at = Date.parse(text(message['timestamp']));
  return [
    {
      key: messageKey(session, text(message['id'])),
      conversation: session,
      model: text(message['model']),
      at: Number.isNaN(at) ? 0 : at,
      input: asked - cacheRead + count('tool'),
      cacheRead,
      cacheWrite: 0,
      cacheWriteHour: 0,
      output: count('output') + count('thoughts'),
      reasoning: count('thoughts'),
      cost: null,
    },
  ];
}
