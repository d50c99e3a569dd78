import {isCount, messageKey, momentIn, type Usage} from '../domain/ledger.ts';
import {record, text} from './fields.ts';
import {jsonLines} from './json-lines.ts';

type Carry = {
  session: string;
  /** The conversation that started this one, which is a sub-agent's then. */
  startedBy?: string;
};

/** A message is written again, under its id, when the results of its tools are there; it was paid once. */
export const geminiUsage = jsonLines<Carry>({
  words: ['"tokens"', '"sessionId"'],
  begin: name => {
    const startedBy = /^[^/]+\/chats\/([^/]+)\/[^/]+$/.exec(name)?.[1];
    return {session: name, ...(startedBy === undefined ? {} : {startedBy})};
  },

  line(line, carry) {
    const entry = record(line);
    const session = text(entry['sessionId']) || carry.session;
    const set = record(entry['$set'])['messages'];
    const messages = Array.isArray(set) ? set.map(record) : [entry];
    const {startedBy} = carry;
    const next = {...carry, session};
    const usages = messages.flatMap(message => usageOf(message, {session, startedBy}));
    const last = usages.at(-1);
    // How full the context of a sub-agent is says nothing of the conversation that pays.
    if (last === undefined || startedBy !== undefined) return {usages, carry: next};
    const used = last.input + last.cacheRead + last.output;
    return {
      usages,
      context: {conversation: session, model: last.model, used, limit: null, at: last.at},
      carry: next,
    };
  },
});

type Entry = Record<string, unknown>;

function usageOf(message: Entry, {session, startedBy}: Carry): Usage[] {
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
  return [
    {
      key: messageKey(session, text(message['id'])),
      conversation: startedBy ?? session,
      model: text(message['model']),
      at: momentIn(text(message['timestamp'])),
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
